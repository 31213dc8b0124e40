// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitStore
package import Posix
import SliceFormat

/// When each cluster was last heard of, by the hub's clock: in seconds since 1970.
///
/// A cluster is heard of by a line `TIME NAME` that the web server writes into `contacts.log` for each
/// fetch, by a file `contacts/NAME` that the ssh server's forced command touches, and by a new status. What
/// is known is kept in `contacts.list`, of which the loss costs one reading of the log. Names that cannot be
/// a cluster's are passed over, and no time is later than now.
package struct Contacts: Sendable {
  /// By cluster.
  package private(set) var times: [String: Int64] = [:]
  private var isChanged = false
  /// The log that was read, and how far.
  private var inode: UInt64 = 0
  private var offset: Int64 = 0

  /// No contact at all.
  package init() {}

  /// When a cluster was last heard of; nil for never.
  package subscript(_ cluster: String) -> Int64? { times[cluster] }

  /// The log is shortened when it has more than this many bytes.
  static let logLimit: Int64 = 8 << 20
  private static let listLimit = 64 << 20
  private static let chunk = 1 << 20
  /// A longer line is no contact; a name has at most 253 bytes.
  private static let lineLimit = 512

  /// Reads what is known and what is new; writes nothing.
  package static func read(_ hub: HubLayout, now: Timestamp) throws(HubError) -> Contacts {
    try HubError.wrap {
      var contacts = Contacts()
      if let bytes = try Files.readIfPresent(hub.contactList, limit: listLimit) {
        contacts.readList(bytes, now: now.seconds)
      }
      try contacts.readLog(hub, now: now.seconds)
      try contacts.readFolder(hub, now: now.seconds)
      return contacts
    }
  }

  /// Notes that a cluster was heard of.
  package mutating func note(_ cluster: String, at seconds: Int64) {
    if let known = times[cluster], known >= seconds { return }
    times[cluster] = seconds
    isChanged = true
  }

  /// Keeps what is known; writes nothing when that is on the disk already.
  package mutating func write(to hub: HubLayout) throws(PosixError) {
    guard isChanged else { return }
    var bytes = Array("contacts 1 \(inode) \(offset)\n".utf8)
    bytes.reserveCapacity(times.count * 32)
    for (name, seconds) in times.byName {
      bytes += "\(seconds) \(name)\n".utf8
    }
    // What a loss of power takes away comes again with the next poll.
    try Files.writeAtomically(hub.contactList, bytes, durable: false)
    isChanged = false
  }

  private mutating func readList(_ bytes: [UInt8], now: Int64) {
    let lines = bytes.split(separator: 10)
    let head = lines.first.map { $0.split(separator: 32) } ?? []
    guard head.count == 4, head[0].elementsEqual("contacts".utf8), head[1].elementsEqual("1".utf8)
    else { return }
    inode = UInt64(String(decoding: head[2], as: UTF8.self)) ?? 0
    offset = Int64(String(decoding: head[3], as: UTF8.self)) ?? 0
    times.reserveCapacity(lines.count)
    for line in lines.dropFirst() { take(line, now: now) }
    isChanged = false
  }

  /// A line `TIME NAME`.
  private mutating func take(_ line: ArraySlice<UInt8>, now: Int64) {
    guard line.count <= Self.lineLimit, let blank = line.firstIndex(of: 32),
      let seconds = Self.seconds(line[..<blank])
    else { return }
    let name = String(decoding: line[(blank + 1)...], as: UTF8.self)
    guard ClusterName.isValid(name) else { return }
    note(name, at: min(seconds, now))
  }

  /// `1763726400`, `1763726400.123` as nginx's `$msec`, or RFC 3339.
  private static func seconds(_ word: ArraySlice<UInt8>) -> Int64? {
    let digits = word.prefix { (0x30...0x39).contains($0) }
    let rest = word[digits.endIndex...]
    if rest.isEmpty || rest.first == UInt8(ascii: ".") {
      return digits.count > 12 ? nil : Int64(String(decoding: digits, as: UTF8.self))
    }
    return Timestamp(rfc3339: String(decoding: word, as: UTF8.self))?.seconds
  }

  private mutating func readLog(_ hub: HubLayout, now: Int64) throws(PosixError) {
    guard let log = try GrowingFile.open(hub.contactLog) else { return }
    // Another file, or one that somebody has emptied: a line that is read twice does no harm.
    if log.inode != inode || offset > log.size {
      inode = log.inode
      offset = 0
      isChanged = true
    }
    while true {
      let bytes = try log.read(from: offset, upTo: Self.chunk)
      guard let last = bytes.lastIndex(of: 10) else {
        // What is too long to be a line is passed over, else nothing would be read ever again.
        guard bytes.count == Self.chunk else { return }
        offset += Int64(bytes.count)
        continue
      }
      for line in bytes[...last].split(separator: 10) { take(line, now: now) }
      offset += Int64(last + 1)
      isChanged = true
    }
  }

  private mutating func readFolder(_ hub: HubLayout, now: Int64) throws(PosixError) {
    guard Files.isDirectory(hub.contactFolder) else { return }
    for entry in try Files.entries(in: hub.contactFolder) where entry.kind == .file {
      let name = entry.text
      guard ClusterName.isValid(name),
        let touched = try Files.attributes("\(hub.contactFolder)/\(name)")?.modified.seconds
      else { continue }
      note(name, at: min(touched, now))
    }
  }
}

extension Contacts {
  /// Forgets clusters that are not of the fleet, and what has been read of a log that has grown large.
  ///
  /// The caller holds the hub's lock and has read these contacts under it.
  /// - Returns: the names that were forgotten, and by how many bytes the log is shorter.
  package mutating func tidy(
    _ hub: HubLayout, known: Set<String>
  ) throws(PosixError) -> (forgotten: Int, bytes: Int64) {
    let left = times.keys.filter { !known.contains($0) }
    for name in left { times[name] = nil }
    if !left.isEmpty { isChanged = true }
    if Files.isDirectory(hub.contactFolder) {
      for entry in try Files.entries(in: hub.contactFolder)
      where entry.kind == .file && !known.contains(entry.text) {
        try Files.remove("\(hub.contactFolder)/\(entry.text)")
      }
    }
    try write(to: hub)
    guard let log = try GrowingFile.open(hub.contactLog, writing: true), log.inode == inode,
      log.size > Self.logLimit
    else { return (left.count, 0) }
    // What was read is on the disk; a crash before the new offset is means that lines are read again.
    let dropped = try log.dropFront(before: offset)
    offset -= dropped
    isChanged = true
    try write(to: hub)
    return (left.count, dropped)
  }
}
