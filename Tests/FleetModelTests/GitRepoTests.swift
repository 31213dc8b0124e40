// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Testing

@Suite("GitRepo")
struct GitRepoTests {
  /// The article's example, as it stands.
  static let edgeRetail = """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: GitRepo
    metadata:
      name: edge-retail-app
      namespace: fleet-default
    spec:
      repo: https://github.com/org/edge-manifests.git
      branch: main
      paths:
        - apps/retail-app
      pollingInterval: 5m
      imageScanInterval: 30m
      targets:
        - name: canary-stores
          clusterSelector:
            matchLabels:
              environment: edge
              rollout-wave: canary
        - name: retail-edge-all
          clusterSelector:
            matchLabels:
              environment: edge
              tier: retail
      helmSecretName: jfrog-registry-credentials
    """

  private func read(
    _ text: String, aliases: [String], branch: String = "main"
  ) -> (text: String, gitRepo: GitRepo?) {
    var reading = Reading()
    reading.file("gitrepos/edge.yaml", text)
    reading.check { documents, findings in
      for gitRepo in documents.gitRepos {
        gitRepo.checkSource(aliases: aliases, branch: branch, findings: &findings)
      }
    }
    return (reading.text, reading.documents.gitRepos.first)
  }

  @Test("a GitRepo of Fleet is read as it is; what has no effect is told")
  func example() throws {
    let result = read(GitRepoTests.edgeRetail, aliases: ["https://github.com/org/edge-manifests/"])
    #expect(
      result.text == """
        warning: gitrepos/edge.yaml:11:3: 'spec.pollingInterval' has no effect
                 here: pushes need no polling
          11 |   pollingInterval: 5m
             |   ^^^^^^^^^^^^^^^
        warning: gitrepos/edge.yaml:12:3: 'spec.imageScanInterval' has no effect
                 here: images are not scanned
          12 |   imageScanInterval: 30m
             |   ^^^^^^^^^^^^^^^^^
        warning: gitrepos/edge.yaml:24:3: 'spec.helmSecretName' has no effect
                 here: credentials for charts belong to the hub, not to a secret
          24 |   helmSecretName: jfrog-registry-credentials
             |   ^^^^^^^^^^^^^^

        """)
    let gitRepo = try #require(result.gitRepo)
    #expect(gitRepo.paths.map(\.value) == ["apps/retail-app"])
    #expect(gitRepo.targets.map(\.name) == ["canary-stores", "retail-edge-all"])
    #expect(
      gitRepo.targets.map { $0.criteria.clusterSelector?.text } == [
        "environment=edge,rollout-wave=canary", "environment=edge,tier=retail",
      ])
  }

  @Test("another repository and another branch are refused")
  func otherSource() {
    #expect(
      read(
        """
        apiVersion: fleet/v1
        kind: GitRepo
        metadata: {name: x}
        spec:
          repo: https://git/other
          branch: dev
          revision: v1
          paths: [a]
        """, aliases: ["https://git/this"]
      ).text == """
        error: gitrepos/edge.yaml:5:9: 'https://git/other' is not this
               repository, others are not supported yet
           5 |   repo: https://git/other
             |         ^^^^^^^^^^^^^^^^^
        hint: if it is this one, list it under 'spec.aliases' of the Hub, or
              leave 'repo' out
        error: gitrepos/edge.yaml:6:11: the hub reads branch 'main', 'dev' is
               not supported yet
           6 |   branch: dev
             |           ^^^
        hint: write 'branch: main', or leave it out
        error: gitrepos/edge.yaml:7:3: 'spec.revision' is not supported yet: the
               hub reads its branch only
           7 |   revision: v1
             |   ^^^^^^^^

        """)
  }

  @Test(
    "an alias may differ in a slash or .git at the end",
    arguments: [
      ("https://git/x", "https://git/x.git"), ("https://git/x.git", "https://git/x/"),
      ("git@host:x.git/", "git@host:x"),
    ])
  func aliases(alias: String, repo: String) {
    let text = """
      {apiVersion: fleet/v1, kind: GitRepo, metadata: {name: x},
       spec: {repo: "\(repo)", paths: [a]}}
      """
    #expect(read(text, aliases: [alias]).text == "")
  }

  @Test("paths are inside the repository, and none are the whole of it")
  func paths() {
    var reading = Reading()
    reading.file(
      "g.yaml",
      """
      apiVersion: fleet/v1
      kind: GitRepo
      metadata: {name: one}
      spec: {}
      ---
      apiVersion: fleet/v1
      kind: GitRepo
      metadata: {name: two}
      spec:
        paths: [/, ../up, "a[", good/*]
      ---
      apiVersion: fleet/v1
      kind: GitRepo
      metadata: {name: two}
      spec: {paths: [b], targets: [{name: all}]}
      """)
    #expect(
      reading.text == """
        error: g.yaml:10:14: the path '../up' leaves the repository
          10 |   paths: [/, ../up, "a[", good/*]
             |              ^^^^^
        error: g.yaml:10:21: the path pattern 'a[' is malformed
          10 |   paths: [/, ../up, "a[", good/*]
             |                     ^^^^
        error: g.yaml:14:18: there are two GitRepos 'two'
          14 | metadata: {name: two}
             |                  ^^^
        note: g.yaml:8:18: the first is here
        warning: g.yaml:15:30: the target has no criterion, so it matches no
                 cluster
          15 | spec: {paths: [b], targets: [{name: all}]}
             |                              ^^^^^^^^^^^
        hint: for every cluster write 'clusterSelector: {}'

        """)
    #expect(reading.documents.gitRepos.map { $0.paths.map(\.value) } == [["/"], ["/", "good/*"]])
  }

  @Test("without targets the cluster group 'default' is meant")
  func defaultTarget() {
    let text = "{apiVersion: fleet/v1, kind: GitRepo, metadata: {name: x}, spec: {paths: [a]}}"
    let targets = read(text, aliases: []).gitRepo?.targets ?? []
    #expect(targets.map(\.name) == ["default"])
    #expect(targets.map { $0.criteria.clusterGroup?.value } == ["default"])
  }
}
