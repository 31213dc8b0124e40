// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import HubService
import Posix
import Testing

/// Another helm is installed on the hub: nothing is rendered with it behind anybody's back.
@Suite("another version of a renderer", .enabled(if: Renderers.areInstalled))
struct RenderVersionTests {
  /// A helm 3.18 that writes colours in capitals.
  private static func newHelm() throws -> HelmStandIn {
    try HelmStandIn(version: "v3.18.0", filter: "sed '/colour: /{y/eus/EUS/;s/^.*: /  colour: /;}'")
  }

  /// A text without the version that is installed here.
  private static func plain(_ text: String, _ standIn: HelmStandIn) -> String {
    text.replacing(#/helm v3\.17[.0-9]*/#, with: "helm v3.17")
      .replacing(#/kustomize v5[.0-9]+/#, with: "kustomize v5")
      .replacing(standIn.path, with: "HELM")
  }

  private static func hubFolder(_ fixture: HubFixture) -> [String] { ["--hub", fixture.hub.root] }

  @Test("pushes that render are refused, others go through, recompile takes it up, pushes go on")
  func adopted() throws {
    let fixture = try RenderedHub.copy()
    let new = try Self.newHelm()
    var story = ""
    func note(_ text: String) { story += Self.plain(text, new) }

    try fixture.clone.edit("apps/pos/config.yaml", "EUR", "USD")
    try fixture.clone.commit("dollars")
    note("# a push that renders nothing\n")
    let plainPush = try fixture.clone.push(variables: new.variables)
    note(plainPush.said)
    #expect(plainPush.isAccepted)
    #expect(try new.starts() == [])

    try fixture.clone.edit("clusters/store-0002.yaml", "region: eu", "region: asia")
    try fixture.clone.commit("another region")
    note("\n# a push that renders\n")
    let before = try fixture.fingerprint()
    let refused = try fixture.clone.push(variables: new.variables)
    note(refused.said)
    #expect(refused.isRefused)
    #expect(try new.starts() == ["version"])
    #expect(try fixture.changesBesidesCache(since: before) == [])

    let recompile = ["fleet-hub", "recompile"] + Self.hubFolder(fixture)
    note("\n# fleet-hub recompile --dry-run\n")
    note(try fixture.run(recompile + ["--dry-run"], variables: new.variables))
    #expect(try fixture.changesBesidesCache(since: before) == [])
    note("\n# fleet-hub recompile\n")
    note(try fixture.run(recompile, variables: new.variables))
    #expect(
      try fixture.sliceFile("store-0003", "till/objects/ConfigMap~tills~till.yaml")
        .contains("colour: US"))
    try fixture.expectSettled()
    note("\n# fleet-hub recompile, again\n")
    note(try fixture.run(recompile, variables: new.variables))
    try fixture.expectSettled()

    note("\n# the push that was refused\n")
    let taken = try fixture.clone.push(variables: new.variables)
    note(taken.said)
    #expect(taken.isAccepted)
    try fixture.expectSettled()
    note("\n# the log of the hub\n")
    note(
      GitFixture.namingIDs(
        in: try fixture.git(
          "fleet.git", "log", "--format=%an%n%B----", "-4", "refs/fleet/state")) + "\n")
    note("\n# the plan\n")
    note(
      GitFixture.namingIDs(
        in: try fixture.git("fleet.git", "show", "-s", "--format=%B", "refs/fleet/plan")))
    Golden.check(story, "recompile/adopted.txt")
  }

  @Test("a version that renders the same is taken up, and no cluster gets anything")
  func same() throws {
    let fixture = try RenderedHub.copy()
    let new = try HelmStandIn(version: "v3.18.0")
    let slices = try fixture.sliceRefs()
    let text = try fixture.run(
      ["fleet-hub", "recompile"] + Self.hubFolder(fixture), variables: new.variables)
    #expect(
      Self.plain(text, new) == """
        blast radius: nothing changes on any cluster
        the plan is made with helm v3.18.0 and kustomize v5 now

        """)
    #expect(try fixture.sliceRefs() == slices)
    try fixture.expectSettled()
    #expect(try fixture.tick() == ["observed new statuses"])
    #expect(
      Self.plain(try fixture.git("fleet.git", "log", "-1", "--format=%s", "refs/fleet/state"), new)
        == "release 2: compiled again with helm v3.18.0 and kustomize v5")
  }

  @Test("budgets refuse a recompilation as they refuse a push, and push options let it through")
  func budgets() throws {
    var files = RenderedBundles.fleet
    files["apps/till/templates/claim.yaml"] = """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: drawer
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 1Gi}}

      """
    let fixture = try HubFixture.pushed(files)
    // This one leaves claims out.
    let new = try HelmStandIn(
      version: "v3.18.0", filter: "awk 'BEGIN { RS = \"---\\n\"; ORS = RS } !/kind: Persist/'")
    let recompile = ["fleet-hub", "recompile"] + Self.hubFolder(fixture)
    let before = try fixture.fingerprint()
    var story = "# fleet-hub recompile\n"
    story += try fixture.run(recompile, variables: new.variables)
    #expect(try fixture.changesBesidesCache(since: before) == [])
    story += "\n# fleet-hub recompile --push-option …\n"
    story += try fixture.run(
      recompile + ["--push-option", "fleet.allow-delete=PersistentVolumeClaim:4"],
      variables: new.variables)
    Golden.check(Self.plain(story, new), "recompile/budgets.txt")
    try fixture.expectSettled()
  }

  @Test("a chart that the new version cannot render stays as it is, and the place is told")
  func broken() throws {
    let fixture = try RenderedHub.copy()
    let new = try HelmStandIn(
      version: "v3.18.0",
      filter: "{ echo 'Error: execution error at '"
        + "'(till/templates/config.yaml:6:13): not in this version' >&2; exit 1; }"
    )
    let before = try fixture.fingerprint()
    let text = try fixture.run(
      ["fleet-hub", "recompile"] + Self.hubFolder(fixture), variables: new.variables)
    Golden.check(Self.plain(text, new), "recompile/broken.txt")
    #expect(try fixture.changesBesidesCache(since: before) == [])
  }

  @Test("a recompilation that is killed at any moment is finished by the next one")
  func killed() throws {
    var random = SeededRandom()
    print("killed recompilation: \(random)")
    let new = try Self.newHelm()
    let fixture = try RenderedHub.copy()
    let before = fixture.scratch.path + "/before"
    try fixture.copyHub(to: before)
    let recompile = ["fleet-hub", "recompile"] + Self.hubFolder(fixture)
    let command =
      [try HubFixture.program("fleet-hub"), "recompile"] + Self.hubFolder(fixture)
    func start() throws -> BackgroundProcess {
      try fixture.restoreHub(from: before)
      return try BackgroundProcess(
        command, in: fixture.scratch.path,
        variables: GitFixture.environment(new.variables),
        output: fixture.scratch.path + "/recompile.out")
    }
    // How long it takes on this machine, to spread the kills over it.
    var longest: Int64 = 0
    for _ in 1...2 {
      let process = try start()
      let begin = MonotonicClock.milliseconds()
      #expect(try process.wait() == 0, "\(process.text)")
      longest = max(longest, MonotonicClock.milliseconds() - begin)
    }
    let expected = try fixture.git("fleet.git", "rev-parse", "refs/fleet/plan")
    for round in 1...12 {
      let process = try start()
      usleep(UInt32.random(in: 0...UInt32(longest * 1000), using: &random))
      process.kill()
      try process.wait()
      // A push in between finds a hub that it can work with, or is told why not.
      let text = try fixture.run(recompile, variables: new.variables)
      #expect(!text.contains("exit code"), "round \(round), \(random): \(text)")
      try fixture.expectSettled("round \(round), \(random): \(text)")
      #expect(
        try fixture.git("fleet.git", "rev-parse", "refs/fleet/plan") == expected,
        "round \(round), \(random)")
      let record = String(decoding: TestFiles.read(fixture.hub.renderers) ?? [], as: UTF8.self)
      #expect(record.contains("v3.18.0"), "round \(round), \(random): \(record)")
    }
    try fixture.clone.edit("clusters/store-0002.yaml", "region: eu", "region: asia")
    try fixture.clone.commit("another region")
    let push = try fixture.clone.push(variables: new.variables)
    #expect(push.isAccepted, "\(random): \(push.text)")
    try fixture.expectSettled()
  }
}
