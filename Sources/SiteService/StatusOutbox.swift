// SPDX-License-Identifier: Apache-2.0

import Posix

/// Brings a status to the hub: a commit without parent on `refs/status/NAME`.
///
/// The commit is made in a repository of its own that is thrown away, so that old statuses never fill the
/// site's disk.
struct StatusOutbox: Sendable {
  let folder: String
  let cluster: String
  let timeout: Int

  /// Pushes; nil when it arrived, else why not.
  func push(_ document: [UInt8], at seconds: Int64, to hub: HubAddress) throws(PosixError)
    -> String?
  {
    defer { try? Files.removeTree(folder) }
    let git = try emptyRepository()
    if let reason = try commit(document, at: seconds, in: git, as: Self.localRef) { return reason }
    let pushed = try git.run(
      [
        "push", "--quiet", "--force", "--no-verify", hub.plain(hub.status),
        "\(Self.localRef):refs/status/\(cluster)",
      ], adding: hub.gitVariables, timeout: timeout)
    return pushed.succeeded ? nil : Git.reason(pushed)
  }

  private static let localRef = "refs/fleet/status"

  /// The repository, made anew.
  func emptyRepository() throws(PosixError) -> Git {
    let git = Git(folder: folder)
    try Files.removeTree(folder)
    try git.makeIfMissing()
    return git
  }

  /// Makes the commit of a status; nil when that was possible, else why not.
  func commit(
    _ document: [UInt8], at seconds: Int64, in git: Git, as ref: String
  ) throws(PosixError) -> String? {
    let message = "status \(cluster)\n"
    var stream = Array(
      """
      commit \(ref)
      committer kubectl fleet <site@kubectl-fleet> \(seconds) +0000
      data \(message.utf8.count)
      \(message)
      M 100644 inline status.json
      data \(document.count)

      """.utf8)
    stream += document
    stream.append(UInt8(ascii: "\n"))
    let made = try git.run(["fast-import", "--quiet"], input: stream, timeout: timeout)
    return made.succeeded ? nil : Git.reason(made)
  }
}
