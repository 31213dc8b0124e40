// SPDX-License-Identifier: Apache-2.0

@preconcurrency import Glibc

// fleet-bench measure RECORD COMMAND…   runs a command as it is; adds a line of figures to RECORD
// fleet-bench floor HUB                 what libgit2 needs for the objects that HUB was given
// fleet-bench year HUB [CLUSTERS [WEEKS [VARIANTS [REPORTS]]]]   makes a hub and simulates weeks of it
// fleet-bench report HUB P99 COUNTER [EXCEPT]          every site reports that it is well, and what it measures
// fleet-bench digest HUB                what reading and writing the digest costs
let words = Array(CommandLine.arguments.dropFirst())
switch words.first {
case "measure" where words.count >= 3:
  exit(Measurement.run(Array(words.dropFirst(2)), record: words[1]))
case "floor" where words.count == 2:
  exit(Floor.print(hub: words[1]))
case "year" where words.count >= 2:
  exit(HubYear.run(Array(words.dropFirst())))
case "digest" where words.count == 2:
  exit(DigestCost.print(hub: words[1]))
case "report" where words.count >= 4:
  exit(SiteReports.run(Array(words.dropFirst())))
default:
  fputs(
    "usage: fleet-bench measure RECORD COMMAND… | floor HUB | year HUB … | report HUB … | digest HUB\n",
    stderr)
  exit(64)
}
