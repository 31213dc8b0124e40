// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Testing

@Suite("the command line")
struct UsageTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let text: String
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let mistakes = [
    Mistake(
      arguments: ["chek"],
      text: """
        error: there is no command 'chek'
        hint: did you mean 'check'?
        hint: see 'kubectl fleet --help'

        """),
    Mistake(
      arguments: ["frobnicate", "--all"],
      text: """
        error: there is no command 'frobnicate'
        hint: see 'kubectl fleet --help'

        """),
    Mistake(
      arguments: ["check", "--comit", "HEAD"],
      text: """
        error: unknown option '--comit'
        hint: did you mean '--commit'?
        hint: see 'kubectl fleet check --help'

        """),
    Mistake(
      arguments: ["explain", "pos"],
      text: """
        error: missing expected argument '<cluster>'
        hint: see 'kubectl fleet explain --help'

        """),
    Mistake(
      arguments: ["get", "clusters", "-o", "xml"],
      text: """
        error: the value 'xml' is invalid for '-o <format>'
        hint: write one of 'json', 'yaml', 'name' or 'wide'
        hint: see 'kubectl fleet get --help'

        """),
    Mistake(
      arguments: ["hooks", "instal"],
      text: """
        error: unexpected argument 'instal'
        hint: see 'kubectl fleet hooks --help'

        """),
    Mistake(
      arguments: ["show"],
      text: """
        error: missing expected argument '<cluster>'
        hint: see 'kubectl fleet show --help'

        """),
    Mistake(
      arguments: ["plan", "--base"],
      text: """
        error: missing value for '--base <rev>'
        hint: see 'kubectl fleet plan --help'

        """),
  ]

  @Test("mistakes are told in our own form and end with 64", arguments: mistakes)
  func mistake(_ mistake: Mistake) throws {
    let outcome = try FleetFixture().run(arguments: mistake.arguments)
    #expect(outcome.errorOutput == mistake.text)
    #expect(outcome.output == "")
    #expect(outcome.code == 64)
  }

  @Test("help is printed to standard output, for the program and for every command")
  func help() throws {
    let fleet = try FleetFixture()
    fleet.run()
    for command in [
      "check", "plan", "update", "get", "target", "explain", "show", "status", "init", "hooks",
      "doctor", "render",
      "completion", "version",
    ] { fleet.run(command, "--help") }
    for command in [
      "status", "history", "simulate", "pause", "resume", "approve", "promote", "abort", "undo",
      "retry",
    ] { fleet.run("rollout", command, "--help") }
    fleet.run("rollout", "--help")
    fleet.run("hooks", "install", "--help")
    fleet.run("hooks", "uninstall", "--help")
    fleet.run("version")
    fleet.run("version", "-o", "yaml")
    Golden.check(fleet.transcript, "commands/help.txt")
  }
}
