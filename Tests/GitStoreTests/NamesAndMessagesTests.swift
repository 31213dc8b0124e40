// SPDX-License-Identifier: Apache-2.0

import Foundation
import GitObjects
import GitStore
import Testing

@Suite("names of refs and messages of commits")
struct NamesAndMessagesTests {
  @Test(
    "a name of a ref is judged as Git judges it",
    arguments: [
      "refs/heads/main", "refs/heads/a.b", "refs/slices/ä", "refs/a@b", "refs/@", "refs/heads/a-",
      "refs/heads/", "refs//a", "refs/.a", "refs/a.", "refs/a..b", "refs/a.lock", "refs/a.lock/b",
      "refs/a b", "refs/a\u{1}b", "refs/a\u{7f}", "refs/a~1", "refs/a^", "refs/a:b", "refs/a?",
      "refs/a*", "refs/a[b", "refs/a\\b", "refs/a@{b", "refs/a{b", "refs/.lock", "refs/xlock",
    ])
  func names(name: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "check-ref-format", name]
    try process.run()
    process.waitUntilExit()
    #expect(ReferenceName.isValid(name) == (process.terminationStatus == 0))
  }

  @Test("names outside refs/ are none of ours", arguments: ["HEAD", "heads/main", "", "refs"])
  func otherNames(name: String) {
    #expect(!ReferenceName.isValid(name))
  }

  @Test(
    "trailers are the last paragraph when all its lines are trailers",
    arguments: [
      ("the usual", "s\n\nA: 1\nB-2:  x \n", ["A=1", "B-2=x"]),
      ("behind text", "s\n\ntext\n\nA: 1", ["A=1"]),
      ("going on", "s\n\nA: 1\n  more\nB: 2\n\n\n", ["A=1 more", "B=2"]),
      ("a subject is none", "A: 1\n", []),
      ("text among them", "s\n\nA: 1\ntext\n", []),
      ("a blank in the key", "s\n\nsee also: 1\n", []),
      ("an earlier paragraph", "s\n\nA: 1\n\ntext\n", []),
      ("nothing", "", []),
    ])
  func trailers(id: String, message: String, expected: [String]) {
    let author = Signature(name: "a", email: "b", seconds: 0)
    let commit = Commit(tree: .emptyTree, parents: [], author: author, message: message)
    #expect(commit.trailers.map { "\($0.key)=\($0.value)" } == expected)
  }

  @Test("of a trailer that stands twice the last counts")
  func repeated() {
    let author = Signature(name: "a", email: "b", seconds: 0)
    let message = CommitMessage.make(
      subject: "s", body: "text", trailers: [Trailer("A", "1"), Trailer("A", "2")])
    #expect(message == "s\n\ntext\n\nA: 1\nA: 2\n")
    let commit = Commit(tree: .emptyTree, parents: [], author: author, message: message)
    #expect(commit.trailer("A") == "2")
    #expect(commit.trailer("a") == nil)
  }

  @Test(
    "bytes that are no commit are refused",
    arguments: [
      "", "\n", "tree x\n\n", "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nm",
      "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nparent x\nauthor a <b> 0 +0000\ncommitter a <b> 0 +0000\n\nm",
    ])
  func noCommit(text: String) {
    #expect(Commit(content: Array(text.utf8)) == nil)
  }

  @Test("a signed commit is read, and a broken date is none")
  func oddCommit() throws {
    let text = """
      tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
      author a <b> x 99999999999999999999
      committer no mail
      gpgsig -----BEGIN
       tree 0000000000000000000000000000000000000000
       -----END

      m

      """
    let commit = try #require(Commit(content: Array(text.utf8)))
    #expect(commit.tree == .emptyTree)
    #expect(commit.author == Signature(name: "a", email: "b", seconds: 0))
    #expect(commit.committer == Signature(name: "no mail", email: "", seconds: 0))
    #expect(commit.message == "m\n")
  }
}
