// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

/// The API server is shared, so every test has a word of its own in all its namespaces and names.
@Suite(
  "drift and conflicts in a real API server",
  .enabled(if: KubeServer.isRunning, "no kube-apiserver can be had here"))
struct DriftClusterTests {
  typealias Bench = ClusterBench

  @Test("drift is reported with its difference, and left alone unless correctDrift says otherwise")
  func reported() throws {
    let bench = try Bench("drifts")
    let objects = [bench.map("settings", "1"), bench.map("other", "1")]
    try bench.hub.publish([bench.edge("a", objects, "")], release: 1)
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))
    try bench.patch("configmap", "settings", #"{"data":{"value":"3","more":"mine"}}"#)
    _ = try bench.server.ask("delete", "configmap", "other", "-n", "drifts")

    #expect(try bench.site.sync() == .init(0))
    #expect(try bench.states() == ["a: Modified"])
    #expect(
      try bench.message("a") == "ConfigMap drifts/other is missing (and 1 more)")
    #expect(
      try bench.drift("a")
        == #"[{"object":"ConfigMap~drifts~other","change":"missing"},"#
        + #"{"object":"ConfigMap~drifts~settings","change":"changed","patch":[{"op":"replace","#
        + #""path":"/data/value","value":"3","wanted":"1","manager":"kubectl-patch"}]}]"#)
    #expect(try bench.value("settings") == "3")
    // It is said once.
    let status = try bench.hub.statusCommit()
    #expect(try bench.site.sync() == .init(0))
    #expect(try bench.hub.statusCommit() == status)

    // Who undoes it himself is believed.
    try bench.patch("configmap", "settings", #"{"data":{"value":"1"}}"#)
    _ = try bench.server.ask(
      "create", "configmap", "other", "-n", "drifts", "--from-literal=value=1")
    #expect(try bench.site.sync() == .init(0))
    #expect(
      try bench.message("a") == "ConfigMap drifts/other was made anew by 'kubectl-create'")

    // Another tree is applied whatever somebody did.
    try bench.patch("configmap", "settings", #"{"data":{"value":"4"}}"#)
    try bench.hub.publish(
      [bench.edge("a", [bench.map("settings", "2")], "")], release: 2)
    #expect(
      try bench.site.sync()
        == .init(
          0,
          """
          took release 2 of epoch 1
          warning: ConfigMap 'other' in 'drifts' is left alone: it is not ours any more
          """))
    #expect(try bench.value("settings") == "2")
    #expect(try bench.states() == ["a: Ready"])
  }

  @Test("with correctDrift what somebody changed is put back, also what was applied in our name")
  func corrected() throws {
    let bench = try Bench("corrects")
    let objects = [bench.map("settings", "1"), bench.map("other", "1")]
    try bench.hub.publish([bench.edge("a", objects, Bench.corrects)], release: 1)
    _ = try bench.site.sync()
    for _ in 0..<2 {
      try bench.patch("configmap", "settings", #"{"data":{"value":"3"}}"#)
      _ = try bench.server.ask("delete", "configmap", "other", "-n", "corrects")
      #expect(
        try bench.site.sync()
          == .init(
            0,
            """
            put back ConfigMap corrects/other, which was missing
            put back ConfigMap corrects/settings: /data/value was '3', not '1'
            """))
      #expect(try bench.value("settings") == "1")
      #expect(try bench.states() == ["a: Ready"])
      #expect(try bench.site.sync() == .init(0))
    }
  }

  @Test("fields of others and what admission sets are quiet")
  func quiet() throws {
    let bench = try Bench("quiet")
    let limits = (
      "LimitRange~quiet~limits",
      """
      apiVersion: v1
      kind: LimitRange
      metadata: {name: limits, namespace: quiet, labels: \(Bench.labels)}
      spec: {limits: [{type: Container, default: {memory: 1024Mi}, defaultRequest: {memory: "1"}}]}

      """
    )
    let pod = (
      "Pod~quiet~web",
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: web, namespace: quiet, labels: \(Bench.labels)}
      spec:
        containers:
        - {name: web, image: "example.com/web:1", resources: {limits: {cpu: 1000m}}, ports: [{containerPort: 80}]}

      """
    )
    try bench.hub.publish(
      [bench.edge("a", [limits, pod, bench.map("settings", "1")], "")], release: 1)
    _ = try bench.site.sync()
    #expect(
      try bench.server.ask(
        "get", "pod", "web", "-n", "quiet", "-o",
        "jsonpath={.spec.containers[0].resources.limits}") == #"{"cpu":"1","memory":"1Gi"}"#)
    try bench.patch("configmap", "settings", #"{"data":{"more":"mine"}}"#)
    _ = try bench.server.ask("annotate", "pod", "web", "-n", "quiet", "note=x")
    #expect(try bench.site.sync() == .init(0))
    // Nobody schedules it.
    #expect(try bench.states() == ["a: NotReady"])
    #expect(try bench.message("a") == "Pod 'web' in 'quiet': is Pending")
  }

  @Test("replicas that an autoscaler or comparePatches name are quiet")
  func scaled() throws {
    let bench = try Bench("scaled")
    let web = try #require(
      bench.everything(replicas: 0).first { $0.0.hasPrefix("Deployment.") })
    let scaler = (
      "HorizontalPodAutoscaler.autoscaling~scaled~web",
      """
      apiVersion: autoscaling/v1
      kind: HorizontalPodAutoscaler
      metadata: {name: web, namespace: scaled, labels: \(Bench.labels)}
      spec:
        maxReplicas: 5
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}

      """
    )
    func scale(_ replicas: Int) throws {
      _ = try bench.server.ask(
        "scale", "deployment", "web", "-n", "scaled", "--replicas=\(replicas)")
    }
    try bench.hub.publish([bench.edge("a", [web], "")], release: 1)
    _ = try bench.site.sync()
    try scale(3)
    _ = try bench.site.sync()
    #expect(try bench.message("a") == "Deployment scaled/web: /spec/replicas is '3', not '0'")

    let patches =
      #""comparePatches":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","#
      + #""jsonPointers":["/spec/replicas"]}]"#
    for (release, objects, options) in [(2, [web, scaler], ""), (4, [web], patches)] {
      try bench.hub.publish([bench.edge("a", objects, options)], release: release)
      _ = try bench.site.sync()
      try scale(3)
      #expect(try bench.site.sync() == .init(0))
      #expect(try bench.states() == ["a: NotReady"])
    }
  }

  @Test("a field of another manager is a conflict, until takeOwnership takes it")
  func conflict() throws {
    let bench = try Bench("conflict")
    _ = try bench.server.ask("create", "namespace", "conflict")
    let map = bench.map("settings", "1")
    let theirs = map.1.replacing(#"value: "1""#, with: #"value: "theirs""#)
    let applied = try bench.server.kubectl(
      ["apply", "--server-side", "--field-manager=helm", "-f", "-"], input: theirs)
    #expect(applied.succeeded)
    let fine = bench.map("fine", "1")
    try bench.hub.publish(
      [bench.edge("a", [map, fine], ""), bench.edge("b", [bench.map("b", "1")], "")], release: 1)
    let error =
      "error: bundle 'a' is not applied: ConfigMap 'settings' in 'conflict': .data.value belongs to "
      + "field manager 'helm'; 'takeOwnership: true' below 'helm' takes over"
    #expect(try bench.site.sync() == .init(1, "took release 1 of epoch 1\n" + error))
    // Being recorded is not enough to take it.
    #expect(try bench.site.sync() == .init(1, error))
    #expect(try bench.value("settings") == "theirs")
    #expect(try bench.states() == ["a: ErrApplied", "b: Ready"])
    try bench.hub.publish(
      [bench.edge("a", [map, fine], #""takeOwnership":true"#)], release: 2)
    #expect(
      try bench.site.sync() == .init(0, "took release 2 of epoch 1\nremoved 1 object"))
    #expect(try bench.value("settings") == "1")
  }

  @Test(
    "what cannot be changed is made anew with correctDrift.force alone, and only when it is ours")
  func replaced() throws {
    let bench = try Bench("replaced")
    func map(_ value: String) -> (String, String) {
      let map = bench.map("settings", value)
      return (map.0, map.1 + "immutable: true\n")
    }
    let forces = #""correctDrift":{"enabled":true,"force":true}"#
    try bench.hub.publish([bench.edge("a", [map("1")], "")], release: 1)
    _ = try bench.site.sync()
    try bench.hub.publish([bench.edge("a", [map("2")], Bench.corrects)], release: 2)
    #expect(
      try bench.site.sync()
        == .init(
          1,
          """
          took release 2 of epoch 1
          error: bundle 'a' is not applied: ConfigMap 'settings' in 'replaced': The ConfigMap \
          "settings" is invalid: data: Forbidden: field is immutable when `immutable` is set
          """))
    try bench.hub.publish([bench.edge("a", [map("2")], forces)], release: 3)
    #expect(try bench.site.sync() == .init(0, "took release 3 of epoch 1"))
    #expect(try bench.value("settings") == "2")

    let theirs = bench.map("theirs", "1").1 + "immutable: true\n"
    _ = try bench.server.kubectl(["create", "-f", "-"], input: theirs)
    let ours = bench.map("theirs", "2")
    try bench.hub.publish(
      [
        bench.edge(
          "a", [(ours.0, ours.1 + "immutable: true\n")], forces + #","takeOwnership":true"#)
      ],
      release: 4)
    #expect(try bench.site.sync().code == 1)
    #expect(try bench.value("theirs") == "1")
  }

  @Test("sixty objects of twelve kinds are applied, changed, renamed and pruned")
  func sixty() throws {
    let bench = try Bench("sixty")
    func objects(_ value: String, names: String) -> [(String, String)] {
      var objects = bench.everything(replicas: 0)
      for number in 0..<46 {
        switch number % 3 {
        case 0: objects.append(bench.map("\(names)-\(number)", value))
        case 1:
          objects.append(
            (
              "Till.sixty.example.com~sixty~\(names)-\(number)",
              """
              apiVersion: sixty.example.com/v1
              kind: Till
              metadata: {name: \(names)-\(number), namespace: sixty, labels: \(Bench.labels)}
              spec: {lane: "\(value)"}

              """
            ))
        default:
          objects.append(
            (
              "Secret~sixty~\(names)-\(number)",
              """
              apiVersion: v1
              kind: Secret
              metadata: {name: \(names)-\(number), namespace: sixty, labels: \(Bench.labels)}
              stringData: {lane: "\(value)"}

              """
            ))
        }
      }
      for kind in ["LimitRange", "ResourceQuota"] {
        objects.append(
          (
            "\(kind)~sixty~empty",
            "apiVersion: v1\nkind: \(kind)\nmetadata: {name: empty, namespace: sixty, labels: \(Bench.labels)}\n"
          ))
      }
      return objects
    }
    func count() throws -> Int {
      try bench.server.ask(
        "get", Bench.kinds + ",limitranges,resourcequotas,tills.sixty.example.com", "-n", "sixty",
        "-l", "kubectl-fleet.io/bundle", "-o", "name"
      ).split(separator: "\n").count
    }
    let first = objects("1", names: "x")
    #expect(first.count == 60)
    try bench.hub.publish([bench.edge("a", first, "")], release: 1)
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))
    #expect(try count() == 58)
    #expect(try bench.site.sync() == .init(0))
    try bench.hub.publish([bench.edge("a", objects("2", names: "x"), "")], release: 2)
    #expect(try bench.site.sync() == .init(0, "took release 2 of epoch 1"))
    #expect(
      try bench.server.ask(
        "get", "tills.sixty.example.com", "x-1", "-n", "sixty", "-o", "jsonpath={.spec.lane}")
        == "2")
    #expect(try bench.states() == ["a: Ready"])
    try bench.hub.publish([bench.edge("a", objects("2", names: "y"), "")], release: 3)
    #expect(
      try bench.site.sync() == .init(0, "took release 3 of epoch 1\nremoved 46 objects"))
    #expect(try count() == 58)
    try bench.hub.publish([bench.edge("a", [first[3]], "")], release: 4)
    let run = try bench.site.sync()
    #expect(run.code == 0, "\(run)")
    #expect(try bench.objects("configmaps,secrets") == ["configmap/settings"])
    #expect(try bench.states() == ["a: Ready"])
  }
}

extension ClusterBench {
  /// A person's patch.
  fileprivate func patch(_ kind: String, _ name: String, _ patch: String) throws {
    _ = try server.ask("patch", kind, name, "-n", word, "--type=merge", "-p", patch)
  }

  /// `data.value` of a config map.
  fileprivate func value(_ name: String) throws -> String {
    try server.ask("get", "configmap", name, "-n", word, "-o", "jsonpath={.data.value}")
  }

  /// What the status tells of a bundle's drift.
  fileprivate func drift(_ bundle: String) throws -> String {
    let found = try hub.status()["bundles"]?.items?.first { $0["name"]?.string == bundle }?["drift"]
    return String(decoding: JSONWriter.compact(found ?? .null), as: UTF8.self)
  }
}
