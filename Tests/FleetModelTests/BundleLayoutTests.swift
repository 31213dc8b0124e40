// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Testing

@Suite("directories that become bundles")
struct BundleLayoutTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let id: String
    var paths = ["apps"]
    let files: [String]
    let bundles: [String]
    var unused: [String] = []
    var testDescription: String { id }
  }

  /// A bundle a line: `path (option files): files`.
  private func describe(_ layout: BundleLayout) -> [String] {
    layout.bundles.map { bundle in
      let options =
        bundle.optionFiles.isEmpty ? "" : " (\(bundle.optionFiles.joined(separator: " ")))"
      return "\(bundle.path)\(options): \(bundle.files.joined(separator: " "))"
    }
  }

  @Test(
    "a path and the directories with fleet.yaml below it are bundles",
    arguments: [
      Case(
        id: "plain files", files: ["apps/deployment.yaml", "apps/svc.yaml"],
        bundles: ["apps: apps/deployment.yaml apps/svc.yaml"]),
      Case(
        id: "files two levels below",
        files: ["apps/nested/a/deployment.yaml", "apps/nested/b/svc.yml"],
        bundles: ["apps: apps/nested/a/deployment.yaml apps/nested/b/svc.yml"]),
      Case(
        id: "only bundles below, and a text file",
        files: [
          "apps/README.md", "apps/a/fleet.yaml", "apps/a/svc/svc.yaml", "apps/b/fleet.yml",
          "apps/b/svc/nested/svc.yaml",
        ],
        bundles: [
          "apps/a (apps/a/fleet.yaml): apps/a/svc/svc.yaml",
          "apps/b (apps/b/fleet.yml): apps/b/svc/nested/svc.yaml",
        ]),
      Case(
        id: "bundles below and loose files beside them",
        files: [
          "apps/nested/a/deployment.yaml", "apps/nested/a/fleet.yaml", "apps/nested/b/svc.yaml",
          "apps/nested/c/cm.yaml", "apps/nested/c/fleet.yaml", "apps/nested/d/deployment.yaml",
        ],
        bundles: [
          "apps: apps/nested/b/svc.yaml apps/nested/d/deployment.yaml",
          "apps/nested/a (apps/nested/a/fleet.yaml): apps/nested/a/deployment.yaml",
          "apps/nested/c (apps/nested/c/fleet.yaml): apps/nested/c/cm.yaml",
        ]),
      Case(
        id: "a bundle in a bundle",
        files: ["apps/a.yaml", "apps/fleet.yaml", "apps/in/b.yaml", "apps/in/fleet.yaml"],
        bundles: [
          "apps (apps/fleet.yaml): apps/a.yaml", "apps/in (apps/in/fleet.yaml): apps/in/b.yaml",
        ]),
      Case(
        id: "a fleet.yaml alone is a bundle", files: ["apps/fleet.yaml"],
        bundles: ["apps (apps/fleet.yaml): "]),
      Case(
        id: "both option files are told", files: ["apps/fleet.yaml", "apps/fleet.yml"],
        bundles: ["apps (apps/fleet.yaml apps/fleet.yml): "]),
      Case(
        id: "nothing to deploy", files: ["apps/README.md", "other/a.yaml"], bundles: [],
        unused: ["apps"]),
      Case(
        id: "no such directory, and a file", paths: ["none", "apps/a.yaml", "../apps", "[a"],
        files: ["apps/a.yaml"], bundles: [], unused: ["none", "apps/a.yaml", "../apps", "[a"]),
      Case(
        id: "a directory is not its namesake", files: ["apps2/a.yaml"], bundles: [],
        unused: ["apps"]),
      Case(
        id: "paths as people write them", paths: ["/apps/", "./more"],
        files: ["apps/a.yaml", "more/b.yaml"],
        bundles: ["apps: apps/a.yaml", "more: more/b.yaml"]),
      Case(
        id: "patterns match names, not paths", paths: ["*/[ab]*"],
        files: ["apps/a1/x.yaml", "apps/b/c/x.yaml", "apps/d/x.yaml", "apps/x.yaml"],
        bundles: ["apps/a1: apps/a1/x.yaml", "apps/b: apps/b/c/x.yaml"]),
      Case(
        id: "a path in a path takes its files away", paths: ["apps", "apps/in"],
        files: ["apps/a.yaml", "apps/in/b.yaml"],
        bundles: ["apps: apps/a.yaml", "apps/in: apps/in/b.yaml"]
      ),
      Case(
        id: "an outer path that keeps no file is no bundle", paths: ["apps", "apps/in"],
        files: ["apps/in/b.yaml"], bundles: ["apps/in: apps/in/b.yaml"]),
      Case(
        id: "hidden names are not looked at", paths: ["apps", ".ci"],
        files: [".ci/a.yaml", "apps/.b/fleet.yaml", "apps/.c.yaml", "apps/d.yaml"],
        bundles: ["apps: apps/d.yaml"], unused: [".ci"]),
    ])
  func layout(_ example: Case) {
    let layout = BundleLayout(paths: example.paths, files: example.files)
    #expect(describe(layout) == example.bundles)
    #expect(layout.unusedPaths == example.unused)
  }

  @Test("charts that were downloaded and their lock are nobody's manifests")
  func vendored() {
    let layout = BundleLayout(
      paths: ["apps"],
      files: [
        "apps/.fleet/charts/x.tgz", "apps/.fleet/charts/values.yaml", "apps/fleet.lock",
        "apps/fleet.yaml", "apps/values.yaml",
      ])
    #expect(describe(layout) == ["apps (apps/fleet.yaml): apps/values.yaml"])
  }

  @Test("bundles that are listed one by one are not searched for others")
  func listed() throws {
    var reading = Reading()
    reading.file(
      "gitrepos/a.yaml",
      """
      apiVersion: fleet/v1
      kind: GitRepo
      metadata: {name: repo}
      spec:
        paths: [none]
        bundles:
          - {base: apps/web}
          - {base: /apps/pos, options: dev.yaml}
          - {base: apps/pos, options: ../env/prod.yml}
          - {base: apps/none}
          - {base: apps/pos, options: no.yaml}
          - {base: apps/web/}
          - {base: ../up}
          - {base: .}
          - {base: apps, options: ../../x}
          - {options: a}
      """)
    let gitRepo = try #require(reading.documents.gitRepos.first)
    let layout = BundleLayout(
      gitRepo,
      files: [
        "apps/env/prod.yml", "apps/pos/a.yaml", "apps/pos/dev.yaml", "apps/pos/in/fleet.yaml",
        "apps/pos/in/b.yaml", "apps/web/c.yaml", "apps/web/deep/d.yaml", "apps/web/deep/fleet.yaml",
        "apps/web/fleet.yaml", "other/e.yaml",
      ])
    #expect(
      describe(layout) == [
        "apps/pos (apps/env/prod.yml): apps/pos/a.yaml apps/pos/in/b.yaml",
        "apps/pos (apps/pos/dev.yaml): apps/pos/a.yaml apps/pos/in/b.yaml",
        "apps/web (apps/web/fleet.yaml): apps/web/c.yaml apps/web/deep/d.yaml",
      ])
    #expect(
      layout.bundles.map { $0.defaultName(gitRepo: "repo") } == [
        "repo-apps-env-prod", "repo-apps-pos-dev", "repo-apps-web",
      ])
    reading.check { _, findings in findings.add(contentsOf: layout.problems) }
    #expect(
      reading.text == """
        warning: gitrepos/a.yaml:5:3: 'spec.paths' has no effect here: there are
                 'bundles'
           5 |   paths: [none]
             |   ^^^^^
        error: gitrepos/a.yaml:10:14: the directory 'apps/none' is no bundle:
               there is no YAML
          10 |     - {base: apps/none}
             |              ^^^^^^^^^
        hint: commit the directory, or take the entry out
        error: gitrepos/a.yaml:11:33: there is no file 'apps/pos/no.yaml' with
               options
          11 |     - {base: apps/pos, options: no.yaml}
             |                                 ^^^^^^^
        hint: the path begins at the 'base' of the entry
        error: gitrepos/a.yaml:12:14: this bundle is listed twice
          12 |     - {base: apps/web/}
             |              ^^^^^^^^^
        hint: name another file under 'options', or take the entry out
        error: gitrepos/a.yaml:13:14: the path '../up' leaves the repository
          13 |     - {base: ../up}
             |              ^^^^^
        error: gitrepos/a.yaml:14:14: the path '.' is no bundle: it is the root
          14 |     - {base: .}
             |              ^
        error: gitrepos/a.yaml:15:29: the path '../../x' leaves the repository
          15 |     - {base: apps, options: ../../x}
             |                             ^^^^^^^
        error: gitrepos/a.yaml:16:7: an entry of 'bundles' needs a 'base'
          16 |     - {options: a}
             |       ^^^^^^^^^^^^

        """)
  }

  @Test("a bundle knows the ignore files that are its own")
  func ignoreFiles() {
    let layout = BundleLayout(
      paths: ["apps"],
      files: [
        "apps/.fleetignore", "apps/a.yaml", "apps/b/.fleetignore", "apps/c/.fleetignore",
        "apps/c/fleet.yaml",
      ])
    #expect(
      layout.bundles.map(\.ignoreFiles) == [
        ["apps/.fleetignore", "apps/b/.fleetignore"], ["apps/c/.fleetignore"],
      ])
  }
}
