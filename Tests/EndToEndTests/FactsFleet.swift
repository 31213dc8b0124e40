// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import GitStore
import HubService
import Posix
import SliceFormat

/// A fleet of four shops whose till software has a variant for ARM, chosen by what the sites report.
struct FactsFleet {
  let fixture: HubFixture

  static let shops = ["store-01", "store-02", "store-03", "store-04"]

  static func hub(allow: String, interval: String = "0s") -> String {
    """
    apiVersion: fleet/v1
    kind: Hub
    metadata:
      name: hub
    spec:
      facts:
        allow: \(allow)
        interval: \(interval)

    """
  }

  static func files(
    allow: String, interval: String = "0s", rollout: String = "", budget: String = ""
  ) -> [String: String] {
    var files = [
      "policy/hub.yaml": hub(allow: allow, interval: interval),
      "gitrepos/shop.yaml": SampleFleet.toStores,
      "apps/pos/fleet.yaml": """
      name: pos
      namespace: retail
      \(rollout)targetCustomizations:
        - name: arm
          clusterSelector: {matchLabels: {facts.kubectl-fleet.io/architecture: arm64}}
          yaml: {overlays: [arm]}

      """,
      "apps/pos/config.yaml": SampleFleet.configMap("settings", ["image": "amd64"]),
      "apps/pos/overlays/arm/config.yaml": SampleFleet.configMap("settings", ["image": "arm64"]),
    ]
    if !budget.isEmpty {
      files["policy/budget.yaml"] = """
        apiVersion: fleet/v1
        kind: Budget
        metadata:
          name: budget
        spec:
          clustersChanged: \(budget)

        """
    }
    for name in shops {
      files["clusters/\(name).yaml"] = SampleFleet.cluster(
        name, labels: ["env": "store", "ring": name == "store-01" ? "canary" : "rest"])
    }
    return files
  }

  /// Pushes the fleet.
  /// - Parameter triggers: whether pushes of statuses start the hub; else the test alone does.
  init(_ files: [String: String], triggers: Bool = false) throws {
    fixture = try HubFixture(files)
    if !triggers { try Files.removeTree(fixture.hub.status + "/hooks") }
    try fixture.clone.commit("first fleet")
    let push = try fixture.clone.push()
    guard push.isAccepted else { throw HubFixture.Failure(push.text) }
  }

  /// Runs the built fleet-sync of a shop with a folder as its target; the exit code.
  @discardableResult
  func sync(_ cluster: String, _ flags: String...) throws -> Int {
    let path = fixture.scratch.path
    let result = try Child.run(
      [
        try HubFixture.program("fleet-sync"), "--cluster", cluster, "--hub", fixture.hub.root,
        "--state", "\(path)/state-\(cluster)", "--target", "dir:\(path)/target-\(cluster)",
      ] + flags, environment: GitFixture.environment(), timeoutSeconds: 120)
    guard case .exit(let code) = result.status else { return -1 }
    return code
  }

  /// Puts down a status, as a push would.
  func report(_ cluster: String, _ facts: [SiteFact]?, counter: Int = 1) throws {
    let status = try Repository.open(fixture.hub.status)
    let report = StatusReport(
      cluster: cluster, counter: counter, slice: "", source: "", release: 1,
      time: "2026-11-21T12:00:00Z", state: .ready, bundles: [], errors: [], facts: facts)
    let tree = try status.writeTree([
      TreeEntry("status.json", .file, try status.write(.blob, report.json))
    ])
    let commit = Commit(
      tree: tree, parents: [],
      author: Signature(name: "site", email: "site", seconds: Int64(GitFixture.firstDate)),
      message: "status \(cluster)\n")
    let ref = HubLayout.Ref.statusPrefix + cluster
    try status.updateReference(
      ref, to: try status.write(.commit, commit.content),
      expecting: try status.reference(ref) ?? .zero, message: "")
  }

  func report(_ clusters: [String], architecture: String) throws {
    for cluster in clusters { try report(cluster, [SiteFact("architecture", architecture)]) }
  }

  /// Runs `fleet-hub facts`; its exit code and what it printed.
  func administrate(_ flags: String...) throws -> String {
    let result = try Child.run(
      [try HubFixture.program("fleet-hub"), "facts", "--hub", fixture.hub.root] + flags,
      environment: GitFixture.environment(), timeoutSeconds: 120)
    return "\(result.status)\n"
      + String(decoding: result.output + result.errorOutput, as: UTF8.self)
  }

  /// What a shop is told to run: the word in its settings.
  func told(_ cluster: String) throws -> String {
    let text = try fixture.git(
      "slices.git", "show", "refs/slices/\(cluster):pos/objects/ConfigMap~retail~settings.yaml")
    return text.contains("arm64") ? "arm64" : "amd64"
  }

  var told: [String] { get throws { try Self.shops.map { try told($0) } } }

  /// The ids of the refs that facts may move.
  var refs: [String?] {
    get throws {
      try ["facts", "plan", "state"].map { try fixture.ref("refs/fleet/\($0)") }
    }
  }

  /// The files of a ref of facts, one after the other.
  func facts(_ ref: String = "refs/fleet/facts") throws -> String {
    guard try fixture.ref(ref) != nil else { return "none" }
    let names = try fixture.git("fleet.git", "ls-tree", "--name-only", ref).split(separator: "\n")
    let lines = try names.flatMap { name in
      try fixture.git("fleet.git", "show", "\(ref):\(name)").split(separator: "\n")
    }
    return lines.sorted().joined(separator: "\n")
  }
}
