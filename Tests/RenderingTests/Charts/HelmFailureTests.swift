// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Rendering
import Testing

/// What people are told when helm fails, each with the real helm.
@Suite("Failures of helm", .serialized)
struct HelmFailureTests {
  private struct Case: Sendable {
    let id: String
    var files: KeyValuePairs<String, String> = [:]
    var values = ""
    var change: @Sendable (inout HelmRequest) -> Void = { _ in }
  }

  private static let cases: [Case] = [
    Case(
      id: "required",
      files: ["templates/a.yaml": "größe: {{ required \"image.tag is needed\" .Values.tag }}\n"]),
    Case(
      id: "fail in an included template",
      files: [
        "templates/_h.tpl": "{{ define \"check\" }}\n{{ fail \"give\\n  a name\" }}{{ end }}",
        "templates/a.yaml": "a: {{ include \"check\" . }}\n",
      ]),
    Case(
      id: "a value of nothing",
      files: ["templates/a.yaml": "a: b\nb: {{ .Values.image.tag.name }}\n"]),
    Case(
      id: "a key of a text", files: ["templates/a.yaml": "a: {{ .Values.image.tag }}\n"],
      values: "image: text\n"),
    Case(
      id: "chains of includes",
      files: [
        "templates/_h.tpl":
          "{{ define \"one\" }}{{ include \"two\" . }}{{ end }}\n{{ define \"two\" -}}\n  größe {{ .Values.a.b }}\n{{ end }}",
        "templates/a.yaml": "x: y\na: {{ include \"one\" . }}\n",
      ]),
    Case(
      id: "behind a replaced call",
      files: [
        "templates/a.yaml":
          "x: {{ if false }}{{ randAlphaNum 5 }}{{ end }}{{ keys (dict \"a\" 1) | first }} {{ .Values.a.b }}\n"
      ]),
    Case(
      id: "within tpl", files: ["templates/a.yaml": "a: {{ tpl .Values.text . }}\n"],
      values: "text: \"{{ .Values.password.x }}\"\npassword: geheim\n"),
    Case(
      id: "a text for tpl that is no template",
      files: ["templates/a.yaml": "a: {{ tpl .Values.text . }}\n"],
      values: "text: \"geheim {{ .x\"\n"),
    Case(
      id: "a wrong number of arguments", files: ["templates/a.yaml": "a: {{ .Values | nindent }}\n"]
    ),
    Case(id: "a wrong type", files: ["templates/a.yaml": "a: {{ list 1 2 | first | upper }}\n"]),
    Case(id: "index of nothing", files: ["templates/a.yaml": "a: {{ index .Values.x 1 }}\n"]),
    Case(id: "range over a number", files: ["templates/a.yaml": "a: {{ range 5 }}{{ end }}\n"]),
    Case(id: "no such template", files: ["templates/a.yaml": "\n\n  {{ template \"nope\" . }}\n"]),
    Case(
      id: "no such template to include",
      files: ["templates/a.yaml": "a: {{ include \"nope\" . }}\n"]),
    Case(
      id: "a template in itself",
      files: [
        "templates/a.yaml":
          "{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}\n"
      ]),
    Case(id: "no such function", files: ["templates/a.yaml": "a: b\n  c: {{ toYml . }}\n"]),
    Case(id: "the environment", files: ["templates/a.yaml": "a: {{ env \"HOME\" }}\n"]),
    Case(id: "an action without an end", files: ["templates/a.yaml": "a: b\nb: {{ .Values.x\n"]),
    Case(id: "an 'if' without an end", files: ["templates/a.yaml": "a: {{ if true }}\n"]),
    Case(id: "one 'end' too many", files: ["templates/a.yaml": "a: b\n{{ end }}\n"]),
    Case(id: "output that is not YAML", files: ["templates/a.yaml": "a: b\n c: {{ .Values.x }}\n"]),
    Case(id: "output that is no map", files: ["templates/a.yaml": "just text\n"]),
    Case(
      id: "annotations that are a list",
      files: ["templates/a.yaml": "kind: A\nmetadata: {annotations: [a]}\n"]),
    Case(
      id: "a secret in the output",
      files: ["templates/a.yaml": "kind: Secret\ndata: {a: !!int geheim}\n"]),
    Case(
      id: "a schema",
      files: [
        "values.schema.json":
          "{\"type\": \"object\", \"required\": [\"image\"], \"properties\": {\"n\": {\"type\": \"integer\"}, \"p\": {\"type\": \"object\", \"additionalProperties\": false}}}",
        "templates/a.yaml": "a: b\n",
      ], values: "n: text\np: {z: 1}\n"),
    Case(
      id: "a schema of a server",
      files: [
        "values.schema.json": "{\"$ref\": \"http://127.0.0.1:9/schema.json\"}",
        "templates/a.yaml": "a: b\n",
      ]),
    Case(
      id: "a schema that is not asked",
      files: [
        "values.schema.json": "{\"type\": \"object\", \"required\": [\"image\"]}",
        "templates/a.yaml": "{{ fail \"reached\" }}",
      ], change: { $0.skipsSchemaValidation = true }),
    Case(
      id: "another Kubernetes",
      files: [
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\nkubeVersion: '>=1.30.0-0'\n"
      ],
      change: { $0.kubeVersion = "v1.29.0" }),
    Case(
      id: "another Kubernetes than helm assumes",
      files: [
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\nkubeVersion: '>=1.99.0-0'\n"
      ]),
    Case(id: "no Kubernetes", change: { $0.kubeVersion = "1.x" }),
    Case(id: "values.yaml", files: ["values.yaml": "a: b\npassword: [geheim\nc: d\n"]),
    Case(
      id: "values.yaml of a subchart",
      files: [
        "charts/cache/Chart.yaml": "apiVersion: v2\nname: cache\nversion: 1.0.0\n",
        "charts/cache/values.yaml": "a: b\n\tb: c\n",
      ]),
    Case(
      id: "a version that is none",
      files: ["Chart.yaml": "apiVersion: v2\nname: web\nversion: one\n"]),
    Case(id: "no chart in charts", files: ["charts/cache/README": "x"]),
    Case(
      id: "a subchart's template",
      files: [
        "Chart.yaml":
          "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: cache, version: '*', alias: sessions}]\n",
        "charts/cache/Chart.yaml": "apiVersion: v2\nname: cache\nversion: 1.0.0\n",
        "charts/cache/templates/c.yaml": "a: {{ required \"size\" .Values.size }}\n",
      ]),
    Case(id: "a release name", change: { $0.releaseName = "Web_1" }),
  ]

  @Test("each failure is one finding at its place in the repository")
  func tellsFailures() throws {
    var report = ""
    for item in Self.cases {
      var bench = ChartBench([
        "apps/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n"
      ])
      for (path, text) in item.files { bench.add("apps/web/\(path)", text) }
      var findings = Findings()
      let chart = try bench.chart("apps/web", &findings)
      report += "## \(item.id)\n"
      report += try bench.report(chart, findings: findings, values: item.values, item.change)
      report += "\n"
    }
    Golden.check(report, "charts/failures.txt")
    #expect(!report.contains("geheim"))
  }

  @Test("words of helm that nobody knows are passed on, shortened and without values")
  func passesUnknownWordsOn() throws {
    let bench = ChartBench(["web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n"])
    let chart = try bench.goodChart("web")
    let request = HelmRequest.of(chart)
    for (said, message) in [
      ("", "it does not say why"),
      (
        "level=INFO msg=\"x\"\nError: something new `geheim` \u{1b}[1m\nsecond\nthird\nfourth\n\nUse --debug flag to render out invalid YAML\n",
        "something new '…' \u{1b}[1m second third"
      ),
      ("did not end within 60 s", "did not end within 60 s"),
      ("Error: template: web/templates/gone.yaml:x: y", "template: web/templates/gone.yaml:x: y"),
      ("Error: execution error at (no place): x", nil),
      (
        "Error: values don't meet the specifications of the schema(s)",
        "values don't meet the specifications of the schema(s)"
      ),
      ("Error: YAML parse error on", "YAML parse error on"),
    ] as [(String, String?)] {
      let finding = request.finding(Array(said.utf8), chart: chart)
      #expect(finding.path == "web/Chart.yaml")
      #expect(
        finding.message == message.map { "helm cannot render the chart: \($0)" }
          ?? "the chart says: x")
    }
  }

  @Test("the words of failures can be read whatever they are made of")
  func survivesAnything() throws {
    let bench = ChartBench([
      "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
      "web/templates/a.yaml": "{{ now }}\n",
    ])
    let chart = try bench.goodChart("web")
    let request = HelmRequest.of(chart)
    let words = [
      "Error: ", "template: ", "web/templates/a.yaml:", "1:", "99999999999999999999:", "2:3: ",
      "executing \"a\" at <",
      ">: ", "error calling include: ", "error calling tpl: ", "cannot parse template \"",
      "\": template: ", "gotpl:1:2: ",
      "execution error at (", "): ", "parse error at (", "YAML parse error on ", "yaml: line ",
      "nil pointer evaluating interface {}.",
      "kubectl-fleet: the chart calls 'now' at ", "[0]", "[", "]", "\n", "- a: b", "ö",
      "cannot load ", "error unpacking subchart ",
      " in ", "values don't meet the specifications of the schema(s) in the following chart(s):\n",
      "chart requires kubeVersion: ",
    ]
    var random = SeededRandom()
    for _ in 0..<3000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        text += words[Int.random(in: 0..<words.count, using: &random)]
      }
      let finding = request.finding(Array(text.utf8), chart: chart)
      #expect(!finding.message.isEmpty && finding.path != nil, "\(random): \(text)")
    }
  }
}
