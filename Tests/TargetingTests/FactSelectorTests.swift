// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import SliceFormat
import Targeting
import Testing

@Suite("selectors that ask for facts")
struct FactSelectorTests {
  private static func world(_ selector: String) -> World {
    var world = World(clusters: [("s1", ["env": "e"]), ("s2", ["env": "e"])])
    world.file(
      "policy/hub.yaml",
      "{apiVersion: fleet/v1, kind: Hub, metadata: {name: h}, spec: {facts: {allow: [os, gpu/*]}}}\n"
    )
    world.file(
      "gitrepos/edge.yaml",
      """
      apiVersion: fleet/v1
      kind: GitRepo
      metadata: {name: edge}
      spec:
        paths: [apps]
        targets:
          - clusterSelector: {matchLabels: {\(selector)}}
      """)
    return world
  }

  private static func inventory(_ world: World) -> Inventory {
    var facts = ReportedFacts()
    facts["s1"] = [SiteFact("os", "linux")]
    var findings = Findings()
    return Inventory(
      clusters: world.documents.with(facts).clusters, groups: [], findings: &findings)
  }

  @Test(
    "one that is missing today is a warning, one that does not count an error",
    arguments: [
      ("facts.kubectl-fleet.io/os: linux", ""),
      (
        "facts.kubectl-fleet.io/os: windows",
        "warning: no cluster has the label 'facts.kubectl-fleet.io/os' with the value 'windows'"
      ),
      (
        "facts.kubectl-fleet.io/gpu_a: x",
        "warning: no cluster has reported the fact 'gpu_a' yet"
      ),
      (
        "facts.kubectl-fleet.io/cpu: x",
        "error: the fact 'cpu' does not count: the Hub does not allow it; "
          + "let it count by 'facts: {allow: [cpu]}' in the spec of your Hub"
      ),
    ])
  func checks(_ selector: String, _ said: String) {
    let world = Self.world(selector)
    var checks = SelectorChecks(Self.inventory(world), facts: world.documents.hub.facts)
    for gitRepo in world.documents.gitRepos { checks.check(gitRepo) }
    let text = checks.findings.all.map { finding in
      "\(finding.severity.rawValue): \(finding.message)"
        + (finding.severity == .error ? "; " + finding.hints.joined() : "")
    }
    #expect(text.joined(separator: "\n") == said)
  }

  @Test("an explanation says what was reported and not declared")
  func explained() throws {
    var world = Self.world("facts.kubectl-fleet.io/os: linux")
    let made = world.bundle("pos")
    let bundle = try #require(made)
    let inventory = Self.inventory(world)
    let matcher = TargetMatcher(bundle, in: inventory)
    #expect(
      try #require(matcher.explain(0, in: inventory)).text == """
        bundle 'pos' on cluster 's1': deployed
        targets of GitRepo 'edge', the first that matches counts:
          yes  target 1 (by facts that the site has reported)
        options: those of the bundle, nothing is customised

        """)
    #expect(
      try #require(matcher.explain(1, in: inventory)).text == """
        bundle 'pos' on cluster 's2': not targeted
        targets of GitRepo 'edge', the first that matches counts:
          no   target 1: fact 'os' (reported) is missing

        """)
  }
}
