// SPDX-License-Identifier: Apache-2.0

import GitObjects
package import Posix

/// A folder of outcomes that need not be made again, and can be: any part of it may be lost or damaged.
///
/// An entry is the file `AB/REST` of the 64 hexadecimal digits of its name. Its first line has the length
/// and the SHA-256 of what follows. Entries are replaced as a whole, so any number of processes may read
/// and write at the same time. The last change of a file is when it was used last, to a day.
package struct RenderCache: Sendable {
  /// What is known under a name.
  package enum Entry: Sendable, Hashable {
    /// Nothing.
    case missing
    /// Something that is not what was written; it has been removed.
    case damaged
    /// What was written.
    case found([UInt8])
  }

  /// Part of every name: a change of it makes all entries of before unknown.
  static let format = 1
  private static let day: Int64 = 86_400
  private static let largest = 256 << 20

  /// The folder's path; it is made with the first entry.
  package let folder: String

  /// Makes a cache in a folder, which need not exist.
  package init(folder: String) {
    self.folder = folder
  }

  /// The name of an outcome: 64 hexadecimal digits.
  package static func name(_ renderer: Renderer, version: String, key: [UInt8]) -> String {
    name("render\n\(renderer.rawValue)\n\(version)\n", key)
  }

  /// The name of what is known for some bytes in one of our uses of the cache.
  static func name(_ use: String, _ bytes: [UInt8]) -> String {
    var digest = SHA256()
    digest.update(Array("kubectl-fleet \(format) \(use)".utf8))
    digest.update(bytes)
    return Hexadecimal.text(digest.finalize())
  }

  /// Reads an entry and takes note that it was used.
  package func read(_ name: String, now: Timestamp = .now()) -> Entry {
    let path = self.path(name)
    guard let attributes = try? Files.attributes(path) else { return .missing }
    guard attributes.kind == .file, let bytes = try? Files.read(path, limit: Self.largest),
      let newline = bytes.prefix(100).firstIndex(of: 0x0a)
    else { return damaged(path) }
    let body = Array(bytes[(newline + 1)...])
    guard bytes[...newline].elementsEqual(Self.firstLine(of: body)) else { return damaged(path) }
    let age = now.seconds.subtractingReportingOverflow(attributes.modified.seconds)
    if age.overflow || abs(age.partialValue) > Self.day {
      // Whoever may read but not write loses nothing but the date.
      try? Files.touch(path)
    }
    return .found(body)
  }

  /// Takes note that an entry was used, if it is there.
  package func touch(_ name: String) { try? Files.touch(path(name)) }

  /// Writes an entry, over what may be there.
  package func write(_ name: String, _ body: [UInt8]) throws(PosixError) {
    let path = self.path(name)
    let bytes = Self.firstLine(of: body) + body
    do throws(PosixError) {
      try Files.writeAtomically(path, bytes, mode: 0o600, durable: false)
    } catch {
      guard error.isMissing else { throw error }
      try Files.makeDirectories(Files.split(path).folder, mode: 0o700)
      try Files.writeAtomically(path, bytes, mode: 0o600, durable: false)
    }
  }

  /// Removes what was not used since a moment, and what killed writers left before another one; tells how many files.
  @discardableResult
  package func removeUnused(
    olderThan moment: Timestamp, halvesOlderThan halves: Timestamp
  ) throws(PosixError) -> Int {
    var removed = 0
    for shard in try entries(folder) where shard.kind == .directory && isShard(shard.name) {
      let path = "\(folder)/\(shard.text)"
      for entry in try entries(path) where entry.kind == .file {
        let file = "\(path)/\(entry.text)"
        guard let attributes = try Files.attributes(file, followingLinks: false) else { continue }
        // Half of an entry, of a process that was killed.
        let isHalf = entry.name.first == UInt8(ascii: ".")
        guard attributes.modified < moment || isHalf && attributes.modified < halves
        else { continue }
        if try Files.remove(file) { removed += 1 }
      }
    }
    return removed
  }

  /// How many entries there are, and how many bytes they have.
  package func size() throws(PosixError) -> (entries: Int, bytes: Int64) {
    var (count, bytes) = (0, Int64(0))
    for shard in try entries(folder) where shard.kind == .directory && isShard(shard.name) {
      let path = "\(folder)/\(shard.text)"
      for entry in try entries(path) where entry.kind == .file {
        guard let attributes = try Files.attributes("\(path)/\(entry.text)", followingLinks: false)
        else { continue }
        count += 1
        bytes += Int64(clamping: attributes.size)
      }
    }
    return (count, bytes)
  }

  private func entries(_ path: String) throws(PosixError) -> [Files.Entry] {
    do throws(PosixError) {
      return try Files.entries(in: path)
    } catch {
      if error.isMissing { return [] }
      throw error
    }
  }

  private func isShard(_ name: [UInt8]) -> Bool {
    name.count == 2
      && name.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private func damaged(_ path: String) -> Entry {
    try? Files.removeTree(path)
    return .damaged
  }

  private func path(_ name: String) -> String {
    "\(folder)/\(name.prefix(2))/\(name.dropFirst(2))"
  }

  private static func firstLine(of body: [UInt8]) -> [UInt8] {
    Array("\(body.count) \(SHA256.hex(body))\n".utf8)
  }
}
