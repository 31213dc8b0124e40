// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetTestSupport
import Testing

@Suite("files outside of bundles that are not ours")
struct ForeignFileTests {
  private static let fleet = [
    "clusters/c.yaml":
      "apiVersion: fleet/v1\nkind: Cluster\nmetadata:\n  name: c\n",
    "gitrepos/g.yaml":
      "apiVersion: fleet/v1\nkind: GitRepo\nmetadata:\n  name: g\nspec:\n  paths: [apps/a]\n  targets:\n  - clusterName: c\n",
    "apps/a/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
  ]

  private func findings(_ more: [String: String]) throws -> String {
    text(try World().compile(Self.fleet.merging(more) { _, new in new }).findings.sorted)
  }

  private static let template = "kind: Job\nimage: {{ .Values.image }}\n"

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let files: [String: String]
    let findings: String
  }

  @Test(
    "what refuses a push, what is a warning, and what nobody hears of",
    arguments: [
      Case(testDescription: "nothing else", files: [:], findings: ""),
      Case(
        testDescription: "another kind",
        files: ["docs/e.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n"],
        findings: "warning: docs/e.yaml:2:7: not read: the kind 'Pod' is not one of ours\n"),
      Case(
        testDescription: "the same, ignored",
        files: [
          "docs/e.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n",
          ".fleetignore": "docs\n",
        ], findings: ""),
      Case(
        testDescription: "ignored by name from a folder above",
        files: [
          "docs/a/e.yaml": "kind: Pod\n", "docs/a/f.yaml": "kind: Pod\n",
          "docs/.fleetignore": "e.yaml\n",
        ], findings: "warning: docs/a/f.yaml:1:7: not read: the kind 'Pod' is not one of ours\n"),
      Case(
        testDescription: "a kind of Fleet's that is refused, ignored",
        files: [
          "tests/b.yaml": "apiVersion: fleet.cattle.io/v1alpha1\nkind: Bundle\n",
          ".fleetignore": "tests\n",
        ], findings: ""),
      Case(
        testDescription: "our own folders cannot be ignored",
        files: [".fleetignore": "clusters\ngitrepos\n*.yaml\n", "groups/g.yaml": "kind: Pod\n"],
        findings: "warning: groups/g.yaml:1:7: not read: the kind 'Pod' is not one of ours\n"),
      Case(
        testDescription: "a mistake in the ignore file of the root",
        files: [".fleetignore": "[\n"],
        findings: """
          error: .fleetignore:1:1: the pattern '[' is malformed
          hint: close '[' with ']', write '\\\\' for a backslash

          """),
      Case(
        testDescription: "templates of another program", files: ["helm/job.yaml": template],
        findings: """
          warning: helm/job.yaml: not read: the file is not YAML that can be read
          hint: if that is so for good, list it in a .fleetignore

          """),
      Case(
        testDescription: "a file that may be ours, and is no YAML",
        files: [
          "more/c.yaml": "apiVersion: fleet/v1\nkind: Cluster\nmetadata:\n  name: {{ name }}\n"
        ],
        findings: """
          error: more/c.yaml:4:9: '{{' begins a template, which is not YAML
          hint: quote it, or move the file to a chart's 'templates' folder

          """),
      Case(
        testDescription: "no YAML in a folder of ours", files: ["groups/job.yaml": template],
        findings: """
          error: groups/job.yaml:2:8: '{{' begins a template, which is not YAML
          hint: quote it, or move the file to a chart's 'templates' folder

          """),
      Case(
        testDescription: "a bundle in the root", files: ["fleet.yaml": "defaultNamespace: web\n"],
        findings: """
          warning: fleet.yaml: the root of the repository is no bundle, this file
                   is not read
          hint: move the bundle into a folder: mkdir -p apps/NAME && git mv
                fleet.yaml apps/NAME

          """),
      Case(
        testDescription: "a chart in the root",
        files: ["Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n"],
        findings: """
          warning: Chart.yaml: the root of the repository is no bundle, this file
                   is not read
          hint: move the bundle into a folder: mkdir -p apps/NAME && git mv
                Chart.yaml apps/NAME

          """),
      Case(
        testDescription: "a file of ours whose name says something else",
        files: [
          "fleet.yaml": "apiVersion: fleet/v1\nkind: Cluster\nmetadata:\n  name: d\n"
        ], findings: ""),
    ])
  func told(_ item: Case) throws {
    #expect(try findings(item.files) == item.findings)
  }

  @Test("a GitRepo of a whole repository says so when the only bundle is the root")
  func onlyRoot() throws {
    #expect(
      try findings([
        "fleet.yaml": "defaultNamespace: web\n", "apps/a/a.yaml": "",
        "gitrepos/g.yaml":
          "apiVersion: fleet/v1\nkind: GitRepo\nmetadata:\n  name: g\nspec:\n  targets:\n  - clusterName: c\n",
      ]) == """
        warning: fleet.yaml: the root of the repository is no bundle, this file
                 is not read
        hint: move the bundle into a folder: mkdir -p apps/NAME && git mv
              fleet.yaml apps/NAME

        error: gitrepos/g.yaml:5:1: no directory below the root has a
               'fleet.yaml', and the root is no bundle
        hint: move the bundle into a folder: mkdir -p apps/NAME && git mv
              fleet.yaml apps/NAME

        """)
  }
}
