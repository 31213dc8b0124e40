// SPDX-License-Identifier: Apache-2.0

import Extensions
import FleetTestSupport
import JSONTree
import NotifyFormat
import Posix
import Testing

@Suite("Notification programs")
struct NotifyProgramTests {
  /// A program that is a shell script.
  private func program(
    _ script: String, in scratch: ScratchFolder, variables: [String: String] = [:]
  ) throws -> NotifyProgram {
    let path = try scratch.write("#!/bin/sh\n\(script)\n", to: "fleet-notify-test")
    _ = try Child.run(["chmod", "755", path])
    var limits = NotifyProgram.Limits()
    limits.seconds = 1
    limits.outputBytes = 1024
    return NotifyProgram(
      ExtensionProgram(name: "fleet-notify-test", path: path), limits: limits, variables: variables)
  }

  struct Run: CustomTestStringConvertible {
    let script: String
    let expected: NotifyVerdict
    init(_ script: String, _ expected: NotifyVerdict) {
      self.script = script
      self.expected = expected
    }
    var testDescription: String { script }
  }

  @Test(
    "however a program ends, the message is delivered, tried again or refused",
    arguments: [
      Run("cat >/dev/null", .delivered), Run("exit 0", .delivered),
      Run("echo gone >&2; exit 1", .refused(reason: "gone")),
      Run(
        "echo '{\"retryAfter\":7}'; echo busy >&2; exit 75", .again(reason: "busy", retryAfter: 7)),
      Run("exit 75", .again(reason: "the program ended with exit code 75", retryAfter: nil)),
      Run(
        "kill -SEGV $$",
        .again(reason: "'fleet-notify-test' was ended by signal 11", retryAfter: nil)),
      Run(
        "sleep 60 & exec sleep 60",
        .again(reason: "'fleet-notify-test' did not end within 1 s", retryAfter: nil)),
      Run(
        "while :; do echo 0123456789; done",
        .again(reason: "'fleet-notify-test' wrote more than 1024 bytes", retryAfter: nil)),
    ])
  func ends(_ run: Run) throws {
    let scratch = try ScratchFolder()
    #expect(
      try program(run.script, in: scratch).run(NotifySample.message("complete")) == run.expected)
  }

  @Test("a program that cannot be started is tried again")
  func notStarted() throws {
    let scratch = try ScratchFolder()
    let program = NotifyProgram(
      ExtensionProgram(name: "fleet-notify-x", path: scratch.path + "/nothing"))
    #expect(
      program.run(NotifySample.test)
        == .again(
          reason: "'fleet-notify-x' could not be run: no such file or directory", retryAfter: nil))
  }

  @Test("a program gets the message, the network's settings and its own, and nothing else")
  func environment() throws {
    let scratch = try ScratchFolder()
    let script =
      "cat >'\(scratch.path)/in'; env | sort | grep -v ^_= | grep -v ^PWD= >'\(scratch.path)/env'; pwd >>'\(scratch.path)/env'"
    let message = NotifySample.message("complete")
    let verdict = try program(
      script, in: scratch,
      variables: [
        "PATH": "/evil", "FLEET_NOTIFY_SLACK_URL": "https://x", "https_proxy": "http://proxy",
        "FLEET_PRINCIPAL": "alice", "GIT_DIR": "/hub", "FLEET_NOTIFY_FORMAT": "9",
        "LD_PRELOAD": "/evil.so", "SSL_CERT_FILE": "/ca.pem",
      ]
    ).run(message)
    #expect(verdict == .delivered)
    #expect(TestFiles.read(scratch.path + "/in") == message.bytes)
    #expect(
      String(decoding: TestFiles.read(scratch.path + "/env") ?? [], as: UTF8.self) == """
        FLEET_NOTIFY_FORMAT=1
        FLEET_NOTIFY_SLACK_URL=https://x
        HOME=/proc/nonexistent
        LC_ALL=C
        PATH=/usr/local/bin:/usr/bin:/bin
        SSL_CERT_FILE=/ca.pem
        TZ=UTC
        https_proxy=http://proxy
        /

        """)
  }

  @Test("programs are found in FLEET_NOTIFY_PATH, then in the given folders, then on PATH")
  func found() throws {
    let scratch = try ScratchFolder()
    for folder in ["a", "b", "c"] {
      let path = try scratch.write("#!/bin/sh\n", to: "\(folder)/fleet-notify-\(folder)")
      let both = try scratch.write("#!/bin/sh\n", to: "\(folder)/fleet-notify-all")
      _ = try Child.run(["chmod", "755", path, both])
    }
    func find(_ name: String) -> String? {
      ExtensionProgram.notifier(
        named: name, folders: [scratch.path + "/b", "relative"],
        variables: ["FLEET_NOTIFY_PATH": scratch.path + "/a", "PATH": scratch.path + "/c"])?.path
    }
    #expect(find("all") == scratch.path + "/a/fleet-notify-all")
    #expect(find("b") == scratch.path + "/b/fleet-notify-b")
    #expect(find("c") == scratch.path + "/c/fleet-notify-c")
    #expect(find("d") == nil)
    #expect(find("../c/fleet-notify-c") == nil)
    #expect(find("") == nil)
  }
}
