// SPDX-License-Identifier: Apache-2.0

/// One line of a Git tree.
package struct TreeEntry: Sendable, Hashable {
  /// What an entry can be, by the mode that Git writes.
  package enum Mode: String, Sendable, Hashable {
    case file = "100644"
    case executable = "100755"
    case symbolicLink = "120000"
    case directory = "40000"
    case submodule = "160000"
  }

  /// The name in its folder: bytes, as Git has them; no `/`, no NUL.
  package let name: [UInt8]
  /// What the entry is.
  package let mode: Mode
  /// The object that it names.
  package let id: ObjectID

  /// Makes an entry.
  package init(name: [UInt8], mode: Mode, id: ObjectID) {
    self.name = name
    self.mode = mode
    self.id = id
  }

  /// Makes an entry with a name that is known to be text.
  package init(_ name: String, _ mode: Mode, _ id: ObjectID) {
    self.init(name: Array(name.utf8), mode: mode, id: id)
  }

  /// Git's order of entries: bytes of the names, a folder as if its name ended in `/`.
  package static func precedes(_ left: TreeEntry, _ right: TreeEntry) -> Bool {
    let slash = UInt8(ascii: "/")
    let common = min(left.name.count, right.name.count)
    for index in 0..<common where left.name[index] != right.name[index] {
      return left.name[index] < right.name[index]
    }
    let leftNext =
      left.name.count > common ? left.name[common] : (left.mode == .directory ? slash : 0)
    let rightNext =
      right.name.count > common ? right.name[common] : (right.mode == .directory ? slash : 0)
    return leftNext < rightNext
  }
}

/// The content of a Git tree object.
package enum TreeContent {
  /// The bytes of a tree with these entries, which are brought into Git's order first.
  package static func encode(_ entries: [TreeEntry]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.reduce(0) { $0 + $1.name.count + 28 })
    for entry in entries.sorted(by: TreeEntry.precedes) {
      bytes.append(contentsOf: entry.mode.rawValue.utf8)
      bytes.append(UInt8(ascii: " "))
      bytes.append(contentsOf: entry.name)
      bytes.append(0)
      entry.id.append(to: &bytes)
    }
    return bytes
  }

  /// The entries of a tree object; nil when the bytes are no tree.
  ///
  /// Modes that old tools wrote (100664) are read as the nearest of today's.
  package static func decode(_ bytes: [UInt8]) -> [TreeEntry]? {
    var entries: [TreeEntry] = []
    var index = 0
    while index < bytes.count {
      guard let space = bytes[index...].firstIndex(of: UInt8(ascii: " ")),
        let nul = bytes[space...].firstIndex(of: 0), nul + 20 < bytes.count,
        let id = ObjectID(bytes: bytes[(nul + 1)..<(nul + 21)])
      else { return nil }
      let text = String(decoding: bytes[index..<space], as: UTF8.self)
      let mode: TreeEntry.Mode
      switch text {
      case "40000", "040000": mode = .directory
      case "100755": mode = .executable
      case "120000": mode = .symbolicLink
      case "160000": mode = .submodule
      default: mode = .file
      }
      entries.append(TreeEntry(name: Array(bytes[(space + 1)..<nul]), mode: mode, id: id))
      index = nul + 21
    }
    return entries
  }
}
