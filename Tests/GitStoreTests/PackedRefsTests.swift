// SPDX-License-Identifier: Apache-2.0

import Foundation
import GitObjects
import GitStore
import Testing

@Suite("packed refs")
struct PackedRefsTests {
  let fixture: GitFixture
  let path: String
  let first: ObjectID
  let second: ObjectID

  init() throws {
    fixture = try GitFixture()
    path = try fixture.bare()
    first = try fixture.commit([("a", "1")], in: path)
    second = try fixture.commit([("a", "2")], in: path)
  }

  private func text() throws -> String {
    String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: "\(path)/packed-refs")), as: UTF8.self)
  }

  private func refs() throws -> String {
    try fixture.git(["for-each-ref", "--format=%(objectname) %(refname)", "refs/slices"], in: path)
  }

  @Test("refs are read as Git packed them, annotated tags too")
  func reading() throws {
    #expect(try PackedRefs.read(gitDirectory: path).count == 0)
    try fixture.git(["tag", "-a", "-m", "tag", "v1", first.hex], in: path)
    try fixture.git(["update-ref", "refs/slices/b", second.hex], in: path)
    try fixture.git(["update-ref", "refs/slices/a/x", first.hex], in: path)
    try fixture.git(["pack-refs", "--all"], in: path)
    let refs = try PackedRefs.read(gitDirectory: path)
    #expect(refs.count == 4)
    #expect(refs["refs/slices/b"] == second)
    #expect(try refs["refs/tags/v1"] == fixture.id("v1", in: path))
    #expect(refs["refs/slices/a"] == nil)
    #expect(refs["refs/zzz"] == nil)
    #expect(
      refs.references(prefix: "refs/slices/") == [
        Reference(name: "refs/slices/a/x", id: first), Reference(name: "refs/slices/b", id: second),
      ])
    #expect(refs.references(prefix: "refs/zzz").isEmpty)
  }

  @Test("a file is made from nothing in the very bytes that Git writes")
  func creation() throws {
    try PackedRefs.update(
      gitDirectory: path,
      [
        PackedRefs.Change("refs/slices/b", first), PackedRefs.Change("refs/slices/ä", second),
        PackedRefs.Change("refs/slices/B", second),
      ])
    let ours = try text()
    #expect(
      ours == """
        # pack-refs with: peeled fully-peeled sorted \n\(second) refs/slices/B
        \(first) refs/slices/b
        \(second) refs/slices/ä

        """)
    try fixture.git(["update-ref", "refs/slices/c", first.hex], in: path)
    try fixture.git(["update-ref", "-d", "refs/slices/c"], in: path)
    #expect(try text() == ours)
  }

  @Test("refs are changed, added and deleted between those of others, which keep their lines")
  func updating() throws {
    try fixture.git(["tag", "-a", "-m", "tag", "v1", first.hex], in: path)
    try fixture.git(["pack-refs", "--all"], in: path)
    let tags = try fixture.git(["show-ref", "-d", "--tags"], in: path)
    try PackedRefs.update(
      gitDirectory: path,
      ["a", "b", "c"].map { PackedRefs.Change("refs/slices/\($0)", first) })
    let changed = try PackedRefs.update(
      gitDirectory: path,
      [
        PackedRefs.Change("refs/slices/d", second), PackedRefs.Change("refs/slices/b", nil),
        PackedRefs.Change("refs/slices/a", first), PackedRefs.Change("refs/slices/a", second),
        PackedRefs.Change("refs/none", nil),
      ])
    #expect(changed)
    #expect(
      try refs() == """
        \(second) refs/slices/a
        \(first) refs/slices/c
        \(second) refs/slices/d
        """)
    #expect(try fixture.git(["show-ref", "-d", "--tags"], in: path) == tags)
    // Git sees nothing to better in the file.
    let ours = try text()
    try fixture.git(["pack-refs", "--all"], in: path)
    #expect(try text() == ours)
    #expect(try fixture.git(["fsck", "--strict"], in: path) == "")
  }

  @Test("the file is not written when it would stay the same")
  func unchanged() throws {
    #expect(try !PackedRefs.update(gitDirectory: path, [PackedRefs.Change("refs/slices/a", nil)]))
    #expect(!FileManager.default.fileExists(atPath: "\(path)/packed-refs"))
    let change = PackedRefs.Change("refs/slices/a", first)
    #expect(try PackedRefs.update(gitDirectory: path, [change]))
    #expect(try !PackedRefs.update(gitDirectory: path, [change]))
    #expect(try !PackedRefs.update(gitDirectory: path, []))
    #expect(!FileManager.default.fileExists(atPath: "\(path)/packed-refs.lock"))
  }

  @Test("a file in any order is read, and sorted when it is written")
  func unsorted() throws {
    try "\(first) refs/slices/b\n\(second) refs/slices/a\n".write(
      toFile: "\(path)/packed-refs", atomically: true, encoding: .utf8)
    #expect(try PackedRefs.read(gitDirectory: path)["refs/slices/a"] == second)
    try PackedRefs.update(gitDirectory: path, [PackedRefs.Change("refs/slices/c", first)])
    #expect(
      try text()
        == "# pack-refs with: sorted \n\(second) refs/slices/a\n\(first) refs/slices/b\n\(first) refs/slices/c\n"
    )
  }

  @Test(
    "a file that is no list of refs is refused with the line",
    arguments: [
      ("no newline at the end", "abc", 1), ("a short id", "abc refs/x\n", 1),
      ("letters in the id", "z234567890123456789012345678901234567890 refs/x\n", 1),
      ("a peeled id of nothing", "^1234567890123456789012345678901234567890\n", 1),
      ("an empty line", "# comment\n\n", 2),
    ])
  func malformed(id: String, content: String, line: Int) throws {
    let place = path
    try content.write(toFile: "\(place)/packed-refs", atomically: true, encoding: .utf8)
    #expect(
      message { _ = try PackedRefs.read(gitDirectory: place) }
        == "cannot read '\(place)/packed-refs': line \(line) is not that of a ref")
  }

  @Test("a lock file, a bad name or a loose ref stops the change and leaves all as it was")
  func refusals() throws {
    let place = path
    try PackedRefs.update(gitDirectory: path, [PackedRefs.Change("refs/slices/a", first)])
    let before = try text()
    func attempt(_ name: String) -> String {
      message {
        try PackedRefs.update(
          gitDirectory: place,
          [PackedRefs.Change("refs/slices/a", second), PackedRefs.Change(name, second)])
      }
    }
    #expect(
      attempt("refs/slices/x\ny")
        == "cannot set the ref 'refs/slices/x\ny': this is not a valid name")
    try fixture.git(["update-ref", "refs/slices/loose", first.hex], in: path)
    #expect(
      attempt("refs/slices/loose")
        == "cannot set the ref 'refs/slices/loose': there is a loose ref of this name, which would hide it"
    )
    _ = FileManager.default.createFile(atPath: "\(path)/packed-refs.lock", contents: nil)
    #expect(
      attempt("refs/slices/b")
        == "cannot write '\(place)/packed-refs': another process is writing it, or has left '\(place)/packed-refs.lock'"
    )
    #expect(try text() == before)
  }

  @Test("readers see all the old values or all the new ones")
  func atomicity() async throws {
    let place = path
    let names = (0..<500).map { "refs/slices/store-\($0)" }
    let ids = [first, second]
    try PackedRefs.update(gitDirectory: place, names.map { PackedRefs.Change($0, ids[0]) })
    let writer = Task.detached {
      for turn in 1...40 {
        let id = ids[turn % 2]
        try PackedRefs.update(gitDirectory: place, names.map { PackedRefs.Change($0, id) })
      }
    }
    var seen: Set<Set<String>> = []
    for turn in 0..<40 {
      let found: [String]
      if turn % 4 == 0 {
        found = try fixture.git(
          ["for-each-ref", "--format=%(objectname)", "refs/slices"], in: path
        )
        .split(separator: "\n").map(String.init)
      } else {
        found = try PackedRefs.read(gitDirectory: place).references(prefix: "refs/slices/")
          .map(\.id.hex)
      }
      #expect(found.count == names.count)
      seen.insert(Set(found))
    }
    try await writer.value
    #expect(seen.isSubset(of: [[first.hex], [second.hex]]))
  }

  @Test("stale locks and old temporary files are removed, young ones and all else stay")
  func staleFiles() throws {
    let age = [
      "packed-refs.lock": 100, "HEAD.lock": 100, "config.lock": 100, "shallow.lock": 5,
      "index.lock": 100, "refs/heads/main.lock": 100, "refs/heads/young.lock": 5,
      "refs/slices/a/b.lock": 100, "objects/pack/tmp_pack_old": 5000,
      "objects/pack/tmp_idx_young": 100, "objects/pack/pack-1.keep": 5000,
    ]
    let now = 1_700_000_000
    try FileManager.default.createDirectory(
      atPath: "\(path)/refs/slices/a", withIntermediateDirectories: true)
    for (name, seconds) in age {
      _ = FileManager.default.createFile(
        atPath: "\(path)/\(name)", contents: nil,
        attributes: [
          .modificationDate: Date(timeIntervalSince1970: TimeInterval(now - seconds))
        ])
    }
    let removed = try StaleFiles.remove(
      gitDirectory: path, locksOlderThan: 60, temporaryFilesOlderThan: 3600, now: Int64(now))
    #expect(
      removed == [
        "HEAD.lock", "config.lock", "objects/pack/tmp_pack_old", "packed-refs.lock",
        "refs/heads/main.lock", "refs/slices/a/b.lock",
      ])
    let left = Set(try fixture.files(below: path)).intersection(age.keys).sorted()
    #expect(
      left == [
        "index.lock", "objects/pack/pack-1.keep", "objects/pack/tmp_idx_young",
        "refs/heads/young.lock", "shallow.lock",
      ])
  }
}
