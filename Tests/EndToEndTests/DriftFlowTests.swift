// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Testing

/// From somebody's edit in a cluster to the site's status, the hub's digest, an edit of the repository, and back.
@Suite(
  "kubectl fleet drift",
  .enabled(if: KubeServer.isRunning, "no kube-apiserver can be had here"))
struct DriftFlowTests {
  /// The files of the fleet of the deploy tests, on two sites.
  private func bench(_ word: String) throws -> DeskBench {
    var files = DeployTests.files(word)
    files["apps/web/web.yaml"] = """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}   # the shop
      spec:
        replicas: 0   # none at night
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec:
            containers:
            - name: web
              image: "registry.example.org/web:1"

      """
    files["apps/web/secret.yaml"] = """
      apiVersion: v1
      kind: Secret
      metadata: {name: token}
      stringData: {token: first-secret}

      """
    return try DeskBench(word, files)
  }

  /// Lets the site run and the hub hear of it.
  private func heard(_ bench: DeskBench) throws {
    _ = try bench.sync("\(bench.word)-1")
    try bench.hub.untilStatusesAreSeen()
    try bench.hub.tick()
  }

  private func change(_ bench: DeskBench, _ words: [String]) throws {
    let result = try bench.server.kubectl(words + ["-n", "\(bench.word)-web"])
    try #require(result.succeeded, "\(String(decoding: result.errorOutput, as: UTF8.self))")
  }

  private func scale(_ bench: DeskBench, _ replicas: Int) throws {
    try change(bench, ["scale", "deployment", "web", "--replicas=\(replicas)"])
  }

  private func replicas(_ bench: DeskBench) throws -> String {
    try bench.server.ask(
      "get", "deployment", "web", "-n", "\(bench.word)-web", "-o", "jsonpath={.spec.replicas}")
  }

  /// The list without the age of what it tells.
  private func drift(_ bench: DeskBench) throws -> String {
    let run = try bench.fleet("drift")
    return run.output.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.firstRange(of: ", as of ").map { String(line[..<$0.lowerBound]) } ?? String(line)
    }.joined(separator: "\n")
  }

  private func expectDrift(
    _ bench: DeskBench, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let text = try drift(bench)
    #expect(text == expected, sourceLocation: sourceLocation)
  }

  @Test("what somebody changed at a site is taken over, or let be, and the site is quiet")
  func flow() throws {
    let bench = try bench("flow")
    try heard(bench)
    try expectDrift(bench, "ok: no drift on 2 clusters\n")

    try scale(bench, 3)
    try change(
      bench,
      [
        "set", "image", "deployment/web", "web=registry.example.org/web:2",
      ])
    try change(
      bench,
      ["patch", "configmap", "settings", "--type=merge", "-p", #"{"data":{"z":null,"a":"7"}}"#])
    try heard(bench)
    try expectDrift(
      bench,
      """
      drift on 1 of 2 clusters

      ConfigMap flow-web/settings of bundle 'web', on flow-1
        /data/a: '1' → '7', by 'kubectl-patch'
        /data/z: '26' → nothing

      Deployment flow-web/web of bundle 'web', on flow-1
        /spec/replicas: 0 → 3
        /spec/template/spec/containers/0/image: 'registry.example.org/web:1' → 'registry.example.org/web:2', by 'kubectl-set'

      hint: kubectl fleet drift --adopt takes it into the repository, --ignore lets it be

      """)
    #expect(
      try bench.fleet("drift", "--adopt")
        == .init(
          code: 0,
          output: """
            apps/web/settings.yaml: ConfigMap flow-web/settings of bundle 'web',
                /data/a is '7'
            apps/web/settings.yaml: ConfigMap flow-web/settings of bundle 'web',
                /data/z is gone
            apps/web/web.yaml: Deployment flow-web/web of bundle 'web',
                /spec/replicas is 3
            apps/web/web.yaml: Deployment flow-web/web of bundle 'web',
                /spec/template/spec/containers/0/image is
                'registry.example.org/web:2'
            next: git diff, then kubectl fleet plan

            """, errors: ""))
    #expect(
      try bench.hub.clone.git("diff", "-U0", "--no-color").split(separator: "\n")
        .filter { $0.hasPrefix("-") || $0.hasPrefix("+") }.filter {
          !$0.hasPrefix("---") && !$0.hasPrefix("+++")
        } == [
          #"-data: {a: "1", currency: EUR, z: "26"}"#, #"+data: {a: "7", currency: EUR}"#,
          "-  replicas: 0   # none at night", "+  replicas: 3   # none at night",
          #"-        image: "registry.example.org/web:1""#,
          #"+        image: "registry.example.org/web:2""#,
        ])
    try bench.publish("web: as flow-1 has it")
    try heard(bench)
    try expectDrift(bench, "ok: no drift on 2 clusters\n")
    #expect(try replicas(bench) == "3")

    try scale(bench, 5)
    try heard(bench)
    let ignored = try bench.fleet("drift", "--ignore")
    #expect(ignored.code == 0)
    #expect(ignored.errors == "")
    try bench.publish("web: the shops scale it")
    try heard(bench)
    #expect(try replicas(bench) == "5")
    try expectDrift(bench, "ok: no drift on 2 clusters\n")
    try scale(bench, 6)
    try heard(bench)
    try expectDrift(bench, "ok: no drift on 2 clusters\n")
    #expect(try replicas(bench) == "6")
  }

  @Test("what a secret says never leaves the site")
  func secret() throws {
    let bench = try bench("veil")
    try heard(bench)
    try change(
      bench,
      [
        "patch", "secret", "token", "--type=merge", "-p",
        #"{"stringData":{"token":"other-secret"}}"#,
      ])
    try heard(bench)
    let text = try drift(bench)
    #expect(text.contains("/data/token: '***' → '***', by 'kubectl-patch'"), "\(text)")
    let status = try bench.hub.git("status.git", "show", "refs/status/veil-1:status.json")
    #expect(status.contains(#""path":"/data/token""#), "\(status)")
    // The two texts, plain and in base 64.
    for word in ["other-secret", "first-secret", "b3RoZXItc2VjcmV0", "Zmlyc3Qtc2VjcmV0"] {
      #expect(!status.contains(word))
    }
    let refused = try bench.fleet("drift", "--adopt", "--object", "secret/token")
    #expect(refused.code == 1)
    #expect(
      refused.errors.contains("the site does not tell the value of /data/token"), "\(refused)")
  }
}
