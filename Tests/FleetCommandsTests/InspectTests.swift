// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Testing

@Suite("looking at a repository")
struct InspectTests {
  @Test("get prints tables as kubectl does")
  func tables() throws {
    let fleet = try FleetFixture(Samples.shops)
    fleet.run("get", "clusters")
    fleet.run("get", "clusters", "-o", "wide", "-l", "region in (eu),env!=dev")
    fleet.run("get", "clusters", "-n", "lab", "--no-headers")
    fleet.run("get", "groups", "-o", "wide")
    fleet.run("get", "gitrepos", "-o", "wide")
    fleet.run("get", "bundles", "-o", "wide")
    fleet.run("get", "bundles", "-l", "team=tills", "-o", "name")
    fleet.run("get", "cluster/store-3")
    fleet.run("get", "clusters", "-n", "nowhere")
    Golden.check(fleet.transcript, "commands/get.txt")
  }

  @Test("get prints documents with what we know as status")
  func documents() throws {
    let fleet = try FleetFixture(Samples.shops)
    fleet.run("get", "cluster", "store-1", "-o", "yaml")
    fleet.run("get", "group", "shops", "-o", "json")
    fleet.run("get", "bundle", "shop-apps-pos", "-o", "yaml")
    fleet.run("get", "gitrepos", "-n", "lab", "-o", "json")
    Golden.check(fleet.transcript, "commands/get-documents.txt")
  }

  @Test("a name that is not there is told with what was probably meant")
  func missingNames() throws {
    let fleet = try FleetFixture(Samples.shops)
    fleet.run("get", "clusters", "store-1", "stroe-2", "nothing")
    fleet.run("get", "clusters", "store")
    fleet.run("get", "clustres")
    fleet.run("get", "pods")
    fleet.run("get", "clusters", "-l", "region=eu,,")
    fleet.run("target", "pos")
    fleet.run("target", "shop-apps-po")
    fleet.run("target", "shop-apps-pos", "-n", "lab")
    fleet.run("explain", "apps/pos", "store-9")
    fleet.run("show", "store-1", "--bundle", "shop-apps-weg")
    fleet.run("show", "dev-1", "-b", "shop-apps-pos")
    fleet.run("get", "clusters", "--commit", "nonsense")
    Golden.check(fleet.transcript, "commands/missing-names.txt")
  }

  @Test("target and explain tell who gets a bundle and why")
  func targets() throws {
    let fleet = try FleetFixture(Samples.shops)
    fleet.run("target", "shop-apps-pos")
    fleet.run("target", "apps/web", "-o", "wide", "-l", "env=prod")
    fleet.run("target", "shop-apps-pos", "-o", "name")
    fleet.run("target", "shop-apps-pos", "-o", "json")
    fleet.run("explain", "shop-apps-pos", "store-3")
    fleet.run("explain", "shop-apps-pos", "cluster.fleet.cattle.io/dev-1")
    fleet.run("explain", "shop-apps-web", "lab-1")
    Golden.check(fleet.transcript, "commands/target.txt")
  }

  @Test("show prints the manifests of a cluster, of the files as they are or of a commit")
  func manifests() throws {
    let fleet = try FleetFixture(Samples.shops)
    fleet.run("show", "store-3")
    try fleet.write(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\n", to: "apps/web/web.yaml")
    fleet.note("apps/web/web.yaml is changed and not committed")
    fleet.run("show", "dev-1")
    fleet.run("show", "dev-1", "--commit", "HEAD")
    fleet.run("show", "lab-1")
    try fleet.write("kind: [", to: "apps/web/web.yaml")
    fleet.note("apps/web/web.yaml is broken")
    fleet.run("show", "store-1")
    fleet.run("get", "bundles")
    Golden.check(fleet.transcript, "commands/show.txt")
  }

  @Test("equal names in two workspaces have to be told apart")
  func workspaces() throws {
    let fleet = try FleetFixture(Samples.shops)
    try fleet.write(
      """
      apiVersion: fleet.cattle.io/v1alpha1
      kind: GitRepo
      metadata: {name: shop, namespace: lab}
      spec:
        paths: [apps/web]
        targets: [{clusterSelector: {}}]

      """, to: "gitrepos/lab.yaml")
    fleet.run("get", "bundles")
    fleet.run("target", "shop-apps-web")
    fleet.run("target", "shop-apps-web", "-n", "lab")
    Golden.check(fleet.transcript, "commands/workspaces.txt")
  }
}
