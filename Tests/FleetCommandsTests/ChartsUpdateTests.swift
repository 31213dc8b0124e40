// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Testing

@Suite("update", .enabled(if: ChartServer.isPossible))
struct ChartsUpdateTests {
  private static let web = """
    helm:
      repo: SERVER
      chart: web
      version: ^1.2

    """

  @Test("a chart of a repository is brought in, kept, and updated within its range")
  func range() throws {
    let charts = try ChartsFixture(["apps/web/fleet.yaml": Self.web])
    try charts.server.publish("web", "1.2.3")
    try charts.server.publish("web", "2.0.0")
    charts.update("--check")
    #expect(try charts.commits() == "1")
    charts.update()
    charts.fleet.note("again")
    charts.update()
    charts.update("--check")
    #expect(try charts.commits() == "2")
    charts.fleet.note("a newer one is published")
    try charts.server.publish("web", "1.3.0")
    charts.update("--check", "apps/web")
    charts.update("apps")
    charts.fleet.note(try charts.lastCommit())
    charts.fleet.note("the servers are gone")
    charts.server.stop()
    charts.update()
    try charts.write(
      Self.web.replacing("^1.2", with: "1.3.0"), to: "apps/web/fleet.yaml")
    charts.update()
    Golden.check(charts.transcript, "charts/range.txt")
    #expect(try charts.fleet.git("status", "--porcelain") == " M apps/web/fleet.yaml")
  }

  @Test("registries, archives, customizations and charts of the repository are brought in")
  func sources() throws {
    let charts = try ChartsFixture([
      "apps/cache/fleet.yaml": "helm:\n  repo: oci://HOST/charts/cache\n  version: ~2.0\n",
      "apps/db/fleet.yaml": "helm:\n  chart: oci://HOST/charts/db\n",
      "apps/old/fleet.yaml": "helm:\n  chart: SERVER/old-0.9.0.tgz\n",
      "apps/plain/fleet.yaml": "namespace: plain\n",
      "charts/bare/Chart.yaml": """
      apiVersion: v2
      name: bare
      version: 0.1.0
      dependencies:
        - { name: web, version: 1.2.3, repository: "SERVER" }

      """,
      "apps/shop/fleet.yaml": "helm:\n  chart: chart\n",
      "apps/shop/chart/Chart.yaml": """
      apiVersion: v2
      name: shop
      version: 0.1.0
      dependencies:
        - { name: web, version: ^1.0, repository: "SERVER" }
        - { name: cache, alias: second, version: 2.0.1, repository: "oci://HOST/charts" }
        - { name: lib, version: 0.1.0, repository: file://../lib }

      """,
      "apps/shop/lib/Chart.yaml": """
      apiVersion: v2
      name: lib
      version: 0.1.0
      dependencies:
        - { name: web, version: 1.2.3, repository: "SERVER" }

      """,
      "apps/web/fleet.yaml": Self.web + """
        targetCustomizations:
          - name: next
            clusterSelector: {}
            helm: { version: 2.0.0 }
          - name: other
            clusterName: other
            helm: { chart: old, version: 0.9.0 }
          - name: plain
            clusterName: plain
            defaultNamespace: web

        """,
    ])
    for version in ["1.2.3", "1.3.0", "2.0.0"] { try charts.server.publish("web", version) }
    try charts.server.publish("old", "0.9.0")
    try charts.server.push("cache", "2.0.0")
    try charts.server.push("cache", "2.0.1")
    try charts.server.push("db", "3.1.4")
    charts.update("--plain-http")
    charts.update("--plain-http", "--check")
    charts.fleet.note(try charts.lastCommit())
    charts.fleet.note("a chart without fleet.yaml, by name only")
    charts.update("charts/bare")
    charts.update("charts/bare")
    charts.server.stop()
    charts.fleet.note("the servers are gone: charts with an exact version are not asked for")
    charts.update("charts/bare", "--check", adding: ["FLEET_HELM": "/no/such/helm"])
    for path in ["cache", "db", "old", "shop", "web"] {
      charts.fleet.note("\(path)\n\(try charts.file("apps/\(path)/fleet.lock"))")
    }
    Golden.check(charts.transcript, "charts/sources.txt")
  }

  @Test("only what update has written is committed, ignored or not; the rest stays staged")
  func staged() throws {
    let charts = try ChartsFixture([
      "apps/web/fleet.yaml": Self.web, ".gitignore": "*.tgz\n", "apps/web/note.txt": "old\n",
    ])
    try charts.server.publish("web", "1.2.3")
    try charts.write("new\n", to: "apps/web/note.txt")
    try charts.fleet.git("add", "apps/web/note.txt")
    charts.update("--no-commit")
    #expect(try charts.commits() == "1")
    // The next one commits what was only written.
    #expect(charts.update().code == 0)
    #expect(
      try charts.lastCommit() == """
        charts: web 1.2.3 (apps/web)


        A\tapps/web/.fleet/charts/web-1.2.3.tgz
        A\tapps/web/fleet.lock
        """)
    #expect(try charts.fleet.git("status", "--porcelain") == "M  apps/web/note.txt")
  }

  @Test("attributes that would change an archive on its way into a commit are found out")
  func attributes() throws {
    let charts = try ChartsFixture([
      "apps/web/fleet.yaml": Self.web, ".gitattributes": "*.tgz filter=shout\n",
    ])
    try charts.server.publish("web", "1.2.3")
    try charts.fleet.git("config", "filter.shout.clean", "tr a-z A-Z")
    let outcome = charts.update()
    #expect(
      outcome.text == """
        apps/web: web 1.2.3 (^1.2), new, from http://SERVER, 1 KiB
        stderr| error: '.gitattributes' has 'apps/web/.fleet/charts/web-1.2.3.tgz' \
        changed when it is committed
        stderr| hint: echo '*.tgz -text -filter' >> .gitattributes
        exit code 1

        """)
    #expect(try charts.commits() == "1")
    try charts.write("*.tgz filter=shout\n*.tgz -text -filter\n", to: ".gitattributes")
    #expect(charts.update().code == 0)
    #expect(try charts.commits() == "2")
  }

  @Test("what was stopped in the middle, changed or lost is repaired")
  func repaired() throws {
    let charts = try ChartsFixture(["apps/web/fleet.yaml": Self.web])
    try charts.server.publish("web", "1.2.3")
    charts.update()
    charts.fleet.note("the archive is changed")
    let archive = "apps/web/.fleet/charts/web-1.2.3.tgz"
    try charts.write("not a chart", to: archive)
    charts.update("--check")
    charts.update()
    #expect(try charts.fleet.git("status", "--porcelain") == "")
    charts.fleet.note("an update was stopped after the lock, and has left archives behind")
    try charts.server.publish("web", "1.3.0")
    charts.update("--no-commit")
    try Files.remove(charts.fleet.repository + "/apps/web/.fleet/charts/web-1.3.0.tgz")
    try charts.write("half of a chart", to: "apps/web/.fleet/charts/web-1.2.9.tgz")
    charts.update()
    charts.fleet.note(try charts.lastCommit())
    #expect(try charts.fleet.git("status", "--porcelain") == "")
    charts.fleet.note("the bundle names no chart any more")
    try charts.write("namespace: web\n", to: "apps/web/fleet.yaml")
    charts.update()
    #expect(!charts.has("apps/web/fleet.lock"))
    #expect(!charts.has("apps/web/.fleet/charts/web-1.3.0.tgz"))
    Golden.check(charts.transcript, "charts/repaired.txt")
  }

  @Test("a version that is published again with other content is refused, and taken when told so")
  func publishedAgain() throws {
    let charts = try ChartsFixture([
      "apps/web/fleet.yaml": Self.web,
      "apps/pinned/fleet.yaml": Self.web.replacing("^1.2", with: "1.2.3"),
    ])
    try charts.server.publish("web", "1.2.3")
    charts.update()
    try charts.server.publish("web", "1.2.3", says: "goodbye")
    charts.update()
    charts.update("--accept-changed")
    charts.fleet.note(try charts.lastCommit())
    charts.update()
    Golden.check(charts.transcript, "charts/published-again.txt")
  }

  @Test("what is wrong is said at its place")
  func mistakes() throws {
    let sources = [
      ("unknown-host", "helm: { repo: https://charts.invalid, chart: web }"),
      ("nobody", "helm: { repo: http://127.0.0.1:1, chart: web }"),
      ("no-index", "helm: { repo: SERVER/nothing, chart: web }"),
      ("no-chart", "helm: { repo: SERVER, chart: wob }"),
      ("no-version", "helm: { repo: SERVER, chart: web, version: 9.9.9 }"),
      ("no-range", "helm: { repo: SERVER, chart: web, version: ^9 }"),
      ("no-archive", "helm: { chart: SERVER/web-9.9.9.tgz }"),
      ("not-an-archive", "helm: { chart: SERVER/index.yaml }"),
      ("no-oci-chart", "helm: { repo: oci://HOST/charts, chart: web }"),
      ("no-oci-version", "helm: { repo: oci://HOST/charts/web, version: 9.9.9 }"),
      ("no-oci-range", "helm: { repo: oci://HOST/charts/web, version: ^9 }"),
      ("oci-nobody", "helm: { repo: oci://127.0.0.1:1/charts/web }"),
      ("git", "helm: { chart: git::https://git.example.org/charts//web?ref=main }"),
      ("git-ssh", "helm: { chart: git@git.example.org:charts/web }"),
      ("directory", "helm: { chart: ./no-such-directory }"),
      ("scheme", "helm: { repo: s3://charts, chart: web }"),
      ("nameless", "helm: { repo: SERVER }"),
      ("number", "helm: { repo: SERVER, chart: web, version: 1.10 }"),
      ("lock", "helm: { repo: SERVER, chart: web }"),
    ]
    var files = ["apps/lock/fleet.lock": "<<<<<<< ours\ncharts: []\n"]
    for (name, text) in sources { files["apps/\(name)/fleet.yaml"] = text + "\n" }
    let charts = try ChartsFixture(files)
    try charts.server.publish("web", "1.2.3")
    try charts.server.push("web", "1.2.3")
    for (name, _) in sources { charts.update("apps/\(name)", "--plain-http") }
    charts.update("apps/no-oci-range")
    charts.update("apps/nonsense")
    charts.update("..")
    charts.update(adding: ["FLEET_HELM": "/no/such/helm"])
    let programs = try ScratchFolder("programs")
    let git = try #require(Child.find("git"))
    #expect(try Child.run(["ln", "-s", git, programs.path + "/git"]).succeeded)
    charts.update(adding: ["FLEET_HELM": "", "PATH": programs.path])
    #expect(try charts.commits() == "1")
    Golden.check(charts.transcript, "charts/mistakes.txt")
  }

  @Test("a bundle with a mistake does not keep the others from being updated")
  func others() throws {
    let charts = try ChartsFixture([
      "apps/web/fleet.yaml": Self.web,
      "apps/wob/fleet.yaml": Self.web.replacing("chart: web", with: "chart: wob"),
    ])
    try charts.server.publish("web", "1.2.3")
    #expect(charts.update().code == 1)
    #expect(charts.has("apps/web/fleet.lock"))
    #expect(!charts.has("apps/wob/fleet.lock"))
    #expect(try charts.commits() == "2")
  }

  @Test("who asks for a name and a password is told what helm knows")
  func passwords() throws {
    let charts = try ChartsFixture(
      [
        "apps/web/fleet.yaml": Self.web,
        "apps/db/fleet.yaml": "helm:\n  chart: oci://HOST/charts/db\n",
        "apps/old/fleet.yaml": "helm:\n  chart: SERVER/web-1.2.3.tgz\n",
      ], user: ("ada", "secret"))
    try charts.server.publish("web", "1.2.3")
    try charts.server.push("db", "1.0.0")
    charts.update("--plain-http", adding: ["HELM_REGISTRY_CONFIG": "/dev/null"])
    let config = charts.fleet.folder + "/repositories.yaml"
    let helm = try #require(ChartServer.helm)
    let added = try Child.run(
      [
        helm, "repo", "add", "corp", charts.server.url + "/", "--username", "ada", "--password",
        "secret", "--repository-config", config,
      ], environment: charts.fleet.environment)
    #expect(added.succeeded)
    charts.fleet.note("helm repo add, helm registry login")
    charts.update(
      "--plain-http", "apps/web", "apps/db", adding: ["HELM_REPOSITORY_CONFIG": config])
    try charts.write(
      Self.web.replacing("chart: web", with: "chart: wob"), to: "apps/web/fleet.yaml")
    charts.update("apps/web", adding: ["HELM_REPOSITORY_CONFIG": config])
    try charts.write(Self.web.replacing("^1.2", with: "^7"), to: "apps/web/fleet.yaml")
    charts.update("apps/web", adding: ["HELM_REPOSITORY_CONFIG": config])
    Golden.check(charts.transcript, "charts/passwords.txt")
  }

  @Test("charts that somebody has put into charts/ by hand are left alone")
  func handmade() throws {
    let chart = """
      apiVersion: v2
      name: shop
      version: 0.1.0
      dependencies:
        - { name: web, version: ^1.0, repository: "SERVER" }

      """
    let charts = try ChartsFixture([
      "apps/off/fleet.yaml": "helm:\n  disableDependencyUpdate: true\n",
      "apps/off/Chart.yaml": chart,
      "apps/shop/Chart.yaml": chart, "apps/shop/charts/web-1.0.0.tgz": "by hand",
      "apps/shop/fleet.yaml": "namespace: shop\n",
      "apps/folder/Chart.yaml": chart, "apps/folder/charts/web/Chart.yaml": "name: web\n",
      "apps/folder/fleet.yaml": "namespace: shop\n",
      "apps/first/fleet.yaml": "namespace: shop\n",
      "apps/first/Chart.yaml": "apiVersion: v1\nname: shop\nversion: 0.1.0\n",
      "apps/first/requirements.yaml": """
      dependencies:
        - name: web
          version: 1.2.3
          repository: "@corp"

      """,
    ])
    try charts.server.publish("web", "1.2.3")
    charts.update()
    let config = try ScratchFolder("helm")
    let path = try config.write(
      "apiVersion: \"\"\nrepositories:\n- name: corp\n  url: \(charts.server.url)\n",
      to: "repositories.yaml")
    charts.update(adding: ["HELM_REPOSITORY_CONFIG": path])
    charts.fleet.note(try charts.lastCommit())
    Golden.check(charts.transcript, "charts/by-hand.txt")
  }

  @Test("where all customizations count, charts of several of them together are tried")
  func together() throws {
    let charts = try ChartsFixture([
      "apps/web/fleet.yaml": Self.web + """
        targetCustomizationMode: AllMatches
        targetCustomizations:
          - { name: next, clusterName: next, helm: { version: 2.0.0 } }
          - { name: old, clusterName: old, helm: { chart: old } }
          - { name: older, clusterName: older, helm: { version: 1.2.0 } }

        """
    ])
    for version in ["1.2.0", "1.2.3", "2.0.0"] { try charts.server.publish("web", version) }
    try charts.server.publish("old", "1.2.0")
    charts.update()
    charts.fleet.note(try charts.file("apps/web/fleet.lock"))
    Golden.check(charts.transcript, "charts/together.txt")
  }
}
