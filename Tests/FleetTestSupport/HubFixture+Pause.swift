// SPDX-License-Identifier: Apache-2.0

import Glibc
import HubService
import Posix

/// The moment between the acceptance of a push and the move of main: the hub's lock is free then.
extension HubFixture {
  private var accepted: String { scratch.path + "/accepted" }

  /// Makes a hook of the one that is installed which stops after it until `goOn`.
  package func stopAfterAcceptance() throws {
    let hooks = hub.fleet + "/hooks"
    try Files.rename(hooks + "/pre-receive", to: hooks + "/pre-receive.ours")
    let script = try scratch.write(
      """
      #!/bin/sh
      '\(hooks)/pre-receive.ours' || exit
      touch '\(accepted)'
      while ! test -e '\(scratch.path)/go'; do sleep 0.01; done

      """, to: "hub/fleet.git/hooks/pre-receive")
    chmod(script, 0o755)
  }

  /// Waits until a push is accepted and stops.
  package func untilAccepted(_ push: BackgroundProcess) throws {
    try Waiting.until("the acceptance: \(push.text)") { Files.exists(accepted) }
  }

  /// Lets main move.
  package func goOn() throws { try scratch.write("", to: "go") }
}
