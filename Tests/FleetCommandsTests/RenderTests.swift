// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Testing

@Suite("render")
struct RenderTests {
  @Test("a directory of the repository is rendered for its clusters and for made-up ones")
  func repository() throws {
    let fleet = try FleetFixture(Samples.rendered)
    fleet.run("render", "apps/till", "--cluster", "store-4")
    fleet.run("render", "apps/till", "--cluster", "store-1", "-l", "tills=0", "-l", "region=us")
    fleet.run("render", "apps/till", "-l", "tills=7", "--cluster", "brand-new")
    fleet.run("render", "apps/till")
    fleet.run("render", "apps/lights")
    fleet.run("render", in: fleet.repository + "/apps/web")
    fleet.run("render", "apps/db")
    Golden.check(fleet.transcript, "commands/render.txt")
  }

  @Test("outside of a repository a folder alone is rendered")
  func loose() throws {
    let fleet = try FleetFixture()
    for (path, text) in Samples.rendered where path.hasPrefix("apps/") {
      try fleet.write(text, to: "../loose/" + path.dropFirst("apps/".count))
    }
    let folder = fleet.folder + "/loose"
    fleet.run("render", "till", "-l", "tills=2", in: folder)
    fleet.run("render", in: folder + "/lights")
    fleet.run("render", folder + "/web")
    fleet.run("render", "web/prod", in: folder)
    try fleet.write("hello\n", to: "../loose/empty/README.md")
    fleet.run("render", "empty", in: folder)
    Golden.check(fleet.transcript, "commands/render-loose.txt")
  }

  @Test("the root of a repository is rendered when it holds no fleet")
  func root() throws {
    var files: [String: String] = [:]
    for (path, text) in Samples.rendered where path.hasPrefix("apps/lights/") {
      files[String(path.dropFirst("apps/lights/".count))] = text
    }
    let chart = try FleetFixture(files)
    #expect(
      chart.run("render").text == """
        ---
        # bundle lights, shop/lights.yaml + shop/overlays/bright/lights_patch.yaml:2
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: lights
          namespace: retail
          labels:
            kubectl-fleet.io/bundle: lights
        data:
          level: "9"

        """)
    let fleet = try FleetFixture(Samples.rendered)
    #expect(
      fleet.run("render").text == """
        stderr| error: this is the root of a fleet repository, which is no bundle
        stderr| hint: name the directory of a bundle, see 'kubectl fleet get bundles'
        stderr| hint: what a cluster gets of all bundles: kubectl fleet show CLUSTER
        exit code 64

        """)
  }

  @Test("the version of the cluster decides about APIs and about what charts ask for")
  func versions() throws {
    var files = Samples.rendered
    files["apps/web/base/web.yaml"] = """
      apiVersion: networking.k8s.io/v1beta1
      kind: Ingress
      metadata: {name: web}

      """
    files["apps/till/templates/version.yaml"] = """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: version}
      data: {version: "{{ .Capabilities.KubeVersion.Version }}"}

      """
    let fleet = try FleetFixture(files)
    fleet.run("render", "apps/web", "--kube-version", "1.29")
    fleet.run("render", "apps/web", "--kube-version", "v1.20.4")
    let till = fleet.run(
      "render", "apps/till", "--cluster", "store-1", "--kube-version", "v1.28.3")
    #expect(till.output.contains("version: v1.28.3\n"))
    Golden.check(fleet.transcript, "commands/render-versions.txt")
  }

  @Test("what is wrong is told at its place, and wrong arguments with what was meant")
  func mistakes() throws {
    var files = Samples.rendered
    files["apps/till/templates/till.yaml"] = "kind: {{ .Values.nothing.like }}\n"
    files["apps/web/prod/kustomization.yaml"] = "resources: [../bas]\n"
    files["apps/lights/fleet.yaml"] = "name: lights\nyaml: {overlays: [dark]}\n"
    let fleet = try FleetFixture(files)
    fleet.run("render", "apps/till", "--cluster", "store-1")
    fleet.run("render", "apps/web")
    fleet.run("render", "apps/lights")
    fleet.run("render", "lights")
    fleet.run("render", "nothing")
    fleet.run("render", "apps/till/fleet.yaml")
    fleet.run("render", "apps/till", "--cluster", "stroe-1")
    fleet.run("render", "apps/till", "--cluster", "No Such")
    fleet.run("render", "apps/till", "-l", "region")
    fleet.run("render", "apps/till", "-l", "a b=c")
    fleet.run("render", "apps/till", "-l", "region=e u")
    fleet.run("render", "apps/till", "--kube-version", "new")
    fleet.run("render", "apps/till", "apps/web")
    Golden.check(fleet.transcript, "commands/render-mistakes.txt")
  }

  @Test("a damaged cache entry is made again with a warning, a cache that cannot be is told")
  func cache() throws {
    let fleet = try FleetFixture(Samples.rendered)
    let cache = fleet.folder + "/cache"
    let first = fleet.run("show", "store-4", "-b", "web", adding: ["XDG_CACHE_HOME": cache])
    #expect(first.errorOutput == "")
    try damageEntries(of: cache + "/kubectl-fleet/render")
    let second = fleet.run("show", "store-4", "-b", "web", adding: ["XDG_CACHE_HOME": cache])
    #expect(second.output == first.output)
    #expect(second.errorOutput.hasPrefix("warning: "))
    #expect(second.errorOutput.hasSuffix("of the cache of renderings were made again\n"))
    try fleet.write("no folder\n", to: "../file")
    let third = fleet.run(
      "render", "apps/web", adding: ["XDG_CACHE_HOME": fleet.folder + "/file"])
    #expect(third.code == 0)
    #expect(third.errorOutput.hasPrefix("warning: renderings are not kept: "))
  }
}

/// Writes other bytes into every entry of a cache of renderings.
private func damageEntries(of folder: String) throws {
  for shard in try Files.entries(in: folder) where shard.kind == .directory {
    for entry in try Files.entries(in: "\(folder)/\(shard.text)") {
      try Files.writeAtomically("\(folder)/\(shard.text)/\(entry.text)", Array("nonsense\n".utf8))
    }
  }
}
