// SPDX-License-Identifier: Apache-2.0

import Posix

/// The `git` program, started in one folder.
struct GitProgram {
  /// Where it runs.
  let directory: String
  /// What it is told.
  let environment: [String: String]

  /// Variables that name one repository; they would lead away from the folder that is asked for.
  ///
  /// Source: `git rev-parse --local-env-vars`, without those of `git -c`.
  private static let local = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
  ]

  /// Makes a way to start git in a folder.
  init(directory: String, environment: [String: String]) {
    self.directory = directory
    var environment = environment
    for name in Self.local { environment[name] = nil }
    environment["LC_ALL"] = "C"
    self.environment = environment
  }

  /// Where temporary files go; nil for the system's folder.
  var temporaryFolder: String? {
    environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Runs git to its end and tells how it ended.
  func result(
    _ arguments: [String], adding variables: [String: String] = [:],
    errorOutput: Child.Output = .capture
  ) throws(CommandError) -> ChildResult {
    do throws(PosixError) {
      return try Child.run(
        ["git"] + arguments, environment: environment.merging(variables) { _, new in new },
        directory: directory, errorOutput: errorOutput)
    } catch {
      if error.isMissing, error.operation == "run" {
        throw CommandError(
          "the program 'git' is not installed", hints: ["apt-get install git"], status: .failure)
      }
      throw CommandError(error)
    }
  }

  /// What git prints, without the last line break; throws what it says when it fails.
  func run(
    _ arguments: [String], adding variables: [String: String] = [:]
  ) throws(CommandError) -> String {
    let result = try result(arguments, adding: variables)
    guard result.succeeded else { throw Self.failure(result, arguments) }
    return Self.text(result.output)
  }

  /// What git prints; nil when it fails or prints nothing.
  func answer(_ arguments: [String]) throws(CommandError) -> String? {
    let result = try result(arguments)
    let text = Self.text(result.output)
    return result.succeeded && !text.isEmpty ? text : nil
  }

  /// The error of a git that failed; its words are the first of several lines.
  static func failure(_ result: ChildResult, _ arguments: [String]) -> CommandError {
    let lines = text(result.errorOutput).split(separator: "\n").map(String.init)
    // Behind `-c NAME=VALUE`.
    let words = arguments.enumerated().filter { index, word in
      word.utf8.first != UInt8(ascii: "-") && (index == 0 || arguments[index - 1] != "-c")
    }
    let command = words.first?.element ?? ""
    let isOwnership = lines.contains { $0.contains("dubious ownership") }
    return CommandError(
      "git \(command) \(result.status)", notes: lines.prefix(isOwnership ? 1 : 5).map(plain),
      hints: isOwnership ? ["run it as the owner of the repository"] : [], status: .failure)
  }

  private static func plain(_ line: String) -> String {
    for prefix in ["fatal: ", "error: "] where line.hasPrefix(prefix) {
      return String(line.dropFirst(prefix.count))
    }
    return line
  }

  static func text(_ bytes: [UInt8]) -> String {
    var rest = bytes[...]
    while rest.last == 0x0a { rest.removeLast() }
    return String(decoding: rest, as: UTF8.self)
  }
}
