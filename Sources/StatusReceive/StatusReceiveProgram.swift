// SPDX-License-Identifier: Apache-2.0

import Posix

/// The program `fleet-status-receive`: the pre-receive hook of `status.git`, and with the argument
/// `post-receive` that hook.
///
/// It runs for every status of every cluster, so it links no libgit2 and starts one child.
package enum StatusReceiveProgram {
  /// Runs in the environment that git gives to a hook; tells the exit code: 0 accepted, 1 refused,
  /// 70 internal error, which refuses too.
  package static func main() -> Int32 {
    if CommandLine.arguments.dropFirst().first == "post-receive" {
      do throws(PosixError) {
        try StatusNotice.leave()
      } catch {
        // The site's push stands, and its people can do nothing about this.
        StandardStream.error.line(
          "warning: the hub looks at this status with its next tick only: \(error)")
      }
      return 0
    }
    do {
      // A line is an id, an id and a ref; whoever sends more refs than this sends too many.
      let input = try StandardInput.readAll(limit: 1 << 20)
      let pusher = try StatusPush.pusher(
        cluster: Environment.get("FLEET_CLUSTER"), principal: Environment.get("FLEET_PRINCIPAL"))
      let push = try StatusPush(input, from: pusher)
      // The environment leads git to the objects in quarantine.
      let git = try Child.run(
        ["git", "cat-file", "--batch"], input: .bytes(StatusObjects.questions(push.commit)),
        errorOutput: .inherit, timeoutSeconds: 30, outputLimit: StatusObjects.outputLimit)
      switch git.status {
      case .exit(0): try StatusObjects.check(git.output)
      case .wroteTooMuch: throw StatusObjects.tooLarge
      default:
        StandardStream.error.line("error: fleet-status-receive failed: git \(git.status)")
        return 70
      }
      return 0
    } catch let refusal as StatusPush.Refusal {
      StandardStream.error.line("error: \(refusal.message)")
      return 1
    } catch {
      StandardStream.error.line("error: fleet-status-receive failed: \(error)")
      return 70
    }
  }
}
