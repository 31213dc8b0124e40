// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Testing

@Suite("tree differences")
struct TreeDiffTests {
  let objects = InMemoryObjects()

  private func changes(_ old: ObjectID?, _ new: ObjectID?) throws -> [String] {
    try TreeDiff.changes(from: old, to: new, in: objects).map { change in
      let sign = change.old == nil ? "+" : change.new == nil ? "-" : "~"
      return "\(sign)\(change.text)"
    }
  }

  private func blob(_ text: String) throws -> ObjectID { try objects.writeBlob(text) }

  @Test("added, changed and deleted files are told in Git's order, equal ones are not")
  func files() throws {
    let same = try objects.writeTree([TreeEntry("x", .file, blob("same"))])
    let deep = try objects.writeTree([TreeEntry("d", .file, blob("1"))])
    let deeper = try objects.writeTree([
      TreeEntry("d", .file, blob("2")), TreeEntry("e", .executable, blob("1")),
    ])
    let old = try objects.writeTree([
      TreeEntry("a", .file, blob("1")), TreeEntry("b", .directory, deep),
      TreeEntry("same", .directory, same), TreeEntry("z", .directory, deep),
    ])
    let new = try objects.writeTree([
      TreeEntry("a", .executable, blob("1")), TreeEntry("b", .directory, deeper),
      TreeEntry("c", .file, blob("3")), TreeEntry("same", .directory, same),
    ])
    #expect(try changes(old, new) == ["~a", "~b/d", "+b/e", "+c", "-z/d"])
    #expect(try changes(new, old) == ["~a", "~b/d", "-b/e", "-c", "+z/d"])
    #expect(try changes(old, old) == [])
    #expect(try changes(nil, deeper) == ["+d", "+e"])
    #expect(try changes(deeper, nil) == ["-d", "-e"])
  }

  @Test("a file that becomes a folder is a deletion and an addition")
  func fileToFolder() throws {
    let inner = try objects.writeTree([TreeEntry("f", .file, blob("1"))])
    let old = try objects.writeTree([
      TreeEntry("a", .file, blob("1")), TreeEntry("a.b", .file, blob("1")),
    ])
    let new = try objects.writeTree([
      TreeEntry("a", .directory, inner), TreeEntry("a.b", .symbolicLink, blob("1")),
    ])
    #expect(try changes(old, new) == ["-a", "~a.b", "+a/f"])
  }

  @Test("equal subtrees are not read")
  func equalSubtrees() throws {
    let absent = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
    let old = try objects.writeTree([TreeEntry("dir", .directory, absent)])
    let new = try objects.writeTree([
      TreeEntry("dir", .directory, absent), TreeEntry("f", .file, blob("1")),
    ])
    #expect(try changes(old, new) == ["+f"])
    #expect(throws: ObjectAccessError.missing(absent)) { try changes(nil, new) }
  }

  @Test("a tree that is nested too deep is refused")
  func depth() throws {
    var tree = try objects.writeTree([TreeEntry("f", .file, blob("1"))])
    for _ in 0..<TreeDiff.depthLimit {
      tree = try objects.writeTree([TreeEntry("d", .directory, tree)])
    }
    #expect(try changes(nil, tree).count == 1)
    let deeper = try objects.writeTree([TreeEntry("d", .directory, tree)])
    #expect(
      throws: ObjectAccessError.failed("folders stand in each other more than 512 deep")
    ) { try changes(nil, deeper) }
  }
}
