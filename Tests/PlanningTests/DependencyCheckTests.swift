// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import FleetTestSupport
import SliceFormat
import Targeting
import Testing
import YAMLTree

@Suite("Dependencies of bundles")
struct DependencyCheckTests {
  /// A bundle: its fleet.yaml, and its clusters by number.
  struct Source {
    let text: MarkedText
    let clusters: [Int]
    let workspace: String

    init(_ text: String, on clusters: [Int] = [0, 1, 2], in workspace: String = "fleet-default") {
      let name = text.split(separator: "\n").first { $0.hasPrefix("name: ") }?.dropFirst(6) ?? ""
      self.text = MarkedText(text, path: "\(name)/fleet.yaml")
      self.clusters = clusters
      self.workspace = workspace
    }
  }

  private func check(_ sources: [Source]) throws -> DependencyCheck.Result {
    let bundles = try sources.map { source in
      var findings = Findings()
      let root = try #require(
        YAMLParser.parse(source.text.bytes, path: source.text.path, findings: &findings).first?.root
      )
      let options = FleetYAML(root, path: source.text.path, findings: &findings)
      #expect(
        findings.all.allSatisfy { ["not-supported", "missing-field"].contains($0.code) },
        "\(findings.all)")
      var clusters = BitSet(count: 12)
      for cluster in source.clusters { clusters.insert(cluster) }
      return DependencyCheck.Bundle(
        workspace: source.workspace, name: options.name?.value ?? "", labels: options.labels,
        dependencies: options.dependsOn, clusters: clusters)
    }
    return DependencyCheck.check(bundles) { "store-\($0 + 1)" }
  }

  private func lines(_ findings: [Finding]) -> [String] {
    findings.flatMap { finding in
      func place(_ span: SourceSpan?) -> String {
        span.map { "\($0.path):\($0.start.line):\($0.start.column): " } ?? ""
      }
      return ["\(finding.severity.rawValue): \(place(finding.span))\(finding.message)"]
        + finding.notes.map { "note: \(place($0.span))\($0.message)" }
        + finding.hints.map { "hint: \($0)" }
    }
  }

  private func expect(
    _ sources: [Source], _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let actual = lines(try check(sources).findings)
    #expect(actual == expected, sourceLocation: sourceLocation)
  }

  @Test("names and selectors become names, sorted, each with its states")
  func resolved() throws {
    let result = try check([
      Source("name: shop\ndependsOn:\n- name: web\n- selector: {matchLabels: {tier: db}}\n"),
      Source(
        "name: web\ndependsOn: [{name: db, acceptedStates: [Ready, Modified]}, {name: db, selector: {}}]\n"
      ),
      Source("name: db\nlabels: {tier: db}\n"),
      Source("name: cache\nlabels: {tier: db}\n", on: [1]),
    ])
    #expect(lines(result.findings) == [])
    #expect(
      result.resolved.map { $0.map(\.name) } == [["cache", "db", "web"], ["db", "db"], [], []])
    #expect(result.resolved[1].map(\.acceptedStates) == [[], [.ready, .modified]])
  }

  @Test("a selector can use the labels that Fleet sets itself")
  func fleetLabels() throws {
    let result = try check([
      Source(
        "name: shop\ndependsOn:\n- selector: {matchLabels: {fleet.cattle.io/bundle-name: db}}\n"),
      Source("name: db\n"),
    ])
    #expect(result.findings.isEmpty)
    #expect(result.resolved[0].map(\.name) == ["db"])
  }

  @Test("a bundle that is not there")
  func unknown() throws {
    try expect(
      [Source("name: shop\ndependsOn:\n- name: databse\n"), Source("name: database\n")],
      [
        "error: shop/fleet.yaml:3:9: there is no bundle 'databse'",
        "hint: did you mean 'database'?",
      ])
    try expect(
      [Source("name: shop\ndependsOn:\n- name: db\n"), Source("name: db\n", in: "other")],
      [
        "error: shop/fleet.yaml:3:9: there is no bundle 'db'",
        "note: there is one in workspace 'other', but bundles depend only on bundles of their own",
      ])
  }

  @Test("a selector that selects nothing")
  func selectsNothing() throws {
    try expect(
      [
        Source("name: shop\ndependsOn:\n- selector:\n    matchLabels: {tier: db}\n"),
        Source("name: db\nlabels: {tier: db}\n", in: "other"),
      ],
      [
        "error: shop/fleet.yaml:4:5: the selector 'tier=db' in 'dependsOn' selects no bundle",
        "hint: the labels of a bundle stand in its fleet.yaml: labels: {tier: db}",
      ])
    try expect(
      [
        Source("name: shop\ndependsOn:\n- name: db\n  selector:\n    matchLabels: {tier: db}\n"),
        Source("name: db\n"),
      ],
      [
        "error: shop/fleet.yaml:5:5: the selector 'tier=db' in 'dependsOn' does not select bundle 'db'",
        "hint: the labels of a bundle stand in its fleet.yaml: labels: {tier: db}",
      ])
  }

  @Test("an entry without a name and a selector, which the reader reports, stands for nothing")
  func empty() throws {
    try expect(
      [Source("name: shop\ndependsOn:\n- acceptedStates: [Ready]\n"), Source("name: db\n")], [])
  }

  @Test("a bundle that waits for itself")
  func itself() throws {
    try expect(
      [Source("name: shop\ndependsOn:\n- name: shop\n")],
      [
        "error: shop/fleet.yaml:3:9: bundle 'shop' depends on itself",
        "hint: take the entry out of 'dependsOn:'",
      ])
    try expect(
      [Source("name: shop\ndependsOn:\n- selector: {}\n"), Source("name: db\n")],
      [
        "error: shop/fleet.yaml:3:13: the empty selector in 'dependsOn' selects bundle 'shop' itself",
        "hint: select by a label that the bundle itself does not have",
      ])
  }

  @Test("bundles that wait for each other, each circle once with all its places")
  func cycles() throws {
    try expect(
      [
        Source("name: c\ndependsOn:\n- name: a\n"), Source("name: a\ndependsOn:\n- name: b\n"),
        Source("name: b\ndependsOn:\n- name: c\n- name: leaf\n"), Source("name: leaf\n"),
        Source("name: root\ndependsOn: [{name: a}]\n"),
        Source("name: x\ndependsOn: [{selector: {matchLabels: {of: z}}}]\n"),
        Source("name: z\nlabels: {of: z}\ndependsOn: [{name: x}]\n"),
      ],
      [
        "error: a/fleet.yaml:3:9: bundles wait for each other: a → b → c → a",
        "note: b/fleet.yaml:3:9: 'b' depends on 'c' here",
        "note: c/fleet.yaml:3:9: 'c' depends on 'a' here",
        "hint: take one of these dependencies out",
        "error: x/fleet.yaml:2:24: bundles wait for each other: x → z → x",
        "note: z/fleet.yaml:3:20: 'z' depends on 'x' here",
        "hint: take one of these dependencies out",
      ])
  }

  @Test("bundles that a selector connects but that share no cluster do not wait for each other")
  func apart() throws {
    try expect(
      [
        Source(
          "name: a\nlabels: {x: \"1\"}\ndependsOn: [{selector: {matchLabels: {w: \"1\"}}}]\n",
          on: [0]),
        Source(
          "name: b\nlabels: {w: \"1\"}\ndependsOn: [{selector: {matchLabels: {x: \"1\"}}}]\n",
          on: [1]),
        Source("name: c\nlabels: {x: \"1\", w: \"1\"}\n", on: [0, 1]),
      ], [])
  }

  struct Missing: CustomTestStringConvertible {
    let entry: String
    let shop: [Int]
    let db: [Int]
    let expected: String
    var testDescription: String { "\(entry) \(shop) \(db)" }
  }

  @Test(
    "clusters that get a bundle and not what it depends on",
    arguments: [
      Missing(
        entry: "name: db", shop: Array(0..<12), db: Array(3..<12),
        expected:
          "'db', which 3 of its 12 clusters do not get: store-1, store-2 and store-3"),
      Missing(
        entry: "name: db", shop: [0, 1], db: [5],
        expected: "'db', which none of its 2 clusters gets: store-1 and store-2"),
      Missing(
        entry: "name: db", shop: [4], db: [],
        expected: "'db', which its cluster does not get: store-5"),
      Missing(
        entry: "selector: {matchLabels: {tier: db}}", shop: Array(0..<10), db: [0],
        expected:
          "'tier=db', none of which 9 of its 10 clusters get: store-10, store-2, store-3 and 6 more"
      ),
      Missing(
        entry: "selector: {matchLabels: {tier: db}}", shop: [0], db: [1],
        expected: "'tier=db', none of which its cluster gets: store-1"),
      Missing(
        entry: "selector: {matchLabels: {tier: db}}", shop: [0, 1], db: [2],
        expected: "'tier=db', none of which its 2 clusters get: store-1 and store-2"),
    ])
  func missing(_ table: Missing) throws {
    let isName = table.entry.hasPrefix("name")
    try expect(
      [
        Source("name: shop\ndependsOn:\n- \(table.entry)\n", on: table.shop),
        Source("name: db\nlabels: {tier: db}\n", on: table.db),
      ],
      [
        "error: shop/fleet.yaml:3:\(isName ? 9 : 13): bundle 'shop' depends on \(table.expected)",
        isName
          ? "hint: let bundle 'db' go to the same clusters"
          : "hint: let one of the selected bundles go to the same clusters",
      ])
  }
}
