// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

/// There is no controller of Jobs here: the test says how they end.
@Suite(
  "Helm's hooks in a real API server",
  .enabled(if: KubeServer.isRunning, "no kube-apiserver can be had here"))
struct HookSyncTests {
  typealias Bench = ClusterBench

  @Test("hooks run once for each change, before and after the objects")
  func order() throws {
    let bench = try Bench("hooks")
    let controller = try JobController(bench)
    let bundle = { (value: String) in
      bench.hooked(
        [bench.map("x", value)],
        [
          "pre/000-ConfigMap~hooks~before": bench.hook("ConfigMap", "before", "pre-install"),
          "pre/001-Job.batch~hooks~migrate": bench.hook(
            "Job", "migrate", "pre-install,pre-upgrade"),
          "post/000-Job.batch~hooks~notify": bench.hook(
            "Job", "notify", "post-install,post-upgrade", policy: "hook-succeeded"),
        ])
    }
    try bench.hub.publish([bundle("1")], release: 1)
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))
    #expect(try controller.seen == ["migrate: before", "notify: before x"])
    #expect(try bench.states() == ["a: Ready"])
    #expect(
      try bench.objects("configmaps,jobs") == [
        "configmap/before", "configmap/x", "job.batch/migrate",
      ])
    let first = try bench.uid("job", "migrate")
    let map = try bench.uid("configmap", "before")
    #expect(try bench.site.sync() == .init(0))
    #expect(try bench.uid("job", "migrate") == first)

    // A change runs them again, but for the one of the first installation.
    try bench.hub.publish([bundle("2")], release: 2)
    #expect(try bench.site.sync() == .init(0, "took release 2 of epoch 1"))
    #expect(try bench.uid("job", "migrate") != first)
    #expect(try bench.uid("configmap", "before") == map)
    #expect(try controller.seen.count == 4)

    // What is left of them goes with the bundle.
    try bench.hub.publish([bench.bundle("b", [bench.map("b", "1")])], release: 3)
    #expect(try bench.site.sync() == .init(0, "took release 3 of epoch 1\nremoved 3 objects"))
    #expect(try bench.objects("configmaps,jobs") == ["configmap/b"])
  }

  @Test("a hook that fails stops its bundle and no other, and is tried again")
  func failure() throws {
    let bench = try Bench("hookfail")
    let controller = try JobController(bench)
    let other = bench.bundle("z", [bench.map("z", "1")])
    let bundle = { (job: String) in
      bench.hooked(
        [bench.map("x", "1")],
        [
          "pre/000-Job.batch~hookfail~\(job)": bench.hook("Job", job, "pre-install"),
          "post/000-ConfigMap~hookfail~after": bench.hook("ConfigMap", "after", "post-install"),
        ])
    }
    try bench.hub.publish([bundle("bad"), other], release: 1)
    let said = "error: bundle 'a' is not applied: pre hook Job 'bad' in 'hookfail': no way"
    #expect(try bench.site.sync() == .init(1, "took release 1 of epoch 1\n" + said))
    #expect(try bench.states() == ["a: ErrApplied", "z: Ready"])
    #expect(try bench.objects("configmaps") == ["configmap/z"])
    #expect(try bench.site.sync() == .init(1, said))
    #expect(try controller.seen == ["bad: z", "bad: z"])

    try bench.hub.publish([bundle("good"), other], release: 2)
    #expect(
      try bench.site.sync() == .init(0, "took release 2 of epoch 1\nremoved 1 object"))
    #expect(
      try bench.objects("configmaps") == ["configmap/after", "configmap/x", "configmap/z"])
  }

  @Test("a hook is not waited for without end, and runs again after a kill")
  func endless() throws {
    let bench = try Bench("hookwait")
    try bench.hub.publish(
      [
        bench.hooked(
          [bench.map("x", "1")],
          ["pre/000-Job.batch~hookwait~slow": bench.hook("Job", "slow", "pre-install")])
      ], release: 1)
    #expect(
      try bench.site.sync("--hook-timeout", "1s")
        == .init(
          1,
          """
          took release 1 of epoch 1
          error: bundle 'a' is not applied: pre hook Job 'slow' in 'hookwait': \
          has not ended within 1 s
          """))
    let first = try bench.uid("job", "slow")

    var variables = HandmadeHub.environment
    variables["HOME"] = bench.site.path
    let run = try BackgroundProcess(
      bench.site.arguments, in: bench.site.path, variables: variables,
      output: bench.site.path + "/said")
    try Waiting.until("the hook to be made anew") {
      let now = try bench.uid("job", "slow")
      return now != first && now.utf8.count == first.utf8.count
    }
    run.kill()
    try run.wait()
    let second = try bench.uid("job", "slow")
    let controller = try JobController(bench)
    let after = try bench.site.sync()
    // A kubectl that was asking for the Job may still have been there.
    #expect(
      [.init(0), .init(0, "ended a process that a killed run had left")].contains(after), "\(after)"
    )
    #expect(try bench.uid("job", "slow") != second)
    #expect(try controller.seen.last == "slow:")
    #expect(try bench.objects("configmaps") == ["configmap/x"])
  }
}

/// Ends Jobs of a namespace as a controller would: those with `bad` in their name fail. Says which config
/// maps were there then.
private final class JobController {
  private let process: BackgroundProcess

  init(_ bench: ClusterBench) throws {
    let script = """
      k() { kubectl --kubeconfig='\(bench.server.kubeconfig)' -n '\(bench.word)' "$@"; }
      while :; do
        for job in $(k get jobs -o jsonpath='{range .items[*]}{.metadata.name}={.status.conditions[0].type} {end}'); do
          name=${job%%=*}
          [ "$name=" = "$job" ] || continue
          maps=$(k get configmaps -o jsonpath='{range .items[*]} {.metadata.name}{end}')
          case $name in
          *bad*) end='{"type":"Failed","status":"True","message":"no way"}' ;;
          *) end='{"type":"Complete","status":"True"}' ;;
          esac
          k patch job "$name" --subresource=status --type=merge \\
            -p "{\\"status\\":{\\"conditions\\":[$end]}}" >/dev/null && echo "$name:$maps"
        done
      done
      """
    process = try BackgroundProcess(
      ["bash", "-c", script], in: bench.site.path, variables: HandmadeHub.environment,
      output: bench.site.path + "/jobs-\(bench.word)")
  }

  /// `job: config maps` in the order of ending.
  var seen: [String] {
    get throws {
      process.text.split(separator: "\n").map { line in
        String(line).replacing(" kube-root-ca.crt", with: "")
      }
    }
  }
}

extension ClusterBench {
  /// The bundle 'a' with hooks by `PHASE/NNN-KEY`.
  func hooked(_ objects: [(String, String)], _ hooks: [String: String]) -> Bundle {
    edge(
      "a", objects, #""hooks":true"#,
      files: Dictionary(
        hooks.map { ("hooks/\($0.key).yaml", $0.value) }, uniquingKeysWith: { $1 }))
  }

  /// A manifest with the annotations of a hook.
  func hook(_ kind: String, _ name: String, _ events: String, policy: String? = nil) -> String {
    let deletion = policy.map { ", helm.sh/hook-delete-policy: \"\($0)\"" } ?? ""
    let annotations = "{helm.sh/hook: \"\(events)\"\(deletion)}"
    let head = """
      kind: \(kind)
      metadata: {name: \(name), namespace: \(word), labels: \(Self.labels), annotations: \(annotations)}

      """
    if kind != "Job" { return "apiVersion: v1\n" + head }
    return "apiVersion: batch/v1\n" + head + """
      spec:
        template:
          spec: {restartPolicy: Never, containers: [{name: c, image: "example.com/c:1"}]}

      """
  }

  func uid(_ kind: String, _ name: String) throws -> String {
    try server.ask("get", kind, name, "-n", word, "-o", "jsonpath={.metadata.uid}")
  }
}
