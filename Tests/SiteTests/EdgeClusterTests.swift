// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Testing

/// The API server is shared, so every test has a word of its own in all its namespaces and names.
@Suite(
  "what fleet.yaml says for the edge, in a real API server",
  .enabled(if: KubeServer.isRunning, "no kube-apiserver can be had here"))
struct EdgeClusterTests {
  typealias Bench = ClusterBench

  @Test("bundles share the labels of their namespace, and take back what they gave")
  func labels() throws {
    let bench = try Bench("nslabels")
    func shown() throws -> String {
      let labels = ["tier", "team", "gone", "foreign", "pod-security\\.kubernetes\\.io/enforce"]
        .map { "{.metadata.labels.\($0)}" }.joined(separator: ",")
      return try bench.server.ask(
        "get", "namespace", "nslabels", "-o", "jsonpath=\(labels);{.metadata.annotations.note}")
    }
    try bench.hub.publish(
      [
        bench.edge(
          "a", [bench.map("a", "1")],
          #""namespaceLabels":{"tier":"a","gone":"1"},"namespaceAnnotations":{"note":"x"}"#),
        bench.edge(
          "b", [bench.map("b", "1")], #""namespaceLabels":{"team":"b","tier":"b"}"#),
      ], release: 1)
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))
    #expect(try shown() == "a,b,1,,;x")
    // The first run with nothing to apply asks for facts.
    #expect(try bench.site.sync() == .init(0))
    let status = try bench.hub.statusCommit()
    #expect(try bench.site.sync() == .init(0))
    #expect(try bench.hub.statusCommit() == status)

    _ = try bench.server.ask(
      "label", "namespace", "nslabels", "foreign=f", "pod-security.kubernetes.io/enforce=baseline",
      "tier=edited", "--overwrite")
    try bench.hub.publish(
      [bench.edge("a", [bench.map("a", "1")], #""namespaceLabels":{"tier":"a"}"#)], release: 2)
    #expect(try bench.site.sync() == .init(0, "took release 2 of epoch 1\nremoved 1 object"))
    #expect(try shown() == "a,,,f,baseline;")

    try bench.hub.publish([bench.bundle("a", [bench.map("a", "1")])], release: 3)
    #expect(try bench.site.sync() == .init(0, "took release 3 of epoch 1"))
    #expect(try shown() == ",,,f,baseline;")
  }

  @Test("a namespace goes with its bundle, when nobody else uses it")
  func namespaceEnd() throws {
    let bench = try Bench("nsend")
    func ending() throws -> String {
      try bench.server.ask(
        "get", "namespace", "nsend", "-o", "jsonpath={.metadata.deletionTimestamp}")
    }
    let ends = bench.edge("a", [bench.map("a", "1")], #""deleteNamespace":true"#)
    let other = bench.bundle("z", [bench.map("z", "1", namespace: "nsend-other")])
    try bench.hub.publish([ends, bench.bundle("b", [bench.map("b", "1")]), other], release: 1)
    _ = try bench.site.sync()
    try bench.hub.publish([bench.bundle("b", [bench.map("b", "1")]), other], release: 2)
    #expect(try bench.site.sync() == .init(0, "took release 2 of epoch 1\nremoved 1 object"))
    #expect(try ending() == "")

    try bench.hub.publish([ends, other], release: 3)
    #expect(try bench.site.sync() == .init(0, "took release 3 of epoch 1\nremoved 1 object"))
    try bench.hub.publish([other], release: 4)
    #expect(
      try bench.site.sync()
        == .init(
          0, "took release 4 of epoch 1\nremoved 1 object\nremoved namespace 'nsend'"))
    #expect(try ending() != "")
    #expect(try bench.site.sync() == .init(0))
  }

  @Test("everything is done as the bundle's service account")
  func account() throws {
    let bench = try Bench("account")
    _ = try bench.server.ask("create", "namespace", "account")
    let user = "system:serviceaccount:inventory-account:team"
    _ = try bench.server.ask(
      "create", "role", "team", "-n", "account", "--resource=configmaps",
      "--verb=get,create,patch,update")
    _ = try bench.server.ask(
      "create", "rolebinding", "team", "-n", "account", "--role=team", "--user=\(user)")
    let key = (
      "Secret~account~key",
      "apiVersion: v1\nkind: Secret\nmetadata: {name: key, namespace: account, labels: \(Bench.labels)}\n"
    )
    let free = bench.bundle("free", [bench.map("free", "1")])
    try bench.hub.publish(
      [bench.edge("a", [bench.map("x", "1")], #""serviceAccount":"team""#), free], release: 1)
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))

    try bench.hub.publish(
      [bench.edge("a", [bench.map("x", "1"), key], #""serviceAccount":"team""#), free], release: 2)
    #expect(
      try bench.site.sync()
        == .init(
          1,
          """
          took release 2 of epoch 1
          error: bundle 'a' is not applied: Secret 'key' in 'account': secrets "key" is forbidden: \
          User "\(user)" cannot patch resource "secrets" in API group "" in the namespace "account"
          """))
    #expect(try bench.states() == ["a: ErrApplied", "free: Ready"])

    // It goes as the account that it came as.
    try bench.hub.publish([free], release: 3)
    let refused = try bench.site.sync()
    #expect(refused.code == 1)
    #expect(refused.said.contains("is forbidden: User \"\(user)\" cannot"), "\(refused)")
    #expect(try bench.objects("configmaps") == ["configmap/free", "configmap/x"])
    _ = try bench.server.ask(
      "create", "clusterrole", "account-team", "--resource=configmaps,secrets",
      "--verb=get,delete")
    _ = try bench.server.ask(
      "create", "rolebinding", "team2", "-n", "account", "--clusterrole=account-team",
      "--user=\(user)")
    #expect(try bench.site.sync() == .init(0, "removed 1 object"))
    #expect(try bench.objects("configmaps") == ["configmap/free"])
  }

  @Test("ignored conditions do not make a bundle unready")
  func ignoredConditions() throws {
    let bench = try Bench("ignore")
    let definition = try #require(bench.everything(replicas: 0).first)
    let till = (
      "Till.ignore.example.com~ignore~front",
      """
      apiVersion: ignore.example.com/v1
      kind: Till
      metadata: {name: front, namespace: ignore, labels: \(Bench.labels)}
      status: {conditions: [{type: Ready, status: "False", message: closed}]}

      """
    )
    for (release, ignored, state) in [
      (1, "", "a: NotReady"),
      (
        2, #""ignoreConditions":[{"type":"Ready","status":"True"}]"#,
        "a: NotReady"
      ),
      (3, #""ignoreConditions":[{"type":"Ready","status":"False"}]"#, "a: Ready"),
    ] {
      try bench.hub.publish([bench.edge("a", [definition, till], ignored)], release: release)
      let run = try bench.site.sync()
      #expect(run == .init(0, "took release \(release) of epoch 1"))
      #expect(try bench.states() == [state])
    }
  }

  @Test("a bundle waits for its dependency, and the next run goes on")
  func dependencies() throws {
    let bench = try Bench("depends")
    let web = try #require(
      bench.everything(replicas: 1).first { $0.0.hasPrefix("Deployment.") })
    let app = { (name: String) in
      bench.edge("app", [bench.map(name, "1")], #""dependsOn":[{"name":"db"}]"#)
    }
    let free = bench.bundle("free", [bench.map("free", "1")])
    try bench.hub.publish([app("one"), bench.bundle("db", [web]), free], release: 1)
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))
    #expect(try bench.states() == ["app: WaitApplied", "db: NotReady", "free: Ready"])
    #expect(
      try bench.hub.status()["bundles"]?.items?.first?["message"]?.string
        == "waits for bundle 'db' (NotReady)")
    #expect(try bench.objects("configmaps") == ["configmap/free"])
    // Nothing is recorded anew while nothing changes.
    let version = ["get", "configmap/fleet-inventory", "-n", "inventory-depends", "-o"]
    func recorded() throws -> String {
      try bench.server.ask(
        version[0], version[1], version[2], version[3], version[4],
        "jsonpath={.metadata.resourceVersion}")
    }
    let before = try recorded()
    #expect(try bench.site.sync() == .init(0))
    #expect(try recorded() == before)

    _ = try bench.server.ask(
      "patch", "deployment", "web", "-n", "depends", "--subresource=status", "--type=merge", "-p",
      #"{"status":{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"#
        + #""readyReplicas":1,"availableReplicas":1}}"#)
    #expect(try bench.site.sync() == .init(0))
    #expect(try bench.states() == ["app: Ready", "db: Ready", "free: Ready"])

    // Both change: the old object stays until the dependency is ready again.
    let more = try #require(
      bench.everything(replicas: 2).first { $0.0.hasPrefix("Deployment.") })
    try bench.hub.publish([app("two"), bench.bundle("db", [more]), free], release: 2)
    #expect(try bench.site.sync() == .init(0, "took release 2 of epoch 1"))
    #expect(try bench.states() == ["app: WaitApplied", "db: NotReady", "free: Ready"])
    #expect(try bench.objects("configmaps") == ["configmap/free", "configmap/one"])
    try bench.hub.publish([app("two"), bench.bundle("db", []), free], release: 3)
    #expect(try bench.site.sync() == .init(0, "took release 3 of epoch 1\nremoved 2 objects"))
    #expect(try bench.objects("configmaps") == ["configmap/free", "configmap/two"])
  }
}

extension ClusterBench {
  /// A bundle of format 2 in the test's namespace.
  func edge(
    _ name: String, _ objects: [(String, String)], _ options: String,
    files: [String: String] = [:]
  ) -> Bundle {
    Bundle(
      name, Dictionary(objects, uniquingKeysWith: { $1 }),
      options: #""namespace":"\#(word)""# + (options.isEmpty ? "" : "," + options), files: files,
      format: 2)
  }

  /// `bundle: state` of the status that was pushed.
  func states() throws -> [String] {
    (try hub.status()["bundles"]?.items ?? []).map {
      "\($0["name"]?.string ?? ""): \($0["state"]?.string ?? "")"
    }
  }

  /// What the status says of a bundle.
  func message(_ bundle: String) throws -> String? {
    try hub.status()["bundles"]?.items?.first { $0["name"]?.string == bundle }?["message"]?.string
  }
}
