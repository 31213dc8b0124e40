// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import HubService
import Posix
import Testing

/// Hooks started as nobody should start them: each ends in a sentence and an exit code, none in a trap.
@Suite("hook programs out of place")
struct HookExitTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    var input: [UInt8] = []
    var folder: @Sendable (HubFixture) throws -> String = { $0.hub.fleet }
    var variables: [String: String] = ["GIT_DIR": "."]
    var prepare: @Sendable (HubFixture) throws -> Void = { _ in }
    var testDescription: String { id }
  }

  private static let zero = String(repeating: "0", count: 40)
  private static let one = String(repeating: "1", count: 40)
  private static func line(_ old: String, _ new: String, _ ref: String = "refs/heads/main")
    -> [UInt8]
  {
    Array("\(old) \(new) \(ref)\n".utf8)
  }

  @Test(
    "end in a sentence and a small exit code",
    arguments: [
      Case(id: "nothing"),
      Case(id: "garbage", input: Array("garbage\n".utf8)),
      Case(id: "binary", input: (0...255).map { UInt8($0) } + [10]),
      Case(id: "no-line-break", input: Array("\(zero) \(one) refs/heads/x".utf8)),
      Case(id: "nul-in-ref", input: line(zero, one, "refs/heads/\0main")),
      Case(id: "empty-ref", input: line(zero, one, "")),
      Case(
        id: "sha256-ids",
        input: line(zero + "000000000000000000000000", one + "111111111111111111111111")),
      Case(id: "unknown-new", input: line(zero, one)),
      Case(id: "unknown-old", input: line(one, zero)),
      Case(id: "unknown-both", input: line(one, "2" + one.dropFirst())),
      Case(id: "twenty-megabytes", input: [UInt8](repeating: UInt8(ascii: "a"), count: 20 << 20)),
      Case(
        id: "no-repository", input: line(zero, one), folder: { $0.scratch.path }, variables: [:]),
      Case(
        id: "git-dir-of-nothing", input: line(zero, one), variables: ["GIT_DIR": "/nonexistent"]),
      Case(
        id: "a-work-tree", input: line(zero, one), folder: { $0.clone.path },
        variables: ["GIT_DIR": ".git"]),
      Case(
        id: "options-count-garbage", input: line(zero, one),
        variables: ["GIT_DIR": ".", "GIT_PUSH_OPTION_COUNT": "99999999999999999999"]),
      Case(
        id: "options-count-negative", input: line(zero, one),
        variables: ["GIT_DIR": ".", "GIT_PUSH_OPTION_COUNT": "-1"]),
      Case(
        id: "options-missing", input: line(zero, one),
        variables: ["GIT_DIR": ".", "GIT_PUSH_OPTION_COUNT": "2147483647"]),
      Case(
        id: "objects-elsewhere", input: line(zero, one),
        variables: [
          "GIT_DIR": ".", "GIT_OBJECT_DIRECTORY": "/nonexistent",
          "GIT_QUARANTINE_PATH": "/nonexistent",
        ]),
      Case(
        id: "head-detached", input: line(zero, one),
        prepare: {
          try $0.git("fleet.git", "update-ref", "--no-deref", "HEAD", "refs/heads/main")
        }),
      Case(
        id: "head-garbage", input: line(zero, one),
        prepare: {
          try $0.scratch.write("garbage\n", to: "hub/fleet.git/HEAD")
        }),
      Case(
        id: "config-garbage", input: line(zero, one),
        prepare: {
          try $0.scratch.write("[garbage\n", to: "hub/fleet.git/config")
        }),
    ])
  func outOfPlace(_ entry: Case) throws {
    let fixture = try HubFixture.pushed()
    try entry.prepare(fixture)
    var text = ""
    for name in ["fleet-pre-receive", "fleet-post-receive"] {
      let result = try Child.run(
        [HubFixture.program(name)], environment: GitFixture.environment(entry.variables),
        directory: try entry.folder(fixture), input: .bytes(entry.input), timeoutSeconds: 60)
      let words = String(decoding: result.output + result.errorOutput, as: UTF8.self)
      text += "# \(name) \(result.status)\n\(words.replacing(fixture.scratch.path, with: "…"))"
      Self.expectSentence(result)
    }
    Golden.check(text, "hooks/\(entry.id).txt")
  }

  private static func expectSentence(
    _ result: ChildResult, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let words = String(decoding: result.output + result.errorOutput, as: UTF8.self)
    guard case .exit(let code) = result.status else {
      Issue.record("\(result.status): \(words)", sourceLocation: sourceLocation)
      return
    }
    #expect(code < 128, sourceLocation: sourceLocation)
    #expect(
      !words.contains("Fatal error") && !words.contains("Current stack trace"),
      sourceLocation: sourceLocation)
    if code != 0 { #expect(!words.isEmpty, sourceLocation: sourceLocation) }
  }

  @Test("a closed standard input and a closed standard error change nothing about that")
  func closedStreams() throws {
    let fixture = try HubFixture.pushed()
    for name in ["fleet-pre-receive", "fleet-post-receive"] {
      for redirection in ["<&-", "2>&-", "<&- 2>&- >&-", "</"] {
        let result = try Child.run(
          ["/bin/sh", "-c", "\"$1\" \(redirection)", "sh", HubFixture.program(name)],
          environment: GitFixture.environment(["GIT_DIR": "."]), directory: fixture.hub.fleet,
          input: .bytes(Self.line(Self.zero, Self.one)), timeoutSeconds: 60)
        guard case .exit(let code) = result.status, code < 128 else {
          Issue.record("\(name) \(redirection): \(result.status)")
          continue
        }
        let words = String(decoding: result.errorOutput, as: UTF8.self)
        #expect(!words.contains("Fatal error"), "\(name) \(redirection)")
      }
    }
  }

  @Test(
    "a hub folder that cannot be read or written is told",
    .enabled(if: geteuid() == 0 && Child.find("setpriv") != nil, "only root can be somebody else"))
  func unreadable() throws {
    let fixture = try HubFixture.pushed()
    chmod(fixture.scratch.path, 0o755)
    let push =
      Self.line(try fixture.clone.head, Self.zero, "refs/heads/other")
      + Self.line(try fixture.clone.head, try fixture.clone.head)
    var text = ""
    for mode in ["a-rwx,u+rwx", "a+rX"] {
      _ = try Child.run(["chmod", "-R", mode, fixture.hub.root])
      for name in ["fleet-pre-receive", "fleet-post-receive"] {
        // The program lies where another user may not look, so it is handed over by a descriptor.
        let result = try Child.run(
          ["setpriv", "--reuid=65534", "--clear-groups", HubFixture.program(name)],
          environment: GitFixture.environment(["GIT_DIR": fixture.hub.fleet]), directory: "/",
          input: .bytes(push), timeoutSeconds: 60)
        let words = String(decoding: result.output + result.errorOutput, as: UTF8.self)
        text +=
          "# \(mode) \(name) \(result.status)\n\(words.replacing(fixture.scratch.path, with: "…"))"
        Self.expectSentence(result)
      }
    }
    Golden.check(text, "hooks/unreadable.txt")
  }

  /// A file system of one megabyte on a folder; nil where mounting is not allowed.
  private final class SmallDisk {
    let path: String

    init?(_ path: String) throws {
      self.path = path
      mkdir(path, 0o755)
      guard mount("tmpfs", path, "tmpfs", 0, "size=2m") == 0 else { return nil }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }
  }

  @Test("a full disk is told, and when there is room again the push passes")
  func fullDisk() throws {
    let scratch = try ScratchFolder()
    guard geteuid() == 0, let disk = try SmallDisk(scratch.path + "/disk") else {
      print("not run: a full disk, because mounting is not allowed here")
      return
    }
    let hub = HubLayout(root: disk.path + "/hub")
    _ = try HubCreation.create(root: hub.root, branch: "main", libexec: HubFixture.programs())
    let clone = try FleetClone(path: scratch.path + "/clone", remote: hub.fleet)
    try clone.write(SampleFleet.shops)
    try clone.commit("first fleet")
    #expect(try clone.push().isAccepted)
    let before = try GitFixture.run(["for-each-ref"], in: hub.fleet)
    try clone.edit("apps/pos/config.yaml", "EUR", "USD")
    try clone.commit("dollars")
    // Room for what Git writes first, and less and less of it for us.
    for room in [0, 1, 2, 4, 8, 12, 16, 24] {
      _ = try Child.run(["sh", "-c", "cat /dev/zero >'\(disk.path)/fill'"])
      if room > 0 {
        truncate(disk.path + "/fill", try Self.size(disk.path + "/fill") - room * 4096)
      }
      let push = try clone.push()
      #expect(!push.text.contains("Fatal error"), "\(room)")
      if push.isAccepted { break }
      #expect(try GitFixture.run(["for-each-ref"], in: hub.fleet) == before)
      try Files.remove(disk.path + "/fill")
    }
    try Files.remove(disk.path + "/fill")
    _ = try clone.push()
    try Tick.run(hub: hub) { _ in }
    #expect(
      try GitFixture.run(
        ["show", "refs/slices/store-0001:pos/objects/ConfigMap~retail~settings.yaml"],
        in: hub.slices
      )
      .hasSuffix("currency: USD"))
    #expect(try GitFixture.run(["fsck", "--strict", "--no-dangling"], in: hub.slices) == "")
  }

  private static func size(_ path: String) throws -> Int { try Files.attributes(path)?.size ?? 0 }
}
