// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

@Suite(
  "kubectl fleet deploy",
  .enabled(if: KubeServer.isRunning, "no kube-apiserver can be had here"))
struct DeployTests {
  /// Two bundles, of which one waits for the other, for one of two clusters.
  static func files(_ word: String) -> [String: String] {
    [
      "clusters/all.yaml": """
      apiVersion: fleet.cattle.io/v1alpha1
      kind: Cluster
      metadata: {name: \(word)-1, labels: {env: test}}
      ---
      apiVersion: fleet.cattle.io/v1alpha1
      kind: Cluster
      metadata: {name: \(word)-2}

      """,
      "gitrepos/apps.yaml": """
      apiVersion: fleet.cattle.io/v1alpha1
      kind: GitRepo
      metadata: {name: apps}
      spec: {paths: [apps/*], targets: [{clusterSelector: {matchLabels: {env: test}}}]}

      """,
      "apps/web/fleet.yaml": "name: web\ndefaultNamespace: \(word)-web\n",
      "apps/web/settings.yaml": """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings}
      data: {a: "1", currency: EUR, z: "26"}

      """,
      "apps/web/service.yaml": """
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec: {ports: [{port: 80}], selector: {app: web}}

      """,
      "apps/web/web.yaml": """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        replicas: 0
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: web, image: "registry.example.org/web:1"}]}

      """,
      "apps/till/fleet.yaml":
        "name: till\ndefaultNamespace: \(word)-till\ndependsOn: [{name: web}]\n",
      "apps/till/till.yaml": """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: till}
      data: {drawer: closed}

      """,
    ]
  }

  @Test("says what it would do, does it, and fleet-sync goes on from there")
  func lifecycle() throws {
    let bench = try DeskBench("desk", Self.files("desk"))
    let clone = bench.hub.clone
    try bench.deploy("desk-1", "--dry-run=client")
    try bench.deploy("desk-1", "--dry-run=server", "--diff")
    try bench.deploy("desk-1")
    #expect(try bench.names("configmaps", "desk-web") == [])
    try bench.deploy("desk-1", "--yes")
    try bench.deploy("desk-1", "--yes", "--all")

    bench.note("fleet-sync takes the hub's release, which is the same")
    let version = { () throws in
      try bench.server.ask(
        "get", "configmap", "settings", "-n", "desk-web", "-o",
        "jsonpath={.metadata.resourceVersion}")
    }
    let before = try version()
    #expect(
      try bench.sync("desk-1")
        == .init(code: 0, output: "", errors: "took release 1 of epoch 1\n"))
    #expect(try version() == before)

    bench.note("somebody edits an object, and deletes another")
    let settings = ["configmap", "settings", "-n", "desk-web"]
    for words in [
      ["patch"] + settings + ["--type=merge", "-p", #"{"data":{"a":"2"}}"#],
      ["delete", "configmap", "till", "-n", "desk-till"],
    ] {
      try #require(try bench.server.kubectl(words).succeeded)
    }
    try bench.deploy("desk-1", "--yes", "--diff")
    #expect(try bench.names("configmaps", "desk-till") == ["configmap/till"])

    bench.note(
      "the working tree changes: one value, one object less, one more, and the other bundle")
    try clone.edit("apps/web/settings.yaml", "EUR", "CHF")
    try clone.remove("apps/web/service.yaml")
    try clone.write(
      "apps/web/more.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n")
    try clone.edit("apps/till/till.yaml", "closed", "open")
    try bench.deploy("desk-1", "--dry-run=server", "--diff")
    try bench.deploy("desk-1", "--dry-run=client")
    try bench.deploy("desk-1", "--bundle", "till", "--yes")
    #expect(
      try bench.server.ask(
        "get", "configmap", "settings", "-n", "desk-web", "-o", "jsonpath={.data.currency}")
        == "EUR")
    try bench.deploy("desk-1", "--bundle", "till", "--yes")
    try bench.deploy("desk-1", "--yes")
    #expect(
      try bench.names("configmaps,services,deployments", "desk-web") == [
        "configmap/more", "configmap/settings", "deployment.apps/web",
      ])

    bench.note("fleet-sync makes it again what the hub says")
    #expect(
      try bench.sync("desk-1") == .init(code: 0, output: "", errors: "removed 1 object\n"))
    #expect(
      try bench.names("configmaps,services,deployments", "desk-web") == [
        "configmap/settings", "service/web", "deployment.apps/web",
      ])
    Golden.check(bench.transcript, "site/deploy.txt")
  }

  @Test("what a site refused stays recorded, and what may differ is not listed")
  func kept() throws {
    var files = Self.files("kept")
    files["apps/till/fleet.yaml", default: ""] += """
      diff:
        comparePatches:
        - {apiVersion: v1, kind: ConfigMap, name: till, jsonPointers: [/data/drawer]}

      """
    let bench = try DeskBench("kept", files)
    try bench.deploy("kept-1", "--yes")
    let refused =
      #""refused":[{"bundle":"web","tree":"\#(String(repeating: "a", count: 40))","epoch":1,"#
      + #""release":7,"at":9,"reason":"success-rate 12 is under 99"}]"#
    let record = { () throws -> String in
      try bench.server.ask(
        "get", "configmap", "fleet-inventory", "-n", bench.system, "-o",
        #"jsonpath={.data.inventory\.json}"#)
    }
    let changed = try record().dropLast() + "," + refused + "}"
    let patch = JSONWriter.compact(
      .object(["data": .object(["inventory.json": .string(String(changed))])]))
    for words in [
      [
        "patch", "configmap", "fleet-inventory", "-n", bench.system, "--type=merge", "-p",
        String(decoding: patch, as: UTF8.self),
      ],
      [
        "patch", "configmap", "till", "-n", "kept-till", "--type=merge", "-p",
        #"{"data":{"drawer":"open"}}"#,
      ],
      [
        "patch", "configmap", "settings", "-n", "kept-web", "--type=merge", "-p",
        #"{"data":{"a":"7"}}"#,
      ],
    ] {
      try #require(try bench.server.kubectl(words).succeeded)
    }
    let run = try bench.deploy("kept-1", "--dry-run=server", "--diff")
    #expect(run.output.contains("ConfigMap   settings"), "\(run.output)")
    #expect(!run.output.contains("drawer"), "\(run.output)")
    try bench.deploy("kept-1", "--yes")
    #expect(try record().contains(refused))
    try bench.hub.clone.edit("apps/till/till.yaml", "closed", "ajar")
    try bench.deploy("kept-1", "--bundle", "till", "--yes")
    #expect(try record().contains(refused))
    #expect(
      try bench.server.ask(
        "get", "configmap", "till", "-n", "kept-till", "-o", "jsonpath={.data.drawer}") == "ajar")
    Golden.check(bench.transcript, "site/deploy-kept.txt")
  }

  @Test("says what will fail, what is somebody else's, and what another name manages")
  func trouble() throws {
    let bench = try DeskBench("odd", Self.files("odd"))
    let clone = bench.hub.clone
    let server = bench.server
    try #require(try server.kubectl(["create", "namespace", "odd-web"]).succeeded)
    try #require(
      try server.kubectl(["create", "configmap", "settings", "-n", "odd-web", "--from-literal=a=0"])
        .succeeded)
    try bench.deploy("odd-1", "--dry-run=server")
    try bench.deploy("odd-1", "--yes")
    try #require(
      try server.kubectl(["delete", "configmap", "settings", "-n", "odd-web"]).succeeded)
    try bench.deploy("odd-1", "--yes")

    bench.note("a selector cannot be changed")
    try clone.edit("apps/web/web.yaml", "app: web", "app: shop")
    try bench.deploy("odd-1", "--dry-run=server")
    try bench.deploy("odd-1", "--yes")
    try clone.git("checkout", "-q", "--", "apps/web/web.yaml")

    bench.note("somebody has made an object that goes anew")
    try clone.remove("apps/web/service.yaml")
    for words in [
      ["delete", "service", "web", "-n", "odd-web"],
      ["create", "service", "clusterip", "web", "-n", "odd-web", "--tcp=80"],
    ] {
      try #require(try server.kubectl(words).succeeded)
    }
    try bench.deploy("odd-1", "--dry-run=server")

    bench.note("a definition and its resource come together")
    try clone.write(
      "apps/till/gate.yaml",
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: gates.odd.example.com}
      spec:
        group: odd.example.com
        names: {kind: Gate, plural: gates}
        scope: Namespaced
        versions:
          - name: v1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
      ---
      apiVersion: odd.example.com/v1
      kind: Gate
      metadata: {name: front}

      """)
    try bench.deploy("odd-1", "--bundle", "till", "--yes")

    bench.note("mistakes")
    try bench.deploy("odd-2", "--dry-run=server")
    try bench.deploy("odd-2", "--take-over", "--dry-run=client")
    try bench.deploy("odd-3")
    try bench.deploy("odd-2", "--bundle", "till")
    try bench.deploy("odd-1", "--bundle", "tills")
    try bench.deploy("odd-1", "--dry-run=client", "--diff")
    try clone.write("apps/web/fleet.yaml", "name: web\ndefaultNamespaze: odd-web\n")
    try bench.deploy("odd-1", "--yes")
    Golden.check(bench.transcript, "site/deploy-trouble.txt")
  }
}
