// SPDX-License-Identifier: Apache-2.0

import Glibc
import Posix

/// A hub folder served over ssh on loopback, until the value goes away: every cluster has a key whose forced
/// command says which cluster it is.
package final class SshHub {
  /// The hub's URL.
  package let url: String
  private let scratch: ScratchFolder

  /// The server could not be started.
  package struct Failure: Error {
    /// What the script said.
    package let message: String
  }

  /// Whether an sshd can be started, for `.enabled(if:)`; why not is said in one line.
  package static let isPossible: Bool = {
    do {
      let scratch = try ScratchFolder("ssh-probe")
      _ = try SshHub(scratch.path, clusters: ["probe"])
      return true
    } catch {
      let reason = (error as? Failure)?.message ?? "\(error)"
      StandardStream.error.line("not run: the tests over ssh, \(reason)")
      return false
    }
  }()

  /// Starts a server for these clusters.
  package init(_ hub: String, clusters: [String]) throws {
    scratch = try ScratchFolder("ssh")
    let result = try Child.run(
      [TestTools.path("ssh-up.sh"), "--while", String(getpid())]
        + clusters.flatMap { ["--cluster", $0] } + [scratch.path, hub], timeoutSeconds: 60)
    guard result.succeeded else {
      let lines = String(decoding: result.errorOutput, as: UTF8.self).split(separator: "\n")
      throw Failure(message: lines.last.map(String.init) ?? "\(result.status)")
    }
    url =
      String(decoding: result.output, as: UTF8.self)
      .split(separator: "\n").first.map(String.init) ?? ""
  }

  /// The variables with which a cluster's git finds its key.
  package func environment(of cluster: String) -> [String: String] {
    ["GIT_SSH_COMMAND": "ssh -F '\(scratch.path)/client.\(cluster)'"]
  }

  deinit {
    _ = try? Child.run([TestTools.path("ssh-down.sh"), scratch.path], timeoutSeconds: 30)
  }
}
