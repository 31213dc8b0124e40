// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Testing

/// A hub that tells what it took away, and a site that believes nothing else.
@Suite("removals from the hub to the site", .serialized)
struct RemovalGuardFlowTests {
  /// So many ConfigMaps in one file.
  static func maps(_ prefix: String, _ count: Int) -> String {
    (1...count).map { SampleFleet.configMap("\(prefix)\($0)", ["a": "b"]) }
      .joined(separator: "---\n")
  }

  /// Two clusters with a bundle of 12 objects and one of 3.
  static var files: [String: String] {
    [
      "clusters/store-01.yaml": SampleFleet.cluster("store-01", labels: ["env": "store"]),
      "clusters/store-02.yaml": SampleFleet.cluster("store-02", labels: ["env": "store"]),
      "gitrepos/shop.yaml": SampleFleet.toStores,
      "fleet-hub.yaml": """
      apiVersion: fleet/v1
      kind: Hub
      metadata:
        name: hub
      spec:
        whenClusterRemoved: remove

      """,
      "apps/many/fleet.yaml": "name: many\nnamespace: retail\n",
      "apps/many/maps.yaml": maps("m", 12),
      "apps/few/fleet.yaml": "name: few\nnamespace: retail\n",
      "apps/few/maps.yaml": maps("f", 3),
    ]
  }

  let fixture: HubFixture

  init() throws {
    fixture = try HubFixture(Self.files)
    try release("first fleet")
  }

  /// Commits and pushes what was changed; the hub has to take it.
  func release(_ message: String, _ options: [String] = []) throws {
    try fixture.clone.commit(message)
    let push = try fixture.clone.push(options: options)
    try #require(push.isAccepted, "\(push.text)")
  }

  /// Runs the built fleet-sync of a shop: `exit CODE` and what it said.
  func sync(_ cluster: String = "store-01", _ flags: String...) throws -> String {
    let path = fixture.scratch.path
    let result = try Child.run(
      [
        try HubFixture.program("fleet-sync"), "--cluster", cluster, "--hub", fixture.hub.root,
        "--state", "\(path)/state-\(cluster)", "--target", "dir:\(path)/target-\(cluster)",
      ] + flags, environment: GitFixture.environment(), timeoutSeconds: 120)
    guard case .exit(let code) = result.status else { return "\(result.status)" }
    return "exit \(code)\n" + String(decoding: result.errorOutput, as: UTF8.self)
  }

  /// How many files of a bundle the site has.
  func count(_ bundle: String, _ cluster: String = "store-01") throws -> Int {
    let folder = "\(fixture.scratch.path)/target-\(cluster)/\(bundle)"
    return Files.exists(folder) ? try Files.entries(in: folder).count : 0
  }

  /// What the hub says about removals in a slice.
  func removed(_ cluster: String = "store-01") throws -> String {
    try fixture.git(
      "slices.git", "log", "-1", "--format=%(trailers:key=Removed,valueonly,separator=%x2C)",
      "refs/slices/\(cluster)")
  }

  /// Puts another tree under a slice's ref, with the message that is there but for the release, as somebody would who
  /// rebuilds the repository by hand.
  func forge(_ tree: String, release: Int, _ cluster: String = "store-01") throws {
    let ref = "refs/slices/\(cluster)"
    let message = try fixture.git("slices.git", "log", "-1", "--format=%B", ref)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("Release: ") ? "Release: \(release)" : $0 }.joined(separator: "\n")
    let commit = try fixture.git("slices.git", "commit-tree", tree, "-m", message)
    try fixture.git("slices.git", "update-ref", ref, commit)
    try fixture.git("slices.git", "pack-refs", "--all")
  }

  /// The tree of a slice without one of its bundles.
  func tree(without bundle: String) throws -> String {
    let lines = try fixture.git("slices.git", "ls-tree", "refs/slices/store-01")
      .split(separator: "\n").filter { !$0.hasSuffix("\t\(bundle)") }
    return try GitFixture.run(
      ["mktree"], in: fixture.hub.slices, input: Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  @Test("a deletion that the hub took passes")
  func allowed() throws {
    #expect(try removed() == "0 objects, 0 bundles")
    #expect(try sync() == "exit 0\ntook release 1 of epoch 1\n")
    try fixture.clone.remove("apps/many")
    try release("away with it")
    #expect(try removed() == "12 objects, 1 bundles")
    #expect(try sync() == "exit 0\ntook release 2 of epoch 1\nremoved 12 objects\n")
    #expect(try count("few") == 3)
    #expect(try sync() == "exit 0\n")
    try fixture.expectSettled()
  }

  @Test("a slice that nobody judged is refused, and the hub's people read it")
  func forged() throws {
    _ = try sync()
    try forge(try tree(without: "many"), release: 9)
    let refusal =
      "release 9 of epoch 1 is refused: it takes away 12 of 15 objects, of which the hub has allowed"
      + " none; 5 may go without"
    let hint = "hint: if this is meant: fleet-sync --allow-removals, once"
    #expect(try sync() == "exit 1\nerror: \(refusal)\n\(hint)\n")
    #expect(try count("many") == 12)
    try fixture.untilStatusesAreSeen()
    try fixture.tick()
    let status = try Child.run(
      [
        try HubFixture.program("kubectl-fleet"), "status", "store-01", "--hub", fixture.hub.root,
      ], environment: GitFixture.environment(), timeoutSeconds: 60)
    #expect(
      String(decoding: status.output, as: UTF8.self).contains("\nerror: \(refusal)\n"),
      "\(String(decoding: status.output + status.errorOutput, as: UTF8.self))")
    #expect(
      try sync("store-01", "--allow-removals")
        == "exit 0\ntook release 9 of epoch 1\nremoved 12 objects\n")
    #expect(try count("many") == 0)
  }

  @Test("a slice of which nothing is left is refused however small it was")
  func emptied() throws {
    _ = try sync()
    try forge("4b825dc642cb6eb9a060e54bf8d69288fbee4904", release: 9)
    let said = try sync("store-01", "--removal-limit=100%")
    #expect(said.contains("takes away 15 of 15 objects, of which the hub has allowed none"))
    #expect(said.contains(", and leaves nothing\n"))
    #expect(try count("few") == 3)
  }

  @Test("a site that missed releases is allowed what all of them took away")
  func skipping() throws {
    _ = try sync()
    try fixture.clone.remove("apps/many")
    try release("away with the many")
    try fixture.clone.write("apps/more/maps.yaml", Self.maps("n", 9))
    try fixture.clone.write("apps/more/fleet.yaml", "name: more\nnamespace: retail\n")
    try release("some more")
    try fixture.clone.remove("apps/few")
    try release("away with the few")
    #expect(try removed() == "15 objects, 2 bundles")
    #expect(try sync() == "exit 0\ntook release 4 of epoch 1\nremoved 15 objects\n")
    #expect(try count("more") == 9)
    // It is as one that missed nothing: what the next one takes away has to be allowed again.
    try forge("4b825dc642cb6eb9a060e54bf8d69288fbee4904", release: 9)
    #expect(try sync().hasPrefix("exit 1\nerror: release 9 of epoch 1 is refused"))
  }

  @Test("a change that is taken back takes away what it brought")
  func rollback() throws {
    _ = try sync()
    try fixture.clone.write("apps/few/maps.yaml", Self.maps("f", 30))
    try release("thirty")
    #expect(try sync() == "exit 0\ntook release 2 of epoch 1\n")
    try fixture.clone.git("revert", "--no-edit", "HEAD")
    let push = try fixture.clone.push()
    #expect(push.isAccepted, "\(push.text)")
    #expect(try removed() == "27 objects, 0 bundles")
    #expect(try sync() == "exit 0\ntook release 3 of epoch 1\nremoved 27 objects\n")
  }

  @Test("objects that go with the namespace of their bundle may go")
  func otherNamespace() throws {
    _ = try sync()
    try fixture.clone.edit("apps/many/fleet.yaml", "retail", "wholesale")
    try release("another namespace")
    #expect(try removed() == "12 objects, 0 bundles")
    #expect(try sync() == "exit 0\ntook release 2 of epoch 1\nremoved 12 objects\n")
    #expect(try count("many") == 12)
  }

  @Test("the tombstone of a cluster that leaves removes all, and the cluster may come back")
  func tombstone() throws {
    _ = try sync()
    try fixture.clone.remove("clusters/store-01.yaml")
    try release("closed", ["fleet.allow-removed=1"])
    #expect(try removed() == "15 objects, 2 bundles")
    #expect(try sync() == "exit 0\ntook release 2 of epoch 1\nremoved 15 objects\n")
    try fixture.clone.write(
      "clusters/store-01.yaml", SampleFleet.cluster("store-01", labels: ["env": "store"]))
    try release("open again")
    #expect(try removed() == "15 objects, 2 bundles")
    #expect(try sync() == "exit 0\ntook release 3 of epoch 1\n")
    #expect(try count("many") == 12)
    try fixture.clone.remove("apps/many")
    try release("away with it")
    #expect(try removed() == "27 objects, 3 bundles")
    #expect(try sync() == "exit 0\ntook release 4 of epoch 1\nremoved 12 objects\n")
  }

  @Test("a hub that was restored from an old backup empties nobody unless its people say so")
  func restored() throws {
    let root = fixture.hub.root
    _ = try Child.run(["cp", "-a", root, root + ".backup"])
    try fixture.clone.write("apps/more/maps.yaml", Self.maps("n", 20))
    try fixture.clone.write("apps/more/fleet.yaml", "name: more\nnamespace: retail\n")
    try release("some more")
    for cluster in ["store-01", "store-02"] {
      #expect(try sync(cluster) == "exit 0\ntook release 2 of epoch 1\n")
    }
    try Files.removeTree(root)
    _ = try Child.run(["cp", "-a", root + ".backup", root])
    func raise(_ flags: String...) throws {
      let result = try Child.run(
        [try HubFixture.program("fleet-hub"), "epoch", "--hub", root, "--raise"] + flags,
        environment: GitFixture.environment(), timeoutSeconds: 60)
      try #require(result.succeeded)
    }
    try raise()
    let refused = try sync()
    #expect(
      refused.hasPrefix(
        """
        exit 1
        error: release 2 of epoch 2 is refused: it takes away 20 of 35 objects, of which the hub has \
        allowed none; 8 may go without

        """), "\(refused)")
    try raise("--allow-removals")
    for cluster in ["store-01", "store-02"] {
      #expect(try sync(cluster) == "exit 0\ntook release 3 of epoch 3\nremoved 20 objects\n")
    }
    // It is said of the way there, and of nothing after.
    try forge("4b825dc642cb6eb9a060e54bf8d69288fbee4904", release: 9)
    #expect(try sync().hasPrefix("exit 1\nerror: release 9 of epoch 3 is refused"))
  }
}
