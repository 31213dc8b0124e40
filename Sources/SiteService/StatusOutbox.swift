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
    let git = Git(folder: folder)
    try Files.removeTree(folder)
    defer { try? Files.removeTree(folder) }
    try git.makeIfMissing()
    let message = "status \(cluster)\n"
    var stream = Array(
      """
      commit refs/fleet/status
      committer kubectl fleet <site@kubectl-fleet> \(seconds) +0000
      data \(message.utf8.count)
      \(message)
      M 100644 inline status.json
      data \(document.count)

      """.utf8)
    stream += document
    stream.append(UInt8(ascii: "\n"))
    let made = try git.run(["fast-import", "--quiet"], input: stream, timeout: timeout)
    guard made.succeeded else { return Git.reason(made) }
    let pushed = try git.run(
      [
        "push", "--quiet", "--force", "--no-verify", hub.status,
        "refs/fleet/status:refs/status/\(cluster)",
      ], timeout: timeout)
    return pushed.succeeded ? nil : Git.reason(pushed)
  }
}
