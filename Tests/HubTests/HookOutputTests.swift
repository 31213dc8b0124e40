// SPDX-License-Identifier: Apache-2.0

import Compiling
import FleetTestSupport
import GitObjects
import HubService
import Planning
import Rendering
import Testing

@Suite("what a pusher reads")
struct HookOutputTests {
  /// A chart with a value of each of 250 shops, of which one lacks the label.
  private static let files: [String: String] = [
    "clusters/shops.yaml": (1...250).map { number in
      let name = "store-" + String(String(number + 1000).dropFirst())
      let labels = number == 17 ? "{env: prod}" : "{env: prod, region: eu}"
      return """
        apiVersion: fleet.cattle.io/v1alpha1
        kind: Cluster
        metadata: {name: \(name), labels: \(labels)}

        """
    }.joined(separator: "---\n"),
    "gitrepos/shop.yaml": """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: GitRepo
    metadata: {name: shop}
    spec:
      paths: [apps/*]
      targets: [{clusterSelector: {matchLabels: {env: prod}}}]

    """,
    "apps/till/fleet.yaml": """
    name: till
    defaultNamespace: retail
    helm:
      values:
        region: ${ .ClusterLabels.region }

    """,
    "apps/till/Chart.yaml": "apiVersion: v2\nname: till\nversion: 1.0.0\n",
    "apps/till/templates/till.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: till}
    data: {region: "{{ .Values.region }}"}

    """,
  ]

  private func review(_ files: [String: String]) throws -> (Review, (String) -> [UInt8]?) {
    let store = InMemoryObjects()
    let tree = try MemoryTree(files, in: store)
    let review = try Reviewer(
      reader: store, store: store, branch: "main", engine: RenderEngine(cacheFolder: nil)
    ).review(tree.root, base: nil, overrides: Overrides())
    return (review, { files[$0].map { Array($0.utf8) } })
  }

  @Test("one cluster that cannot be rendered is told alone, the others have a blast radius")
  func broken() throws {
    let (review, source) = try review(Self.files)
    #expect(
      HookOutput.text(review, warnings: [], source: source) == """
        error: apps/till/fleet.yaml:5:31: cluster 'store-017' has no label
               'region'
           5 |     region: ${ .ClusterLabels.region }
             |                               ^^^^^^
        hint: where it may be missing, ask first: if hasKey .ClusterLabels
              "region"
        hint: or give the cluster the label 'region'

        without store-017, for the other 249 clusters:
        blast radius: 249 clusters join
          objects: ConfigMap 249 created
          249 clusters: joins; creates ConfigMap retail/till

        error: push refused: 1 error in 1 of 5 changed files; nothing was
               changed
        hint: look before you push: kubectl fleet check, kubectl fleet plan

        """)
  }

  @Test("what the machine that renders has to say stands before the blast radius")
  func warnings() throws {
    var files = Self.files
    files["apps/till/fleet.yaml"] = "name: till\n"
    let (review, source) = try review(files)
    let warnings = ["1 damaged entry of the cache of renderings was made again"]
    #expect(
      HookOutput.text(review, warnings: warnings, source: source) == """
        warning: 1 damaged entry of the cache of renderings was made again

        blast radius: 250 clusters join
          objects: ConfigMap 250 created
          250 clusters: joins; creates ConfigMap default/till

        """)
  }
}
