// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Testing

/// Clusters that change what they are given, and namespaces that do not end.
@Suite(
  "a cluster that is awkward",
  .enabled(if: KubeServer.isRunning, "no kube-apiserver can be had here"))
struct AwkwardClusterTests {
  typealias Bench = ClusterBench

  @Test(
    "what an admission webhook adds or writes over ours is quiet, what a person does is not",
    .enabled(if: WebhookServer.isPossible, "no python3 or openssl here"))
  func webhook() throws {
    let bench = try Bench("webhooked")
    let webhook = try WebhookServer(
      patch: #"[{"op":"add","path":"/data/added","value":"by a webhook"}]"#)
    func hook(_ server: WebhookServer) -> String {
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: MutatingWebhookConfiguration
      metadata: {name: webhooked}
      webhooks:
      - name: webhooked.example.com
        admissionReviewVersions: [v1]
        sideEffects: None
        failurePolicy: Fail
        clientConfig: {url: "\(server.url)", caBundle: \(server.certificate)}
        namespaceSelector: {matchLabels: {webhooked: "yes"}}
        rules:
        - {apiGroups: [""], apiVersions: [v1], resources: [configmaps], operations: [CREATE, UPDATE]}

      """
    }
    try bench.site.scratch.write(hook(webhook), to: "hook.yaml")
    _ = try bench.server.ask("apply", "-f", bench.site.path + "/hook.yaml")
    defer { _ = try? bench.server.ask("delete", "mutatingwebhookconfiguration", "webhooked") }
    _ = try bench.server.ask("create", "namespace", "webhooked")
    _ = try bench.server.ask("label", "namespace", "webhooked", "webhooked=yes")

    func publish(_ value: String, _ release: Int) throws {
      try bench.hub.publish(
        [bench.edge("a", [bench.map("settings", value)], "")], release: release)
    }
    try publish("1", 1)
    // Until the server has taken it into use.
    try Waiting.until("the webhook in the server") {
      _ = try bench.server.ask(
        "delete", "configmap", "probe", "-n", "webhooked", "--ignore-not-found")
      _ = try bench.server.ask("create", "configmap", "probe", "-n", "webhooked")
      return webhook.seen().contains("ConfigMap probe")
    }
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))
    #expect(
      try bench.server.ask(
        "get", "configmap", "settings", "-n", "webhooked", "-o", "jsonpath={.data}")
        == #"{"added":"by a webhook","value":"1"}"#)
    #expect(webhook.seen().contains("ConfigMap settings"))
    #expect(try bench.states() == ["a: Ready"])
    let asked = webhook.seen().count
    #expect(try bench.site.sync() == .init(0))
    // Nothing is applied again for it.
    #expect(webhook.seen().count == asked)
    #expect(try bench.states() == ["a: Ready"])

    let rewriting = try WebhookServer(
      patch: #"[{"op":"replace","path":"/data/value","value":"rewritten"}]"#)
    try bench.site.scratch.write(hook(rewriting), to: "hook.yaml")
    _ = try bench.server.ask("apply", "-f", bench.site.path + "/hook.yaml")
    try Waiting.until("the other webhook in the server") {
      _ = try bench.server.ask(
        "create", "configmap", "probe", "-n", "webhooked", "--from-literal=value=1",
        "--dry-run=server")
      _ = try bench.server.ask(
        "annotate", "configmap", "probe", "-n", "webhooked", "a=1", "--overwrite")
      return rewriting.seen().contains("ConfigMap probe")
    }
    try publish("2", 2)
    #expect(try bench.site.sync() == .init(0, "took release 2 of epoch 1"))
    #expect(try bench.site.sync() == .init(0))
    #expect(
      try bench.server.ask(
        "get", "configmap", "settings", "-n", "webhooked", "-o", "jsonpath={.data.value}")
        == "rewritten")
    // What came of our own apply would come of it again.
    #expect(try bench.states() == ["a: Ready"])
    // What somebody else does is still seen.
    _ = try bench.server.ask("delete", "mutatingwebhookconfiguration", "webhooked")
    try Waiting.until("the server without the webhook") {
      _ = try bench.server.ask(
        "patch", "configmap", "settings", "-n", "webhooked", "-p", #"{"data":{"value":"mine"}}"#)
      return try bench.server.ask(
        "get", "configmap", "settings", "-n", "webhooked", "-o", "jsonpath={.data.value}") == "mine"
    }
    #expect(try bench.site.sync() == .init(0))
    #expect(try bench.states() == ["a: Modified"])
  }

  @Test("a namespace stuck in Terminating fails its own bundle alone, and heals when it has ended")
  func terminating() throws {
    let bench = try Bench("ending")
    func publish(_ release: Int) throws {
      try bench.hub.publish(
        [
          bench.bundle("a", (1...release).map { bench.map("m\($0)", "1", namespace: "ending") }),
          bench.bundle("b", [bench.map("m1", "\(release)", namespace: "ending-b")]),
        ], release: release)
    }
    try publish(1)
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))
    // No controller ends namespaces here.
    _ = try bench.server.ask("delete", "namespace", "ending", "--wait=false")
    #expect(
      try bench.server.ask("get", "namespace", "ending", "-o", "jsonpath={.status.phase}")
        == "Terminating")
    try publish(2)
    #expect(
      try bench.site.sync()
        == .init(
          1,
          """
          took release 2 of epoch 1
          error: bundle 'a' is not applied: ConfigMap 'm2' in 'ending': configmaps "m2" is forbidden: \
          unable to create new content in namespace ending because it is being terminated
          """))
    #expect(try bench.states() == ["a: ErrApplied", "b: Ready"])
    #expect(
      try bench.server.ask(
        "get", "configmap", "m1", "-n", "ending-b", "-o", "jsonpath={.data.value}") == "2")
    // What the controllers do.
    _ = try bench.server.ask("delete", "configmap", "--all", "-n", "ending")
    let namespace = try bench.server.ask("get", "namespace", "ending", "-o", "json")
    try bench.site.scratch.write(
      namespace.replacing(#""kubernetes""#, with: ""), to: "finalized.json")
    _ = try bench.server.ask(
      "replace", "--raw", "/api/v1/namespaces/ending/finalize", "-f",
      bench.site.path + "/finalized.json")
    #expect(try bench.site.sync() == .init(0))
    #expect(try bench.states() == ["a: Ready", "b: Ready"])
    #expect(try bench.objects("configmaps") == ["configmap/m1", "configmap/m2"])
  }
}
