// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Testing

@Suite("refs that people push")
struct RefRulesTests {
  /// A push that is refused for its refs or options, whatever the files say.
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let refs: [String]
    var options: [String] = []
    var force = false
    var prepare: @Sendable (FleetClone) throws -> Void = { _ in }
    var testDescription: String { id }
  }

  @Test(
    "a push that moves a ref as it may not is refused as a whole, in words",
    arguments: [
      Case(id: "delete-main", refs: [":main"]),
      Case(id: "force-push", refs: ["main"], force: true) {
        try $0.git("commit", "-q", "--amend", "-m", "history is rewritten")
      },
      Case(id: "force-push-unrelated", refs: ["+other:main"]) {
        try $0.git("checkout", "-q", "--orphan", "other")
        try $0.commit("unrelated")
      },
      Case(id: "plan-ref", refs: ["+main:refs/fleet/plan"]),
      Case(id: "state-ref-forced", refs: ["main:refs/fleet/state"], force: true),
      Case(id: "fleet-ref-deleted", refs: [":refs/fleet/state"]),
      Case(id: "new-fleet-ref", refs: ["main:refs/fleet/mine"]),
      Case(id: "notes", refs: ["refs/notes/commits"]) {
        try $0.git("notes", "add", "-m", "well done", "HEAD")
      },
      Case(id: "pull-request", refs: ["main:refs/pull/1/head"]),
      Case(id: "one-of-several", refs: ["main", "v1", "feature", "+main:refs/fleet/plan"]) {
        try $0.write("README.md", "# Shops\n")
        try $0.commit("a page")
        try $0.git("tag", "v1")
        try $0.git("branch", "feature")
      },
      Case(id: "two-of-several", refs: [":main", "+main:refs/fleet/plan", "feature"]) {
        try $0.git("branch", "feature")
      },
      Case(id: "unknown-option", refs: ["main"], options: ["fleet.alow-delete=Namespace:1"]) {
        try $0.write("README.md", "# Shops\n")
        try $0.commit("a page")
      },
      Case(
        id: "bad-count", refs: ["main"],
        options: ["fleet.allow-delete=Namespace:many", "fleet.allow-removed=-1", "ci.skip"]
      ) {
        try $0.write("README.md", "# Shops\n")
        try $0.commit("a page")
      },
    ])
  func refused(_ entry: Case) throws {
    let fixture = try HubFixture.pushed()
    let before = try fixture.fingerprint()
    try entry.prepare(fixture.clone)
    let push = try fixture.clone.push(entry.refs, options: entry.options, force: entry.force)
    Golden.check("\(push.text)\n\(push.report)", "refs/\(entry.id).txt")
    #expect(push.isRefused)
    #expect(try fixture.fingerprint().changes(since: before) == [])
  }

  @Test("branches and tags pass, whatever is in them, and release nothing")
  func branchesAndTags() throws {
    let fixture = try HubFixture.pushed()
    let state = try fixture.ref("refs/fleet/state")
    try fixture.clone.write("clusters/broken.yaml", "a: [\n")
    try fixture.clone.commit("work in progress")
    try fixture.clone.git("tag", "v1")
    try fixture.clone.git("tag", "-a", "-m", "version 2", "v2")
    let push = try fixture.clone.push(["main:feature", "v1", "v2"])
    #expect(push.isAccepted)
    #expect(push.text == "")
    #expect(try fixture.ref("refs/fleet/state") == state)
    // They can be rewritten and deleted as well.
    try fixture.clone.git("commit", "-q", "--amend", "-m", "other work")
    #expect(try fixture.clone.push(["main:feature"], force: true).isAccepted)
    #expect(try fixture.clone.push([":feature", ":v1", ":v2"]).isAccepted)
    #expect(
      try fixture.git("fleet.git", "for-each-ref", "refs/heads", "refs/tags", "--format=%(refname)")
        == "refs/heads/main")
    #expect(try fixture.fsck() == [])
  }

  @Test("main, a branch and a tag in one push are taken together")
  func several() throws {
    let fixture = try HubFixture.pushed()
    try fixture.clone.edit("apps/pos/deployment.yaml", "pos:1.0", "pos:1.1")
    try fixture.clone.commit("version 1.1")
    try fixture.clone.git("tag", "v1.1")
    let push = try fixture.clone.push(["main", "v1.1", "main:stable"])
    Golden.check("\(push.text)\n\(push.report)", "refs/several.txt")
    #expect(push.isAccepted)
    #expect(try fixture.tick() == ["observed new statuses"])
    #expect(try fixture.fsck() == [])
  }

  @Test("main that is refused for its files takes a tag with it")
  func severalRefused() throws {
    let fixture = try HubFixture.pushed()
    let before = try fixture.fingerprint()
    try fixture.clone.edit("clusters/lab-1.yaml", "labels", "lables")
    try fixture.clone.commit("a typo")
    try fixture.clone.git("tag", "v1.1")
    let push = try fixture.clone.push(["main", "v1.1"])
    Golden.check("\(push.text)\n\(push.report)", "refs/several-refused.txt")
    #expect(push.isRefused)
    #expect(try fixture.fingerprint().changes(since: before) == [])
  }

  @Test("an empty hub can be cloned, and a tick on it says and does nothing twice")
  func empty() throws {
    let fixture = try HubFixture()
    let result = try GitFixture.attempt(
      ["clone", "-q", fixture.hub.fleet, "empty"], in: fixture.scratch.path)
    #expect(
      String(decoding: result.errorOutput, as: UTF8.self)
        == "warning: You appear to have cloned an empty repository.\n")
    #expect(
      try GitFixture.run(["symbolic-ref", "HEAD"], in: fixture.scratch.path + "/empty")
        == "refs/heads/main")
    #expect(try fixture.tick() == ["observed new statuses"])
    #expect(try fixture.tick() == [])
    #expect(try fixture.ref("refs/fleet/state") == nil)
    // Deleting what is not there, and a branch before main.
    #expect(try fixture.clone.push([":main"]).isRefused)
    try fixture.clone.write("README.md", "# Nothing yet\n")
    try fixture.clone.commit("nothing yet")
    #expect(try fixture.clone.push(["main:draft"]).isAccepted)
    #expect(try fixture.ref("refs/fleet/state") == nil)
    let first = try fixture.clone.push()
    #expect(
      first.text == """
        blast radius: nothing changes on any cluster
        success: release 1 is recorded, no cluster has to change

        """)
  }

  @Test("a push to slices.git is refused")
  func slices() throws {
    let fixture = try HubFixture.pushed()
    let before = try fixture.fingerprint()
    let push = try fixture.clone.push(
      ["main:refs/slices/lab-1"], force: true, url: fixture.hub.slices)
    #expect(push.isRefused)
    #expect(
      push.text == """
        error: slices.git is written by the hub alone
        hint: push your change to fleet.git; the hub compiles and publishes it

        """)
    #expect(try fixture.fingerprint().changes(since: before) == [])
  }

  @Test("a first push of 5,000 files passes in a minute", .timeLimit(.minutes(2)))
  func large() throws {
    var files: [String: String] = [
      "groups/all.yaml": SampleFleet.group("all", label: "env", value: "store"),
      "gitrepos/shop.yaml": SampleFleet.gitRepo("shop", path: "apps/*"),
    ]
    for number in 1000..<3000 {
      files["clusters/store-\(number).yaml"] = SampleFleet.cluster(
        "store-\(number)", labels: ["env": "store"])
    }
    for app in 10..<20 {
      files["apps/app-\(app)/fleet.yaml"] = "name: app-\(app)\nnamespace: app-\(app)\n"
      for number in 0..<10 {
        files["apps/app-\(app)/config-\(number).yaml"] = SampleFleet.configMap(
          "config-\(number)", ["a": "\(number)"])
      }
    }
    for number in 1000..<3888 { files["docs/page-\(number).md"] = "# Page \(number)\n" }
    #expect(files.count == 5000)
    let fixture = try HubFixture()
    try fixture.clone.commit("many files", raw: files.map { .init($0.key, $0.value) })
    let push = try fixture.clone.push()
    #expect(push.isAccepted)
    #expect(
      push.text.split(separator: "\n").filter { !$0.hasSuffix(" …") }.joined(separator: "\n") == """
        blast radius: 2,000 clusters join
          groups: all 2,000 of 2,000
          objects: ConfigMap 200,000 created
          2,000 clusters: joins; creates 100 ConfigMaps
        success: release 1 is published, 2,000 clusters get it at the next run
        """)
    #expect(
      try fixture.git("slices.git", "for-each-ref", "--format=%(refname)").split(separator: "\n")
        .count == 2000)
    #expect(try fixture.fsck() == [])
  }
}
