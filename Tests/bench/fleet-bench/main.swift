// SPDX-License-Identifier: Apache-2.0

@preconcurrency import Glibc

// fleet-bench measure RECORD COMMAND…   runs a command as it is; adds a line of figures to RECORD
// fleet-bench floor HUB                 what libgit2 needs for the objects that HUB was given
let words = Array(CommandLine.arguments.dropFirst())
switch words.first {
case "measure" where words.count >= 3:
  exit(Measurement.run(Array(words.dropFirst(2)), record: words[1]))
case "floor" where words.count == 2:
  exit(Floor.print(hub: words[1]))
default:
  fputs("usage: fleet-bench measure RECORD COMMAND… | fleet-bench floor HUB\n", stderr)
  exit(64)
}
