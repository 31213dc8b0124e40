// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Planning
import Testing

@Suite("overrides by push options")
struct OverridesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let options: [String]
    var deletions: [String: Int] = [:]
    var changed: Int?
    var removed: Int?
    var given: [String]?
    var refused: [String] = []
    var testDescription: String { id }
  }

  @Test(
    "push options are read, and those under 'fleet.' that are not understood are errors",
    arguments: [
      Case(id: "none", options: []),
      Case(id: "foreign", options: ["ci.skip", "merge_request.create"], given: []),
      Case(
        id: "delete", options: ["fleet.allow-delete=Namespace:3"], deletions: ["Namespace": 3]),
      Case(
        id: "delete-two-kinds",
        options: ["fleet.allow-delete=Namespace:3", "fleet.allow-delete=Secret:0"],
        deletions: ["Namespace": 3, "Secret": 0]),
      Case(
        id: "delete-last-counts",
        options: ["fleet.allow-delete=Secret:9", "fleet.allow-delete=Secret:1"],
        deletions: ["Secret": 1]),
      Case(id: "changed", options: ["fleet.allow-changed=2500"], changed: 2500),
      Case(id: "removed", options: ["fleet.allow-removed=2"], removed: 2),
      Case(
        id: "no-number", options: ["fleet.allow-changed=all"], refused: ["fleet.allow-changed=all"]),
      Case(id: "no-value", options: ["fleet.allow-removed"], refused: ["fleet.allow-removed"]),
      Case(id: "empty", options: ["fleet.allow-removed="], refused: ["fleet.allow-removed="]),
      Case(
        id: "negative", options: ["fleet.allow-changed=-1"], refused: ["fleet.allow-changed=-1"]),
      Case(id: "plus", options: ["fleet.allow-changed=+1"], refused: ["fleet.allow-changed=+1"]),
      Case(
        id: "huge", options: ["fleet.allow-changed=99999999999999999999"],
        refused: ["fleet.allow-changed=99999999999999999999"]),
      Case(
        id: "delete-no-kind", options: ["fleet.allow-delete=:3"], refused: ["fleet.allow-delete=:3"]
      ),
      Case(
        id: "delete-no-count", options: ["fleet.allow-delete=Namespace"],
        refused: ["fleet.allow-delete=Namespace"]),
      Case(
        id: "delete-twice", options: ["fleet.allow-delete=Namespace:1:2"],
        refused: ["fleet.allow-delete=Namespace:1:2"]),
      Case(
        id: "typo", options: ["fleet.alow-delete=Namespace:1"],
        refused: ["fleet.alow-delete=Namespace:1"]),
      Case(id: "prefix-alone", options: ["fleet."], refused: ["fleet."]),
      Case(id: "control", options: ["fleet.\u{1b}[2J"], refused: ["fleet.\\u{1b}[2J"]),
    ])
  func reading(_ entry: Case) {
    var findings = Findings()
    let overrides = Overrides(pushOptions: entry.options, findings: &findings)
    #expect(overrides.deletions == entry.deletions)
    #expect(overrides.clustersChanged == entry.changed)
    #expect(overrides.clustersRemoved == entry.removed)
    #expect(overrides.given == entry.given ?? (entry.refused.isEmpty ? entry.options : []))
    #expect(
      findings.all.map(\.message)
        == entry.refused.map { "the push option '\($0)' is not understood" })
    #expect(findings.all.allSatisfy { $0.severity == .error && $0.hints.count == 1 })
  }
}
