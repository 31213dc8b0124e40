// SPDX-License-Identifier: Apache-2.0

package import GitObjects

/// Who made a commit, and when.
package struct Signature: Sendable, Hashable {
  /// The name, without `<`, `>`, NUL and line ends.
  package let name: String
  /// The mail address, likewise.
  package let email: String
  /// Seconds since 1970, UTC.
  package let seconds: Int64
  /// Minutes by which the author's clock was ahead of UTC.
  package let offsetMinutes: Int

  /// Makes a signature; characters that a commit can't hold are dropped from name and address.
  package init(name: String, email: String, seconds: Int64, offsetMinutes: Int = 0) {
    self.name = Self.clean(name)
    self.email = Self.clean(email)
    self.seconds = seconds
    // Git writes two digits of hours.
    self.offsetMinutes = min(max(offsetMinutes, -5999), 5999)
  }

  private static func clean(_ text: String) -> String {
    let bytes = text.utf8.filter { ![0, 0x0a, 0x0d, 0x3c, 0x3e].contains($0) }
    let isBlank = { (byte: UInt8) in byte == 0x20 }
    let rest = bytes.drop(while: isBlank)
    let end = rest.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? rest.startIndex
    return String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
  }

  /// Reads `Name <mail> 1700000000 +0100`; old and broken commits give what can be read of it.
  init(line: ArraySlice<UInt8>) {
    guard let less = line.firstIndex(of: 0x3c), let greater = line.lastIndex(of: 0x3e),
      less < greater
    else {
      self.init(name: String(decoding: line, as: UTF8.self), email: "", seconds: 0)
      return
    }
    let words = line[(greater + 1)...].split(separator: 0x20).map {
      String(decoding: $0, as: UTF8.self)
    }
    var offset = 0
    if let zone = words.dropFirst().first.flatMap({ Int($0) }), zone.magnitude <= 9999 {
      offset = zone / 100 * 60 + zone % 100
    }
    self.init(
      name: String(decoding: line[..<less], as: UTF8.self),
      email: String(decoding: line[(less + 1)..<greater], as: UTF8.self),
      seconds: words.first.flatMap { Int64($0) } ?? 0, offsetMinutes: offset)
  }

  /// The form in which a commit holds it.
  var line: String {
    let minutes = abs(offsetMinutes)
    let zone = String(minutes / 60 * 100 + minutes % 60)
    let padded = String(repeating: "0", count: max(0, 4 - zone.count)) + zone
    return "\(name) <\(email)> \(seconds) \(offsetMinutes < 0 ? "-" : "+")\(padded)"
  }
}

/// The content of a commit.
package struct Commit: Sendable, Hashable {
  /// The tree.
  package let tree: ObjectID
  /// The commits before; none for the first one.
  package let parents: [ObjectID]
  /// Who wrote the change.
  package let author: Signature
  /// Who made the commit.
  package let committer: Signature
  /// The message; bytes that are not UTF-8 are replaced.
  package let message: String

  /// Makes a commit.
  package init(
    tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature? = nil,
    message: String
  ) {
    self.tree = tree
    self.parents = parents
    self.author = author
    self.committer = committer ?? author
    self.message = message
  }

  /// Reads the bytes of a commit object; nil when they are none. Signatures of GPG are passed over.
  package init?(content: [UInt8]) {
    var tree: ObjectID?
    var parents: [ObjectID] = []
    var author: Signature?
    var committer: Signature?
    var rest = content[...]
    while let end = rest.firstIndex(of: 0x0a), end > rest.startIndex {
      let line = rest[..<end]
      rest = rest[(end + 1)...]
      guard let space = line.firstIndex(of: 0x20) else { continue }
      let value = line[(space + 1)...]
      switch String(decoding: line[..<space], as: UTF8.self) {
      case "tree" where tree == nil:
        tree = ObjectID(hex: String(decoding: value, as: UTF8.self))
      case "parent":
        guard let id = ObjectID(hex: String(decoding: value, as: UTF8.self)) else { return nil }
        parents.append(id)
      case "author" where author == nil: author = Signature(line: value)
      case "committer" where committer == nil: committer = Signature(line: value)
      default: continue
      }
    }
    guard let tree, let author, let committer else { return nil }
    self.init(
      tree: tree, parents: parents, author: author, committer: committer,
      message: String(decoding: rest.dropFirst(), as: UTF8.self))
  }

  /// The bytes of the commit object; NUL, which Git does not allow in a message, is dropped.
  package var content: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256 + parents.count * 48 + message.utf8.count)
    func add(_ name: StaticString, _ value: String) {
      name.withUTF8Buffer { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: value.utf8)
      bytes.append(0x0a)
    }
    add("tree ", tree.hex)
    for parent in parents { add("parent ", parent.hex) }
    let line = author.line
    add("author ", line)
    add("committer ", committer == author ? line : committer.line)
    bytes.append(0x0a)
    bytes.append(contentsOf: message.utf8)
    if bytes.contains(0) { bytes.removeAll { $0 == 0 } }
    return bytes
  }
}
