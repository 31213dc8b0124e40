// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

@Suite(
  "charts whose values stand in the cluster, in a real API server",
  .enabled(
    if: KubeServer.isRunning && Child.find("helm") != nil,
    "no kube-apiserver and no helm can be had here"))
struct SiteChartTests {
  typealias Bench = ClusterBench

  private static let chart = [
    "values.yaml": "user: hub\nsize: 1\nbroken: false\n",
    "chart/Chart.yaml": "apiVersion: v2\nname: till\nversion: 1.0.0\n",
    "chart/values.yaml": "user: chart\ncolour: red\n",
    "chart/templates/map.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: {{ .Release.Name }}
    data:
      line: {{ .Values.user }}/{{ .Values.size }}/{{ .Values.colour }}
    {{- if .Values.broken }}
    {{ fail .Values.user }}
    {{- end }}
    """,
    "chart/templates/service.yaml": """
    {{- if .Values.type }}
    apiVersion: v1
    kind: Service
    metadata:
      name: {{ .Release.Name }}
    spec:
      type: {{ .Values.type }}
      ports: [{port: 80}]
    {{- end }}
    """,
    "chart/templates/hook.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: before
      annotations: {helm.sh/hook: pre-install}
    """,
  ]

  private static func render(_ word: String, _ more: String = "") -> String {
    #""render":{"renderer":"helm","release":"till","namespace":"\#(word)","includeCRDs":true,"#
      + #""valuesFrom":[{"kind":"ConfigMap","name":"more"},"#
      + #"{"kind":"Secret","name":"key","key":"v"}]\#(more)}"#
  }

  private static func line(_ bench: Bench) throws -> String {
    try bench.server.ask(
      "get", "configmap", "till", "-n", bench.word, "-o", "jsonpath={.data.line}")
  }

  @Test("values of config maps and secrets come last, and are read anew in each run")
  func values() throws {
    let bench = try Bench("sitechart")
    let other = bench.bundle("z", [bench.map("z", "1")])
    try bench.hub.publish(
      [bench.edge("a", [], Self.render("sitechart"), files: Self.chart), other], release: 1)
    #expect(
      try bench.site.sync()
        == .init(
          1,
          """
          took release 1 of epoch 1
          error: bundle 'a' is not applied: its values are missing: \
          there is no ConfigMap 'more' in 'sitechart'
          """))
    #expect(try bench.states() == ["a: ErrApplied", "z: Ready"])

    _ = try bench.server.ask(
      "create", "configmap", "more", "-n", "sitechart",
      "--from-literal=values.yaml=size: 2")
    _ = try bench.server.ask(
      "create", "secret", "generic", "key", "-n", "sitechart",
      "--from-literal=v=user: hunter2hunter2")
    #expect(try bench.site.sync() == .init(0))
    #expect(try Self.line(bench) == "hunter2hunter2/2/red")
    #expect(try bench.states() == ["a: Ready", "z: Ready"])
    let hook = try bench.uid("configmap", "before")

    // Other values are other objects; hooks are for changes of the bundle.
    _ = try bench.server.ask(
      "patch", "configmap", "more", "-n", "sitechart", "--type=merge", "-p",
      #"{"data":{"values.yaml":"size: 3"}}"#)
    #expect(try bench.site.sync() == .init(0))
    #expect(try Self.line(bench) == "hunter2hunter2/3/red")
    #expect(try bench.uid("configmap", "before") == hook)

    // What cannot be rendered keeps what it has.
    #expect(
      try bench.site.sync(environment: ["FLEET_HELM": "/nonexistent/helm"])
        == .init(
          1,
          """
          error: bundle 'a' is not applied: this bundle is rendered at the site, \
          which has no helm 3; install it or set FLEET_HELM
          """))
    #expect(try Self.line(bench) == "hunter2hunter2/3/red")

    try bench.hub.publish([other], release: 2)
    #expect(try bench.site.sync() == .init(0, "took release 2 of epoch 1\nremoved 2 objects"))
    #expect(try bench.objects("configmaps") == ["configmap/more", "configmap/z"])
  }

  @Test("secrets stand neither in the log nor in the status nor on the disk")
  func secrets() throws {
    let bench = try Bench("sitesecret")
    _ = try bench.server.ask("create", "namespace", "sitesecret")
    func more(_ text: String) throws {
      _ = try bench.server.ask("delete", "configmap", "more", "-n", "sitesecret")
      _ = try bench.server.ask(
        "create", "configmap", "more", "-n", "sitesecret", "--from-literal=values.yaml=\(text)")
    }
    try more("broken: true")
    _ = try bench.server.ask(
      "create", "secret", "generic", "key", "-n", "sitesecret",
      "--from-literal=v={user: hunter2hunter2, type: hunter2hunter2}")
    try bench.hub.publish(
      [bench.edge("a", [], Self.render("sitesecret"), files: Self.chart)], release: 1)
    #expect(
      try bench.site.sync()
        == .init(
          1,
          """
          took release 1 of epoch 1
          error: bundle 'a' is not applied: its chart cannot be rendered: \
          what helm says is left out, as it may quote a Secret (templates/map.yaml:8:4)
          """))
    try more("broken: false")
    let run = try bench.site.sync()
    #expect(run.code == 1)
    #expect(
      run.said == """
        error: bundle 'a' is not applied: Service 'till' in 'sitesecret': \
        The Service "till" is invalid: spec.type: Unsupported value: "***": \
        supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"
        """)
    #expect(try bench.message("a")?.contains("hunter2") == false)
    let found = try Child.run(["grep", "-r", "hunter2", bench.site.state])
    #expect(TestSite.text(found.output) == "")
  }

  @Test("a kustomization over the chart, a forced namespace and mirrors are the hub's")
  func shaped() throws {
    let bench = try Bench("siteshape")
    _ = try bench.server.ask("create", "namespace", "siteshape")
    _ = try bench.server.ask(
      "create", "configmap", "more", "-n", "siteshape", "--from-literal=values.yaml=tag: '7'")
    let files = [
      "chart/chart/Chart.yaml": "apiVersion: v2\nname: till\nversion: 1.0.0\n",
      "chart/chart/templates/web.yaml": """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, namespace: elsewhere}
      spec:
        replicas: 0
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: web, image: "docker.io/shop/web:{{ .Values.tag }}"}]}
      """,
      "chart/kustomize/base/extra.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\n",
      "chart/kustomize/base/kustomization.yaml": "resources: [extra.yaml]\n",
      "chart/kustomize/site/kustomization.yaml": "resources: [../base]\nnamePrefix: my-\n",
    ]
    let render =
      #""render":{"renderer":"helm","release":"till","namespace":"siteshape","#
      + #""forceNamespace":true,"chartFolder":"chart","kustomizeFolder":"kustomize/site","#
      + #""valuesFrom":[{"kind":"ConfigMap","name":"more"}],"#
      + #""mirrors":[{"from":"docker.io","to":"mirror.example.com/hub"}]"#
    try bench.hub.publish([bench.edge("a", [], render + "}", files: files)], release: 1)
    #expect(try bench.site.sync() == .init(0, "took release 1 of epoch 1"))
    #expect(
      try bench.objects("configmaps,deployments") == [
        "configmap/more", "configmap/my-extra", "deployment.apps/my-web",
      ])
    #expect(
      try bench.server.ask(
        "get", "deployment", "my-web", "-n", "siteshape", "-o",
        "jsonpath={.spec.template.spec.containers[0].image} {.metadata.labels}")
        == #"mirror.example.com/hub/shop/web:7 {"kubectl-fleet.io/bundle":"a"}"#)
  }
}
