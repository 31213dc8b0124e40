// SPDX-License-Identifier: Apache-2.0

import Foundation
import GitObjects
import GitStore
import Testing

@Suite("refs")
struct ReferenceTests {
  let fixture: GitFixture
  let path: String
  let first: ObjectID
  let second: ObjectID
  let repository: Repository

  init() throws {
    fixture = try GitFixture()
    path = try fixture.bare()
    first = try fixture.commit([("a", "1")], in: path)
    second = try fixture.commit([("a", "2")], in: path)
    repository = try Repository.open(path)
  }

  @Test("loose and packed refs are read and listed by the bytes of their names")
  func listing() throws {
    try fixture.git(["update-ref", "refs/x/b", first.hex], in: path)
    try fixture.git(["pack-refs", "--all"], in: path)
    try fixture.git(["update-ref", "refs/x/a/deep", second.hex], in: path)
    try fixture.git(["update-ref", "refs/x/B", second.hex], in: path)
    #expect(try repository.reference("refs/x/b") == first)
    #expect(try repository.reference("refs/x/none") == nil)
    #expect(try repository.reference("HEAD") == second)
    #expect(
      try repository.references(prefix: "refs/x/") == [
        Reference(name: "refs/x/B", id: second), Reference(name: "refs/x/a/deep", id: second),
        Reference(name: "refs/x/b", id: first),
      ])
    #expect(try repository.references(prefix: "refs/none/").isEmpty)
  }

  @Test("a ref moves only from the value that is expected")
  func compareAndSwap() throws {
    let name = "refs/fleet/plan"
    try repository.updateReference(name, to: first, expecting: .zero, message: "plan")
    let text = "cannot set the ref '\(name)': somebody else has moved it in the meantime"
    let again = gitError {
      try repository.updateReference(name, to: second, expecting: .zero, message: "plan")
    }
    #expect(again?.category == .conflict)
    #expect(again?.description == text)
    #expect(
      message { try repository.updateReference(name, to: first, expecting: second, message: "") }
        == text)
    #expect(
      message {
        try repository.updateReference("refs/fleet/no", to: first, expecting: second, message: "")
      } == "cannot set the ref 'refs/fleet/no': somebody else has moved it in the meantime")
    try repository.updateReference(name, to: second, expecting: first, message: "plan")
    #expect(try fixture.id(name, in: path) == second)
    #expect(
      message { try repository.deleteReference(name, expecting: first) }
        == "cannot delete the ref '\(name)': somebody else has moved it in the meantime")
    try repository.deleteReference(name, expecting: second)
    #expect(try repository.reference(name) == nil)
    #expect(
      gitError { try repository.deleteReference(name, expecting: second) }?.category == .conflict)
  }

  @Test("of two that move a ref from the same value, one is told of the conflict")
  func race() throws {
    let other = try Repository.open(path)
    let branch = "refs/heads/main"
    #expect(try other.reference(branch) == second)
    try repository.updateReference(branch, to: first, expecting: second, message: "back")
    #expect(
      gitError { try other.updateReference(branch, to: first, expecting: second, message: "") }?
        .category == .conflict)
  }

  @Test("the reason for a move stands in the reflog where there is one")
  func reflog() throws {
    try fixture.git(["config", "core.logAllRefUpdates", "always"], in: path)
    let repository = try Repository.open(path)
    try repository.updateReference(
      "refs/fleet/state", to: first, expecting: .zero, message: "released 3 clusters")
    #expect(
      try fixture.git(["log", "-g", "--format=%gs", "refs/fleet/state"], in: path)
        == "released 3 clusters")
  }

  @Test("a ref that another process is writing is told as locked")
  func locked() throws {
    _ = FileManager.default.createFile(atPath: "\(path)/refs/heads/main.lock", contents: nil)
    let error = gitError {
      try repository.updateReference(
        "refs/heads/main", to: first, expecting: second, message: "back")
    }
    #expect(error?.category == .locked)
    #expect(
      error?.description
        == "cannot set the ref 'refs/heads/main': another process is writing it, or has left its lock file"
    )
  }

  @Test("names that Git does not allow are refused")
  func badName() {
    #expect(
      message {
        try repository.updateReference("refs/a..b", to: first, expecting: .zero, message: "")
      } == "cannot set the ref 'refs/a..b': this is not a valid name")
  }

  @Test("in a hook pushed objects are read from quarantine, and refs can't be moved")
  func quarantine() async throws {
    // As receive-pack does: new objects in a folder of their own, the repository's as alternate.
    let incoming = "\(path)/objects/tmp_objdir-incoming-1"
    try FileManager.default.createDirectory(
      atPath: "\(incoming)/pack", withIntermediateDirectories: true)
    let variables = [
      "GIT_DIR": ".", "GIT_OBJECT_DIRECTORY": incoming,
      "GIT_ALTERNATE_OBJECT_DIRECTORIES": "\(path)/objects", "GIT_QUARANTINE_PATH": incoming,
    ]
    let pushed = try fixture.git(
      ["commit-tree", "-m", "pushed", "-p", second.hex, "\(second.hex)^{tree}"], in: path,
      variables: variables)
    let id = try #require(ObjectID(hex: pushed))
    #expect(throws: ObjectAccessError.missing(id)) { try repository.commit(id) }

    // Variables belong to the whole process, so it is a process of its own.
    let place = path
    let parent = second.hex
    await #expect(processExitsWith: .success) {
      [
        place = place as String, incoming = incoming as String, pushed = pushed as String,
        parent = parent as String
      ] in
      #expect(chdir(place) == 0)
      setenv("GIT_DIR", ".", 1)
      setenv("GIT_OBJECT_DIRECTORY", incoming, 1)
      setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", "\(place)/objects", 1)
      setenv("GIT_QUARANTINE_PATH", incoming, 1)
      let repository = try Repository.fromHookEnvironment()
      let id = try #require(ObjectID(hex: pushed))
      let old = try #require(ObjectID(hex: parent))
      #expect(repository.isInQuarantine)
      #expect(repository.objectDirectory == incoming)
      #expect(try repository.commit(id).parents == [old])
      #expect(try repository.commit(old).message == "change")
      #expect(
        message {
          try repository.updateReference("refs/heads/main", to: id, expecting: old, message: "")
        }
          == "cannot set the ref 'refs/heads/main': refs can't be moved while a push is being judged"
      )
      _ = try repository.writeBlob("written in the hook")
    }
    let written = ObjectID.hash(.blob, Array("written in the hook".utf8)).hex
    #expect(
      try fixture.files(below: incoming).contains("\(written.prefix(2))/\(written.dropFirst(2))"))
    #expect(try Repository.open(path).reference("refs/heads/main") == second)
  }
}
