// SPDX-License-Identifier: Apache-2.0

import Posix

/// Calls of git in a repository of this program's own.
struct Git: Sendable {
  /// The bare repository.
  let folder: String
  private let environment: [String: String]

  init(folder: String) {
    self.folder = folder
    var variables = Environment.all
    // Set by a hook or an alias that started us, these would lead git to another repository. The user's
    // ways to the hub (GIT_SSH_COMMAND, GIT_CONFIG_*, proxies) stay.
    for name in [
      "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR",
      "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_QUARANTINE_PATH", "GIT_PREFIX",
    ] {
      variables[name] = nil
    }
    // Nobody is there to answer, and errors are told apart by their English words.
    variables["GIT_TERMINAL_PROMPT"] = "0"
    variables["LC_ALL"] = "C"
    environment = variables
  }

  /// Runs git to its end.
  func run(
    _ arguments: [String], adding variables: [String: String] = [:], input: [UInt8]? = nil,
    timeout: Int
  ) throws(PosixError) -> ChildResult {
    try Child.run(
      ["git", "--git-dir=\(folder)"] + arguments,
      environment: variables.isEmpty
        ? environment : environment.merging(variables, uniquingKeysWith: { $1 }),
      input: input.map { .bytes($0) } ?? .nothing, ownGroup: true, timeoutSeconds: timeout,
      outputLimit: 256 << 20)
  }

  /// Makes an empty repository by hand: four names cost less than a child, and no template of this
  /// machine gets in. `HEAD` comes last and says that all is there.
  func makeIfMissing() throws(PosixError) {
    let head = folder + "/HEAD"
    if Files.exists(head) { return }
    try Files.makeDirectories(folder + "/objects/pack", mode: 0o700)
    try Files.makeDirectories(folder + "/refs/fleet", mode: 0o700)
    try Files.writeAtomically(folder + "/config", Array(Self.config.utf8))
    try Files.writeAtomically(head, Array("ref: refs/heads/none\n".utf8))
  }

  /// What a child said, in one line: git's own words without `fatal: `.
  static func reason(_ result: ChildResult) -> String {
    guard case .exit = result.status else { return "git \(result.status)" }
    let lines = String(decoding: result.errorOutput, as: UTF8.self).split(separator: "\n")
    let said = lines.first { $0.hasPrefix("fatal: ") || $0.hasPrefix("remote: error: ") }
    // git pads the lines of the other side with blanks.
    guard var line = said ?? lines.last else { return "git \(result.status)" }
    while line.hasSuffix(" ") { line = line.dropLast() }
    for prefix in ["fatal: ", "remote: error: "] where line.hasPrefix(prefix) {
      return String(line.dropFirst(prefix.count))
    }
    return String(line)
  }

  // One pack per slice instead of loose objects: few files on a flash card. Nothing starts by itself
  // behind a run, and refs stay files that are read without git.
  private static let config = """
    [core]
    \trepositoryformatversion = 0
    \tbare = true
    \tlogAllRefUpdates = false
    \tfsync = objects,reference
    [gc]
    \tauto = 0
    \tpackRefs = false
    [maintenance]
    \tauto = false
    [fetch]
    \twriteCommitGraph = false
    \trecurseSubmodules = false
    [transfer]
    \tunpackLimit = 1
    \tfsckObjects = true
    [http]
    \tlowSpeedLimit = 100
    \tlowSpeedTime = 60

    """
}
