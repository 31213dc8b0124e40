// SPDX-License-Identifier: Apache-2.0

import Foundation
import GitObjects
import Testing

@testable import GitStore

/// Numbers that look random and are the same in every run.
struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    // One block again and again, longer than zlib remembers: tests run without optimisation.
    let block = (0..<min(count, 40_000)).map { _ in UInt8(truncatingIfNeeded: next()) }
    var bytes: [UInt8] = []
    while bytes.count < count { bytes.append(contentsOf: block.prefix(count - bytes.count)) }
    return bytes
  }
}

@Suite("pack writer")
struct PackWriterTests {
  let fixture: GitFixture
  let path: String
  let repository: Repository

  init() throws {
    fixture = try GitFixture()
    path = try fixture.bare()
    repository = try Repository.open(path)
  }

  private func fsck() throws -> String {
    try fixture.git(["fsck", "--strict", "--full", "--no-dangling"], in: path)
  }

  private let clean =
    "notice: HEAD points to an unborn branch (main)\nnotice: No default references"

  @Test("a pack of 20,000 random objects is clean for Git and gives back what was written")
  func manyObjects() throws {
    var numbers = Numbers(state: 1)
    let writer = PackWriter(objectDirectory: repository.objectDirectory)
    var written: [(id: ObjectID, content: [UInt8])] = []
    var entries: [TreeEntry] = []
    for index in 0..<19_800 {
      // Some can't be compressed, some well; the lengths cross those of the header's form.
      let length = Int(numbers.next() % 40) + (index % 4000 == 0 ? 20_000 : 0)
      let content =
        index % 3 == 0
        ? numbers.bytes(length)
        : Array("\(index) \(String(repeating: "yaml: ", count: length))".utf8)
      let id = try writer.write(.blob, content)
      written.append((id, content))
      entries.append(TreeEntry("\(index).yaml", .file, id))
      if entries.count == 100 {
        let tree = try writer.writeTree(entries)
        written.append((tree, TreeContent.encode(entries)))
        entries = []
      }
    }
    let summary = try writer.finish()
    let name = try #require(summary.name)
    #expect(summary.objects == Set(written.map(\.id)).count)
    #expect(
      try fixture.files(below: "\(path)/objects") == ["pack/\(name).idx", "pack/\(name).pack"])
    #expect(try fsck() == clean)
    let index = "\(path)/objects/pack/\(name).idx"
    try fixture.git(["verify-pack", index])
    let listed = try fixture.git(["cat-file", "--batch-all-objects", "--batch-check"], in: path)
    #expect(listed.split(separator: "\n").count == summary.objects)
    #expect(
      try FileManager.default.attributesOfItem(atPath: "\(path)/objects/pack/\(name).pack")[.size]
        as? Int == summary.bytes)
    try repository.refresh()
    for object in written {
      #expect(try repository.read(object.id).content == object.content)
    }
  }

  @Test(
    "objects of lengths at the limits of the header and of the buffer are clean for Git",
    arguments: [0, 1, 9])
  func lengths(compression: Int) throws {
    var numbers = Numbers(state: 2)
    let writer = PackWriter(
      objectDirectory: repository.objectDirectory, compression: compression)
    for length in [0, 1, 15, 16, 2047, 2048, 4096, 4097, 262_143, 1_048_576] {
      _ = try writer.write(.blob, numbers.bytes(length))
    }
    #expect(try writer.finish().objects == 10)
    #expect(try fsck() == clean)
  }

  @Test("without objects nothing is written")
  func empty() throws {
    let writer = PackWriter(objectDirectory: repository.objectDirectory)
    #expect(try writer.finish() == PackWriter.Summary(objects: 0, bytes: 0, name: nil))
    #expect(try fixture.files(below: "\(path)/objects") == [])
  }

  @Test("an object is written once, and not at all when it is known")
  func duplicates() throws {
    let known = try repository.writeBlob("known")
    let writer = PackWriter(
      objectDirectory: repository.objectDirectory, skipping: repository.hasObject)
    let first = try writer.writeBlob("new")
    #expect(try writer.writeBlob("new") == first)
    #expect(try writer.writeBlob("known") == known)
    #expect(try writer.finish().objects == 1)
    // The writer goes on with a second pack and remembers the first.
    #expect(try writer.writeBlob("new") == first)
    _ = try writer.writeBlob("newer")
    #expect(try writer.finish().objects == 1)
    #expect(try fsck() == clean)
  }

  @Test("the same objects in another order make the same pack name, and the first pack stays")
  func samePack() throws {
    func write(_ texts: [String]) throws -> String? {
      let writer = PackWriter(objectDirectory: repository.objectDirectory)
      for text in texts { _ = try writer.writeBlob(text) }
      return try writer.finish().name
    }
    let name = try #require(try write(["a", "b"]))
    let before = try Data(contentsOf: URL(fileURLWithPath: "\(path)/objects/pack/\(name).pack"))
    #expect(try write(["b", "a"]) == name)
    let after = try Data(contentsOf: URL(fileURLWithPath: "\(path)/objects/pack/\(name).pack"))
    #expect(before == after)
    #expect(try fixture.files(below: "\(path)/objects").count == 2)
    #expect(try fsck() == clean)
  }

  @Test("a writer that is discarded or forgotten leaves nothing")
  func discarded() throws {
    do {
      let writer = PackWriter(objectDirectory: repository.objectDirectory)
      _ = try writer.writeBlob("a")
      #expect(try fixture.files(below: "\(path)/objects").count == 1)
      writer.discard()
      #expect(try fixture.files(below: "\(path)/objects") == [])
      let forgotten = PackWriter(objectDirectory: repository.objectDirectory)
      _ = try forgotten.writeBlob("b")
    }
    #expect(try fixture.files(below: "\(path)/objects") == [])
  }

  @Test("a killed writer leaves a temporary file and nothing that Git sees")
  func killed() async throws {
    let objects = repository.objectDirectory
    await #expect(processExitsWith: .signal(SIGKILL)) { [objects = objects as String] in
      let writer = PackWriter(objectDirectory: objects)
      var numbers = Numbers(state: 3)
      for _ in 0..<20 { _ = try writer.write(.blob, numbers.bytes(100_000)) }
      kill(getpid(), SIGKILL)
      _ = try writer.finish()
    }
    let left = try fixture.files(below: objects)
    #expect(left.count == 1)
    #expect(left.allSatisfy { $0.hasPrefix("pack/tmp_pack_") })
    #expect(try fsck() == clean)
    #expect(
      try StaleFiles.remove(
        gitDirectory: path, locksOlderThan: 0, temporaryFilesOlderThan: 0, now: .max)
        == left.map { "objects/\($0)" })
  }

  @Test("a pack goes into a quarantine that has no folder for it yet")
  func quarantine() throws {
    let incoming = "\(path)/objects/tmp_objdir-incoming-1"
    try FileManager.default.createDirectory(atPath: incoming, withIntermediateDirectories: false)
    let writer = PackWriter(objectDirectory: incoming)
    let id = try writer.writeBlob("pushed")
    let name = try #require(try writer.finish().name)
    #expect(try fixture.files(below: incoming) == ["pack/\(name).idx", "pack/\(name).pack"])
    #expect(throws: ObjectAccessError.missing(id)) { try repository.blob(id, limit: 9) }
    #expect(
      try fixture.git(
        ["cat-file", "blob", id.hex], in: path, variables: ["GIT_OBJECT_DIRECTORY": incoming])
        == "pushed")
  }

  @Test("a folder that is not there is told, by every write and by the end")
  func noFolder() {
    let place = "\(fixture.folder)/none"
    let writer = PackWriter(objectDirectory: place)
    let text = "cannot make the folder '\(place)/pack': no such file or directory"
    #expect(throws: ObjectAccessError.failed(text)) { try writer.writeBlob("a") }
    #expect(message { _ = try writer.finish() } == text)
  }

  @Test("offsets beyond two gigabytes go to the index's second table")
  func largeOffsets() throws {
    let offsets: [UInt64] = [12, 1 << 31 - 1, 1 << 31, 1 << 32 + 5, 1 << 40]
    let entries = offsets.enumerated().map { index, offset in
      PackIndex.Entry(
        id: ObjectID.hash(.blob, [UInt8(index)]), offset: offset, checksum: UInt32(index))
    }.sorted { $0.id < $1.id }
    let bytes = PackIndex.encode(entries, packDigest: [UInt8](repeating: 7, count: 20))
    #expect(
      try fixture.git(["show-index"], input: bytes).split(separator: "\n").map(String.init)
        == entries.map {
          let hex = String($0.checksum, radix: 16)
          return "\($0.offset) \($0.id) (\(String(repeating: "0", count: 8 - hex.count))\(hex))"
        })
  }
}
