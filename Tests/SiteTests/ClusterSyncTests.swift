// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Reconciling
import Testing

@testable import ClusterAccess

/// The API server is shared, so every test has a word of its own in all its namespaces and names.
@Suite(
  "fleet-sync into a real API server",
  .enabled(if: KubeServer.isRunning, "no kube-apiserver can be had here"))
struct ClusterSyncTests {
  typealias Bench = ClusterBench

  @Test("twelve objects of many kinds are applied, changed and pruned")
  func lifecycle() throws {
    let bench = try Bench("lifecycle")
    try bench.hub.publish(
      [bench.edge("pos", bench.everything(replicas: 0), Bench.corrects)], release: 1)
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))
    let all = [
      "configmap/settings", "deployment.apps/web", "ingress.networking.k8s.io/web",
      "role.rbac.authorization.k8s.io/web", "rolebinding.rbac.authorization.k8s.io/web",
      "secret/key", "service/web", "serviceaccount/web", "statefulset.apps/db",
    ]
    #expect(try bench.objects(Bench.kinds) == all)
    #expect(
      try bench.server.ask(
        "get", "till.lifecycle.example.com", "-A", "-o",
        "jsonpath={.items[*].metadata.namespace}/{.items[*].metadata.name}") == "lifecycle/front")
    #expect(try bench.hub.status()["state"]?.string == "Ready")
    // The first run with nothing to apply asks for facts.
    #expect(try bench.site.sync() == .init(0))
    let status = try bench.hub.statusCommit()
    #expect(try bench.site.sync() == .init(0))
    #expect(try bench.hub.statusCommit() == status)

    // A person's edit of a field of ours is undone, one of a field that we do not name stays.
    _ = try bench.server.ask(
      "patch", "configmap", "settings", "-n", "lifecycle", "--type=merge", "-p",
      #"{"data":{"value":"edited","more":"mine"}}"#)
    #expect(
      try bench.site.sync()
        == .init(0, "put back ConfigMap lifecycle/settings: /data/value was 'edited', not '1'"))
    #expect(
      try bench.server.ask(
        "get", "configmap", "settings", "-n", "lifecycle", "-o", "jsonpath={.data}")
        == #"{"more":"mine","value":"1"}"#)

    // Without controllers a deployment that wants a replica never becomes ready.
    try bench.hub.publish(
      [bench.edge("pos", bench.everything(replicas: 1), Bench.corrects)], release: 2)
    #expect(try bench.site.sync() == .init(0, "took release 2 of epoch 1"))
    #expect(
      try bench.hub.status()["bundles"]?.items?.first?["message"]?.string
        == "Deployment 'web' in 'lifecycle': its controller has not seen it yet")
    #expect(try bench.hub.status()["state"]?.string == "NotReady")

    // What is gone from the bundle goes, but for the definition; what nobody recorded stays.
    _ = try bench.server.ask("create", "configmap", "foreign", "-n", "lifecycle")
    let kept = bench.everything(replicas: 0).filter {
      $0.0.hasPrefix("Namespace") || $0.0.hasPrefix("Service~")
    }
    try bench.hub.publish([bench.edge("pos", kept, Bench.corrects)], release: 3)
    #expect(
      try bench.site.sync() == .init(0, "took release 3 of epoch 1\nremoved 9 objects"))
    #expect(try bench.objects(Bench.kinds) == ["configmap/foreign", "service/web"])
    #expect(
      try bench.server.ask("get", "crd", "tills.lifecycle.example.com", "-o", "name")
        == "customresourcedefinition.apiextensions.k8s.io/tills.lifecycle.example.com")
    #expect(
      try bench.server.ask("get", "till.lifecycle.example.com", "-A", "-o", "name") == "")
    #expect(try bench.hub.status()["state"]?.string == "Ready")
  }

  @Test("one bad object neither stops a good bundle nor prunes its own bundle's old objects")
  func badBundle() throws {
    let bench = try Bench("bad")
    try bench.hub.publish([bench.bundle("a", [bench.map("old", "1")])], release: 1)
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))
    let bad = (
      "Service~bad~broken",
      "apiVersion: v1\nkind: Service\nmetadata: {name: broken, namespace: bad}\nspec: {ports: []}\n"
    )
    let unknown = (
      "Nothing.example.com~bad~x",
      "apiVersion: example.com/v1\nkind: Nothing\nmetadata: {name: x, namespace: bad}\n"
    )
    try bench.hub.publish(
      [
        bench.bundle("a", [bench.map("new", "1"), bad]),
        bench.bundle("b", [unknown]),
        bench.bundle("c", [bench.map("good", "1")]),
      ], release: 2)
    let run = try bench.site.sync()
    #expect(
      run
        == .init(
          1,
          """
          took release 2 of epoch 1
          error: bundle 'a' is not applied: Service 'broken' in 'bad': \
          The Service "broken" is invalid: spec.ports: Required value
          error: bundle 'b' is not applied: Nothing 'x' in 'bad': \
          no matches for kind "Nothing" in version "example.com/v1"; ensure CRDs are installed first
          """))
    #expect(
      try bench.objects("configmaps,services") == [
        "configmap/good", "configmap/new", "configmap/old",
      ])
    #expect(
      try bench.hub.status()["bundles"]?.items?.map { $0["state"]?.string }
        == ["ErrApplied", "ErrApplied", "Ready"])
    try bench.hub.publish(
      [bench.bundle("a", [bench.map("new", "1")]), bench.bundle("c", [bench.map("good", "1")])],
      release: 3)
    #expect(try bench.site.sync().code == 0)
    #expect(try bench.objects("configmaps,services") == ["configmap/good", "configmap/new"])
  }

  @Test("moving, keeping, and making again by somebody else")
  func ownership() throws {
    let bench = try Bench("ownership")
    let keeping = bench.bundle("k", [bench.map("kept", "1")], options: #""keepResources":true"#)
    try bench.hub.publish(
      [
        bench.bundle("a", [bench.map("moving", "1"), bench.map("retaken", "1")]), keeping,
      ], release: 1)
    _ = try bench.site.sync()
    let uid = try bench.server.ask(
      "get", "configmap", "moving", "-n", "ownership", "-o", "jsonpath={.metadata.uid}")

    _ = try bench.server.ask("delete", "configmap", "retaken", "-n", "ownership")
    _ = try bench.server.ask("create", "configmap", "retaken", "-n", "ownership")
    try bench.hub.publish([bench.bundle("b", [bench.map("moving", "1")])], release: 2)
    #expect(
      try bench.site.sync()
        == .init(
          0,
          """
          took release 2 of epoch 1
          warning: ConfigMap 'retaken' in 'ownership' is left alone: it is not ours any more
          """))
    #expect(
      try bench.objects("configmaps") == [
        "configmap/kept", "configmap/moving", "configmap/retaken",
      ])
    #expect(
      try bench.server.ask(
        "get", "configmap", "moving", "-n", "ownership", "-o", "jsonpath={.metadata.uid}") == uid)
    #expect(try bench.site.sync() == .init(0))

    try bench.hub.publishTombstone("remove", release: 3)
    let run = try bench.site.sync()
    #expect(run == .init(0, "took release 3 of epoch 1\nremoved 1 object"))
    #expect(try bench.objects("configmaps") == ["configmap/kept", "configmap/retaken"])
    #expect(try bench.hub.status()["removed"]?.string == "remove")
  }

  @Test("a resource of an unknown kind that belongs to the cluster survives its bundle's move")
  func clusterScope() throws {
    let bench = try Bench("scope")
    let definition = (
      "CustomResourceDefinition.apiextensions.k8s.io~~regions.scope.example.com",
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: regions.scope.example.com}
      spec:
        group: scope.example.com
        names: {kind: Region, plural: regions, singular: region}
        scope: Cluster
        versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]

      """
    )
    let region = (
      "Region.scope.example.com~~north",
      "apiVersion: scope.example.com/v1\nkind: Region\nmetadata: {name: north, labels: \(Bench.labels)}\n"
    )
    for (release, namespace) in [(1, "one"), (2, "two")] {
      try bench.hub.publish(
        [
          bench.bundle(
            "a", [definition, region], options: #""namespace":"scope-\#(namespace)""#)
        ], release: release)
      let run = try bench.site.sync()
      #expect(run.code == 0, "\(run)")
      #expect(
        try bench.server.ask("get", "regions.scope.example.com", "-o", "name")
          == "region.scope.example.com/north")
    }
    try bench.hub.publish([bench.bundle("a", [definition])], release: 3)
    #expect(try bench.site.sync() == .init(0, "took release 3 of epoch 1\nremoved 1 object"))
  }

  @Test("without the hub the slice is applied again; without the cluster nothing is lost")
  func offline() throws {
    let bench = try Bench("offline")
    try bench.hub.publish([bench.edge("a", [bench.map("x", "1")], Bench.corrects)], release: 1)
    _ = try bench.site.sync()
    _ = try bench.server.ask("delete", "configmap", "x", "-n", "offline")
    try Files.rename(bench.hub.path + "/slices.git", to: bench.hub.path + "/away")
    #expect(try bench.site.sync().code == 75)
    #expect(try bench.objects("configmaps") == ["configmap/x"])
    try Files.rename(bench.hub.path + "/away", to: bench.hub.path + "/slices.git")

    let nobody = """
      apiVersion: v1
      kind: Config
      clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
      users: [{name: u, user: {token: t}}]
      contexts: [{name: c, context: {cluster: c, user: u}}]
      current-context: c

      """
    bench.site.target[1] = try bench.site.scratch.write(nobody, to: "nobody.yaml")
    let run = try bench.site.sync()
    #expect(
      run
        == .init(
          75,
          """
          error: the cluster does not answer: \
          The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?
          """))
    #expect(
      try bench.hub.status()["bundles"]?.items?.first?["state"]?.string == "WaitApplied")
    bench.site.target[1] = bench.server.limitedKubeconfig
    #expect(
      try bench.site.sync()
        == .init(
          1,
          """
          error: cannot read the inventory: configmaps "fleet-inventory" is forbidden: \
          User "limited" cannot get resource "configmaps" in API group "" \
          in the namespace "inventory-offline"
          """))
    bench.site.target[1] = bench.server.kubeconfig
    #expect(try bench.site.sync() == .init(0))
    #expect(try bench.hub.status()["state"]?.string == "Ready")
  }

  @Test("an unchanged slice costs one call of kubectl")
  func calls() throws {
    let bench = try Bench("calls")
    try bench.hub.publish(
      [
        bench.edge("a", bench.everything(replicas: 0), ""),
        bench.bundle("b", [bench.map("x", "1")]),
      ], release: 1)
    _ = try bench.site.sync()
    // The first run with nothing to apply asks for facts, and none for an hour.
    let asking = try bench.countingCalls { run in #expect(run == .init(0)) }
    #expect(asking.count { $0.contains("/version") || $0.contains("get nodes") } == 2, "\(asking)")
    let calls = try bench.countingCalls { run in #expect(run == .init(0)) }
    #expect(calls.count == 1, "\(calls)")
  }

  @Test("a site that may not list asks by name, and asks for lists once")
  func byName() throws {
    let bench = try Bench("byname")
    for namespace in ["byname", "inventory-byname"] {
      _ = try bench.server.ask("create", "namespace", namespace)
      _ = try bench.server.ask(
        "create", "role", "maps", "-n", namespace, "--resource=configmaps",
        "--verb=get,create,patch,delete")
      _ = try bench.server.ask(
        "create", "rolebinding", "maps", "-n", namespace, "--role=maps", "--user=limited")
    }
    bench.site.target[1] = bench.server.limitedKubeconfig
    try bench.hub.publish(
      [bench.edge("a", [bench.map("x", "1"), bench.map("z", "1")], Bench.corrects)], release: 1)
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))
    // What it may not report is said once.
    let refusal =
      "facts of the cluster are not all reported: nodes is forbidden: User \"limited\" cannot list "
      + "resource \"nodes\" in API group \"\" at the cluster scope"
    let byList = try bench.countingCalls { #expect($0 == .init(0, refusal)) }
    let looks = byList.filter {
      $0.hasPrefix("--") && !$0.contains("/version") && !$0.contains(" get nodes ")
    }
    #expect(looks.count == 2, "\(byList)")
    let again = try bench.countingCalls { #expect($0 == .init(0)) }
    #expect(again.count == 1)
    _ = try bench.server.ask("delete", "configmap", "z", "-n", "byname")
    #expect(try bench.site.sync() == .init(0, "put back ConfigMap byname/z, which was missing"))
    #expect(try bench.states() == ["a: Ready"])
  }

  @Test("an inventory too large for one ConfigMap is kept in shards")
  func shards() throws {
    let bench = try Bench("shards")
    // Names as long as Kubernetes allows: 4,000 of them need more than 900 KB.
    let long = String(repeating: "n", count: 240)
    let keys = (0..<4000).map { "ConfigMap~shards~\(long)-\($0)" }
    let store = KubectlTarget(
      kubeconfig: bench.server.kubeconfig, context: nil, inventoryNamespace: "inventory-shards",
      folder: bench.site.path + "/work", timeout: 60
    ).inventory
    var inventory = Inventory(cluster: "store-0001", bundles: [try Fixture.record("a", keys)])
    try store.write(inventory)
    #expect(try store.read() == inventory)
    inventory = Inventory(
      cluster: "store-0001", bundles: [try Fixture.record("a", keys + ["ConfigMap~s~x"])])
    try store.write(inventory)
    #expect(try store.read() == inventory)
    #expect(
      try bench.server.ask("get", "configmaps", "-n", "inventory-shards", "-o", "name")
        .split(separator: "\n").filter { !$0.contains("kube-root-ca") } == [
          "configmap/fleet-inventory", "configmap/fleet-inventory-a-0",
          "configmap/fleet-inventory-a-1", "configmap/fleet-inventory-b-0",
          "configmap/fleet-inventory-b-1",
        ])
    try store.write(Inventory(cluster: "store-0001"))
    #expect(try store.read() == Inventory(cluster: "store-0001"))
  }
}
