// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Testing

@testable import FleetCommands

@Suite("small parts of the output")
struct PrintingTests {
  @Test(
    "ages are those of kubectl",
    arguments: [
      (-5, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (185, "3m5s"), (600, "10m"),
      (10_799, "179m"), (10_800, "3h"), (14_460, "4h1m"), (28_800, "8h"), (172_799, "47h"),
      (172_800, "2d"), (180_000, "2d2h"), (691_200, "8d"), (63_072_000, "2y"),
      (Int64.max, "292471208677y"),
    ] as [(Int64, String)])
  func ages(_ seconds: Int64, _ text: String) {
    #expect(Age.text(seconds) == text)
  }

  @Test("a table has three blanks between columns and none at the end of a line")
  func table() {
    var table = TextTable(["NAME", "LABELS", "N"])
    table.add(["größe", "", "1"])
    table.add(["b\u{1b}[2J", "a=b", ""])
    #expect(
      table.text()
        == "NAME         LABELS   N\n"
        + "größe        <none>   1\n"
        + "b\\u{1b}[2J   a=b      <none>\n")
    #expect(
      table.text(withHeaders: false, indent: "  ")
        == "  größe        <none>   1\n" + "  b\\u{1b}[2J   a=b      <none>\n")
  }

  @Test(
    "where a hub is, from what people write",
    arguments: [
      ("/srv/hub/", "/srv/hub", "/srv/hub/fleet.git"),
      ("../hub/fleet.git", "/home/ada/hub", "/home/ada/hub/fleet.git"),
      ("file:///srv/hub/fleet.git/", "/srv/hub", "/srv/hub/fleet.git"),
      ("git@host:fleet.git", "git@host:", "git@host:fleet.git"),
      ("git@host:hub", "git@host:hub", "git@host:hub/fleet.git"),
      ("https://host/x/fleet.git", "https://host/x", "https://host/x/fleet.git"),
      ("ssh://host/srv/hub", "ssh://host/srv/hub", "ssh://host/srv/hub/fleet.git"),
      ("./odd:name", "/home/ada/shop/odd:name", "/home/ada/shop/odd:name/fleet.git"),
    ])
  func hubs(_ text: String, _ base: String, _ fleet: String) {
    let location = HubLocation(text, origin: "--hub", folder: "/home/ada/shop")
    #expect(location.base == base)
    #expect(location.fleet == fleet)
    #expect((location.layout != nil) == base.hasPrefix("/"))
  }

  @Test("colours are for terminals, and only for the word at the beginning")
  func colours() {
    func shown(_ terminals: Set<StandardStream>, _ variables: [String: String]) -> String {
      var text = ""
      let context = CommandContext(
        directory: "/", environment: variables, programs: "/", terminals: terminals
      ) { text += String(decoding: $1, as: UTF8.self) }
      context.report("error: a\n  error: b\nhint: c\n")
      return text
    }
    let plain = "error: a\n  error: b\nhint: c\n"
    #expect(shown([], [:]) == plain)
    #expect(shown([.output], [:]) == plain)
    #expect(shown([.error], ["NO_COLOR": "1"]) == plain)
    #expect(shown([.error], ["TERM": "dumb"]) == plain)
    #expect(
      shown([.error], [:])
        == "\u{1b}[1;31merror:\u{1b}[m a\n  error: b\n\u{1b}[33mhint:\u{1b}[m c\n")
  }

  @Test("progress is for terminals")
  func progress() {
    var text = ""
    let context = CommandContext(directory: "/", environment: [:], programs: "/") {
      text += String(decoding: $1, as: UTF8.self)
    }
    let progress = TerminalProgress(context)
    progress.step("reading")
    progress.clear()
    #expect(text == "")
  }
}
