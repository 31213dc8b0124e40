// SPDX-License-Identifier: Apache-2.0

import Foundation
import GitObjects
import GitStore
import Testing

@Suite("repositories")
struct RepositoryTests {
  let fixture: GitFixture
  let path: String

  init() throws {
    fixture = try GitFixture()
    path = try fixture.bare()
  }

  @Test("trees, blobs and commits are read as Git wrote them")
  func reading() throws {
    let first = try fixture.commit([("a/b.yaml", "b: 1\n"), ("c", "see")], in: path)
    let second = try fixture.commit(
      [("c", "sea")], in: path, message: "subject\n\ntext\n\nSource: \(first.hex)\nFormat: 1\n")
    let repository = try Repository.open(path)
    let commit = try repository.commit(second)
    #expect(commit.parents == [first])
    #expect(
      commit.author
        == Signature(
          name: "A U Thor", email: "author@example.org", seconds: 1_700_000_000, offsetMinutes: 90))
    #expect(
      commit.committer
        == Signature(
          name: "C O Mitter", email: "committer@example.org", seconds: 1_700_000_001,
          offsetMinutes: -300))
    #expect(commit.trailer("Source") == first.hex)
    #expect(commit.trailers == [Trailer("Source", first.hex), Trailer("Format", "1")])
    let entries = try repository.tree(commit.tree)
    #expect(entries.map(\.name) == [Array("a".utf8), Array("c".utf8)])
    #expect(entries.map(\.mode) == [.directory, .file])
    let blob = try #require(entries.last?.id)
    #expect(try repository.blob(blob, limit: 3) == Array("sea".utf8))
    #expect(try repository.blobSize(blob) == 3)
    #expect(throws: ObjectAccessError.tooLarge(blob, 3)) { try repository.blob(blob, limit: 2) }
    #expect(throws: ObjectAccessError.malformed(blob)) { try repository.tree(blob) }
    #expect(throws: ObjectAccessError.malformed(second)) { try repository.blob(second, limit: 9) }
    #expect(throws: ObjectAccessError.missing(.zero)) { try repository.blob(.zero, limit: 9) }
    #expect(repository.hasObject(blob))
    #expect(!repository.hasObject(.zero))
    #expect(try repository.header(second).kind == .commit)
    #expect(try repository.tree(.emptyTree) == [])
  }

  @Test("objects that we write are what Git makes of them")
  func writing() throws {
    let repository = try Repository.open(path)
    let blob = try repository.writeBlob("hello\n")
    let tree = try repository.writeTree([TreeEntry("hello", .file, blob)])
    let author = Signature(
      name: " A <U>\nThor ", email: "a@example.org", seconds: 1_700_000_000, offsetMinutes: -90)
    let commit = Commit(
      tree: tree, parents: [], author: author,
      message: CommitMessage.make(
        subject: "one\nline", trailers: [Trailer("Source", "x\nForged: y")]))
    let id = try repository.write(.commit, commit.content)
    #expect(try repository.commit(id) == commit)
    #expect(
      try fixture.git(["cat-file", "-p", id.hex], in: path) == """
        tree \(tree.hex)
        author A UThor <a@example.org> 1700000000 -0130
        committer A UThor <a@example.org> 1700000000 -0130

        one line

        Source: x Forged: y
        """)
    #expect(
      try fixture.git(["fsck", "--strict", "--no-dangling"], in: path)
        == "notice: HEAD points to an unborn branch (main)\nnotice: No default references")
  }

  @Test("revisions are resolved, tags peeled, ancestors told")
  func revisions() throws {
    let first = try fixture.commit([("a", "1")], in: path)
    let second = try fixture.commit([("a", "2")], in: path)
    try fixture.git(["tag", "-a", "-m", "tag", "v1", first.hex], in: path)
    let repository = try Repository.open(path)
    #expect(try repository.resolve("main~1") == first)
    #expect(try repository.resolve("none") == nil)
    #expect(try repository.resolve("main:a") == fixture.id("main:a", in: path))
    let tag = try fixture.id("v1", in: path)
    #expect(try repository.peelToCommit(tag) == first)
    #expect(try repository.isAncestor(first, of: second))
    #expect(try repository.isAncestor(first, of: first))
    #expect(try !repository.isAncestor(second, of: first))
    let blob = try fixture.id("main:a", in: path)
    #expect(
      message { _ = try repository.peelToCommit(blob) }
        == "cannot use as a commit the object '\(blob.hex)': it is none and leads to none")
    #expect(
      message { _ = try repository.resolve("^{bad") }
        == "cannot find the revision '^{bad': this is not a valid name")
  }

  @Test("a new repository is bare, names its branch, and is not made twice")
  func initBare() throws {
    let place = "\(fixture.folder)/deep/new.git"
    let repository = try Repository.initBare(place, branch: "trunk")
    #expect(try repository.headBranch() == "refs/heads/trunk")
    #expect(repository.gitDirectory == place)
    #expect(repository.objectDirectory == "\(place)/objects")
    #expect(repository.workTree == nil)
    #expect(try fixture.git(["rev-parse", "--is-bare-repository"], in: place) == "true")
    #expect(
      message { _ = try Repository.initBare(place) }
        == "cannot make the repository '\(place)': there is one already")
  }

  @Test("a work tree is found from a folder inside it only when asked")
  func workTree() throws {
    let place = "\(fixture.folder)/work"
    try fixture.git(["init", "-q", place])
    try FileManager.default.createDirectory(
      atPath: "\(place)/a/b", withIntermediateDirectories: true)
    #expect(try Repository.open("\(place)/a/b", searchingUpwards: true).workTree == place)
    #expect(try Repository.open(place).gitDirectory == "\(place)/.git")
    #expect(
      message { _ = try Repository.open("\(place)/a/b") }
        == "cannot open the repository '\(place)/a/b': there is no Git repository")
  }

  @Test("objects of another repository are seen through an alternate")
  func alternate() throws {
    let other = try fixture.bare("other.git")
    let commit = try fixture.commit([("a", "1")], in: other)
    let repository = try Repository.open(path)
    #expect(!repository.hasObject(commit))
    try repository.addAlternate("\(other)/objects")
    #expect(try repository.commit(commit).parents.isEmpty)
  }

  @Test("a repository with SHA-256 names is refused with the reason")
  func sha256() throws {
    let other = try fixture.bare("sha256.git", "--object-format=sha256")
    let error = gitError { _ = try Repository.open(other) }
    #expect(error?.category == .unsupportedFormat)
    #expect(
      error?.description
        == "cannot open the repository '\(other)': its objects have SHA-256 names, and only SHA-1 is supported"
    )
  }

  @Test(
    "a repository of another user is refused with both users",
    .enabled(if: geteuid() == 0, "only root can give files away"))
  func ownership() throws {
    // All of it, because libgit2 looks at the folder that it takes for the repository.
    #expect(chown(path, 12345, 12345) == 0)
    let error = gitError { _ = try Repository.open(path) }
    #expect(error?.category == .ownership)
    #expect(
      error?.description
        == "cannot open the repository '\(path)': it belongs to user 12345, and this program runs as user 0"
    )
    #expect(error?.hint == "run it as the owner of the repository")
  }
}
