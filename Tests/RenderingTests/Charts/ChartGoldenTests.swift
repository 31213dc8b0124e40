// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Posix
import Rendering
import Testing

/// Whole charts through the real helm.
@Suite("Charts", .serialized)
struct ChartGoldenTests {
  private func render(
    _ bench: ChartBench, _ directory: String = "apps/web", values: String = "",
    _ change: (inout HelmRequest) -> Void = { _ in }
  ) throws -> String {
    var findings = Findings()
    let chart = try bench.chart(directory, &findings)
    return try bench.report(chart, findings: findings, values: values, change)
  }

  static func configMap(_ name: String, _ data: String, _ annotations: String = "") -> String {
    var text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \(name)\n"
    if !annotations.isEmpty { text += "  annotations:\n    \(annotations)\n" }
    return text + "data:\n  \(data)\n"
  }

  private static func hook(_ kind: String, _ name: String, _ events: String, _ more: String = "")
    -> String
  {
    """
    apiVersion: \(kind == "Job" ? "batch/v1" : "v1")
    kind: \(kind)
    metadata:
      name: \(name)
      annotations:
        helm.sh/hook: \(events)
    \(more.isEmpty ? "" : "    \(more)\n")
    """
  }

  @Test("hooks become phases, tests are left out, the rest is named once")
  func sortsHooks() throws {
    let hooks = [
      Self.hook("Job", "migrate", "pre-install,pre-upgrade", "helm.sh/hook-weight: \"5\""),
      Self.hook("Job", "early", "pre-upgrade", "helm.sh/hook-weight: \"-5\""),
      Self.hook(
        "Job", "b-same-weight", "\" Pre-Install , post-install \"", "helm.sh/hook-weight: five"),
      Self.hook(
        "Job", "a-same-weight", "pre-install",
        "helm.sh/hook-delete-policy: hook-succeeded, before-hook-creation"),
      Self.hook("ServiceAccount", "z-kind-first", "pre-install"),
      Self.hook("Job", "after", "post-upgrade"),
      Self.hook("Pod", "test", "test"), Self.hook("Pod", "test-2", "test-success"),
      Self.hook("Pod", "test-3", "test-failure"), Self.hook("Pod", "old", "crd-install"),
      Self.hook("Job", "cleanup", "pre-delete"),
      Self.hook("Job", "back", "post-rollback,post-delete"),
      Self.hook("Job", "both", "post-install,pre-rollback"),
      Self.hook("ConfigMap", "named", "post-install", "other: x"),
    ]
    let bench = ChartBench([
      "apps/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "apps/web/templates/hooks.yaml": hooks.joined(separator: "---\n"),
      "apps/web/templates/keep.yaml": Self.configMap(
        "kept", "a: b", "helm.sh/resource-policy: keep"),
    ])
    Golden.check(try render(bench), "charts/hooks.txt")
  }

  private static let cache = "apiVersion: v2\nname: cache\nversion: 1.2.3\n"

  private func parent() throws -> ChartBench {
    var bench = ChartBench([
      "apps/web/Chart.yaml": """
      apiVersion: v2
      name: web
      version: 1.0.0
      dependencies:
        - {name: cache, version: 1.x.x, repository: https://charts.example.com, condition: cache.enabled}
        - {name: cache, version: 1.x.x, repository: https://charts.example.com, alias: sessions}
        - {name: queue, version: ">=1", repository: "", condition: queue.enabled}
        - {name: metrics, version: "*", repository: "", tags: [observe]}
        - {name: traces, version: "*", repository: "", tags: [observe]}
        - {name: common, version: "*", repository: ""}
        - {name: packed, version: "*", repository: https://charts.example.com}

      """,
      "apps/web/values.yaml": """
      cache: {enabled: false}
      sessions: {size: 3}
      tags: {observe: false}
      traces: {enabled: true}
      global: {site: unknown}

      """,
      "apps/web/templates/a.yaml":
        "{{ include \"common.map\" (dict \"name\" \"own\" \"root\" .) }}\n",
      "apps/web/charts/cache/Chart.yaml": Self.cache,
      "apps/web/charts/cache/values.yaml": "size: 1\n",
      "apps/web/charts/cache/templates/c.yaml":
        Self.configMap(
          "{{ .Chart.Name }}", "size: {{ .Values.size | quote }}\n  site: {{ .Values.global.site }}"
        ),
      "apps/web/charts/queue/Chart.yaml": "apiVersion: v2\nname: queue\nversion: 1.0.0\n",
      "apps/web/charts/queue/templates/q.yaml": Self.configMap("queue", "a: b"),
      "apps/web/charts/metrics/Chart.yaml": "apiVersion: v2\nname: metrics\nversion: 1.0.0\n",
      "apps/web/charts/metrics/templates/m.yaml": Self.configMap("metrics", "a: b"),
      "apps/web/charts/common/Chart.yaml":
        "apiVersion: v2\nname: common\nversion: 1.0.0\ntype: library\n",
      "apps/web/charts/common/templates/_map.tpl": """
      {{- define "common.map" -}}
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: {{ .name }}
        labels: {release: {{ .root.Release.Name }}, chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}}
      {{- end -}}

      """,
      "apps/web/charts/_off/Chart.yaml": "not: a chart\n",
      "apps/web/charts/_off/templates/a.yaml": "{{ now }}",
      "apps/web/.helmignore": "# as 'helm create' writes it\n*.md\nignored/\n.git/\n",
      "apps/web/charts/notes.md": "text\n",
      "apps/web/ignored/x.yaml": "{{ broken",
    ])
    try bench.addArchive(
      "apps/web/charts/traces-2.0.0.tgz",
      [
        "traces/Chart.yaml": "apiVersion: v2\nname: traces\nversion: 2.0.0\n",
        "traces/templates/t.yaml": Self.configMap("traces", "a: b"),
      ])
    var packed: [(String, [UInt8])] = [
      (
        "packed/Chart.yaml",
        Array(
          "apiVersion: v2\nname: packed\nversion: 1.0.0\ndependencies: [{name: inner, version: '*'}]\n"
            .utf8)
      ),
      (
        "packed/templates/p.yaml",
        Array(Self.configMap("packed", "readme: {{ .Files.Get \"README.md\" | quote }}").utf8)
      ),
      // What the outer chart ignores belongs to the packed one.
      ("packed/README.md", Array("read me".utf8)),
      ("packed/.helmignore", Array("*.yaml\n".utf8)),
    ]
    packed.append(
      (
        "packed/charts/inner-1.0.0.tgz",
        try ChartBench.archive([
          ("inner/Chart.yaml", Array("apiVersion: v2\nname: inner\nversion: 1.0.0\n".utf8)),
          (
            "inner/templates/i.yaml",
            Array(
              Self.configMap(
                "inner", "v: {{ .Values.v | default \"none\" }}\n  r: {{ randAlphaNum 3 }}"
              ).utf8)
          ),
        ])
      ))
    bench.add("apps/web/charts/packed-1.0.0.tgz", bytes: try ChartBench.archive(packed))
    return bench
  }

  @Test("subcharts as folders and archives, with conditions, aliases, tags and a library")
  func rendersSubcharts() throws {
    let bench = try parent()
    Golden.check(
      try render(
        bench,
        values: "global: {site: berlin}\nqueue: {enabled: false}\npacked: {inner: {v: deep}}\n"
      ) {
        $0.pins = true
      }, "charts/subcharts.txt")
  }

  @Test("everything off that was on, and on that was off")
  func switchesSubcharts() throws {
    let bench = try parent()
    Golden.check(
      try render(bench, values: "cache: {enabled: true, size: 9}\ntags: {observe: true}\n") {
        $0.pins = true
      },
      "charts/subcharts-on.txt")
  }

  @Test("a call in an archive within an archive is told with both names")
  func tellsPlacesInArchives() throws {
    let bench = try parent()
    Golden.check(try render(bench), "charts/archive-place.txt")
  }

  private static let files: KeyValuePairs<String, String> = [
    "apps/web/Chart.yaml":
      "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: \"2.5\"\nkubeVersion: \">=1.25.0-0\"\n",
    "apps/web/values.yaml": "greeting: \"hello {{ .Release.Name }}\"\nreplicas: 1\n",
    "apps/web/values.schema.json":
      "{\"type\": \"object\", \"required\": [\"replicas\"], \"properties\": {\"replicas\": {\"type\": \"integer\", \"minimum\": 1}, "
      + "\"image\": {\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\"tag\": {\"type\": \"string\"}}}}}\n",
    "apps/web/config/a.ini": "[a]\nname = {{ .Release.Name }}\n",
    "apps/web/config/b.ini": "[b]\n",
    "apps/web/crds/things.yaml": """
    # Things
    ---
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: things.example.com}
    spec: {group: example.com, scope: Cluster, names: {kind: Thing, plural: things}}
    ---
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: parts.example.com}
    spec: {group: example.com, scope: Namespaced, names: {kind: Part, plural: parts}}

    """,
    "apps/web/templates/NOTES.txt": "Installed at {{ now }}.\n",
    "apps/web/templates/_helpers.tpl":
      "{{- define \"web.name\" }}{{ .Release.Name }}-web{{ end -}}\n",
    "apps/web/templates/config.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: {{ include "web.name" . }}
      namespace: {{ .Release.Namespace }}
    data:
      greeting: {{ tpl .Values.greeting . }}
      a.ini: {{ tpl (.Files.Get "config/a.ini") . | quote }}
      all: {{ range $path, $_ := .Files.Glob "config/*.ini" }}{{ $path }} {{ end }}
      kubernetes: {{ .Capabilities.KubeVersion }}
      monitors: {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" | quote }}
      upgrade: {{ .Release.IsUpgrade | quote }}
      app: {{ .Chart.AppVersion | quote }}
      replicas: {{ .Values.replicas | quote }}
      existing: {{ (lookup "v1" "Secret" "store" "password").data | default "none" | quote }}
      again: {{ lookup "v1" "Secret" "store" "" | len | quote }}

    """,
    "apps/web/templates/thing.yaml": """
    {{- if .Capabilities.APIVersions.Has "policy/v1" }}
    apiVersion: example.com/v1
    kind: Thing
    metadata: {name: one}
    {{- end }}

    """,
  ]

  @Test("files, definitions, tpl, lookup, capabilities and notes")
  func rendersFiles() throws {
    let bench = ChartBench(Self.files)
    Golden.check(
      try render(bench, values: "replicas: 3\n") {
        $0.kubeVersion = "v1.29.3"
        $0.apiVersions = ["monitoring.coreos.com/v1"]
      }, "charts/files.txt")
  }

  @Test("the whole chart as an archive gives the same")
  func rendersAnArchive() throws {
    var bench = ChartBench()
    bench.add(
      "apps/web/.fleet/charts/web-1.0.0.tgz",
      bytes: try ChartBench.archive(
        Self.files.map { (String($0.key.dropFirst(5)), Array($0.value.utf8)) }))
    var findings = Findings()
    let chart = try bench.chart(archive: "apps/web/.fleet/charts/web-1.0.0.tgz", &findings)
    Golden.check(
      try bench.report(chart, findings: findings, values: "replicas: 3\n") {
        $0.kubeVersion = "v1.29.3"
        $0.apiVersions = ["monitoring.coreos.com/v1"]
      }, "charts/archive.txt")
  }

  @Test("templates without a Chart.yaml are a chart with the bundle's name")
  func rendersTemplatesAlone() throws {
    let bench = ChartBench([
      "apps/plain/templates/a.yaml": Self.configMap(
        "{{ .Chart.Name }}", "version: {{ .Chart.Version }}\n  x: {{ .Values.x }}"),
      "apps/plain/templates/_b.tpl": "{{ define \"b\" }}{{ end }}",
      "apps/plain/other.yaml": "not: here\n",
    ])
    var findings = Findings()
    let chart = try bench.chart(templatesOf: "plain-2", "apps/plain", &findings)
    Golden.check(
      try bench.report(chart, findings: findings, values: "x: 5\n"), "charts/templates-alone.txt")
  }

  @Test("an old chart with requirements.yaml")
  func rendersOldCharts() throws {
    let bench = ChartBench([
      "apps/web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 0.1.0\n",
      "apps/web/requirements.yaml":
        "dependencies:\n- name: cache\n  version: 1.x.x\n  repository: https://charts.example.com\n  condition: c.on\n",
      "apps/web/charts/cache/Chart.yaml": "apiVersion: v1\nname: cache\nversion: 1.2.3\n",
      "apps/web/charts/cache/templates/c.yaml": Self.configMap("cache", "a: b"),
      "apps/web/templates/a.yaml": Self.configMap("web", "a: b"),
    ])
    Golden.check(try render(bench), "charts/old.txt")
  }

  @Test("YAML that helm lets through is read as Kubernetes reads it")
  func readsOddYAML() throws {
    let bench = ChartBench([
      "apps/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "apps/web/templates/a-empty.yaml": "\n---\n# a comment\n---\n---\n{{ if false }}x{{ end }}\n",
      "apps/web/templates/b-crlf.yaml":
        "apiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: crlf\r\ndata:\r\n  a: |\r\n    one\r\n    two\r\n",
      "apps/web/templates/c-twice.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: twice\n  labels: {a: b, a: c}\ndata:\n  x: first\n  x: last\n",
      "apps/web/templates/d-list.yaml":
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: in-list-1}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: in-list-2}\n",
      "apps/web/templates/e-marks.yaml":
        "--- # with a comment\n\(Self.configMap("marks", "text: |\n    ---\n    # Source: web/templates/none.yaml\n    x"))---\n\n---\n\(Self.configMap("more", "a: b"))",
      "apps/web/templates/f-json.json":
        "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"json\"}}\n",
      "apps/web/templates/g-bom.yaml": "\u{feff}" + Self.configMap("bom", "a: b"),
      "apps/web/templates/h-bool.yaml": Self.configMap(
        "words", "on: \"yes\"\n  n: 0x10\n  s: \"1\""),
    ])
    Golden.check(try render(bench), "charts/odd-yaml.txt")
  }

  @Test("what is wrong in the output names the template, and the line of the output")
  func tellsWrongObjects() throws {
    let bench = ChartBench([
      "apps/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "apps/web/templates/a-kind.yaml": "# {{ .Release.Name }}\nvalue: {{ .Values.x }}\n",
      "apps/web/templates/b-name.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  generateName: a-\n",
      "apps/web/templates/c-number.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.x }}\n",
      "apps/web/templates/d-secret.yaml":
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Values.x }}\ndata: {password: \"cGFzcw==\", password: \"cGFzcw==\"}\n",
      "apps/web/templates/e-twice.yaml": Self.configMap("same", "a: b"),
      "apps/web/templates/f-twice.yaml": Self.configMap("same", "a: b"),
      "apps/web/crds/broken.yaml": "apiVersion: v1\nkind: Broken\nmetadata: {name: [\n",
    ])
    Golden.check(try render(bench, values: "x: 5\n"), "charts/wrong-objects.txt")
  }

  @Test("another folder, user, locale and time zone give the same bytes")
  func isTheSameElsewhere() throws {
    let bench = try parent()
    let chart = try bench.goodChart("apps/web")
    var request = HelmRequest.of(chart, values: "tags: {observe: true}\n")
    request.pins = true
    let here = try request.job(chart).run()
    let scratch = try ScratchFolder("another folder")
    let there = try request.job(chart).run(
      in: scratch.path + "/deep/er/größe",
      environment: [
        "TZ": "Asia/Tokyo", "LC_ALL": "de_DE.UTF-8", "LANG": "tr_TR.UTF-8", "USER": "somebody",
        "HELM_DEBUG": "false",
      ])
    guard case .output(let bytes) = here else {
      Issue.record("helm failed")
      return
    }
    #expect(bytes.count > 800)
    #expect(here == there)
  }

  @Test("what a kustomization is laid over are the objects without hooks")
  func givesTextsOfObjects() throws {
    let bench = ChartBench([
      "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "crds/a.yaml": "kind: A\n---\nkind: B\nmetadata: {annotations: {helm.sh/hook: test}}\n",
      "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n"
        + Self.hook("Job", "j", "pre-install"),
    ])
    let chart = try bench.goodChart("")
    guard case .output(let bytes) = try HelmRequest.of(chart).job(chart).run() else {
      Issue.record("helm failed")
      return
    }
    var findings = Findings()
    let output = HelmOutput(bytes, chart: chart, findings: &findings)
    let texts = output.objectFiles.map {
      "\($0.path): " + String(decoding: $0.bytes, as: UTF8.self)
    }
    #expect(
      texts == [
        "crds/a.yaml: kind: A\n",
        "templates/a.yaml: apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
      ])
  }
}
