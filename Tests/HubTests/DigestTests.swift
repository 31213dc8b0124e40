// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import GitStore
import HubService
import JSONTree
import Posix
import Rollouts
import SliceFormat
import Testing

@Suite("the digest of statuses and contacts")
struct DigestTests {
  static let start: Int64 = 1_763_726_400  // 2025-11-21T12:00:00Z

  /// A hub whose statuses the test itself writes.
  struct Hub {
    let scratch: ScratchFolder
    let layout: HubLayout
    let status: Repository
    let fleet: Repository

    init() throws {
      scratch = try ScratchFolder("digest")
      layout = HubLayout(root: scratch.path + "/hub")
      _ = try HubCreation.create(root: layout.root, branch: "main", libexec: scratch.path)
      status = try Repository.open(layout.status)
      fleet = try Repository.open(layout.fleet)
    }

    /// Puts down a status as a push would.
    func report(
      _ cluster: String, counter: Int = 1, state: BundleState = .ready,
      bundles: [StatusReport.Bundle]? = nil, metrics: [StatusMetric] = [], errors: [String] = []
    ) throws {
      let report = StatusReport(
        cluster: cluster, counter: counter, slice: "", source: "", release: 3,
        time: "2025-11-21T11:00:00Z", state: state,
        bundles: bundles ?? [
          StatusReport.Bundle(
            name: "pos", state: state, tree: String(repeating: "ab", count: 20), message: "")
        ], errors: errors, metrics: metrics)
      try write(cluster, report.json)
    }

    func write(_ cluster: String, _ json: [UInt8]) throws {
      let tree = try status.writeTree([
        TreeEntry("status.json", .file, try status.write(.blob, json))
      ])
      let commit = Commit(
        tree: tree, parents: [], author: Signature(name: "s", email: "s", seconds: 1),
        message: "status \(cluster)\n")
      let id = try status.write(.commit, commit.content)
      let ref = HubLayout.Ref.statusPrefix + cluster
      try status.updateReference(
        ref, to: id, expecting: try status.reference(ref) ?? .zero, message: "")
    }

    @discardableResult
    func observe(
      _ seconds: Int64, rollouts: [(id: String, bytes: [UInt8])]? = nil
    ) throws -> Bool {
      let now = Timestamp(seconds: DigestTests.start + seconds)
      let observing = try Observing(hub: layout)
      return try observing.write(try observing.look(now: now), rollouts: rollouts, now: now)
    }

    func look(_ seconds: Int64) throws -> StatusDigest {
      try StatusDigest.read(layout, now: Timestamp(seconds: DigestTests.start + seconds))
    }

    /// `path id` of every file of the digest.
    func files() throws -> [String] {
      try GitFixture.run(["ls-tree", "-r", HubLayout.Ref.observed], in: layout.fleet)
        .split(separator: "\n").map(String.init)
    }

    func file(_ path: String) throws -> String {
      try GitFixture.run(["show", "\(HubLayout.Ref.observed):\(path)"], in: layout.fleet)
    }
  }

  @Test("facts stand behind everything else of a line, and are read as written")
  func facts() throws {
    let hub = try Hub()
    let facts = [SiteFact("a/b", "x \"y\" \\"), SiteFact("nodes", "3")]
    for (cluster, facts) in [("store-1", facts), ("store-2", []), ("store-3", nil)] {
      try hub.write(
        cluster,
        StatusReport(
          cluster: cluster, counter: 1, slice: "", source: "", release: 3, time: "",
          state: .ready, bundles: [], errors: [], facts: facts
        ).json)
    }
    #expect(try hub.observe(0))
    let line = try hub.file("clusters/\(Shard.name(of: "store-1")).jsonl")
    #expect(line.hasSuffix(#""errors":[],"facts":{"a/b":"x \"y\" \\","nodes":"3"}}"#), "\(line)")
    let stored = try StatusDigest.stored(hub.layout).sorted { $0.cluster < $1.cluster }
    #expect(stored.map(\.facts) == [facts, [], nil])
    #expect(try hub.observe(5) == false)
  }

  @Test("a line says what the site says, and when the hub has heard of it; it is read as written")
  func line() throws {
    let hub = try Hub()
    try hub.report(
      "store-1", state: .notReady,
      bundles: [
        StatusReport.Bundle(
          name: "pos", state: .notReady, tree: String(repeating: "ab", count: 20),
          message: "Deployment \"pos\": 1 of 2\n", isReverted: true),
        StatusReport.Bundle(name: "web", state: .ready, tree: "", message: ""),
      ],
      metrics: [
        StatusMetric(name: "success-rate", bundle: "pos", value: 0.9975, samples: 400),
        StatusMetric(name: "latency", value: nil, samples: 0),
      ], errors: ["disk \\ full"])
    #expect(try hub.observe(0))
    #expect(
      try hub.files().map { String($0.split(separator: "\t")[1]) } == [
        "clusters/\(Shard.name(of: "store-1")).jsonl", "summary.json",
      ])
    let line = try hub.file("clusters/\(Shard.name(of: "store-1")).jsonl")
    let status = try #require(try hub.status.reference("refs/status/store-1"))
    #expect(
      line == #"{"cluster":"store-1","status":"\#(status.hex)","contact":"2025-11-21T12:00:00Z","#
        + #""arrived":"2025-11-21T12:00:00Z","since":"2025-11-21T12:00:00Z","state":"NotReady","#
        + #""release":3,"slice":"","source":"","time":"2025-11-21T11:00:00Z","bundles":[{"name":"pos","#
        + #""state":"NotReady","tree":"\#(String(repeating: "ab", count: 20))","#
        + #""message":"Deployment \"pos\": 1 of 2\n","reverted":true},{"name":"web","state":"Ready","#
        + #""tree":"","message":""}],"errors":["disk \\ full"],"metrics":[{"name":"success-rate","#
        + #""bundle":"pos","value":0.9975,"samples":400,"seen":"2025-11-21T12:00:00Z"},"#
        + #"{"name":"latency","value":null,"samples":0,"seen":"2025-11-21T12:00:00Z"}]}"#)
    #expect(
      try hub.file("summary.json") == """
        {
          "format": 2,
          "time": "2025-11-21T12:00:00Z",
          "reported": 1,
          "states": {
            "NotReady": 1
          }
        }
        """)

    let known = try #require(try hub.look(5).observations().clusters["store-1"])
    var expected = ClusterObservation()
    expected.contact = Self.start
    expected.release = 3
    expected.bundles = [
      "pos": .init(
        tree: ObjectID(hex: String(repeating: "ab", count: 20)), state: .notReady, isReverted: true,
        message: "Deployment \"pos\": 1 of 2\n"),
      "web": .init(tree: nil, state: .ready),
    ]
    let rate = ClusterObservation.Measurement(value: 0.9975, samples: 400, seenAt: Self.start)
    expected.metrics = [
      "pos/success-rate": rate, "success-rate": rate,
      "latency": .init(value: nil, samples: 0, seenAt: Self.start),
    ]
    #expect(known == expected)
  }

  @Test(
    "drift comes along as far as there is room, the first objects whole, and is read as written")
  func drift() throws {
    let hub = try Hub()
    let field = { (path: String, value: String) in
      StatusDrift.Operation(
        path: path, value: .string(value), wanted: .string("[\"]}\\"), manager: "kubectl-edit")
    }
    let few = [
      StatusDrift(object: "ConfigMap~a~gone", change: .missing),
      StatusDrift(
        object: "ConfigMap~a~b", change: .changed,
        operations: [
          field("/data/x", "]"),
          .init(path: "/l/1", source: "/l/0", value: nil, wanted: .array([.integer(1)])),
        ]),
    ]
    let many = (0..<20).map { number in
      StatusDrift(
        object: "ConfigMap~a~\(number)", change: .changed,
        operations: (0..<5).map { field("/data/\($0)", String(repeating: "x", count: 100)) },
        more: 2)
    }
    let bundle = { (name: String, drift: [StatusDrift]) in
      StatusReport.Bundle(name: name, state: .modified, tree: "", message: "", drift: drift)
    }
    try hub.report("store-1", state: .modified, bundles: [bundle("few", few)])
    try hub.report(
      "store-2", state: .modified, bundles: [bundle("many", many), bundle("few", few)])
    #expect(try hub.observe(0))
    let line = try hub.file("clusters/\(Shard.name(of: "store-1")).jsonl")
    #expect(
      line.contains(
        #""message":"","drift":[{"object":"ConfigMap~a~gone","change":"missing"},"#
          + #"{"object":"ConfigMap~a~b","change":"changed","patch":[{"op":"replace","#
          + #""path":"/data/x","value":"]","wanted":"[\"]}\\","manager":"kubectl-edit"},"#
          + #"{"op":"remove","path":"/l/1","source":"/l/0","wanted":[1]}]}]}],"errors""#))
    let known = try hub.look(1).clusters()
    #expect(known["store-1"]?.bundles.first?.drift == few)
    #expect(known["store-1"]?.bundles.first?.untoldDrift == 0)
    let told = try #require(known["store-2"]?.bundles)
    #expect(told[0].drift.count + told[0].untoldDrift == 20)
    #expect(told[0].drift.first == many.first)
    for (one, all) in zip(told[0].drift, many) {
      #expect(one.operations.count + one.more == all.operations.count + all.more)
    }
    #expect(told[1].drift.count + told[1].untoldDrift == 2)
    #expect(try hub.file("clusters/\(Shard.name(of: "store-2")).jsonl").utf8.count < 5000)
    // Nothing new, nothing written.
    #expect(try !hub.observe(60))
  }

  @Test(
    "the same status is not written again; since tells when the state changed, seen when the number came"
  )
  func times() throws {
    let hub = try Hub()
    let metrics = { (value: Double) in [StatusMetric(name: "rate", value: value, samples: 10)] }
    try hub.report("store-1", metrics: metrics(1))
    #expect(try hub.observe(0))
    #expect(try !hub.observe(60))
    try hub.report("store-1", counter: 2, metrics: metrics(0.5))
    #expect(try hub.observe(120))
    try hub.report("store-1", counter: 3, state: .errApplied, metrics: metrics(0.5))
    let status = try #require(try hub.look(180).clusters()["store-1"])
    #expect(status.since == Self.start + 180)
    #expect(status.metrics.map(\.seen) == [Self.start + 180])
    let before = try #require(
      try StatusDigest.read(hub.layout, now: Timestamp(seconds: 0)).clusters()["store-1"])
    #expect(before.arrived == 0)
    #expect(try hub.observe(180))
    let after = try #require(try hub.look(500).clusters()["store-1"])
    #expect(after.since == Self.start + 180)
    #expect(after.arrived == Self.start + 180)
    #expect(after.metrics.map(\.seen) == [Self.start + 180])
  }

  @Test("only the shard of a cluster that changed is written, and what rollouts remember stays")
  func shards() throws {
    let hub = try Hub()
    for number in 1...40 { try hub.report("store-\(number)") }
    #expect(try hub.observe(0, rollouts: [("pos-17", Array("{}".utf8)), ("web-1", [])]))
    let before = try hub.files()
    try hub.report("store-7", counter: 2, state: .errApplied)
    #expect(try hub.observe(60))
    let changed = Set(try hub.files()).symmetricDifference(before)
      .map { $0.split(separator: "\t")[1] }.sorted()
    let shard = "clusters/\(Shard.name(of: "store-7")).jsonl"
    #expect(changed == [shard[...], shard[...], "summary.json", "summary.json"])
    #expect(try hub.look(60).rollouts == ["pos-17": Array("{}".utf8), "web-1": []])
    #expect(try hub.observe(61, rollouts: [("pos-17", Array("{1}".utf8))]))
    #expect(try hub.look(62).rollouts == ["pos-17": Array("{1}".utf8)])
    #expect(try !hub.observe(63, rollouts: [("pos-17", Array("{1}".utf8))]))
    #expect(throws: HubError.self) { try hub.observe(64, rollouts: [("a/b", [])]) }
  }

  @Test("what is no status is shown as one, and a ref that is removed takes its line along")
  func nonsense() throws {
    let hub = try Hub()
    try hub.write("store-1", Array("{}".utf8))
    try hub.report("store-2")
    try hub.write(
      "store-3",
      StatusReport(
        cluster: "store-2", counter: 1, slice: "", source: "", release: 1, time: "", state: .ready,
        bundles: [], errors: []
      ).json)
    #expect(try hub.observe(0))
    let known = try hub.look(1).clusters()
    #expect(known["store-1"]?.state == .errApplied)
    #expect(known["store-1"]?.errors == ["the status cannot be read"])
    #expect(known["store-3"]?.state == .errApplied)
    try GitFixture.run(["update-ref", "-d", "refs/status/store-1"], in: hub.layout.status)
    #expect(try hub.observe(2))
    #expect(try hub.look(3).clusters().keys.sorted() == ["store-2", "store-3"])
  }

  @Test("a digest of before, with one file of all clusters, is made anew")
  func oldLayout() throws {
    let hub = try Hub()
    try hub.report("store-1")
    let tree = try hub.fleet.writeTree([
      TreeEntry("clusters.jsonl", .file, try hub.fleet.writeBlob("{\"cluster\":\"store-1\"}\n")),
      TreeEntry("summary.json", .file, try hub.fleet.writeBlob("{\"format\":1}\n")),
    ])
    let commit = Commit(
      tree: tree, parents: [], author: Signature(name: "h", email: "h", seconds: 1), message: "x\n")
    try hub.fleet.updateReference(
      HubLayout.Ref.observed, to: try hub.fleet.write(.commit, commit.content), expecting: .zero,
      message: "")
    #expect(try hub.observe(0))
    #expect(try hub.look(0).clusters()["store-1"]?.state == .ready)
    #expect(try hub.files().count == 2)
  }

  @Test("packed and loose refs are one list, whichever of them is newer")
  func refs() throws {
    let hub = try Hub()
    for name in ["a", "b.c", "c"] { try hub.report(name) }
    try GitFixture.run(["pack-refs", "--all"], in: hub.layout.status)
    try hub.report("b.c", counter: 2, state: .modified)
    try hub.report("d")
    #expect(
      try hub.look(0).statuses().map { "\($0.cluster) \($0.state.rawValue)" }.sorted()
        == ["a Ready", "b.c Modified", "c Ready", "d Ready"])
  }
}
