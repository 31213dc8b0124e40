// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree
import Reconciling
import SliceFormat
import Testing

@Suite("what bundles do to namespaces")
struct NamespaceUseTests {
  private static func record(
    _ name: String, dooms namespace: String?, keys: [String] = [], keeps: Bool = false
  ) throws -> Inventory.Bundle {
    var bundle = try Fixture.record(name, keys, keeps: keeps)
    bundle.doomedNamespace = namespace
    return bundle
  }

  @Test("a namespace goes with its bundle")
  func gone() throws {
    let plan = Fixture.plan([], over: [try Self.record("a", dooms: "shop")])
    #expect(plan.namespaceRemovals.map(\.namespace) == ["shop"])
    #expect(plan.outcome(ApplyPlan.Ending()) == Inventory(cluster: "store-0001"))

    // What could not be done is tried again.
    var ending = ApplyPlan.Ending()
    ending.remainingNamespaces = plan.namespaceRemovals
    #expect(plan.outcome(ending)["a"]?.doomedNamespace == "shop")
  }

  @Test(
    "a namespace stays",
    arguments: [
      "default", "kube-system", "kubectl-fleet-system", "used", "held", "shipped", "kept",
    ])
  func stays(namespace: String) throws {
    let others = [
      try Fixture.bundle("b", ["ConfigMap~used~x", "Namespace~~shipped"]),
      try Fixture.bundle("c", []),
    ]
    let plan = ApplyPlan(
      cluster: "store-0001", slice: DesiredSlice(others),
      recorded: Inventory(
        cluster: "store-0001",
        bundles: [
          try Self.record("a", dooms: namespace),
          try Fixture.record("c", ["ConfigMap~held~y"]),
          try Fixture.record("d", ["ConfigMap~kept~z"], keeps: true),
        ]), reserved: ["kubectl-fleet-system"])
    #expect(plan.namespaceRemovals.isEmpty)
  }

  @Test("'keepResources' wins")
  func keeps() throws {
    let plan = Fixture.plan([], over: [try Self.record("a", dooms: "shop", keeps: true)])
    #expect(plan.namespaceRemovals.isEmpty)
  }

  private static func wishing(
    _ name: String, _ labels: [String: String], account: String = ""
  ) -> DesiredBundle {
    var descriptor = BundleDescriptor(name: name, gitRepo: "fleet", namespace: "shop")
    descriptor.namespaceLabels = labels
    descriptor.serviceAccount = account
    return DesiredBundle(
      name: name, tree: ObjectID.emptyTree, descriptor: descriptor, objects: [])
  }

  @Test("bundles of one namespace are united; the first by name has a key that two give")
  func united() {
    let slice = DesiredSlice([
      Self.wishing("b", ["x": "b", "y": "b"]), Self.wishing("a", ["x": "a"]),
      Self.wishing("c", ["x": "c", "z": "c"], account: "team"),
    ])
    let nothing = Inventory(cluster: "")
    let wishes = slice.namespaceWishes(touched: ["a", "b", "c"], recorded: nothing)
    #expect(
      wishes == [
        .init(namespace: "shop", account: ""): NamespaceSettings(
          namespace: "shop", labels: ["x": "a", "y": "b"]),
        .init(namespace: "shop", account: "team"): NamespaceSettings(
          namespace: "shop", labels: ["x": "a", "z": "c"]),
      ])
  }

  @Test("a bundle that had no turn keeps what it has")
  func untouched() throws {
    var before = try Fixture.record("a", [])
    before.namespaceSettings = NamespaceSettings(namespace: "old", labels: ["x": "1"])
    let slice = DesiredSlice([Self.wishing("a", ["x": "2"])])
    let wishes = slice.namespaceWishes(
      touched: [], recorded: Inventory(cluster: "store-0001", bundles: [before]))
    #expect(
      wishes == [
        .init(namespace: "old", account: ""): NamespaceSettings(
          namespace: "old", labels: ["x": "1"])
      ])
  }

  @Test("what is recorded of namespaces and accounts is read back")
  func roundTrip() throws {
    var bundle = try Self.record("a", dooms: "shop")
    bundle.account = "team"
    bundle.namespaceSettings = NamespaceSettings(
      namespace: "shop", labels: ["b": "2", "a": "1"], annotations: ["c": "3"])
    let inventory = Inventory(
      cluster: "store-0001", bundles: [bundle],
      namespaceClaims: [.init(namespace: "shop", account: "team")])
    #expect(try Inventory(inventory.json) == inventory)
    #expect(
      String(decoding: JSONWriter.compact(inventory.json), as: UTF8.self) == #"""
        {"format":1,"cluster":"store-0001","bundles":[{"name":"a",\#
        "tree":"4b825dc642cb6eb9a060e54bf8d69288fbee4904","keepResources":false,\#
        "deleteCRDResources":false,"serviceAccount":"team","deleteNamespace":"shop",\#
        "namespace":{"name":"shop","labels":{"a":"1","b":"2"},"annotations":{"c":"3"}},\#
        "objects":[]}],"namespaces":[{"name":"shop","serviceAccount":"team"}]}
        """#)
  }
}
