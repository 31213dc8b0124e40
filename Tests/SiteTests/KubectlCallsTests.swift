// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Testing

/// Each call of kubectl costs a site a tenth of a second and more, so their number is part of what is promised.
@Suite(
  "calls of kubectl", .enabled(if: KubeServer.isRunning, "no kube-apiserver can be had here"))
struct KubectlCallsTests {
  /// What kubectl was asked to do.
  private static func verbs(_ calls: [String]) -> [String] {
    calls.map { call in
      call.split(separator: " ").first { !$0.hasPrefix("--") }.map(String.init) ?? ""
    }
  }

  /// Another one after every write of an object.
  private static func version(_ bench: ClusterBench, _ name: String) throws -> String {
    try bench.server.ask(
      "get", "configmap", name, "-n", bench.word, "-o",
      "jsonpath={.metadata.resourceVersion}")
  }

  @Test("a first apply asks for the record, records and applies in one call, and records the end")
  func first() throws {
    let bench = try ClusterBench("firstcalls")
    _ = try bench.server.ask("create", "namespace", "firstcalls")
    try bench.hub.publish(
      [bench.bundle("a", [bench.map("m1", "1"), bench.map("m2", "1")])], release: 1)
    let calls = try bench.countingCalls { run in
      #expect(run == .init(0, "took release 1 of epoch 1"))
    }
    #expect(Self.verbs(calls) == ["get", "apply", "apply"], "\(calls)")
    let times = try bench.server.ask(
      "get", "configmap", "m1", "m2", "-n", "firstcalls", "-o",
      "jsonpath={.items[*].metadata.name}")
    #expect(times == "m1 m2")
  }

  @Test("of a bundle that changed only the objects that differ are applied")
  func changed() throws {
    let bench = try ClusterBench("changedcalls")
    func publish(_ x: String, _ release: Int) throws {
      try bench.hub.publish(
        [bench.bundle("a", [bench.map("m1", x), bench.map("m2", "1"), bench.map("m3", "1")])],
        release: release)
    }
    try publish("1", 1)
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))
    let version = try Self.version(bench, "m2")
    // What somebody changed meanwhile is put right with the new tree.
    _ = try bench.server.ask(
      "patch", "configmap", "m3", "-n", "changedcalls", "-p", #"{"data":{"value":"edited"}}"#)
    try publish("2", 2)
    #expect(try bench.site.sync() == .init(0, "took release 2 of epoch 1"))
    #expect(try Self.version(bench, "m2") == version)
    for (name, value) in [("m1", "2"), ("m2", "1"), ("m3", "1")] {
      #expect(
        try bench.server.ask(
          "get", "configmap", name, "-n", "changedcalls", "-o", "jsonpath={.data.value}") == value)
    }
    #expect(try bench.site.sync() == .init(0))
  }

  @Test("a record that cannot be written with the objects is written before anything else is tried")
  func recordRefused() throws {
    let bench = try ClusterBench("recordcalls")
    try bench.hub.publish([bench.bundle("a", [bench.map("m1", "1")])], release: 1)
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))
    // Another manager has the record now: an apply that takes nothing over fails at it.
    _ = try bench.server.ask(
      "annotate", "configmap", "fleet-inventory", "-n", "inventory-recordcalls", "note=1")
    let record = try bench.server.ask(
      "get", "configmap", "fleet-inventory", "-n", "inventory-recordcalls", "-o",
      "jsonpath={.data.inventory\\.json}")
    _ = try bench.server.ask(
      "patch", "configmap", "fleet-inventory", "-n", "inventory-recordcalls",
      "--field-manager=somebody", "-p",
      #"{"data":{"inventory.json":""# + record.replacing("\"", with: "\\\"") + #" "}}"#)
    try bench.hub.publish(
      [bench.bundle("a", [bench.map("m1", "1"), bench.map("m2", "1")])], release: 2)
    #expect(try bench.site.sync() == .init(0, "took release 2 of epoch 1"))
    #expect(try bench.objects("configmaps") == ["configmap/m1", "configmap/m2"])
    let after = try bench.server.ask(
      "get", "configmap", "fleet-inventory", "-n", "inventory-recordcalls", "-o",
      "jsonpath={.data.inventory\\.json}")
    #expect(after.contains("~recordcalls~m2"), "\(after)")
    #expect(try bench.site.sync() == .init(0))
  }

  @Test("a field that no schema has is refused by the server, though kubectl does not check")
  func unknownField() throws {
    let bench = try ClusterBench("schemacalls")
    try bench.hub.publish(
      [
        bench.bundle(
          "a",
          [
            (
              "Service~schemacalls~web",
              """
              apiVersion: v1
              kind: Service
              metadata:
                name: web
                namespace: schemacalls
              spec:
                prots: []
                ports:
                - port: 80

              """
            )
          ])
      ], release: 1)
    #expect(
      try bench.site.sync()
        == .init(
          1,
          """
          took release 1 of epoch 1
          error: bundle 'a' is not applied: Service 'web' in 'schemacalls': \
          failed to create typed patch object: .spec.prots: field not declared in schema
          """))
  }
}
