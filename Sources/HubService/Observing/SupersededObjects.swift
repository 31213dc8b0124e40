// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
import Posix

/// The loose objects of digests that were replaced: thousands a day that nothing but the digest's ref ever
/// named, and that Git would keep for as long as what a push may still need.
enum SupersededObjects {
  private static let listLimit = 256 << 20

  /// Puts down which objects of a digest the next one does not have.
  static func add(
    _ old: ObjectID?, replacedBy new: ObjectID, in fleet: Repository, _ hub: HubLayout,
    now: Timestamp
  ) throws {
    guard let old, let before = try? objects(of: old, in: fleet) else { return }
    let after = try objects(of: new, in: fleet)
    let lines = before.subtracting(after).map(\.hex).sorted().map { "\(now.seconds) \($0)\n" }
    try Files.append(hub.superseded, Array(lines.joined().utf8))
  }

  /// The commit, its trees and blobs: of a form that nothing else in the repository has.
  static func objects(of commit: ObjectID, in fleet: Repository) throws -> Set<ObjectID> {
    var result: Set<ObjectID> = [commit]
    let root = try fleet.commit(commit).tree
    result.insert(root)
    for entry in try fleet.tree(root) {
      result.insert(entry.id)
      if entry.mode == .directory {
        for file in try fleet.tree(entry.id) { result.insert(file.id) }
      }
    }
    return result
  }

  /// Removes those that were replaced before a moment, and that the digest of now does not have again.
  ///
  /// The caller holds the hub's lock. An object that has got into a pack meanwhile is left to Git.
  /// - Returns: how many files were removed.
  static func remove(
    before limit: Int64, in fleet: Repository, _ hub: HubLayout
  ) throws -> Int {
    guard let bytes = try Files.readIfPresent(hub.superseded, limit: listLimit), !bytes.isEmpty
    else { return 0 }
    let current = try fleet.reference(HubLayout.Ref.observed).map {
      try objects(of: $0, in: fleet)
    }
    var kept: [UInt8] = []
    var removed = 0
    for line in bytes.split(separator: 10) {
      let words = line.split(separator: 32)
      guard words.count == 2, let seconds = Int64(String(decoding: words[0], as: UTF8.self)),
        let id = ObjectID(hex: String(decoding: words[1], as: UTF8.self))
      else { continue }
      if seconds > limit {
        kept += line + [10]
      } else if current?.contains(id) != true {
        let hex = id.hex
        let path = "\(fleet.objectDirectory)/\(hex.prefix(2))/\(hex.dropFirst(2))"
        if try Files.remove(path) { removed += 1 }
      }
    }
    if kept.count < bytes.count { try Files.writeAtomically(hub.superseded, kept) }
    return removed
  }

  /// Those that are not removed yet, and those of the digest of now: not worth packing.
  static func all(in fleet: Repository, _ hub: HubLayout) throws -> Set<ObjectID> {
    var result: Set<ObjectID> = []
    for line in try (Files.readIfPresent(hub.superseded, limit: listLimit) ?? []).split(
      separator: 10)
    {
      let words = line.split(separator: 32)
      if words.count == 2, let id = ObjectID(hex: String(decoding: words[1], as: UTF8.self)) {
        result.insert(id)
      }
    }
    if let current = try fleet.reference(HubLayout.Ref.observed) {
      result.formUnion(try objects(of: current, in: fleet))
    }
    return result
  }
}
