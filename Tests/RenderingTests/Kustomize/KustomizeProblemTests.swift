// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("what is wrong with a kustomization is told at its place")
struct KustomizeProblemTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let bundle: String
    var directory = ""
    let told: String
    var testDescription: String { id }

    init(_ id: String, _ bundle: String, in directory: String = "", _ told: String) {
      self.id = id
      self.bundle = bundle
      self.directory = directory
      self.told = told
    }
  }

  private static let map = """
    --- map.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: a
    """

  @Test(
    "before kustomize is called",
    arguments: [
      Case("fine", "--- kustomization.yaml\nresources: [map.yaml]\n" + map, ""),
      Case(
        "no-kustomization", map, in: "x",
        """
        error: the folder 'apps/web/x' has no 'kustomization.yaml'

        """),
      Case(
        "two", "--- kustomization.yaml\nresources: []\n--- Kustomization\nresources: []\n",
        """
        error: apps/web/Kustomization: the folder has a 'kustomization.yaml' and
               a 'Kustomization'
        hint: keep one of them: git rm apps/web/Kustomization

        """),
      Case(
        "bad-yaml", "--- kustomization.yaml\nresources: [map.yaml\n" + map,
        """
        error: apps/web/kustomization.yaml:1:20: expected ',' or ']' before the
               end of the file
           1 | resources: [map.yaml
             |                    ^
        note: apps/web/kustomization.yaml:1:12: the list opened here is not
              closed
        hint: add ']' where the list ends

        """),
      Case(
        "remote-base",
        "--- kustomization.yaml\nresources:\n- map.yaml\n- github.com/org/repo//base?ref=v1\n"
          + map,

        """
        error: apps/web/kustomization.yaml:3:3: the kustomization reads
               'github.com/org/repo//base?ref=v1' from the network, which is
               never done here
           3 | - github.com/org/repo//base?ref=v1
             |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: commit a copy and name it here: kubectl kustomize
              'github.com/org/repo//base?ref=v1' > remote.yaml

        """),
      Case(
        "remote-file",
        "--- kustomization.yaml\nresources: [map.yaml]\npatches:\n- path: https://example.com/a/p.yaml?x=1\n"
          + map,
        """
        error: apps/web/kustomization.yaml:3:9: the kustomization reads
               'https://example.com/a/p.yaml?x=1' from the network, which is
               never done here
           3 | - path: https://example.com/a/p.yaml?x=1
             |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: commit a copy and name it here: curl -fsSLo p.yaml
              'https://example.com/a/p.yaml?x=1'

        """),
      Case(
        "remote-file-with-a-long-name",
        "--- kustomization.yaml\nresources:\n- https://example.com/\(String(repeating: "long/", count: 14))all.yaml\n",
        """
        error: apps/web/kustomization.yaml:2:3: the kustomization reads
               'https://example.com/long/long/long/long/long/long/long/long/long/long/long/long…'
               from the network, which is never done here
           2 | - https://example.com/long/long/long/long/long/long/long/long/lo…
             |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: commit a copy and name it here: curl -fsSLo all.yaml
              'https://example.com/long/long/long/long/long/long/long/long/long/long/long/long/long/long/all.yaml'

        """),
      Case(
        "remote-ssh", "--- kustomization.yaml\ncomponents: ['git@example.com:org/repo.git//c']\n",

        """
        error: apps/web/kustomization.yaml:1:14: the kustomization reads
               'git@example.com:org/repo.git//c' from the network, which is
               never done here
           1 | components: ['git@example.com:org/repo.git//c']
             |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: commit a copy and name it here: kubectl kustomize
              'git@example.com:org/repo.git//c' > remote.yaml

        """),
      Case(
        "remote-in-a-base",
        "--- prod/kustomization.yaml\nresources: [../base]\n--- base/kustomization.yaml\nresources: ['https://example.com/all.yaml']\n",
        in: "prod",
        """
        error: apps/web/base/kustomization.yaml:1:13: the kustomization reads
               'https://example.com/all.yaml' from the network, which is never
               done here
           1 | resources: ['https://example.com/all.yaml']
             |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: commit a copy and name it here: curl -fsSLo all.yaml
              'https://example.com/all.yaml'

        """),
      Case(
        "outside", "--- kustomization.yaml\nresources:\n- ../../base\n",
        """
        error: apps/web/kustomization.yaml:2:3: the kustomization reads
               '../../base', which is outside the bundle 'apps/web'
           2 | - ../../base
             |   ^^^^^^^^^^
        hint: move it into the bundle, or move the bundle's fleet.yaml up

        """),
      Case(
        "absolute", "--- kustomization.yaml\nresources: [/etc/passwd]\n",
        """
        error: apps/web/kustomization.yaml:1:13: the kustomization reads
               '/etc/passwd', which is outside the bundle 'apps/web'
           1 | resources: [/etc/passwd]
             |             ^^^^^^^^^^^
        hint: move it into the bundle, or move the bundle's fleet.yaml up

        """),
      Case(
        "outside-directory", map, in: "../x",
        """
        error: '../x' is outside the bundle
        hint: 'kustomize.dir' counts from the folder of the fleet.yaml

        """),
      Case(
        "missing", "--- kustomization.yaml\nresources: [mp.yaml]\n" + map,
        """
        error: apps/web/kustomization.yaml:1:13: there is no 'mp.yaml' in the
               bundle 'apps/web'
           1 | resources: [mp.yaml]
             |             ^^^^^^^
        hint: did you mean 'apps/web/map.yaml'?

        """),
      Case(
        "missing-patch-and-generator",
        "--- kustomization.yaml\nresources: [map.yaml]\npatchesStrategicMerge: [p.yaml]\nconfigMapGenerator:\n- name: c\n  files: [a=b.txt]\n"
          + map,
        """
        error: apps/web/kustomization.yaml:2:25: there is no 'p.yaml' in the
               bundle 'apps/web'
           2 | patchesStrategicMerge: [p.yaml]
             |                         ^^^^^^

        error: apps/web/kustomization.yaml:5:11: there is no 'b.txt' in the
               bundle 'apps/web'
           5 |   files: [a=b.txt]
             |           ^^^^^^^

        """),
      Case(
        "file-elsewhere",
        "--- prod/kustomization.yaml\nresources: [../map.yaml]\n" + map, in: "prod",
        """
        error: apps/web/prod/kustomization.yaml:1:13: '../map.yaml' is a file
               outside the kustomization's folder
           1 | resources: [../map.yaml]
             |             ^^^^^^^^^^^
        hint: kustomize takes folders from elsewhere: give that one a
              kustomization.yaml

        """),
      Case(
        "folder-above",
        "--- prod/kustomization.yaml\nresources: [..]\n--- kustomization.yaml\nresources: [map.yaml]\n"
          + map, in: "prod",
        """
        error: apps/web/prod/kustomization.yaml:1:13: '..' is or holds the
               folder 'apps/web/prod', which leads here
           1 | resources: [..]
             |             ^^
        hint: move what both need to a folder beside them, such as '../base'

        """),
      Case(
        "base-without", "--- kustomization.yaml\nresources: [x]\n--- x/a.txt\n",
        """
        error: apps/web/kustomization.yaml:1:13: the folder 'apps/web/x' has no
               'kustomization.yaml'
           1 | resources: [x]
             |             ^

        """),
      Case(
        "helm", "--- kustomization.yaml\nhelmCharts:\n- name: x\n  repo: https://example.com\n",
        """
        error: apps/web/kustomization.yaml:1:1: 'helmCharts' is not rendered:
               kustomize calls no other program here
           1 | helmCharts:
             | ^^^^^^^^^^
        hint: name the chart under 'helm:' in fleet.yaml; kustomize gets what
              helm makes of it

        """
      ),
    ])
  func ours(_ entry: Case) throws {
    #expect(try KustomizeBundle(entry.bundle).problems(entry.directory) == entry.told)
  }

  @Test(
    "from what kustomize says",
    arguments: [
      Case(
        "empty", "--- kustomization.yaml\n{}\n",
        """
        error: apps/web/kustomization.yaml: the kustomization says nothing
        hint: name what it deploys under 'resources:'

        """),
      Case(
        "unknown-field", "--- kustomization.yaml\nresource:\n- map.yaml\n" + map,
        """
        error: apps/web/kustomization.yaml:1:1: kustomize has no field
               'resource'
           1 | resource:
             | ^^^^^^^^
        hint: did you mean 'resources'?

        """),
      Case(
        "wrong-type",
        "--- kustomization.yaml\nresources: [map.yaml]\nimages:\n- name: a\n  newTag: 1\n" + map,

        """
        error: apps/web/kustomization.yaml:4:11: 'images.newTag' is a number,
               kustomize wants a string
           4 |   newTag: 1
             |           ^

        """),
      Case(
        "wrong-shape", "--- kustomization.yaml\nresources: map.yaml\n" + map,
        """
        error: apps/web/kustomization.yaml:1:12: 'resources' is a string,
               kustomize wants a list
           1 | resources: map.yaml
             |            ^^^^^^^^

        """),
      Case(
        "number-as-key",
        "--- kustomization.yaml\nresources: [map.yaml, x.yaml]\n--- x.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\ndata:\n  \"80\": a\n  9000: b\n"
          + map,

        """
        error: apps/web/x.yaml:7:3: the key '9000' is no text, which kustomize
               cannot read
           7 |   9000: b
             |   ^^^^
        hint: quote it: "9000":

        """),
      Case(
        "resource-is-no-yaml", "--- kustomization.yaml\nresources: [x.yaml]\n--- x.yaml\na: b: c\n",

        """
        error: apps/web/x.yaml:1:5: the value of 'a' has another ': ' in it
           1 | a: b: c
             |     ^
        hint: put the value in quotes: "b: c"

        """),
      Case(
        "no-name",
        "--- kustomization.yaml\nresources: [x.yaml]\n--- x.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  nme: a\n",

        """
        error: apps/web/x.yaml:2:7: the ConfigMap has no 'metadata.name'
           2 | kind: ConfigMap
             |       ^^^^^^^^^

        """),
      Case(
        "no-kind",
        "--- kustomization.yaml\nresources: [x.yaml]\n--- x.yaml\napiVersion: v1\nmetadata:\n  name: a\n",

        """
        error: apps/web/x.yaml:1:1: the manifest has no 'kind'
           1 | apiVersion: v1
             | ^^^^^^^^^^^^^^

        """),
      Case(
        "twice",
        "--- base/kustomization.yaml\nresources: [map.yaml]\n--- base/map.yaml\n"
          + map.dropFirst(13)
          + "\n--- kustomization.yaml\nresources:\n- base\n- map.yaml\n" + map,
        """
        error: apps/web/kustomization.yaml:3:3: ConfigMap 'a' is in the
               kustomization twice
           3 | - map.yaml
             |   ^^^^^^^^
        hint: take one of them out, or change it with a patch instead

        """),
      Case(
        "twice-in-a-base",
        "--- base/kustomization.yaml\nresources:\n- map.yaml\n- b.yaml\n--- base/map.yaml\n"
          + map.dropFirst(13)
          + "\n--- base/b.yaml\n" + map.dropFirst(13)
          + "\n--- kustomization.yaml\nresources:\n- base\n",
        """
        error: apps/web/base/kustomization.yaml:3:3: ConfigMap 'a' is in the
               kustomization twice
           3 | - b.yaml
             |   ^^^^^^
        hint: take one of them out, or change it with a patch instead

        """),
      Case(
        "patch-without-target",
        "--- kustomization.yaml\nresources: [map.yaml]\npatches:\n- path: p.yaml\n- path: q.yaml\n--- p.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n--- q.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: zz\n"
          + map,
        """
        error: apps/web/kustomization.yaml:4:9: there is no ConfigMap 'zz',
               which is to be patched
           4 | - path: q.yaml
             |         ^^^^^^
        hint: it is looked up by the name that it has before 'namePrefix' and
              'nameSuffix'

        """),
      Case(
        "inline-patch-without-target",
        "--- kustomization.yaml\nresources: [map.yaml]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: Secret\n    metadata:\n      name: a\n"
          + map,
        """
        error: apps/web/kustomization.yaml:3:10: there is no Secret 'a', which
               is to be patched
           3 | - patch: |
             |          ^
        hint: it is looked up by the name that it has before 'namePrefix' and
              'nameSuffix'

        """),
      Case(
        "json-patch",
        "--- kustomization.yaml\nresources: [map.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |\n    - op: replace\n      path: /data/x\n      value: y\n"
          + map,
        """
        error: apps/web/kustomization.yaml:4:10: a JSON Patch does not apply:
               there is no '/data/x'
           4 |   patch: |
             |          ^

        """),
      Case(
        "component-as-resource",
        "--- kustomization.yaml\nresources:\n- map.yaml\n- c\n--- c/kustomization.yaml\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: x\n"
          + map,
        """
        error: apps/web/kustomization.yaml:3:3: the folder is a Component, which
               'resources' does not take
           3 | - c
             |   ^
        hint: name it under 'components:'

        """),
      Case(
        "resource-as-component",
        "--- kustomization.yaml\nresources:\n- map.yaml\ncomponents:\n- c\n--- c/kustomization.yaml\nnamePrefix: x\n"
          + map,
        """
        error: apps/web/kustomization.yaml:4:3: the folder is no Component,
               which 'components' takes alone
           4 | - c
             |   ^
        hint: name it under 'resources:'

        """),
      Case(
        "plugin",
        "--- kustomization.yaml\nresources: [map.yaml]\ntransformers:\n- t.yaml\n--- t.yaml\napiVersion: example.com/v1\nkind: Till\nmetadata:\n  name: t\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ./x.sh}\n"
          + map,
        """
        error: apps/web/kustomization.yaml:3:3: the plugin 'Till' is a program;
               kustomize calls none here
           3 | - t.yaml
             |   ^^^^^^

        """),
      Case(
        "generator-secret-literal",
        "--- kustomization.yaml\nsecretGenerator:\n- name: s\n  literals: [hunter2]\n",
        """
        error: apps/web/kustomization.yaml:3:14: a literal has the form
               'KEY=VALUE', this one has no '='

        """),
      Case(
        "replacement",
        "--- kustomization.yaml\nresources: [map.yaml]\nreplacements:\n- source: {kind: Secret, name: s}\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.x]}]\n"
          + map,
        """
        error: apps/web/kustomization.yaml: kustomize failed: nothing selected
               by Secret.[noVer].[noGrp]/s.[noNs]

        """),
      Case(
        "base-with-unknown-field",
        "--- kustomization.yaml\nresources: [base]\n--- base/kustomization.yaml\nresources: []\nnameprefx: x\n",

        """
        error: apps/web/base/kustomization.yaml:2:1: kustomize has no field
               'nameprefx'
           2 | nameprefx: x
             | ^^^^^^^^^
        hint: did you mean 'namePrefix'?

        """),
    ])
  func theirs(_ entry: Case) throws {
    #expect(try KustomizeBundle(entry.bundle).problems(entry.directory) == entry.told)
  }
}
