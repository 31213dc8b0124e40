// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Rendering
import SliceFormat
import Testing

@Suite("plain manifests")
struct RenderingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let yaml: String
    var namespace: String?
    var path = "app.yaml"
    /// `identity` of each object, and the namespace in its manifest.
    var objects: [String] = []
    var findings = ""
    var testDescription: String { id }
  }

  private static func object(_ kind: String, _ name: String, _ namespace: String? = nil) -> String {
    "apiVersion: v1\nkind: \(kind)\nmetadata:\n  name: \(name)\n"
      + (namespace.map { "  namespace: \($0)\n" } ?? "")
  }

  @Test(
    "namespaces are forced or defaulted, lists are opened, scopes are known or left to the site",
    arguments: [
      Case(id: "empty", yaml: ""),
      Case(id: "only-comments", yaml: "# nothing\n---\n# here\n"),
      Case(
        id: "defaulted", yaml: object("ConfigMap", "c"),
        objects: ["ConfigMap~fallback~c in fallback"]),
      Case(
        id: "own-namespace-before-default", yaml: object("ConfigMap", "c", "own"),
        objects: ["ConfigMap~own~c in own"]),
      Case(
        id: "forced", yaml: object("ConfigMap", "c", "own"), namespace: "forced",
        objects: ["ConfigMap~forced~c in forced"]),
      Case(
        id: "cluster-scope", yaml: object("Namespace", "shop"), objects: ["Namespace~~shop in -"]),
      Case(
        id: "cluster-scope-drops-namespace", yaml: object("Namespace", "shop", "silly"),
        objects: ["Namespace~~shop in -"]),
      Case(
        id: "cluster-scope-forced", yaml: object("Namespace", "shop"), namespace: "forced",
        findings: """
          error: app.yaml:2:7: Namespace 'shop' belongs to no namespace, but
                 'namespace: forced' forces all objects of the bundle into one
          hint: use 'defaultNamespace: forced' in fleet.yaml instead of
                'namespace:'

          """),
      Case(
        id: "unknown-scope", yaml: "apiVersion: example.com/v1\nkind: Till\nmetadata:\n  name: t\n",
        objects: ["Till.example.com~~t in -"]),
      Case(
        id: "unknown-scope-own-namespace",
        yaml: "apiVersion: example.com/v1\nkind: Till\nmetadata:\n  name: t\n  namespace: own\n",
        objects: ["Till.example.com~own~t in own"]),
      Case(
        id: "own-definition",
        yaml: """
          apiVersion: apiextensions.k8s.io/v1
          kind: CustomResourceDefinition
          metadata:
            name: tills.example.com
          spec:
            group: example.com
            scope: Namespaced
            names:
              kind: Till
          ---
          apiVersion: example.com/v1
          kind: Till
          metadata:
            name: t

          """,
        objects: [
          "CustomResourceDefinition.apiextensions.k8s.io~~tills.example.com in -",
          "Till.example.com~fallback~t in fallback",
        ]),
      Case(
        id: "list",
        yaml: """
          apiVersion: v1
          kind: List
          items:
            - {apiVersion: v1, kind: Secret, metadata: {name: b}}
            - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}

          """, objects: ["ConfigMap~fallback~a in fallback", "Secret~fallback~b in fallback"]),
      Case(
        id: "typed-list",
        yaml:
          "apiVersion: v1\nkind: ConfigMapList\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n",
        objects: ["ConfigMap~fallback~a in fallback"]),
      Case(
        id: "json", yaml: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"j"}}"#,
        path: "app.json", objects: ["ConfigMap~fallback~j in fallback"]),
      Case(
        id: "no-kind", yaml: "apiVersion: v1\nmetadata:\n  name: c\n",
        findings: "error: app.yaml:1:1: the manifest has no 'kind'\n"),
      Case(
        id: "no-manifest", yaml: "replicas: 2\n---\n" + object("ConfigMap", "c"),
        objects: ["ConfigMap~fallback~c in fallback"],
        findings: """
          warning: app.yaml:1:1: not deployed: the document has neither
                   'apiVersion' nor 'kind'
          hint: if it is no manifest, list it in a .fleetignore

          """),
      Case(
        id: "only-metadata", yaml: "metadata:\n  name: c\n",
        findings: "error: app.yaml:1:1: the manifest has no 'apiVersion'\n"),
      Case(
        id: "no-manifest-in-a-list", yaml: "apiVersion: v1\nkind: List\nitems:\n- {a: b}\n",
        findings: "error: app.yaml:4:3: the manifest has no 'apiVersion'\n"),
      Case(
        id: "no-metadata", yaml: "apiVersion: v1\nkind: ConfigMap\n",
        findings: "error: app.yaml:2:7: the ConfigMap has no 'metadata'\n"),
      Case(
        id: "no-name", yaml: "apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {}}\n",
        findings: "error: app.yaml:2:7: the ConfigMap has no 'metadata.name'\n"),
      Case(
        id: "generate-name", yaml: "apiVersion: v1\nkind: Job\nmetadata:\n  generateName: j-\n",
        findings: """
          error: app.yaml:4:17: the Job has no 'metadata.name'
          hint: give it a fixed 'name:'; a generated one is new on every apply

          """),
      Case(
        id: "number-as-name", yaml: object("ConfigMap", "123"),
        findings: """
          error: app.yaml:4:9: 'name' must be a string that is not empty
          hint: write name: "123"

          """),
      Case(
        id: "name-with-slash", yaml: object("ConfigMap", "a/b"),
        findings: "error: app.yaml:4:9: the name 'a/b' has a character that is not allowed\n"),
      Case(
        id: "rbac-name-with-colon",
        yaml:
          "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: system:x~y\n",
        objects: ["Role.rbac.authorization.k8s.io~fallback~system:x~y in fallback"]),
      Case(
        id: "namespace-with-slash", yaml: object("ConfigMap", "c", "a/b"),
        findings: "error: app.yaml:5:14: 'a/b' is no valid name of a namespace\n"),
      Case(
        id: "not-a-mapping", yaml: "- one\n- two\n",
        findings: """
          error: app.yaml:1:1: a manifest is a mapping with 'apiVersion', 'kind'
                 and 'metadata'

          """),
      Case(
        id: "twice",
        yaml: object("ConfigMap", "c") + "---\n" + object("ConfigMap", "c", "fallback"),
        objects: ["ConfigMap~fallback~c in fallback"],
        findings: """
          error: app.yaml:7:7: ConfigMap fallback/c is in this bundle twice
          note: app.yaml:2:7: the first one is here

          """),
    ])
  func objects(_ entry: Case) {
    var findings = Findings()
    let manifests = PlainManifests(
      files: [BundleFile(path: entry.path, bytes: Array(entry.yaml.utf8))], findings: &findings)
    var scopes = ScopeCatalog()
    for kind in manifests.definitions {
      scopes.define(group: kind.group, kind: kind.kind, scope: kind.scope)
    }
    let objects = manifests.render(
      RenderOptions(bundle: "b", namespace: entry.namespace, defaultNamespace: "fallback"),
      scopes: scopes, findings: &findings)
    let told = objects.map { object in
      let lines = String(decoding: object.manifest, as: UTF8.self).split(separator: "\n")
      let place = lines.first { $0.hasPrefix("  namespace: ") }?.dropFirst(13) ?? "-"
      return "\(object.identity.fileName.dropLast(5)) in \(place)"
    }
    #expect(told == entry.objects)
    #expect(text(findings.all) == entry.findings)
  }

  @Test("a manifest comes out in one canonical form, with the label of its owner")
  func canonical() {
    let yaml = """
      # A comment, quotes and an odd order.
      kind: "ConfigMap"
      metadata: {name: 'settings', labels: {z: "1", a: 'yes'}, annotations: {note: "a: b"}}
      apiVersion: v1
      data:
        truth: "yes"
        number: "0123"
        empty: ""
        lines: |
          one
            two
        folded: >-
          a long
          line
        tab: "a\\tb"
        umlaut: "Köln"
      binaryData: {}
      """
    var findings = Findings()
    let manifests = PlainManifests(
      files: [BundleFile(path: "a.yaml", bytes: Array(yaml.utf8))], findings: &findings)
    let options = RenderOptions(bundle: "shop", namespace: nil, defaultNamespace: "retail")
    let objects = manifests.render(options, scopes: ScopeCatalog(), findings: &findings)
    #expect(text(findings.all) == "")
    let manifest = objects.first?.manifest ?? []
    Golden.check(String(decoding: manifest, as: UTF8.self), "planning/canonical.yaml")

    // What comes out, put in again, comes out the same.
    let again = PlainManifests(
      files: [BundleFile(path: "a.yaml", bytes: manifest)], findings: &findings)
    #expect(
      again.render(options, scopes: ScopeCatalog(), findings: &findings).first?.manifest == manifest
    )
  }

  @Test("a Secret in plain text is told from one that SOPS has encrypted and from an empty one")
  func secrets() {
    func isPlaintext(_ lines: String) -> Bool? {
      var findings = Findings()
      let manifests = PlainManifests(
        files: [
          BundleFile(
            path: "s.yaml",
            bytes: Array("apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n\(lines)".utf8))
        ], findings: &findings)
      return manifests.render(
        RenderOptions(bundle: "b", namespace: nil, defaultNamespace: "n"), scopes: ScopeCatalog(),
        findings: &findings
      ).first?.isPlaintextSecret
    }
    #expect(isPlaintext("data:\n  a: YQ==\n") == true)
    #expect(isPlaintext("stringData:\n  a: b\n") == true)
    #expect(isPlaintext("data:\n  a: ENC[x]\nsops:\n  mac: ENC[y]\n") == false)
    #expect(isPlaintext("data: {}\n") == false)
    #expect(isPlaintext("type: Opaque\n") == false)
  }
}
