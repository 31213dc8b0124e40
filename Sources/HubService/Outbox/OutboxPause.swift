// SPDX-License-Identifier: Apache-2.0

import GitObjects

/// How long a message waits after an attempt that failed.
enum OutboxPause {
  /// Seconds after the first attempt.
  static let first: Int64 = 30
  /// The most seconds before some of them are added or taken away.
  static let longest: Int64 = 3600

  /// 30 s, twice as many after each attempt, at most an hour; up to a fifth more or less, by the file's name, so that a
  /// receiver that comes back is not asked by all at once. The same entry has the same pause.
  static func seconds(_ entry: OutboxEntry) -> Int64 {
    let doublings = min(max(entry.attempts - 1, 0), 20)
    let pause = min(first << Int64(doublings), longest)
    var digest = SHA256()
    digest.update(Array("\(entry.name.file) \(entry.attempts)".utf8))
    let chance = Int64(digest.finalize().first ?? 0)
    // 0...255 → 80...120 of a hundred.
    return pause * (80 + chance * 40 / 255) / 100
  }
}
