// SPDX-License-Identifier: Apache-2.0

import HubService
import Posix

// outbox-probe HUB SECONDS: delivers what is due at that time, seconds since 1970, for the tests that kill it.
let arguments = CommandLine.arguments
if arguments.count == 3, let seconds = Int64(arguments[2]) {
  do {
    let report = try Outbox(hub: HubLayout(root: arguments[1])).deliver(
      now: Timestamp(seconds: seconds), budgetSeconds: 60
    ) { StandardStream.error.line($0) }
    StandardStream.output.line("delivered \(report.delivered), left \(report.left)")
  } catch {
    StandardStream.error.line("\(error)")
  }
} else {
  StandardStream.error.line("usage: outbox-probe HUB SECONDS")
}
