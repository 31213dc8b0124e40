// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Testing

/// What is wrong with a chart, a kustomization or what they made: told at push with its place.
@Suite("pushes that cannot be rendered", .enabled(if: Renderers.areInstalled))
struct RenderRefusedTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let make: @Sendable (FleetClone) throws -> Void
    var testDescription: String { id }

    init(_ id: String, _ make: @escaping @Sendable (FleetClone) throws -> Void) {
      self.id = id
      self.make = make
    }
  }

  private static let template = "apps/till/templates/config.yaml"

  /// The chart with one more line of data.
  private static func line(_ id: String, _ line: String) -> Case {
    Case(id) { try $0.edit(template, "\ndata:\n", "\ndata:\n  \(line)\n") }
  }

  private static func bundle(_ name: String, _ options: String = "") -> [String: String] {
    [
      "apps/\(name)/fleet.yaml": "name: \(name)\ndefaultNamespace: \(name)\n\(options)",
      "apps/\(name)/config.yaml": SampleFleet.configMap(name, ["a": "b"]),
    ]
  }

  private static let printer = """
    apiVersion: acme.example.com/v1
    kind: Printer
    metadata:
      name: front

    """

  /// Errors that are the chart's own.
  private static let chartErrors: [Case] = [
    line("fail", #"a: {{ fail "the till has no drawer" }}"#),
    line("required", #"a: {{ required "say which drawer" .Values.drawer }}"#),
    line("nil-pointer", "a: {{ .Values.drawer.size }}"),
    line("syntax", "a: {{ if .Values.colour }}"),
    line("unknown-function", "a: {{ .Values.colour | shout }}"),
    line("not-yaml", "a: [{{ .Values.colour }}"),
    Case("schema") {
      try $0.write(
        "apps/till/values.schema.json",
        """
        {"type": "object", "required": ["drawer"],
         "properties": {"colour": {"enum": ["red", "green"]}}}

        """)
    },
    Case("no-chart") { try $0.edit("apps/till/fleet.yaml", "helm:\n", "helm:\n  chart: chart\n") },
    Case("dependency-missing") {
      try $0.edit(
        "apps/till/Chart.yaml", "version: 1.0.0\n",
        """
        version: 1.0.0
        dependencies:
          - {name: drawer, version: ^1, repository: https://charts.example.com}

        """)
    },
    Case("one-of-two-regions") {
      try $0.edit(
        template, "\ndata:\n",
        "\ndata:\n  a: {{ if eq .Values.colour \"us\" }}{{ fail \"not in America\" }}{{ end }}\n")
    },
  ]

  /// Chance, clock and keys.
  private static let unstable: [Case] = [
    line("rand-alpha-num", "a: {{ randAlphaNum 8 }}"),
    line("now", #"a: {{ now | date "2006-01-02" }}"#),
    line("gen-ca", #"a: {{ $ca := genCA "shop" 365 }}{{ $ca.Cert | quote }}"#),
    Case("gen-ca-pinned") {
      try $0.edit("apps/till/fleet.yaml", "helm:\n", "helm:\n  pin: true\n")
      try $0.edit(template, "\ndata:\n", "\ndata:\n  a: {{ (genCA \"shop\" 365).Cert | quote }}\n")
    },
    Case("rand-in-helper") {
      try $0.write(
        "apps/till/templates/_helpers.tpl",
        "{{- define \"password\" -}}\n{{ randAlphaNum 8 }}\n{{- end -}}\n")
      try $0.edit(template, "\ndata:\n", "\ndata:\n  a: {{ include \"password\" . }}\n")
    },
  ]

  /// What was rendered cannot be deployed.
  private static let objects: [Case] = [
    Case("cluster-scoped-from-chart") {
      try $0.write(
        "apps/till/templates/role.yaml",
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {{ .Release.Name }}\n")
    },
    Case("unknown-kind") { try $0.write("apps/base/printer.yaml", printer) },
    Case("misspelt-kind") {
      try $0.edit("apps/pos/deployment.yaml", "kind: Deployment", "kind: Deploymnet")
    },
    Case("removed-api") {
      try $0.edit(
        "clusters/store-0003.yaml", "    region: us\n",
        "    region: us\nspec:\n  kubernetesVersion: v1.29.4\n")
      try $0.write(
        "apps/pos/ingress.yaml",
        "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata:\n  name: pos\n")
    },
    Case("duplicate-across-bundles") {
      try $0.write([
        "apps/second/fleet.yaml": "name: second\nnamespace: tills\n",
        "apps/second/config.yaml": SampleFleet.configMap("till", ["colour": "blue"]),
      ])
    },
    Case("duplicate-in-chart") {
      try $0.write(
        "apps/till/templates/again.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n")
    },
    Case("depends-cycle") {
      try $0.write(bundle("one", "dependsOn: [{name: two}]\n"))
      try $0.write(bundle("two", "dependsOn: [{name: three}]\n"))
      try $0.write(bundle("three", "dependsOn: [{name: one}]\n"))
    },
    Case("depends-unknown") { try $0.write(bundle("one", "dependsOn: [{name: tills}]\n")) },
    Case("depends-unreachable") { try $0.write(bundle("one", "dependsOn: [{name: pos}]\n")) },
  ]

  /// Kustomizations and overlays.
  private static let layers: [Case] = [
    Case("kustomize-file-missing") {
      try $0.edit("apps/menu/kustomization.yaml", "menu.yaml", "menus.yaml")
    },
    Case("kustomize-remote") {
      try $0.edit(
        "apps/menu/kustomization.yaml", "menu.yaml", "https://example.com/menu.yaml")
    },
    Case("overlay-missing") {
      try $0.edit("apps/pos/fleet.yaml", "name: pos\n", "name: pos\nyaml: {overlays: [eu]}\n")
    },
  ]

  @Test(
    "is refused with the place, and the hub stays byte for byte but for its cache",
    arguments: chartErrors + unstable + objects + layers)
  func refused(_ entry: Case) throws {
    let fixture = try RenderedHub.copy()
    let before = try fixture.fingerprint()
    try entry.make(fixture.clone)
    try fixture.clone.commit("bad: \(entry.id)")
    let push = try fixture.clone.push()
    Golden.check(push.said, "render/\(entry.id).txt")
    #expect(push.isRefused)
    #expect(try fixture.changesBesidesCache(since: before) == [])
  }

  @Test("chance and clock are taken when the author pins them, and give the same again elsewhere")
  func pinned() throws {
    func trees() throws -> (String, String) {
      let fixture = try RenderedHub.copy()
      try fixture.clone.edit("apps/till/fleet.yaml", "helm:\n", "helm:\n  pin: true\n")
      try fixture.clone.edit(
        Self.template, "\ndata:\n",
        "\ndata:\n  password: {{ randAlphaNum 8 }}\n  day: {{ now | date \"2006-01-02\" }}\n")
      try fixture.clone.commit("pinned")
      let push = try fixture.clone.push()
      #expect(push.isAccepted, "\(push.text)")
      return (
        try fixture.ref("refs/fleet/plan") ?? "",
        try fixture.sliceFile("store-0001", "till/objects/ConfigMap~tills~till.yaml")
      )
    }
    let (plan, manifest) = try trees()
    let (again, same) = try trees()
    #expect(plan == again)
    #expect(manifest == same)
    Golden.check(manifest, "render/pinned.yaml")
  }
}
