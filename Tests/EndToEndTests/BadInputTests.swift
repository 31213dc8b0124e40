// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Testing

/// What people push by mistake or out of malice: told with its place, refused, and nothing is changed.
@Suite("bad input")
struct BadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let make: @Sendable (FleetClone) throws -> Void
    var testDescription: String { id }

    /// A change of files in the work tree.
    init(_ id: String, _ make: @escaping @Sendable (FleetClone) throws -> Void) {
      self.id = id
      self.make = { clone in
        try make(clone)
        try clone.commit("bad input: \(id)")
      }
    }

    /// A commit that the work tree could not hold.
    static func raw(
      _ id: String, _ files: @escaping @Sendable (FleetClone) throws -> [FleetClone.RawFile]
    ) -> Case {
      Case(id: id) { try $0.commit("bad input: \(id)", raw: files($0)) }
    }

    private init(id: String, make: @escaping @Sendable (FleetClone) throws -> Void) {
      self.id = id
      self.make = make
    }
  }

  private static let app = "apps/pos/extra.yaml"

  private static func object(_ lines: String) -> String {
    "apiVersion: v1\n" + lines
  }

  @Test(
    "is refused with a place and a hint, and the hub stays byte for byte",
    arguments: [
      Case("unknown-key") { try $0.edit("gitrepos/shop.yaml", "  targets:", "  target:") },
      Case("unknown-key-far-off") {
        try $0.edit("gitrepos/shop.yaml", "  targets:", "  wibble: 1\n  targets:")
      },
      Case("wrong-type") { try $0.edit("gitrepos/shop.yaml", "    - apps/*", "    apps: 1") },
      Case("wrong-type-bool") {
        try $0.edit("apps/pos/fleet.yaml", "doNotDeploy: true", "doNotDeploy: maybe")
      },
      Case("tab") {
        try $0.write(
          "clusters/tab.yaml",
          "apiVersion: fleet.cattle.io/v1alpha1\nkind: Cluster\nmetadata:\n\tname: tab\n")
      },
      Case("invalid-utf8") {
        try $0.write(
          "clusters/latin1.yaml", Array("kind: Cluster\n# K".utf8) + [0xf6] + Array("ln\n".utf8))
      },
      Case("utf16") {
        try $0.write(
          "clusters/utf16.yaml", [0xff, 0xfe] + "kind: Cluster\n".utf8.flatMap { [$0, 0] })
      },
      Case("nul-byte") { try $0.write(Self.app, Array("a: b".utf8) + [0] + Array("c\n".utf8)) },
      Case("huge-yaml") {
        try $0.write(Self.app, [UInt8](repeating: UInt8(ascii: "#"), count: 50 << 20))
      },
      Case("huge-binary") {
        try $0.write("apps/pos/movie.bin", [UInt8](repeating: 0, count: 50 << 20))
      },
      Case("yaml-bomb") {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
          let list = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
          text += "a\(level): &a\(level) [\(list)]\n"
        }
        try $0.write(Self.app, text)
      },
      Case("yaml-depth") {
        try $0.write(Self.app, String(repeating: "[", count: 100_000))
      },
      Case("duplicate-key") {
        try $0.write(Self.app, "apiVersion: v1\nkind: Secret\nkind: ConfigMap\n")
      },
      .raw("link-out") { _ in [.init("apps/pos/passwd.yaml", linkTo: "../../../etc/passwd")] },
      .raw("link-absolute") { _ in [.init("apps/pos/passwd.yaml", linkTo: "/etc/passwd")] },
      .raw("link-in-bundle") { _ in [.init("apps/pos/again.yaml", linkTo: "config.yaml")] },
      .raw("link-as-folder") { _ in [.init("apps/link", linkTo: "pos")] },
      .raw("link-as-cluster") { _ in [.init("clusters/link.yaml", linkTo: "lab-1.yaml")] },
      .raw("submodule") { [.init(submodule: "apps/module", at: try $0.head)] },
      .raw("file-name-newline") { _ in [.init("clusters/a\nerror: b.yaml", "kind: Cluster\n")] },
      .raw("file-name-escape") { _ in [.init("clusters/\u{1b}[2Jx.yaml", "kind: Cluster\n")] },
      .raw("file-name-latin1") { _ in
        [.init(Array("clusters/K".utf8) + [0xf6] + Array("ln.yaml".utf8), Array("a: b\n".utf8))]
      },
      .raw("deep-folders") { _ in
        [.init(String(repeating: "d/", count: 600) + "x.yaml", "a: b\n")]
      },
      Case("two-clusters-one-name") {
        try $0.write("clusters/again.yaml", SampleFleet.cluster("lab-1", labels: ["env": "lab"]))
      },
      Case("two-workspaces-one-cluster-name") {
        try $0.write(
          "clusters/again.yaml",
          SampleFleet.cluster("lab-1", labels: ["env": "lab"], workspace: "acme"))
      },
      Case("cluster-name-no-ref") {
        try $0.write(
          "clusters/bad.yaml", SampleFleet.cluster("lab..1.lock", labels: ["env": "lab"]))
      },
      Case("cluster-name-slash") {
        try $0.write("clusters/bad.yaml", SampleFleet.cluster("../lab", labels: ["env": "lab"]))
      },
      Case("cluster-name-too-long") {
        try $0.write(
          "clusters/bad.yaml",
          SampleFleet.cluster(String(repeating: "a", count: 64), labels: ["env": "lab"]))
      },
      Case("cluster-without-name") {
        try $0.write(
          "clusters/bad.yaml", "apiVersion: fleet.cattle.io/v1alpha1\nkind: Cluster\nmetadata: {}\n"
        )
      },
      Case("label-no-value") {
        try $0.edit("clusters/lab-1.yaml", "region: eu", "region: europe and asia")
      },
      Case("unknown-group") {
        try $0.edit("gitrepos/shop.yaml", "clusterGroup: labs", "clusterGroup: lab")
      },
      Case("unknown-cluster") {
        try $0.edit("gitrepos/shop.yaml", "clusterGroup: labs", "clusterName: lab-2")
      },
      Case("selector-typo") {
        try $0.edit(
          "gitrepos/shop.yaml", "clusterGroup: labs", "clusterSelector: {matchLabels: {regoin: eu}}"
        )
      },
      Case("helm-chart") {
        try $0.write("apps/chart/Chart.yaml", "apiVersion: v2\nversion: 1.0.0\n")
      },
      Case("kustomization") {
        try $0.write("apps/kustom/kustomization.yaml", "resources: [gone.yaml]\n")
      },
      Case("other-repository") {
        try $0.edit(
          "gitrepos/shop.yaml", "spec:\n", "spec:\n  repo: https://git.example.com/other.git\n")
      },
      Case("other-branch") {
        try $0.edit("gitrepos/shop.yaml", "spec:\n", "spec:\n  branch: stable\n")
      },
      Case("path-of-nothing") {
        try $0.edit("gitrepos/shop.yaml", "    - apps/*", "    - apps/*\n    - nowhere")
      },
      Case("path-out") { try $0.edit("gitrepos/shop.yaml", "    - apps/*", "    - ../secrets") },
      Case("duplicate-object") {
        try $0.write("apps/second/fleet.yaml", "name: second\nnamespace: retail\n")
        try $0.write(
          "apps/second/config.yaml", SampleFleet.configMap("settings", ["currency": "USD"]))
      },
      Case("same-bundle-name") {
        try $0.write("apps/second/fleet.yaml", "name: pos\n")
        try $0.write(
          "apps/second/config.yaml", SampleFleet.configMap("second", ["currency": "USD"]))
      },
      Case("cluster-scoped-forced") {
        try $0.write(Self.app, object("kind: Namespace\nmetadata:\n  name: more\n"))
      },
      Case("no-kind") { try $0.write(Self.app, object("metadata:\n  name: more\n")) },
      Case("generate-name") {
        try $0.write(
          Self.app, "apiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: import-\n")
      },
      Case("two-fleet-yamls") { try $0.write("apps/pos/fleet.yml", "name: pos\n") },
      Case("many-mistakes") {
        for number in 10...40 {
          try $0.write(
            "clusters/bad-\(number).yaml",
            SampleFleet.cluster("Bad_\(number)", labels: ["env": "x"]))
        }
      },
      Case("everything-gone") { try $0.remove("clusters", "groups", "gitrepos", "apps") },
    ])
  func refused(_ entry: Case) throws {
    let fixture = try HubFixture.pushed()
    let before = try fixture.fingerprint()
    try entry.make(fixture.clone)
    let push = try fixture.clone.push()
    Golden.check(push.text, "bad-input/\(entry.id).txt")
    #expect(push.isRefused)
    #expect(push.report.contains(" ! [remote rejected] main -> main (pre-receive hook declined)"))
    // Which version helm has may be remembered; nothing else is.
    let changes = try fixture.fingerprint().changes(since: before)
    #expect(changes.filter { !$0.contains("cache/render/") } == [])
    #expect(!push.text.contains("Fatal error"))
    #expect(!push.text.contains("\u{1b}"))
  }

  @Test("a Secret in plain text is warned about")
  func secretWarned() throws {
    let fixture = try HubFixture.pushed()
    try fixture.clone.write("apps/pos/secret.yaml", Self.secret)
    try fixture.clone.commit("a password")
    let push = try fixture.clone.push()
    Golden.check(push.text, "bad-input/secret-warned.txt")
    #expect(push.isAccepted)
  }

  private static let secret =
    object("kind: Secret\nmetadata:\n  name: password\nstringData:\n  password: correct horse\n")

  private static func policy(_ rule: String) -> String {
    "apiVersion: fleet/v1\nkind: Hub\nmetadata:\n  name: hub\nspec:\n  plaintextSecrets: \(rule)\n"
  }

  @Test("a Secret in plain text is refused where policy says so, and the value is not shown")
  func secretRefused() throws {
    let fixture = try HubFixture(
      SampleFleet.shops.merging(["policy/hub.yaml": Self.policy("refuse")]) { $1 })
    try fixture.clone.commit("first fleet")
    #expect(try fixture.clone.push().isAccepted)
    let before = try fixture.fingerprint()
    try fixture.clone.write("apps/pos/secret.yaml", Self.secret)
    try fixture.clone.commit("a password")
    let push = try fixture.clone.push()
    Golden.check(push.text, "bad-input/secret-refused.txt")
    #expect(push.isRefused)
    #expect(!push.text.contains("horse"))

    // Loosened and used in one push: the rule before the push counts.
    try fixture.clone.write("policy/hub.yaml", Self.policy("allow"))
    try fixture.clone.commit("allow passwords")
    let loosened = try fixture.clone.push()
    Golden.check(loosened.text, "bad-input/secret-loosened.txt")
    #expect(loosened.isRefused)
    try fixture.clone.remove("policy/hub.yaml")
    try fixture.clone.commit("no policy, no rule")
    #expect(try fixture.clone.push().isRefused)
    #expect(try fixture.fingerprint().changes(since: before) == [])

    // Loosened first, then used.
    try fixture.clone.git("reset", "-q", "--hard", "origin/main")
    try fixture.clone.write("policy/hub.yaml", Self.policy("allow"))
    try fixture.clone.commit("allow passwords")
    #expect(try fixture.clone.push().isAccepted)
    try fixture.clone.write("apps/pos/secret.yaml", Self.secret)
    try fixture.clone.commit("a password")
    #expect(try fixture.clone.push().isAccepted)
  }

  @Test("a rule that is made stricter counts for the push that makes it so")
  func secretStricter() throws {
    let fixture = try HubFixture.pushed()
    try fixture.clone.write("apps/pos/secret.yaml", Self.secret)
    try fixture.clone.write("policy/hub.yaml", Self.policy("refuse"))
    try fixture.clone.commit("no passwords, but one")
    #expect(try fixture.clone.push().isRefused)
  }
}
