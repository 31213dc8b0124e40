// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import Testing

@Suite("Trees are those that Git makes")
struct TreeTests {
  @Test("order and bytes are Git's own: random names, folders and files that begin alike")
  func mktree() throws {
    let folder = try ScratchFolder()
    #expect(shell("git init -q --bare .", in: folder) != nil)
    var random = SeededBytes(seed: 11)
    let letters: [UInt8] = [0x61, 0x2d, 0x2e, 0x30, 0xc3, 0xbc, 0x7f, 0x01, 0x20]
    for _ in 0..<40 {
      var entries: [TreeEntry] = []
      var names = Set<[UInt8]>()
      for _ in 0..<Int(random.next() % 60) {
        var name: [UInt8] = []
        for _ in 0...Int(random.next() % 4) {
          name.append(letters[Int(random.next()) % letters.count])
        }
        guard names.insert(name).inserted, ![[0x2e], [0x2e, 0x2e]].contains(name) else { continue }
        let modes: [TreeEntry.Mode] = [.file, .executable, .symbolicLink, .directory, .submodule]
        let id = try #require(ObjectID(bytes: random.bytes(20)))
        entries.append(TreeEntry(name: name, mode: modes[Int(random.next()) % 5], id: id))
      }
      var listing: [UInt8] = []
      for entry in entries {
        let kind =
          switch entry.mode {
          case .directory: "tree"
          case .submodule: "commit"
          default: "blob"
          }
        let mode = entry.mode == .directory ? "040000" : entry.mode.rawValue
        listing += Array("\(mode) \(kind) \(entry.id.hex)\t".utf8) + entry.name + [0]
      }
      #expect(TestFiles.write(listing, to: folder.path + "/listing"))
      let made = try #require(shell("git mktree -z --missing < listing", in: folder))
      let bytes = TreeContent.encode(entries)
      #expect(ObjectID.hash(.tree, bytes).hex == String(made.prefix(40)))
      let sorted = entries.sorted(by: TreeEntry.precedes)
      #expect(TreeContent.decode(bytes) == sorted)
      _ = shell("git ls-tree -z \(made.prefix(40)) > listed", in: folder)
      let listed = try #require(TestFiles.read(folder.path + "/listed"))
      let names2 = listed.split(separator: 0).map { Array($0.drop { $0 != 0x09 }.dropFirst()) }
      #expect(names2 == sorted.map(\.name))
    }
  }

  @Test("a folder is ordered as if its name ended in a slash")
  func order() {
    let id = ObjectID.zero
    let entries = [
      TreeEntry("a", .directory, id), TreeEntry("a-b", .file, id), TreeEntry("a.b", .file, id),
      TreeEntry("a0", .file, id), TreeEntry("ab", .directory, id), TreeEntry("b", .file, id),
    ]
    #expect(
      entries.reversed().sorted(by: TreeEntry.precedes).map(\.name)
        == ["a-b", "a.b", "a", "a0", "ab", "b"].map { Array($0.utf8) })
  }

  @Test(
    "what is no tree is refused",
    arguments: [
      "100644", "100644 a", "100644 a\0", "100644 a\0" + String(repeating: "x", count: 19), "\0",
    ])
  func malformed(_ text: String) {
    #expect(TreeContent.decode(Array(text.utf8)) == nil)
  }

  @Test("modes of old tools are read as today's")
  func oldModes() {
    let id = String(repeating: "x", count: 20)
    let bytes = Array("100664 a\0\(id)040000 b\0\(id)".utf8)
    #expect(TreeContent.decode(bytes)?.map(\.mode) == [.file, .directory])
  }

  @Test(
    "ids are read and written as hexadecimal digits",
    arguments: [
      ("0123456789abcdef0123456789ABCDEF01234567", true),
      ("0123456789abcdef0123456789abcdef0123456", false),
      ("0123456789abcdef0123456789abcdef0123456g", false), ("", false),
    ])
  func hex(_ text: String, _ isID: Bool) {
    #expect(ObjectID(hex: text)?.hex == (isID ? text.lowercased() : nil))
  }

  @Test("an id has the same order as its digits, and the same bytes back")
  func ids() throws {
    var random = SeededBytes(seed: 3)
    let ids = try (0..<100).map { _ in try #require(ObjectID(bytes: random.bytes(20))) }
    #expect(ids.sorted().map(\.hex) == ids.map(\.hex).sorted())
    for id in ids {
      var buffer: [UInt8] = []
      id.append(to: &buffer)
      #expect(buffer == id.bytes)
      #expect(ObjectID(bytes: buffer) == id)
      #expect(id.firstByte == buffer[0])
      #expect(id.short == String(id.hex.prefix(7)))
    }
    #expect(ObjectID(bytes: [1, 2, 3]) == nil)
    #expect(ObjectID.zero.isZero)
    #expect(!ObjectID.emptyTree.isZero)
  }
}

@Suite("Objects in memory behave like a repository")
struct InMemoryObjectsTests {
  @Test("files and folders get the ids that git gives them")
  func files() throws {
    let objects = InMemoryObjects()
    let root = try objects.writeFiles(["a/b/c.yaml": "x\n", "a.txt": "y\n", "a/d": "", "z": "1"])
    let folder = try ScratchFolder()
    for (name, text) in [("a/b/c.yaml", "x\n"), ("a.txt", "y\n"), ("a/d", ""), ("z", "1")] {
      try folder.write(text, to: name)
    }
    let made = try #require(
      shell("git init -q . && git add a a.txt z && git write-tree", in: folder))
    #expect(root.hex + "\n" == made)
    let names = try objects.tree(root).map { String(decoding: $0.name, as: UTF8.self) }
    #expect(names == ["a.txt", "a", "z"])
  }

  @Test("what is missing, of another type, or too large, is told")
  func errors() throws {
    let objects = InMemoryObjects()
    let blob = try objects.writeBlob("hello")
    let tree = try objects.writeTree([TreeEntry("a", .file, blob)])
    #expect(try objects.blob(blob, limit: 5) == Array("hello".utf8))
    #expect(try objects.tree(tree).map(\.id) == [blob])
    #expect(try objects.tree(.emptyTree) == [])
    #expect(throws: ObjectAccessError.tooLarge(blob, 5)) { try objects.blob(blob, limit: 4) }
    #expect(throws: ObjectAccessError.missing(.zero)) { try objects.blob(.zero, limit: 4) }
    #expect(throws: ObjectAccessError.missing(.zero)) { try objects.tree(.zero) }
    #expect(throws: ObjectAccessError.malformed(tree)) { try objects.blob(tree, limit: 99) }
    #expect(throws: ObjectAccessError.malformed(blob)) { try objects.tree(blob) }
    let broken = try objects.write(.tree, [1, 2, 3])
    #expect(throws: ObjectAccessError.malformed(broken)) { try objects.tree(broken) }
    #expect(objects.count == 4)
    _ = try objects.writeBlob("hello")
    #expect(objects.count == 4)
    #expect(objects.object(blob)?.kind == .blob)
  }
}
