// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Testing

@Suite("what may be pushed to status.git")
struct StatusReceiveTests {
  /// A repository of a pusher beside a hub with the real hook.
  struct Pusher {
    let hub: HandmadeHub
    let scratch: ScratchFolder

    init() throws {
      hub = try HandmadeHub()
      try hub.installStatusHook()
      scratch = try ScratchFolder("pusher")
      try HandmadeHub.git(["init", "--quiet", "--bare", scratch.path])
    }

    func git(_ arguments: [String], input: String? = nil) throws -> String {
      try HandmadeHub.git(["--git-dir=\(scratch.path)"] + arguments, input: input)
    }

    /// A commit of files, `mode name` to content.
    func commit(_ files: [(String, String)], parent: String? = nil) throws -> String {
      var lines = ""
      for (head, content) in files {
        let blob = try git(["hash-object", "-w", "--stdin"], input: content)
        let words = head.split(separator: " ")
        lines += "\(words[0]) blob \(blob)\t\(words[1])\n"
      }
      let tree = try git(["mktree"], input: lines)
      return try git(["commit-tree", tree, "-m", "status"] + (parent.map { ["-p", $0] } ?? []))
    }

    /// Pushes; tells what the hook said, without the words around it.
    func push(_ refs: [String], as variables: [String: String] = [:]) throws -> String {
      let result = try Child.run(
        ["git", "--git-dir=\(scratch.path)", "push", "--force", "\(hub.path)/status.git"] + refs,
        environment: HandmadeHub.environment.merging(variables, uniquingKeysWith: { $1 }))
      let said = TestSite.text(result.errorOutput).split(separator: "\n")
        .filter { $0.hasPrefix("remote: error: ") }
        .map { String($0.dropFirst("remote: error: ".count)).split(separator: "  ").first ?? "" }
        .joined(separator: "\n")
      return result.succeeded ? "accepted" : said
    }
  }

  static let document = #"{"format":1}"#

  @Test("a status of one's own is accepted, again and again, and a person's path is trusted")
  func accepted() throws {
    let pusher = try Pusher()
    let own = ["FLEET_CLUSTER": "store-0001"]
    for text in ["1", "2"] {
      let commit = try pusher.commit([("100644 status.json", #"{"a":\#(text)}"#)])
      #expect(try pusher.push(["\(commit):refs/status/store-0001"], as: own) == "accepted")
    }
    let commit = try pusher.commit([("100644 status.json", Self.document)])
    #expect(
      try pusher.push(
        ["\(commit):refs/status/store-0002"], as: ["FLEET_PRINCIPAL": "cluster:store-0002"])
        == "accepted")
    #expect(try pusher.push(["\(commit):refs/status/store-0003"]) == "accepted")
  }

  @Test(
    "what is not one's own is refused",
    arguments: [
      (
        ["FLEET_CLUSTER": "store-0002"], ["X:refs/status/store-0001"],
        "cluster 'store-0002' may not push the status of 'store-0001'"
      ),
      (
        ["FLEET_PRINCIPAL": "cluster:store-0002"], ["X:refs/status/store-0001"],
        "cluster 'store-0002' may not push the status of 'store-0001'"
      ),
      (
        ["FLEET_PRINCIPAL": "alice"], ["X:refs/status/alice"],
        "'alice' is no cluster and has no status"
      ),
      (
        ["FLEET_CLUSTER": ""], ["X:refs/status/store-0001"],
        "nobody said which cluster pushes this status"
      ),
      ([:], ["X:refs/heads/main"], "'refs/heads/main' is no status of a cluster"),
      ([:], ["X:refs/status/a/b"], "'refs/status/a/b' is no status of a cluster"),
      ([:], ["X:refs/status/Store"], "'refs/status/Store' is no status of a cluster"),
      (
        [:], ["X:refs/status/a", "X:refs/status/b"],
        "2 refs in one push; a status is pushed alone"
      ),
    ] as [([String: String], [String], String)])
  func foreign(variables: [String: String], refs: [String], message: String) throws {
    let pusher = try Pusher()
    let commit = try pusher.commit([("100644 status.json", Self.document)])
    let specs = refs.map { $0.replacing("X", with: commit) }
    #expect(try pusher.push(specs, as: variables) == message)
    #expect(try pusher.hub.statusCommit("store-0001") == nil)
  }

  @Test("a status is not deleted")
  func deletion() throws {
    let pusher = try Pusher()
    let commit = try pusher.commit([("100644 status.json", Self.document)])
    #expect(try pusher.push(["\(commit):refs/status/a"]) == "accepted")
    #expect(try pusher.push([":refs/status/a"]) == "the status of 'a' may not be deleted")
  }

  @Test(
    "what is no status is refused",
    arguments: [
      ([("100644 other.json", "{}")], "a status holds the file 'status.json' and nothing else"),
      (
        [("100644 more", "{}"), ("100644 status.json", "{}")],
        "a status holds the file 'status.json' and nothing else"
      ),
      (
        [("120000 status.json", "/etc/passwd")],
        "a status holds the file 'status.json' and nothing else"
      ),
      ([("100644 status.json", "[]")], "'status.json' is no JSON object"),
      ([("100644 status.json", "")], "'status.json' is no JSON object"),
    ] as [([(String, String)], String)])
  func content(files: [(String, String)], message: String) throws {
    let pusher = try Pusher()
    let commit = try pusher.commit(files)
    #expect(try pusher.push(["\(commit):refs/status/a"]) == message)
  }

  @Test("a status of more than 1 MiB is refused", arguments: [20, 23])
  func size(power: Int) throws {
    let pusher = try Pusher()
    let text = "{" + String(repeating: " ", count: 1 << power) + "}"
    let commit = try pusher.commit([("100644 status.json", text)])
    #expect(try pusher.push(["\(commit):refs/status/a"]) == "the status has more than 1 MiB")
  }

  @Test("a commit with a history and what is no commit are refused")
  func shape() throws {
    let pusher = try Pusher()
    let first = try pusher.commit([("100644 status.json", "{}")])
    let second = try pusher.commit([("100644 status.json", "{ }")], parent: first)
    #expect(
      try pusher.push(["\(second):refs/status/a"]) == "a status has no parent commit")
    let tree = try pusher.git(["rev-parse", "\(first)^{tree}"])
    #expect(try pusher.push(["\(tree):refs/status/a"]) == "a status is a commit")
  }
}
