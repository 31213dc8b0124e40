// SPDX-License-Identifier: Apache-2.0

import Posix

/// What Git and the serving side tell a hook in its environment.
package struct HookEnvironment: Sendable, Hashable {
  /// Who pushes, as the serving side says; nil for a local path, which is a trusted administrator.
  package let principal: String?
  /// The push options, in their order (`git push -o`).
  package let pushOptions: [String]

  /// Makes an environment.
  package init(principal: String?, pushOptions: [String]) {
    self.principal = principal
    self.pushOptions = pushOptions
  }

  /// The most push options that are read; Git itself sets no limit.
  private static let optionLimit = 1000

  /// Reads the process's environment.
  ///
  /// `FLEET_PRINCIPAL` comes from a forced command of sshd, `REMOTE_USER` from a web server.
  package static func current() -> HookEnvironment {
    let principal = Environment.get("FLEET_PRINCIPAL") ?? Environment.get("REMOTE_USER")
    let count = Environment.get("GIT_PUSH_OPTION_COUNT").flatMap { Int($0) } ?? 0
    let options = (0..<min(max(0, count), optionLimit)).compactMap {
      Environment.get("GIT_PUSH_OPTION_\($0)")
    }
    return HookEnvironment(
      principal: principal.flatMap { $0.isEmpty ? nil : $0 }, pushOptions: options)
  }
}
