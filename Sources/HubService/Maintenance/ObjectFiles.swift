// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Posix

/// The files below `objects` of a repository, which maintenance packs and removes by itself: git's own
/// commands remove emptied folders too, and a push that is storing an object there in that moment fails.
struct ObjectFiles {
  /// A pack with its index.
  struct Pack: Hashable {
    /// `pack-` and 40 digits.
    let name: String
    /// Bytes of the pack.
    let size: Int
    /// When it was written, or an object in it was last pushed again; seconds since 1970.
    let modified: Int64
    /// How many objects it has.
    let objects: Int
  }

  /// An object in a file of its own.
  struct Loose: Hashable {
    let id: ObjectID
    let size: Int
    let modified: Int64
  }

  /// The repository.
  let repository: String

  private var folder: String { "\(repository)/objects" }
  private var packFolder: String { "\(folder)/pack" }
  /// Everything that a pack consists of; the index first: without it Git does not see the pack.
  private static let extensions = ["idx", "pack", "rev", "bitmap", "mtimes", "promisor"]
  /// What is written for longer than this was left behind by a process that was killed.
  private static let temporarySeconds: Int64 = 86_400

  /// All packs that have an index and that nobody wants kept, by name.
  func packs() throws -> [Pack] {
    guard Files.isDirectory(packFolder) else { return [] }
    let names = Set(try Files.entries(in: packFolder).map(\.text))
    return try names.sorted().compactMap { name in
      guard name.hasPrefix("pack-"), name.hasSuffix(".idx") else { return nil }
      let stem = String(name.dropLast(4))
      guard names.contains(stem + ".pack"), !names.contains(stem + ".keep"),
        let attributes = try Files.attributes("\(packFolder)/\(stem).pack")
      else { return nil }
      return Pack(
        name: stem, size: attributes.size, modified: attributes.modified.seconds,
        objects: try objectCount("\(packFolder)/\(name)"))
    }
  }

  /// Source: gitformat-pack(5), version 2 of the index: magic, version, and 256 sums of which the last is
  /// the number of objects.
  private func objectCount(_ path: String) throws(PosixError) -> Int {
    let head = try Files.readPrefix(path, count: 8 + 256 * 4)
    guard head.count == 8 + 256 * 4 else { return 0 }
    return head.suffix(4).reduce(0) { $0 << 8 | Int($1) }
  }

  /// Removes a pack.
  func remove(_ pack: Pack) throws(PosixError) {
    for suffix in Self.extensions { try Files.remove("\(packFolder)/\(pack.name).\(suffix)") }
  }

  /// All objects in files of their own, by id.
  func loose() throws -> [Loose] {
    guard Files.isDirectory(folder) else { return [] }
    var found: [Loose] = []
    for shard in try Files.entries(in: folder)
    where shard.kind == .directory && shard.name.count == 2 {
      for entry in try Files.entries(in: "\(folder)/\(shard.text)") {
        guard let id = ObjectID(hex: shard.text + entry.text),
          let attributes = try Files.attributes("\(folder)/\(shard.text)/\(entry.text)")
        else { continue }
        found.append(
          Loose(id: id, size: attributes.size, modified: attributes.modified.seconds))
      }
    }
    return found
  }

  /// Removes an object's own file; the caller knows that it is packed, or that nobody needs it.
  @discardableResult
  func remove(_ id: ObjectID) throws(PosixError) -> Bool {
    let hex = id.hex
    return try Files.remove("\(folder)/\(hex.prefix(2))/\(hex.dropFirst(2))")
  }

  /// Halves of packs and objects of killed processes.
  func removeLeftovers(now: Int64) throws -> Int {
    guard Files.isDirectory(folder) else { return 0 }
    var removed = 0
    func removeOld(_ place: String, _ isLeftover: (String) -> Bool) throws {
      guard Files.isDirectory(place) else { return }
      for entry in try Files.entries(in: place) where entry.kind == .file && isLeftover(entry.text)
      {
        let path = "\(place)/\(entry.text)"
        guard let modified = try Files.attributes(path)?.modified.seconds,
          now - modified > Self.temporarySeconds
        else { continue }
        if try Files.remove(path) { removed += 1 }
      }
    }
    let packNames = Files.isDirectory(packFolder) ? try Files.entries(in: packFolder) : []
    let names = Set(packNames.map(\.text))
    try removeOld(packFolder) { name in
      if name.hasPrefix("tmp_") || name.hasPrefix(".tmp-") { return true }
      // A pack is written before its index, and removed after it.
      guard let dot = name.lastIndex(of: "."), !name.hasSuffix(".idx"), !name.hasSuffix(".keep")
      else { return false }
      return name.hasPrefix("pack-") && !names.contains(name[..<dot] + ".idx")
    }
    for shard in try Files.entries(in: folder)
    where shard.kind == .directory && shard.name.count == 2 {
      try removeOld("\(folder)/\(shard.text)") { $0.hasPrefix("tmp_obj_") }
    }
    return removed
  }
}
