// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
import Testing

@Suite("copying objects")
struct ObjectCopierTests {
  let fixture: GitFixture
  let source: Repository
  let target: Repository
  let first: ObjectID
  let second: ObjectID

  init() throws {
    fixture = try GitFixture()
    let path = try fixture.bare("source.git")
    first = try fixture.commit([("a/x", "1"), ("b/y", "2")], in: path)
    second = try fixture.commit([("b/y", "3")], in: path)
    source = try Repository.open(path)
    target = try Repository.open(try fixture.bare("target.git"))
  }

  private func copy(_ roots: [ObjectID]) throws -> Int {
    let writer = PackWriter(objectDirectory: target.objectDirectory)
    let copier = ObjectCopier(from: source, to: writer, skipping: target.hasObject)
    for root in roots { try copier.copy(root) }
    let summary = try writer.finish()
    try target.refresh()
    return summary.objects
  }

  private func listed(_ id: ObjectID) throws -> String {
    try fixture.git(["ls-tree", "-r", id.hex], in: target.gitDirectory)
  }

  @Test("a tree comes with all that is below, and the second time with what is new")
  func trees() throws {
    let old = try source.commit(first).tree
    let new = try source.commit(second).tree
    #expect(try copy([old]) == 5)
    // The root, `b` and its file; `a` is there.
    #expect(try copy([old, new]) == 3)
    #expect(try copy([old, new]) == 0)
    #expect(try listed(new) == fixture.git(["ls-tree", "-r", new.hex], in: source.gitDirectory))
    #expect(
      try fixture.git(["fsck", "--strict", "--no-dangling"], in: target.gitDirectory)
        == "notice: HEAD points to an unborn branch (main)\nnotice: No default references")
  }

  @Test("a commit comes with its tree and without its parents")
  func commits() throws {
    #expect(try copy([second]) == 6)
    #expect(target.hasObject(second))
    #expect(!target.hasObject(first))
  }

  @Test("trees with modes of old tools keep their bytes, submodules are not followed")
  func oddTrees() throws {
    let blob = try source.writeBlob("x")
    var content = Array("100664 old".utf8) + [0] + blob.bytes
    content += Array("160000 sub".utf8) + [0] + ObjectID.zero.bytes
    let tree = try source.write(.tree, content)
    #expect(try copy([tree]) == 2)
    #expect(try target.read(tree).content == content)
  }

  @Test("an object that the source lacks is told")
  func missing() throws {
    let tree = try source.writeTree([TreeEntry("a", .directory, .zero)])
    #expect(throws: ObjectAccessError.missing(.zero)) { try copy([tree]) }
  }
}
