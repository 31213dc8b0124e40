// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import HubService
import Posix
import Testing

/// The plan is a function of the commit and the renderers: nothing of the place, the user or the time gets in.
@Suite("the same commit elsewhere", .enabled(if: Renderers.areInstalled))
struct RenderDeterminismTests {
  /// Everything that is rendered in some way.
  private static let fleet = RenderedBundles.fleet.merging([
    "apps/both/fleet.yaml": """
    name: both
    namespace: both
    helm: {chart: chart, pin: true, values: {shop: "${ .ClusterName }"}}
    kustomize: {dir: layer}

    """,
    "apps/both/chart/Chart.yaml": "apiVersion: v2\nname: both\nversion: 1.0.0\n",
    "apps/both/chart/templates/config.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: both
    data:
      shop: {{ .Values.shop }}
      day: {{ now | date "Monday 2006-01-02" }}
      zone: {{ dateInZone "15:04 MST" (now) "Local" }}
      password: {{ randAlphaNum 16 }}
      id: {{ uuidv4 }}
      sorted: {{ list "ä" "a" "Z" "i" "I" | sortAlpha | join "," }}
      upper: {{ "istanbul" | upper }}

    """,
    "apps/both/layer/kustomization.yaml": "nameSuffix: -layered\n",
    "apps/site/fleet.yaml": """
    name: site
    helm: {valuesFrom: [{secretKeyRef: {name: password}}]}

    """,
    "apps/site/Chart.yaml": "apiVersion: v2\nname: site\nversion: 1.0.0\n",
    "apps/site/templates/a.yaml": "{{/* rendered at the site */}}\n",
  ]) { $1 }

  /// Plan and slices of a hub to which the fleet is pushed.
  private func plan(
    _ fixture: HubFixture, variables: [String: String] = [:]
  ) throws -> (commit: String, tree: String) {
    let push = try fixture.clone.push(variables: variables)
    guard push.isAccepted else { throw HubFixture.Failure(push.text + push.report) }
    return try ids(fixture)
  }

  private func ids(_ fixture: HubFixture) throws -> (commit: String, tree: String) {
    (
      try fixture.git("fleet.git", "rev-parse", "refs/fleet/plan"),
      try fixture.git("fleet.git", "rev-parse", "refs/fleet/plan:clusters")
    )
  }

  private func fixture() throws -> HubFixture {
    let fixture = try HubFixture(Self.fleet)
    try fixture.clone.commit("first fleet")
    return fixture
  }

  @Test("another path, locale, time zone, TMPDIR, home and an empty cache: the same plan commit")
  func surroundings() throws {
    let first = try plan(try fixture())
    let second = try fixture()
    let temporary = second.scratch.path + "/another place/for temporary files"
    try Files.makeDirectories(temporary)
    let other = try plan(
      second,
      variables: [
        "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati",
        "TMPDIR": temporary, "HOME": temporary, "USER": "somebody",
        "HELM_NAMESPACE": "elsewhere", "HELM_DEBUG": "true", "HELM_KUBEAPISERVER": "https://a:1",
        "KUBECONFIG": "/no/such/config", "KUBECTL_EXTERNAL_DIFF": "true",
        "XDG_CACHE_HOME": temporary, "GODEBUG": "randautoseed=1",
      ])
    #expect(first == other)
    #expect(try Files.entries(in: temporary).map(\.text) == [])
    // What was rendered is in the second hub's own cache; without it, it comes out the same.
    try Files.removeTree(second.hub.root + "/cache")
    try second.git("fleet.git", "update-ref", "-d", "refs/fleet/plan")
    try Files.removeTree(second.hub.accepted)
    let text = try second.run(["fleet-hub", "recompile", "--hub", second.hub.root])
    #expect(!text.contains("exit code"), "\(text)")
    #expect(try ids(second) == first)
  }

  private static let canBeSomebodyElse: Bool = {
    if geteuid() != 0 || Child.find("setpriv") == nil {
      StandardStream.error.line("not run: the same commit by another user, needs root and setpriv")
      return false
    }
    return true
  }()

  @Test("another user: the same plan commit", .enabled(if: canBeSomebodyElse))
  func user() throws {
    let first = try plan(try fixture())
    let second = try fixture()
    let nobody = "65534"
    // The programs may stand where others cannot look.
    let programs = second.scratch.path + "/programs"
    try Files.makeDirectories(programs)
    for name in ["fleet-pre-receive", "fleet-post-receive"] {
      let copied = try Child.run(["cp", try HubFixture.program(name), programs])
      #expect(copied.succeeded)
    }
    let owned = try Child.run(["chown", "-R", "\(nobody):\(nobody)", second.scratch.path])
    #expect(owned.succeeded)
    let result = try Child.run(
      ["setpriv", "--reuid", nobody, "--regid", nobody, "--clear-groups", "git"]
        + second.clone.pushArguments(),
      environment: GitFixture.environment([
        "FLEET_LIBEXEC": programs, "TMPDIR": second.scratch.path,
        "HOME": second.scratch.path,
      ]), directory: second.clone.path, timeoutSeconds: 240)
    #expect(result.succeeded, "\(String(decoding: result.errorOutput, as: UTF8.self))")
    // Git gives its repositories to their owner alone.
    let back = try Child.run(["chown", "-R", "0:0", second.scratch.path])
    #expect(back.succeeded)
    #expect(try ids(second) == first)
  }
}
