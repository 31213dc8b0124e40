// SPDX-License-Identifier: Apache-2.0

import FleetCommands
import FleetTestSupport
import GitObjects
import HubService
import Posix
import Testing

/// A fleet repository in a folder of its own, commands that run in it, and what they printed.
final class FleetFixture {
  private let scratch: ScratchFolder
  /// The folder of the repository.
  let repository: String
  /// What ran and what it printed, as a person would have seen it.
  private(set) var transcript = ""
  /// The time that commands are told.
  static let now = Timestamp(seconds: 1_800_000_000)

  /// Makes an empty folder; with files also a repository with one commit of them.
  init(_ files: [String: String]? = nil) throws {
    scratch = try ScratchFolder()
    repository = scratch.path + "/shop"
    try Files.makeDirectories(repository)
    guard let files else { return }
    try git("init", "--quiet", "-b", "main")
    for (path, text) in files { try write(text, to: path) }
    try git("add", "-A")
    try git("commit", "--quiet", "--allow-empty", "-m", "first")
  }

  /// The folder around the repository.
  var folder: String { scratch.path }

  /// The environment of all programs: nothing of the user's own.
  var environment: [String: String] {
    let date = "1799999000 +0000"
    return [
      "PATH": Environment.get("PATH") ?? "", "HOME": scratch.path, "LC_ALL": "C", "TZ": "UTC",
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "Ada",
      "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
      "GIT_COMMITTER_EMAIL": "ada@example.org", "GIT_AUTHOR_DATE": date,
      "GIT_COMMITTER_DATE": date,
    ]
  }

  /// Writes a file of the repository.
  func write(_ text: String, to path: String) throws {
    try scratch.write(text, to: "shop/" + path)
  }

  /// Runs git in the repository and gives what it prints.
  @discardableResult
  func git(
    _ arguments: String..., input: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try Child.run(
      ["git"] + arguments, environment: environment, directory: repository,
      input: .bytes(Array(input.utf8)))
    try #require(
      result.succeeded, "\(String(decoding: result.errorOutput, as: UTF8.self))",
      sourceLocation: sourceLocation)
    var text = String(decoding: result.output, as: UTF8.self)
    if text.hasSuffix("\n") { text.removeLast() }
    return text
  }

  /// Commits everything.
  func commit(_ message: String) throws {
    try git("add", "-A")
    try git("commit", "--quiet", "-m", message)
  }

  /// Runs a command in the repository and takes it into the transcript.
  @discardableResult
  func run(
    _ arguments: String..., in directory: String? = nil, adding variables: [String: String] = [:]
  ) -> Outcome {
    run(arguments: arguments, in: directory, adding: variables)
  }

  /// The same with a list of arguments.
  @discardableResult
  func run(
    arguments: [String], in directory: String? = nil, adding variables: [String: String] = [:]
  ) -> Outcome {
    var outcome = Outcome()
    let context = CommandContext(
      directory: directory ?? repository,
      environment: environment.merging(variables) { _, new in new },
      programs: folder + "/libexec", now: Self.now
    ) { stream, bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      if stream == .output { outcome.output += text } else { outcome.errorOutput += text }
    }
    outcome.code = FleetProgram.kubectlFleet(arguments, in: context)
    outcome.output = plain(outcome.output)
    outcome.errorOutput = plain(outcome.errorOutput)
    let line = arguments.map { $0.contains(" ") || $0.isEmpty ? "'\($0)'" : $0 }
    transcript += "$ kubectl fleet \(plain(line.joined(separator: " ")))\n" + outcome.text + "\n"
    return outcome
  }

  /// Puts a line of the test's own into the transcript.
  func note(_ text: String) { transcript += "# \(text)\n" }

  /// The text without what differs from run to run.
  func plain(_ text: String) -> String {
    text.replacing(scratch.path, with: "<FOLDER>")
  }
}

/// How a command ended and what it printed.
struct Outcome: Equatable {
  /// What it wrote to standard output.
  var output = ""
  /// What it wrote to standard error.
  var errorOutput = ""
  /// The exit code.
  var code: Int32 = -1

  /// Everything, with marks for standard error and a code other than 0.
  var text: String {
    var text = output
    for line in errorOutput.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      text += "stderr| \(line)\n"
    }
    return code == 0 ? text : text + "exit code \(code)\n"
  }
}
