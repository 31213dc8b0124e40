// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Testing

@Suite("render, of folders as they are found")
struct LooseRenderTests {
  private static let chart = [
    "web/Chart.yaml": """
    apiVersion: v2
    name: web
    version: 1.0.0
    dependencies:
    - name: cache
      version: 1.0.0
      repository: https://charts.example.org

    """,
    "web/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
    "web/charts/cache/Chart.yaml": "apiVersion: v2\nname: cache\nversion: 1.0.0\n",
    "web/charts/cache/templates/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n",
  ]

  private func written() throws -> FleetFixture {
    let fleet = try FleetFixture()
    for (path, text) in Self.chart { try fleet.write(text, to: path) }
    return fleet
  }

  private static func output(_ place: String) -> String {
    """
    ---
    # bundle local-web, \(place)web/templates/a.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: a
      namespace: default
      labels:
        kubectl-fleet.io/bundle: local-web
    ---
    # bundle local-web, \(place)web/charts/cache/templates/b.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: b
      namespace: default
      labels:
        kubectl-fleet.io/bundle: local-web

    """
  }

  @Test("an ignore file of Git hides nothing of a folder that is in no repository")
  func ignored() throws {
    let fleet = try written()
    try fleet.write("charts/*\n", to: "web/.gitignore")
    let outcome = fleet.run("render", "web")
    #expect(outcome.errorOutput == "")
    #expect(outcome.output == Self.output(""))
  }

  @Test("a chart that is an archive of the bundle is rendered, and update leaves it alone")
  func archive() throws {
    let fleet = try written()
    let packed = try Child.run(
      ["helm", "package", "web", "--destination", "apps/web"], environment: fleet.environment,
      directory: fleet.repository)
    try #require(packed.succeeded, "\(String(decoding: packed.errorOutput, as: UTF8.self))")
    try fleet.write("helm:\n  chart: ./web-1.0.0.tgz\n", to: "apps/web/fleet.yaml")
    let outcome = fleet.run("render", "apps/web")
    #expect(outcome.errorOutput == "")
    #expect(outcome.output == Self.output("web/web-1.0.0.tgz!"))
    try fleet.git("init", "--quiet", "-b", "main")
    try fleet.git("add", "apps")
    try fleet.git("commit", "--quiet", "-m", "a chart")
    #expect(fleet.run("update", "apps/web").text == "ok: nothing to update\n")
  }

  @Test("a chart that is a file, but no archive, is no chart")
  func noArchive() throws {
    let fleet = try written()
    try fleet.write("helm:\n  chart: web.zip\n", to: "apps/web/fleet.yaml")
    try fleet.write("PK", to: "apps/web/web.zip")
    #expect(
      fleet.run("render", "apps/web").text == """
        stderr| error: web/fleet.yaml:2:10: the chart 'web/web.zip' is neither a folder
        stderr|        nor a '.tgz'
        stderr|    2 |   chart: web.zip
        stderr|      |          ^^^^^^^
        stderr|\u{20}
        exit code 1

        """)
  }
}
