// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import JSONTree
import Posix
import Reconciling
import SliceFormat
import Testing
import YAMLTree

@Suite("drift is shown, taken into the repository, or left out")
struct DriftCommandTests {
  static let deployment = """
    # the tills
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: pos
    spec:
      replicas: 2   # one per till
      selector: {matchLabels: {app: pos}}
      template:
        metadata: {labels: {app: pos}}
        spec:
          containers:
          - name: pos
            image: "registry.example.com/pos:1.0"
            args: [--eu, --quick]   # in this order
            env:
            - name: A
              value: one
            - {name: B, value: two}

    """

  static let files: [String: String] = [
    "clusters/all.yaml": (1...4).map {
      SampleFleet.cluster("store-\($0)", labels: ["region": $0 == 3 ? "us" : "eu"])
    }.joined(separator: "---\n"),
    "gitrepos/shop.yaml": SampleFleet.gitRepo("shop", path: "apps/*"),
    "apps/pos/fleet.yaml": """
    # what the shops run
    name: pos
    defaultNamespace: retail   # everywhere
    targetCustomizations:
      - name: us
        clusterName: store-3
        yaml: {overlays: [us]}   # other money

    """,
    "apps/pos/deployment.yaml": deployment,
    "apps/pos/settings.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings}
    data:
      currency: EUR
      # for the printer
      width: "40"

    """,
    "apps/pos/overlays/us/settings_patch.yaml": """
    data:
      currency: USD   # of the US

    """,
    "apps/pos/other.yaml": """
    apiVersion: v1
    kind: List
    items:
    - apiVersion: v1
      kind: ConfigMap
      metadata: {name: other}
      data: {a: "1"}

    """,
  ]

  typealias Field = StatusDrift.Operation

  static func changed(_ object: String, _ fields: Field...) -> StatusDrift {
    StatusDrift(object: object, change: .changed, operations: fields)
  }

  static func replicas(_ number: Int64) -> StatusDrift {
    changed(
      "Deployment.apps~retail~pos",
      Field(
        path: "/spec/replicas", value: .integer(number), wanted: .integer(2), manager: "kubectl"))
  }

  static let settings = "ConfigMap~retail~settings"
  static let money = changed(
    settings,
    Field(
      path: "/data/currency", value: .string("CAD"), wanted: .string("USD"), manager: "kubectl-edit"
    ), Field(path: "/data/width", value: nil, wanted: .string("40")))

  /// A fleet of which the clusters, store-1 first, report drift of their bundle.
  static func fleet(
    _ drift: [[StatusDrift]], files: [String: String] = files
  ) throws -> FleetFixture {
    let fleet = try FleetFixture(files)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 300)
    for (index, own) in drift.enumerated() {
      try fleet.report(
        "store-\(index + 1)", release: 1, [("pos", own.isEmpty ? .ready : .modified, "")],
        drift: ["pos": own], secondsAgo: 60)
    }
    try fleet.observe(secondsAgo: 40)
    return fleet
  }

  /// What git sees in the working tree, taken into the transcript, and gone again.
  static func undo(_ fleet: FleetFixture, _ wanted: String...) throws {
    fleet.note("git diff")
    for line in try fleet.git("diff", "--no-color").split(separator: "\n")
    where !line.hasPrefix("index ") {
      fleet.note(String(line))
    }
    fleet.note("")
    try fleet.git("checkout", "-q", "--", ".")
  }

  @Test("the list is folded by what differs, and says on which clusters")
  func list() throws {
    let many = StatusDrift(
      object: Self.settings, change: .changed,
      operations: [
        Field(
          path: "/data/a\u{1b}", value: .object(["x": .array([.integer(1)])]),
          wanted: .string(String(repeating: "long ", count: 40)))
      ], more: 7)
    let gone = StatusDrift(object: "Namespace~~retail", change: .missing)
    let remade = StatusDrift(object: "ConfigMap~retail~other", change: .remade)
    let fleet = try Self.fleet([
      [Self.replicas(3), gone], [Self.replicas(3), many], [Self.replicas(5), remade],
    ])
    fleet.run("drift")
    fleet.run("drift", "--all", "-l", "region=eu", "--object", "deployments/pos")
    fleet.run("drift", "store-3", "-o", "yaml")
    fleet.run("drift", "store-4")
    fleet.run("drift", "-b", "poss")
    fleet.run("drift", "store-5")
    fleet.run("drift", "--object", "pos")
    fleet.run("drift", "--adopt", "--ignore")
    fleet.run("drift", "--dry-run")
    fleet.run("drift", "--adopt", "-o", "json")
    Golden.check(fleet.transcript, "commands/drift-list.txt")
  }

  @Test("--adopt writes the values where they come from, and nothing else")
  func adopted() throws {
    let all = Self.changed(
      "Deployment.apps~retail~pos",
      Field(path: "/spec/replicas", value: .integer(3), wanted: .integer(2)),
      Field(
        path: "/spec/template/spec/containers/1/args",
        source: "/spec/template/spec/containers/0/args",
        value: .array([.string("--eu"), .string("a, b")]),
        wanted: .array([.string("--eu"), .string("--quick")])),
      Field(
        path: "/spec/template/spec/containers/1/env/-",
        source: "/spec/template/spec/containers/0/env/1",
        value: nil, wanted: .object(["name": .string("B"), "value": .string("two")])),
      Field(
        path: "/spec/template/spec/containers/1/image",
        source: "/spec/template/spec/containers/0/image",
        value: .string("registry.example.com/pos:1.1"),
        wanted: .string("registry.example.com/pos:1.0")))
    let width = Self.changed(
      Self.settings, Field(path: "/data/width", value: nil, wanted: .string("40")))
    let other = Self.changed(
      "ConfigMap~retail~other", Field(path: "/data/a", value: .string("2"), wanted: .string("1")))
    let fleet = try Self.fleet([
      [all, width, other], [all, width, other], [all, Self.money, other], [all, width, other],
    ])
    fleet.run("drift", "--adopt", "--dry-run")
    #expect(try fleet.git("status", "--porcelain") == "")
    fleet.run("drift", "--adopt")
    #expect(fleet.run("check").code == 0)
    fleet.run("drift", "--adopt")
    try Self.undo(fleet)
    fleet.note("what was pushed in between is not undone")
    try fleet.write(Self.deployment.replacing("2   #", with: "4 #"), to: "apps/pos/deployment.yaml")
    fleet.run("drift", "--adopt", "--object", "Deployment/pos")
    Golden.check(fleet.transcript, "commands/drift-adopt.txt")
  }

  @Test("what would change more, or cannot be known, is refused as a whole")
  func refused() throws {
    let fleet = try Self.fleet([
      [
        Self.replicas(3), StatusDrift(object: "ConfigMap~retail~other", change: .missing),
        Self.changed(
          Self.settings,
          Field(path: "/data/width", value: .string("***"), wanted: .string("***")),
          Field(path: "/data/currency", value: .string("(600 bytes)"), wanted: .string("EUR"))),
      ],
      [Self.replicas(3), StatusDrift(object: "ConfigMap~retail~other", change: .remade)],
      [Self.replicas(5), Self.money],
    ])
    fleet.note("only some of those that have it from the file")
    fleet.run("drift", "store-1", "store-2", "--adopt", "--object", "Deployment/pos")
    fleet.note("they disagree")
    fleet.run("drift", "--adopt", "--object", "Deployment/pos")
    fleet.note("it is gone, or made anew")
    fleet.run("drift", "--adopt", "--object", "configmap/other")
    fleet.note("values that the site does not tell")
    fleet.run("drift", "store-1", "--adopt", "--object", "configmap/settings")
    fleet.note("one of the two fields is everybody's")
    fleet.run("drift", "store-3", "--adopt", "--object", "configmap/settings")
    fleet.note("somebody writes it while nobody looks")
    try fleet.write("data: {currency: !!str USD}\n", to: "apps/pos/overlays/us/settings_patch.yaml")
    try fleet.write(
      Self.files["apps/pos/settings.yaml", default: ""].replacing("  width: \"40\"\n", with: ""),
      to: "apps/pos/settings.yaml")
    fleet.run("drift", "store-3", "--adopt", "--object", "configmap/settings")
    try fleet.write("data: [", to: "apps/pos/settings.yaml")
    fleet.run("drift", "store-3", "--adopt")
    #expect(try fleet.git("diff", "--stat", "apps/pos/deployment.yaml") == "")
    Golden.check(fleet.transcript, "commands/drift-refused.txt")
  }

  @Test("what a chart makes is not adopted but may be let be, and what nobody knows neither")
  func rendered() throws {
    let money = Self.changed(
      "ConfigMap~retail~till",
      Field(path: "/data/currency", value: .string("chf"), wanted: .string("eur")))
    let files = (0..<20).map { number in
      StatusDrift(
        object: "ConfigMap~retail~file-\(number)", change: .changed,
        operations: [
          Field(
            path: "/data/a", value: .string(String(repeating: "x", count: 400)), wanted: .string("")
          )
        ])
    }
    let fleet = try FleetFixture(Samples.rendered)
    try fleet.makeHub()
    try fleet.release(secondsAgo: 300)
    try fleet.report(
      "store-1", release: 1,
      [("till", .modified, ""), ("db", .modified, ""), ("web", .modified, "")],
      drift: [
        "till": [money],
        "db": [
          Self.changed(
            "ConfigMap~retail~db", Field(path: "/data/a", value: nil, wanted: .string("1")))
        ],
        "web": files,
      ], secondsAgo: 60)
    try fleet.observe(secondsAgo: 40)
    fleet.run("drift", "--adopt", "-b", "till")
    fleet.run("drift", "--ignore", "-b", "db")
    fleet.run("drift", "--ignore", "-b", "till", "--dry-run")
    let list = fleet.run("drift", "-b", "web")
    #expect(
      list.output.contains(
        "bundle 'web' of store-1 has 11 more objects that differ, more than the"),
      "\(list.output)")
    let refused = fleet.run("drift", "--ignore", "-b", "web", "--object", "ConfigMap/none")
    #expect(
      refused.errorOutput.contains(
        "note: bundle 'web': store-1 has 11 more objects that differ than the hub tells"),
      "\(refused)")
    let shown = fleet.transcript.firstRange(of: "$ kubectl fleet drift -b web").map {
      String(fleet.transcript[..<$0.lowerBound])
    }
    Golden.check(try #require(shown), "commands/drift-rendered.txt")
  }

  @Test("--ignore writes exceptions that make exactly this drift quiet")
  func ignored() throws {
    var files = Self.files
    files["apps/pos/fleet.yaml"] = """
      name: pos
      defaultNamespace: retail
      diff:
        # agreed with the shops
        comparePatches:
          - kind: Deployment   # the tills
            apiVersion: apps/v1
            namespace: retail
            name: pos
            jsonPointers: ["/spec/paused"]
      targetCustomizations:
        - name: us
          clusterName: store-3
          diff:
            comparePatches:
              - {apiVersion: apps/v1, kind: Deployment, namespace: retail, name: pos}

      """
    let drift = [
      Self.replicas(3),
      Self.changed(
        Self.settings, Field(path: "/data/a~1b", value: nil, wanted: .string("1")),
        Field(path: "/data/width", value: .string("***"), wanted: .string("***"))),
      StatusDrift(object: "ConfigMap~retail~other", change: .missing),
    ]
    let fleet = try Self.fleet([drift, [Self.replicas(5)], drift], files: files)
    fleet.run("drift", "--ignore", "--dry-run")
    fleet.run("drift", "--ignore")
    fleet.run("drift", "--ignore")
    fleet.note("a file that has nothing of it yet")
    try fleet.git("checkout", "-q", "--", ".")
    try fleet.write("# nothing\n", to: "apps/pos/fleet.yaml")
    try fleet.git("mv", "apps/pos", "apps/till")
    try fleet.write("name: pos\nnamespace: retail\n", to: "apps/till/fleet.yaml")
    fleet.run("drift", "--ignore", "--object", "Deployment/pos")
    fleet.note(try Self.text(fleet, "apps/till/fleet.yaml"))
    Golden.check(fleet.transcript, "commands/drift-ignore.txt")
  }

  @Test("the exceptions that were written are those that the comparison needs")
  func quiet() throws {
    let fleet = try Self.fleet([[Self.replicas(3)], [Self.replicas(3)], [Self.replicas(4)]])
    #expect(fleet.run("drift", "--ignore").code == 0)
    var findings = Findings()
    let root = YAMLParser.parse(
      Array(try Self.text(fleet, "apps/pos/fleet.yaml").utf8), path: "", findings: &findings
    ).first?.root
    let patches = try #require(root?["diff"]?["comparePatches"]?.items).map(\.json)
    let manifest = try #require(
      YAMLParser.parse(Array(Self.deployment.utf8), path: "", findings: &findings).first?.root.json)
    func drift(_ patches: [JSONValue], _ path: [String], _ value: JSONValue) -> [String] {
      let live = Self.replacing(manifest, path[...], value)
      let comparison = DriftComparison(
        manager: "kubectl-fleet", exceptions: DriftExceptions(patches))
      let identity = ObjectIdentity(
        group: "apps", kind: "Deployment", namespace: "retail", name: "pos")
      guard
        case .fields(let fields) = comparison.drift(of: identity, manifest: manifest, live: live)?
          .change
      else { return [] }
      return fields.map(\.pointer)
    }
    #expect(drift([], ["spec", "replicas"], .integer(3)) == ["/spec/replicas"])
    #expect(drift(patches, ["spec", "replicas"], .integer(3)) == [])
    #expect(
      drift(patches, ["spec", "selector", "matchLabels", "app"], .string("x"))
        == ["/spec/selector/matchLabels/app"])
  }

  private static func text(_ fleet: FleetFixture, _ path: String) throws -> String {
    String(decoding: try Files.read("\(fleet.repository)/\(path)", limit: 1 << 20), as: UTF8.self)
  }

  private static func replacing(
    _ json: JSONValue, _ way: ArraySlice<String>, _ value: JSONValue
  ) -> JSONValue {
    guard let step = way.first else { return value }
    return .object(
      (json.members ?? []).map {
        JSONMember(
          $0.name, $0.name == step ? replacing($0.value, way.dropFirst(), value) : $0.value)
      })
  }
}
