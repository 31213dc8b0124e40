// SPDX-License-Identifier: Apache-2.0

import Glibc
import HubService

let arguments = CommandLine.arguments
if arguments.count > 3, arguments[1] == "create" {
  do { _ = try HubCreation.create(root: arguments[2], branch: "main", libexec: arguments[3]) } catch { print(error); exit(1) }
} else if arguments.count > 2, arguments[1] == "tick" {
  do { try Tick.run(hub: HubLayout(root: arguments[2])) { print($0) } } catch { print(error); exit(1) }
}
