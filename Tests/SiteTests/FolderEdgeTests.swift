// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

@Suite("what only a cluster can do, in a folder of manifests")
struct FolderEdgeTests {
  typealias Bundle = HandmadeHub.Bundle

  @Test("labels and annotations of a namespace stand in its manifest")
  func namespaces() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    let shipped = """
      apiVersion: v1
      kind: Namespace
      metadata:
        labels:
          kubectl-fleet.io/bundle: b
        name: own

      """
    try hub.publish(
      [
        Bundle(
          "a", ["ConfigMap~shop~x": "x"],
          options: #""namespace":"shop","namespaceLabels":{"tier":"a"}"#, format: 2),
        Bundle(
          "b", ["Namespace~~own": shipped],
          options: #""namespace":"own","namespaceAnnotations":{"note":"b"}"#, format: 2),
        Bundle(
          "c", ["ConfigMap~shop~y": "y"],
          options: #""namespace":"shop","namespaceLabels":{"team":"c","tier":"c"}"#, format: 2),
      ], release: 1)
    #expect(try site.sync() == .init(0, "took release 1 of epoch 1"))
    #expect(
      try site.files() == [
        ".fleet-inventory.json", "a/ConfigMap~shop~x.yaml: x",
        """
        a/Namespace~~shop.yaml: apiVersion: v1
        kind: Namespace
        metadata:
          labels:
            team: c
            tier: a
            kubectl-fleet.io/bundle: a
          name: shop
        """,
        """
        b/Namespace~~own.yaml: apiVersion: v1
        kind: Namespace
        metadata:
          labels:
            kubectl-fleet.io/bundle: b
          name: own
          annotations:
            note: b
        """, "c/ConfigMap~shop~y.yaml: y",
      ])
    #expect(try site.sync() == .init(0))
  }

  @Test("hooks are written as objects, which is said once")
  func hooks() throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish(
      [
        Bundle(
          "a", ["ConfigMap~shop~x": "x"], options: #""hooks":true"#,
          files: [
            "hooks/pre/000-Job.batch~shop~m.yaml": "pre",
            "hooks/post/000-Job.batch~shop~n.yaml": "post",
          ], format: 2)
      ], release: 1)
    #expect(
      try site.sync()
        == .init(
          0,
          """
          took release 1 of epoch 1
          warning: bundle 'a': 2 hooks are written as objects; a folder neither orders nor runs them
          """))
    #expect(
      try site.files() == [
        ".fleet-inventory.json", "a/ConfigMap~shop~x.yaml: x", "a/Job.batch~shop~m.yaml: pre",
        "a/Job.batch~shop~n.yaml: post",
      ])
    #expect(try site.sync() == .init(0))
  }

  @Test(
    "a bundle that needs a cluster is refused, keeps what it has, and holds those that need it",
    arguments: [
      (
        #""serviceAccount":"team""#,
        "it is to be applied as service account 'team', and a folder is applied by something else"
      ),
      (
        #""render":{"renderer":"helm","release":"a","namespace":"shop"}"#,
        "its values stand in the cluster, which '--target dir:PATH' does not ask"
      ),
    ])
  func refused(options: String, message: String) throws {
    let hub = try HandmadeHub()
    let site = try TestSite(hub.path)
    try hub.publish([Bundle("a", ["ConfigMap~shop~x": "1"])], release: 1)
    _ = try site.sync()
    try hub.publish(
      [
        Bundle("a", ["ConfigMap~shop~y": "2"], options: options, format: 2),
        Bundle(
          "b", ["ConfigMap~shop~b": "b"], options: #""dependsOn":[{"name":"a"}]"#, format: 2),
        Bundle("c", ["ConfigMap~shop~c": "c"]),
      ], release: 2)
    #expect(
      try site.sync()
        == .init(
          1,
          """
          took release 2 of epoch 1
          error: bundle 'a' is not applied: \(message)
          """))
    #expect(
      try site.files() == [
        ".fleet-inventory.json", "a/ConfigMap~shop~x.yaml: 1", "c/ConfigMap~shop~c.yaml: c",
      ])
    #expect(
      try hub.status()["bundles"]?.items?.map {
        "\($0["name"]?.string ?? ""): \($0["state"]?.string ?? ""): \($0["message"]?.string ?? "")"
      } == [
        "a: ErrApplied: \(message)", "b: WaitApplied: waits for bundle 'a' (ErrApplied)",
        "c: Ready: ",
      ])
    // It goes when the bundle goes.
    try hub.publish([Bundle("c", ["ConfigMap~shop~c": "c"])], release: 3)
    #expect(try site.sync() == .init(0, "took release 3 of epoch 1\nremoved 1 object"))
    #expect(try site.files() == [".fleet-inventory.json", "c/ConfigMap~shop~c.yaml: c"])
  }
}
