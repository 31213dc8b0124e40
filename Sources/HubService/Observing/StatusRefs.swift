// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import Posix
import SliceFormat

/// The refs of status.git by cluster, read while clusters push and `git pack-refs` runs.
enum StatusRefs {
  /// Every cluster's status commit, in the order of the names.
  ///
  /// The loose ones are read first: `git pack-refs` writes a ref into `packed-refs` before it removes the
  /// file, so a ref is in one of the two at any time. Of libgit2's listing 10,000 cost a second.
  static func read(_ gitDirectory: String) throws -> [(cluster: String, id: ObjectID)] {
    var loose: [(cluster: String, id: ObjectID)] = []
    let folder = "\(gitDirectory)/\(HubLayout.Ref.statusPrefix)"
    if Files.isDirectory(folder) {
      for entry in try Files.entries(in: folder) where entry.kind == .file {
        let name = entry.text
        // `NAME.lock` is a push under way.
        guard ClusterName.isValid(name), let id = try readLoose(folder + name) else { continue }
        loose.append((name, id))
      }
    }
    let packed = try PackedRefs.read(gitDirectory: gitDirectory)
      .references(prefix: HubLayout.Ref.statusPrefix)
    var result: [(cluster: String, id: ObjectID)] = []
    result.reserveCapacity(max(packed.count, loose.count))
    var next = 0
    for ref in packed {
      let name = String(ref.name.dropFirst(HubLayout.Ref.statusPrefix.utf8.count))
      while next < loose.count, precedes(loose[next].cluster, name) {
        result.append(loose[next])
        next += 1
      }
      if next < loose.count, loose[next].cluster == name {
        result.append(loose[next])
        next += 1
      } else {
        result.append((name, ref.id))
      }
    }
    return result + loose[next...]
  }

  /// What one cluster's ref names now.
  static func read(_ gitDirectory: String, cluster: String) throws -> ObjectID? {
    let name = HubLayout.Ref.statusPrefix + cluster
    return try readLoose("\(gitDirectory)/\(name)")
      ?? PackedRefs.read(gitDirectory: gitDirectory)[name]
  }

  /// Nil when it is gone, or is half written, which only a loss of power leaves behind.
  private static func readLoose(_ path: String) throws(PosixError) -> ObjectID? {
    guard let bytes = try Files.readIfPresent(path, limit: 4096) else { return nil }
    return ObjectID(hex: String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self))
  }

  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.precedesInBytes(right)
  }
}
