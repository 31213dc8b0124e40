// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Rendering
import Testing

@Suite("Templates that give nothing but tests", .serialized)
struct TestTemplateTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let template: String
    let isTest: Bool
  }

  private static func pod(_ hook: String) -> String {
    "kind: Pod\nmetadata:\n  annotations:\n    \(hook)\n  name: a-{{ randAlphaNum 5 | lower }}\n"
  }

  @Test(
    "they are recognised by the annotation of every manifest",
    arguments: [
      Case(testDescription: "one", template: pod("\"helm.sh/hook\": test"), isTest: true),
      Case(testDescription: "without quotes", template: pod("helm.sh/hook: test"), isTest: true),
      Case(
        testDescription: "old words", template: pod("'helm.sh/hook': test-success,test-failure\r"),
        isTest: true),
      Case(
        testDescription: "within a condition",
        template: "{{- if .Values.a }}\n" + pod("helm.sh/hook: test") + "{{- end }}\n", isTest: true
      ),
      Case(
        testDescription: "two",
        template: pod("helm.sh/hook: test") + "---\n" + pod("helm.sh/hook: \"test\""), isTest: true),
      Case(testDescription: "no hook", template: pod("a: b"), isTest: false),
      Case(
        testDescription: "another hook", template: pod("helm.sh/hook: pre-install"), isTest: false),
      Case(
        testDescription: "a test and more", template: pod("helm.sh/hook: test,post-install"),
        isTest: false),
      Case(
        testDescription: "nobody knows", template: pod("helm.sh/hook: {{ .Values.hook }}"),
        isTest: false),
      Case(testDescription: "an empty hook", template: pod("helm.sh/hook:"), isTest: false),
      Case(
        testDescription: "only the weight", template: pod("helm.sh/hook-weight: 1"), isTest: false),
      Case(
        testDescription: "an object beside it",
        template: pod("helm.sh/hook: test") + "---\nkind: Secret\nmetadata:\n  name: s\n",
        isTest: false),
      Case(
        testDescription: "an object before it",
        template: "kind: Secret\nmetadata:\n  name: s\n---\n" + pod("helm.sh/hook: test"),
        isTest: false),
      Case(
        testDescription: "two without a line between them",
        template: "kind: Secret\n" + pod("helm.sh/hook: test"), isTest: false),
      Case(
        testDescription: "a definition that others may use",
        template: pod("helm.sh/hook: test") + "{{ define \"a\" }}{{ now }}{{ end }}\n",
        isTest: false),
      Case(testDescription: "empty", template: "", isTest: false),
    ])
  func recognised(_ item: Case) {
    #expect(TestTemplate.isRecognised(Array(item.template.utf8)) == item.isTest)
  }

  private static let chart: KeyValuePairs<String, String> = [
    "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "web/templates/a.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: {{ .Values.a | default \"b\" }}\n",
    "web/templates/tests/t.yaml":
      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: t-{{ randAlphaNum 5 | lower }}-{{ randInt 1 9 }}-{{ uuidv4 }}\n  annotations:\n    \"helm.sh/hook\": test\n    at: {{ now | date \"2006\" | quote }}\n",
  ]

  @Test("what they call refuses no chart, and always gives the same")
  func refusesNothing() throws {
    let bench = ChartBench(Self.chart)
    let chart = try bench.goodChart("web")
    let first = try HelmRequest.of(chart).job(chart).run()
    guard case .output(let bytes) = first else {
      Issue.record("helm failed: \(first)")
      return
    }
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("kind: ConfigMap"))
    #expect(text.contains("at: \"2000\""))
    #expect(try HelmRequest.of(chart).job(chart).run() == first)
  }

  @Test("keys and the network are refused there, too, because no fixed result is any good")
  func refusesKeys() throws {
    var bench = ChartBench(Self.chart)
    bench.add(
      "web/templates/tests/t.yaml",
      "kind: Pod\nmetadata:\n  annotations:\n    helm.sh/hook: test\n    a: {{ genPrivateKey \"ed25519\" }}\n"
    )
    let chart = try bench.goodChart("web")
    guard case .failed(let errors) = try HelmRequest.of(chart).job(chart).run() else {
      Issue.record("helm did not fail")
      return
    }
    #expect(
      bench.text([HelmRequest.of(chart).finding(errors, chart: chart)]) == """
        error: web/templates/tests/t.yaml:5:11: the chart calls 'genPrivateKey',
               which gives another result each time
           5 |     a: {{ genPrivateKey "ed25519" }}
             |           ^^^^^^^^^^^^^
        hint: give the value under 'helm.values:' in fleet.yaml

        """)
  }

  @Test("a lookup in notes or tests is no reason for a warning")
  func lookups() throws {
    var bench = ChartBench(Self.chart)
    bench.add("web/templates/NOTES.txt", "{{ lookup \"v1\" \"Pod\" \"\" \"\" }}\n")
    bench.add(
      "web/templates/tests/t.yaml",
      "kind: Pod\nmetadata:\n  annotations:\n    helm.sh/hook: test\n    a: {{ lookup \"v1\" \"Pod\" \"\" \"\" }}\n"
    )
    _ = try bench.goodChart("web")
    #expect(try findings(bench).isEmpty)
    bench.add("web/templates/b.yaml", "{{ lookup \"v1\" \"Pod\" \"\" \"\" }}\n")
    #expect(try findings(bench).count == 1)
  }

  private func findings(_ bench: ChartBench) throws -> [String] {
    var findings = Findings()
    _ = try bench.chart("web", &findings)
    return findings.all.map(\.message)
  }
}
