// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Files that a killed Git or hub leaves behind and that would block the next one for ever.
package enum StaleFiles {
  /// Removes stale lock files of refs and configuration, and old temporary files of packs.
  ///
  /// Only the holder of the hub's lock may call it, and only for a repository that nobody else
  /// writes refs of: a lock file does not say whether its owner lives.
  /// - Parameters:
  ///   - gitDirectory: a bare repository.
  ///   - lockAge: seconds since a lock was made: 0 where nobody else writes; where people push, more
  ///     than a push needs to move its refs, which Git does without the hub's lock.
  ///   - temporaryAge: seconds since a temporary file was changed; a push may be writing its pack.
  ///   - now: seconds since 1970.
  /// - Returns: the paths of the removed files from the repository, sorted by bytes.
  package static func remove(
    gitDirectory: String, locksOlderThan lockAge: Int64,
    temporaryFilesOlderThan temporaryAge: Int64, now: Int64
  ) throws(GitError) -> [String] {
    let root = Array(gitDirectory.utf8)
    var stale: [[UInt8]] = []
    func collect(
      _ folder: String, deep: Bool, age: Int64, _ isCandidate: (ArraySlice<UInt8>) -> Bool
    ) throws(GitError) {
      var pending = [folder.isEmpty ? root : root + Array("/\(folder)".utf8)]
      while let place = pending.popLast() {
        for entry in try StoreFile.entries(place) {
          if entry.isDirectory {
            if deep { pending.append(entry.path) }
            continue
          }
          let name = entry.path[(place.count + 1)...]
          let isOld = entry.modified <= now &- age
          if isOld, isCandidate(name) { stale.append(entry.path) }
        }
      }
    }
    let locks = ["packed-refs.lock", "HEAD.lock", "config.lock", "shallow.lock"]
    try collect("", deep: false, age: lockAge) { name in
      locks.contains { name.elementsEqual($0.utf8) }
    }
    // Git allows no ref whose name ends so.
    try collect("refs", deep: true, age: lockAge) { $0.suffix(5).elementsEqual(".lock".utf8) }
    try collect("objects/pack", deep: false, age: temporaryAge) { $0.starts(with: "tmp_".utf8) }
    var removed: [[UInt8]] = []
    for path in stale where unlink(StoreFile.cString(path)) == 0 {
      removed.append(Array(path[(root.count + 1)...]))
    }
    return removed.sorted { $0.lexicographicallyPrecedes($1) }.map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}
