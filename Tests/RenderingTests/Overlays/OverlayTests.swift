// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Rendering
import Testing

@Suite("overlays of plain YAML")
struct OverlayTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let overlays: [String]
    let files: [String: String]
    let told: String
    var testDescription: String { id }

    init(_ id: String, _ overlays: [String], _ files: [String: String], _ told: String) {
      self.id = id
      self.overlays = overlays
      self.files = files
      self.told = told
    }
  }

  /// Everything that comes out: a line with the path before each file, findings at the end.
  static func apply(_ overlays: [String], _ files: [String: String]) -> String {
    let options = MarkedText(
      "overlays: [\(overlays.joined(separator: ", "))]", path: "apps/web/fleet.yaml")
    let place = SourcePosition(line: 1, column: 12, offset: 11)
    let span = SourceSpan(path: options.path, start: place, end: place)
    var findings = Findings()
    let all = files.map { BundleFile(path: "apps/web/\($0.key)", bytes: Array($0.value.utf8)) }
    let result = Overlays.apply(
      overlays.map { ($0, span) },
      base: all.filter { !$0.path.hasPrefix("apps/web/overlays/") },
      overlayFiles: all.filter { $0.path.hasPrefix("apps/web/overlays/") }, bundle: "apps/web",
      findings: &findings)
    let text = result.map { "=== \($0.path)\n" + String(decoding: $0.bytes, as: UTF8.self) }
      .joined()
    return text
      + FindingRenderer { path in
        files[String(path.dropFirst("apps/web/".count))].map { Array($0.utf8) }
      }.text(findings.sorted)
  }

  static let map =
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: '1'\n"
  static let other =
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\ndata:\n  x: '2'\n"

  @Test(
    "files are replaced, added and patched in order",
    arguments: [
      Case(
        "none", [], ["a.yaml": map, "overlays/p/a.yaml": other],
        """
        === apps/web/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: '1'

        """),
      Case(
        "replaced-and-added", ["p"],
        [
          "a.yaml": map, "overlays/p/a.yaml": other, "overlays/p/sub/n.yaml": other,
          "overlays/p/README.md": "x", "overlays/q/a.yaml": "no",
        ],
        """
        === apps/web/overlays/p/a.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: b
        data:
          x: '2'
        === apps/web/overlays/p/sub/n.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: b
        data:
          x: '2'

        """),
      Case(
        "patched", ["p"], ["sub/a.yaml": map, "overlays/p/sub/a_patch.yaml": "data: {k: '3'}\n"],

        """
        === apps/web/sub/a.yaml + apps/web/overlays/p/sub/a_patch.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: "1"
          k: "3"

        """),
      Case(
        "replaced-then-patched", ["p"],
        [
          "a.yaml": map, "overlays/p/a.yaml": other,
          "overlays/p/a_patch.yaml": "data: {x: null, k: '3'}\n",
        ],
        """
        === apps/web/overlays/p/a.yaml + apps/web/overlays/p/a_patch.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: b
        data:
          k: "3"

        """),
      Case(
        "one-on-the-other", ["p", "q"],
        [
          "a.yaml": map, "overlays/p/a_patch.yaml": "data: {k: p, z: p}\n",
          "overlays/q/a_patch.yaml":
            "- {op: test, path: /data/k, value: p}\n- {op: replace, path: /data/k, value: q}\n",
        ],
        """
        === apps/web/a.yaml + apps/web/overlays/p/a_patch.yaml + apps/web/overlays/q/a_patch.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: "1"
          k: q
          z: p

        """),
      Case(
        "one-on-the-other-the-other-way", ["q", "p"],
        [
          "a.yaml": map, "overlays/p/a_patch.yaml": "data: {k: p}\n",
          "overlays/q/a_patch.yaml": "- {op: test, path: /data/k, value: p}\n",
        ],
        """
        === apps/web/a.yaml + apps/web/overlays/p/a_patch.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: "1"
          k: p
        error: apps/web/overlays/q/a_patch.yaml:1:20: the test of '/data/k'
               failed: it is not there
           1 | - {op: test, path: /data/k, value: p}
             |                    ^^^^^^^

        """),
      Case(
        "json-patch-file", ["p"],
        [
          "a.json": #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}"#,
          "overlays/p/a_patch.json": #"[{"op":"add","path":"/data","value":{"k":"yes"}}]"#,
        ],
        """
        === apps/web/a.json + apps/web/overlays/p/a_patch.json
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          k: "yes"

        """),
      Case(
        "two-patches-in-a-file", ["p"],
        [
          "a.yaml": map,
          "overlays/p/a_patch.yaml":
            "data: {k: '1'}\n---\n- {op: copy, from: /data/k, path: /data/z}\n",
        ],
        """
        === apps/web/a.yaml + apps/web/overlays/p/a_patch.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: "1"
          k: "1"
          z: "1"

        """),
      Case(
        "empty-base", ["p"], ["a.yaml": "# nothing\n", "overlays/p/a_patch.yaml": map],
        """
        === apps/web/a.yaml + apps/web/overlays/p/a_patch.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: "1"

        """),
      Case(
        "one-of-two-documents", ["p"],
        [
          "a.yaml": map + "---\n" + other,
          "overlays/p/a_patch.yaml": "kind: ConfigMap\nmetadata: {name: b}\ndata: {x: '9'}\n",
        ],
        """
        === apps/web/a.yaml + apps/web/overlays/p/a_patch.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
        data:
          x: "1"
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: b
        data:
          x: "9"

        """),
      Case(
        "custom-kind-is-merged-as-json", ["p"],
        [
          "a.yaml":
            "apiVersion: e.com/v1\nkind: T\nmetadata: {name: t}\nspec: {list: [{name: a}]}\n",
          "overlays/p/a_patch.yaml": "spec: {list: [{name: b}]}\n",
        ],
        """
        === apps/web/a.yaml + apps/web/overlays/p/a_patch.yaml
        apiVersion: e.com/v1
        kind: T
        metadata:
          name: t
        spec:
          list:
          - name: b

        """),
      Case(
        "definitions-are-merged-as-json", ["p"],
        [
          "a.yaml":
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: t, finalizers: [x]}\n",
          "overlays/p/a_patch.yaml": "metadata: {finalizers: [z]}\n",
        ],
        """
        === apps/web/a.yaml + apps/web/overlays/p/a_patch.yaml
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: t
          finalizers:
          - z

        """),
    ])
  func results(_ entry: Case) {
    #expect(Self.apply(entry.overlays, entry.files) == entry.told)
  }
}
