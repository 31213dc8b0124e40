// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Posix

/// Puts small packs together so that each is at least twice as large as all that are smaller: few files to
/// look through, and each object is written again only as often as its pack doubles.
///
/// Nothing is lost by it, also what no ref names: a plan that a push is about to name.
struct RollUp {
  let hub: HubLayout
  let repository: String

  /// Fewer small packs than this are left as they are.
  static let packLimit = 8
  /// Fewer objects in files of their own than this are left so.
  static let looseLimit = 256
  /// An object that is younger, in seconds, may be part of a push under way.
  private static let youngSeconds: Int64 = 600

  /// Puts packs together; tells how many became one, 0 for none.
  func packs() throws -> Int {
    let files = ObjectFiles(repository: repository)
    let all = try files.packs()
    let small = Self.small(all)
    guard small.count >= Self.packLimit else { return 0 }
    let git = GitChild(repository: repository)
    // The large packs are named too, as those that stay: git walks the whole history otherwise, for the names that
    // make good deltas.
    let large = all.map(\.name).filter { name in !small.contains { $0.name == name } }
    let input =
      small.map { "\($0.name).pack\n" }.joined() + large.map { "^\($0).pack\n" }.joined()
    let name = try git.pack(["--stdin-packs"], input: Array(input.utf8))
    var removed = 0
    try HubLock.hold(hub, waitingSeconds: Compaction.patience) { () throws(HubError) in
      try HubError.wrap {
        for pack in small where pack.name != name {
          try files.remove(pack)
          removed += 1
        }
      }
    }
    return removed
  }

  /// The packs that spoil the row when it is ordered by size.
  static func small(_ packs: [ObjectFiles.Pack]) -> [ObjectFiles.Pack] {
    let sorted = packs.sorted { ($0.objects, $0.name) < ($1.objects, $1.name) }
    var sum = 0
    var count = 0
    for (index, pack) in sorted.enumerated() {
      if index > 0, pack.objects < 2 * sum { count = index + 1 }
      sum += pack.objects
    }
    return Array(sorted.prefix(count))
  }

  /// Packs objects in files of their own, apart from those that are not worth it; tells how many.
  func loose(except unworthy: Set<ObjectID>, now: Int64) throws -> Int {
    let files = ObjectFiles(repository: repository)
    let chosen = try files.loose().filter {
      !unworthy.contains($0.id) && $0.modified < now - Self.youngSeconds
    }
    guard chosen.count >= Self.looseLimit else { return 0 }
    let git = GitChild(repository: repository)
    _ = try git.pack([], input: Compaction.lines(chosen.map(\.id)))
    var removed = 0
    try HubLock.hold(hub, waitingSeconds: Compaction.patience) { () throws(HubError) in
      try HubError.wrap {
        for id in try git.packedToo() where try files.remove(id) { removed += 1 }
      }
    }
    return removed
  }
}
