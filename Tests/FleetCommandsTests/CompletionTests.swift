// SPDX-License-Identifier: Apache-2.0

import Posix
import Testing

@Suite("completion")
struct CompletionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let words: [String]
    let answer: String
    var testDescription: String { words.joined(separator: " ") }
  }

  static let cases = [
    Case(words: ["he"], answer: "help\tShow subcommand help information.\n:4\n"),
    Case(
      words: ["hooks", ""],
      answer: "install\tInstall or upgrade the hooks.\nuninstall\tRemove the hooks.\n:4\n"),
    Case(words: ["target", "shop-apps-p"], answer: "shop-apps-pos\n:4\n"),
    Case(words: ["explain", "shop-apps-pos", "store"], answer: "store-1\nstore-2\nstore-3\n:4\n"),
    Case(words: ["explain", "shop-apps-pos", "store-1", ""], answer: ":4\n"),
    Case(words: ["show", "l"], answer: "lab-1\n:4\n"),
    Case(words: ["show", "store-1", "--bundle", ""], answer: "shop-apps-pos\nshop-apps-web\n:4\n"),
    Case(words: ["get", "g"], answer: "groups\ngitrepos\n:4\n"),
    Case(words: ["get", "groups", ""], answer: "eu\nshops\n:4\n"),
    Case(words: ["get", "groups", "eu", ""], answer: "shops\n:4\n"),
    Case(words: ["get", "clusters", "-n", ""], answer: "fleet-default\nlab\n:4\n"),
    Case(words: ["get", "clusters", "-l", ""], answer: "env\nregion\n:4\n"),
    Case(words: ["get", "-o", ""], answer: "json\nyaml\nname\nwide\n:4\n"),
    Case(words: ["check", "--base", "m"], answer: "main\n:4\n"),
    Case(
      words: ["plan", "--ba"],
      answer: "--base\tCompare with this commit instead of the hub's "
        + "branch as last fetched; 'none' compares with nothing, as for a first push.\n:4\n"),
    Case(words: ["init", ""], answer: ":16\n"),
    Case(words: ["up"], answer: "update\tBring charts from elsewhere into the repository.\n:4\n"),
    Case(words: ["update", ""], answer: ":16\n"),
    Case(words: ["update", "apps/pos", ""], answer: ":16\n"),
    Case(words: ["render", ""], answer: ":16\n"),
    Case(words: ["render", "apps/pos", ""], answer: ":4\n"),
    Case(words: ["render", "--cluster", "dev"], answer: "dev-1\n:4\n"),
    Case(words: ["render", "-l", "re"], answer: "region=eu\nregion=us\n:4\n"),
    Case(words: ["render", "--kube-version", ""], answer: ":4\n"),
    Case(
      words: ["rollout", "a"],
      answer:
        "approve\tApprove the step that a rollout waits for.\nabort\tEnd a rollout: its clusters go back to their last good version.\n:4\n"
    ),
    Case(words: ["rollout", "simulate", "--bundle", "shop-apps-p"], answer: "shop-apps-pos\n:4\n"),
    Case(words: ["status", "--hub", ""], answer: ":16\n"),
    Case(words: ["completion", "z"], answer: "zsh\n:4\n"),
    Case(words: ["nonsense", "x", ""], answer: ":4\n"),
  ]

  @Test("what may stand at the end of a line", arguments: cases)
  func answers(_ sample: Case) throws {
    let fleet = try FleetFixture(Samples.shops)
    let outcome = fleet.run(arguments: ["__complete"] + sample.words)
    #expect(outcome.output == sample.answer)
    #expect(outcome.errorOutput == "")
  }

  @Test("outside of a repository there are commands and no names")
  func outside() throws {
    let fleet = try FleetFixture()
    #expect(fleet.run("__complete", "target", "").text == ":4\n")
    #expect(fleet.run("__complete", "vers").text == "version\tPrint the version.\n:4\n")
  }

  @Test(
    "the scripts are ones that their shells can read",
    arguments: ["bash", "zsh", "fish", "kubectl"])
  func scripts(_ shell: String) throws {
    let fleet = try FleetFixture()
    let outcome = fleet.run("completion", shell)
    #expect(outcome.code == 0)
    let program = shell == "kubectl" ? "sh" : shell
    // Not every machine has every shell; Debian has these two.
    guard Child.find(program) != nil else {
      #expect(shell == "zsh" || shell == "fish")
      return
    }
    let result = try Child.run(
      [program, "-n"], input: .bytes(Array(outcome.output.utf8)))
    #expect(result.succeeded, "\(String(decoding: result.errorOutput, as: UTF8.self))")
  }

  @Test("bash offers what the program answers")
  func bash() throws {
    let fleet = try FleetFixture()
    let script = fleet.run("completion", "bash").output
    let stub = """
      kubectl-fleet() { printf '%s|' "$@" >&2; printf 'store-1\\tdescription\\nstore-2\\n:4\\n'; }
      COMP_WORDS=(kubectl-fleet show st) COMP_CWORD=2
      _kubectl_fleet
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = try Child.run(["bash", "-c", script + stub])
    #expect(String(decoding: result.output, as: UTF8.self) == "store-1\nstore-2\n")
  }
}
