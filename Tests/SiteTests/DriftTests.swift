// SPDX-License-Identifier: Apache-2.0

import JSONTree
import SliceFormat
import Testing

@testable import Reconciling

@Suite("what was applied against what is there")
struct DriftTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    var kind = "Deployment"
    /// What follows `kind` and `metadata` in the manifest and in the live object.
    let wanted: String
    let live: String
    /// What we have, as `fieldsV1`.
    let own: String
    /// Managers with what they have, the later one last.
    var others: [(String, String)] = []
    var recordedAt = ""
    var patches = "[]"
    let expected: [String]

    var testDescription: String { id }
  }

  static let containers = #""f:spec":{"f:template":{"f:spec":{"f:containers":"#
  static let web = #"{"spec":{"template":{"spec":{"containers":"#

  static let cases: [Case] = [
    Case(
      id: "a field that is still ours is no drift whatever the server wrote",
      wanted: #"{"spec":{"cpu":"1000m"}}"#, live: #"{"spec":{"cpu":"1"}}"#,
      own: #"{"f:spec":{"f:cpu":{}}}"#, expected: []),
    Case(
      id: "replicas are compared though they are ours, as old servers let others scale",
      wanted: #"{"spec":{"replicas":2,"minReadySeconds":2}}"#,
      live: #"{"spec":{"replicas":3,"minReadySeconds":3}}"#,
      own: #"{"f:spec":{"f:replicas":{},"f:minReadySeconds":{}}}"#,
      expected: ["/spec/replicas: 3 for 2"]),
    Case(
      id: "somebody's edit takes the field, and is told with his name",
      wanted: #"{"spec":{"replicas":2,"paused":false}}"#, live: #"{"spec":{"replicas":3}}"#,
      own: #"{"f:spec":{".":{}}}"#, others: [("kubectl-edit", #"{"f:spec":{"f:replicas":{}}}"#)],
      expected: ["/spec/replicas: 3 for 2 by kubectl-edit"]),
    Case(
      id: "a field that was edited there and back is no drift",
      wanted: #"{"spec":{"replicas":2}}"#, live: #"{"spec":{"replicas":2}}"#,
      own: #"{"f:spec":{}}"#,
      others: [("kubectl-edit", #"{"f:spec":{"f:replicas":{}}}"#)], expected: []),
    Case(
      id: "what was lost and says the same in other words is no drift",
      wanted:
        #"{"spec":{"cpu":"1000m","memory":"1Gi","port":"80","on":true,"none":null,"no":false,"e":[]}}"#,
      live: #"{"spec":{"cpu":1,"memory":"1024Mi","port":80,"on":true,"none":"x"}}"#,
      own: #"{"f:spec":{".":{}}}"#, expected: []),
    Case(
      id: "a field that was removed is told without a manager",
      kind: "ConfigMap", wanted: #"{"data":{"a/b":"1","c":"2"}}"#, live: #"{"data":{"c":"2"}}"#,
      own: #"{"f:data":{".":{},"f:c":{}}}"#, expected: ["/data/a~1b: nothing for \"1\""]),
    Case(
      id: "fields of others and defaults are no drift",
      wanted: #"{"spec":{"replicas":2}}"#,
      live: #"{"spec":{"replicas":2,"minReadySeconds":3},"status":{"replicas":1}}"#,
      own: #"{"f:spec":{".":{},"f:replicas":{}}}"#,
      others: [("webhook", #"{"f:spec":{"f:minReadySeconds":{}}}"#)], expected: []),
    Case(
      id: "items of a list are found by their keys, defaulted ones too",
      wanted: web
        + #"[{"name":"b","image":"b:1","ports":[{"containerPort":80}]},{"name":"a","image":"a:1"}]}}}}"#,
      live: web
        + #"[{"name":"side","image":"s"},{"name":"a","image":"a:2"},"#
        + #"{"name":"b","image":"b:1","ports":[{"containerPort":80,"protocol":"TCP"}]}]}}}}"#,
      own: "{" + containers
        + #"{"k:{\"name\":\"a\"}":{".":{},"f:name":{}},"k:{\"name\":\"b\"}":{".":{},"f:name":{},"f:image":{},"#
        + #""f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}}}}"#,
      others: [
        ("set-image", "{" + containers + #"{"k:{\"name\":\"a\"}":{"f:image":{}}}}}}}"#)
      ],
      expected: [#"/spec/template/spec/containers/1/image: "a:2" for "a:1" by set-image"#]),
    Case(
      id: "an item that is gone is told as one",
      wanted: web + #"[{"name":"a","image":"a:1"},{"name":"b","image":"b:1"}]}}}}"#,
      live: web + #"[{"name":"b","image":"b:1"}]}}}}"#,
      own: "{" + containers + #"{"k:{\"name\":\"b\"}":{".":{},"f:name":{},"f:image":{}}}}}}}"#,
      expected: [
        #"/spec/template/spec/containers/-: nothing for {"name":"a","image":"a:1"}"#
      ]),
    Case(
      id: "an object of which we lost every field is compared field by field",
      kind: "ConfigMap", wanted: #"{"data":{"a":"1","b":"2"}}"#,
      live: #"{"data":{"a":"3","b":"2"}}"#, own: #"{"f:data":{}}"#,
      others: [("edit", #"{"f:data":{"f:a":{}}}"#)], expected: [#"/data/a: "3" for "1" by edit"#]),
    Case(
      id: "a list of which we lost every item is compared by the keys that others have",
      wanted: web + #"[{"name":"a","image":"a:1"}]}}}}"#,
      live: web + #"[{"name":"s"},{"name":"a","image":"a:2"}]}}}}"#,
      own: "{" + containers + "{}}}}}",
      others: [("edit", "{" + containers + #"{"k:{\"name\":\"a\"}":{"f:image":{}}}}}}}"#)],
      expected: [#"/spec/template/spec/containers/1/image: "a:2" for "a:1" by edit"#]),
    Case(
      id: "members of a set that others removed are told",
      wanted: #"{"metadata":{"finalizers":["x/a","x/b"]}}"#,
      live: #"{"metadata":{"finalizers":["x/a"]}}"#,
      own: #"{"f:metadata":{"f:finalizers":{".":{},"v:\"x/a\"":{}}}}"#,
      expected: [#"/metadata/finalizers/-: nothing for "x/b""#]),
    Case(
      id: "what somebody took as one is compared as one",
      kind: "Service", wanted: #"{"spec":{"selector":{"app":"web"}}}"#,
      live: #"{"spec":{"selector":{"app":"web","more":"x"}}}"#, own: #"{"f:spec":{".":{}}}"#,
      others: [("edit", #"{"f:spec":{"f:selector":{}}}"#)],
      expected: [#"/spec/selector: {"app":"web","more":"x"} for {"app":"web"} by edit"#]),
    Case(
      id: "what we own as one is ours with all that is in it",
      kind: "Service", wanted: #"{"spec":{"selector":{"app":"web"},"list":[{"a":1}]}}"#,
      live: #"{"spec":{"selector":{"app":"web"},"list":[{"a":1,"default":2}]}}"#,
      own: #"{"f:spec":{".":{},"f:selector":{},"f:list":{}}}"#, expected: []),
    Case(
      id: "the texts of a secret are data, and are not told",
      kind: "Secret", wanted: #"{"stringData":{"same":"a","other":"b"},"data":{"more":"Yg=="}}"#,
      live: #"{"data":{"same":"YQ==","other":"eA==","more":"Yg=="}}"#,
      own: #"{"f:metadata":{}}"#, others: [("edit", #"{"f:data":{"f:other":{}}}"#)],
      expected: [#"/data/other: "***" for "***" by edit"#]),
    Case(
      id: "labels of ours are compared, those of others not",
      wanted: #"{"metadata":{"labels":{"app":"web","tier":"a"},"creationTimestamp":null}}"#,
      live: #"{"metadata":{"labels":{"app":"web","tier":"b","x":"y"}}}"#,
      own: #"{"f:metadata":{"f:labels":{".":{},"f:app":{}}}}"#,
      others: [("label", #"{"f:metadata":{"f:labels":{"f:tier":{},"f:x":{}}}}"#)],
      expected: [#"/metadata/labels/tier: "b" for "a" by label"#]),
    Case(
      id: "an object without a field of ours was made anew",
      kind: "ConfigMap", wanted: #"{"data":{"a":"1"}}"#, live: #"{"data":{"a":"1"}}"#, own: "",
      others: [("kubectl-create", #"{"f:data":{".":{},"f:a":{}}}"#)],
      expected: ["made anew by kubectl-create"]),
    Case(
      id: "an object that is being deleted has no drift",
      kind: "ConfigMap", wanted: #"{"data":{"a":"1"}}"#,
      live: #"{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}"#,
      own: #"{"f:data":{}}"#, expected: []),
    Case(
      id: "what was applied under our name after the record is compared by value",
      kind: "ConfigMap", wanted: #"{"data":{"a":"1"}}"#, live: #"{"data":{"a":"2"}}"#,
      own: #"{"f:data":{".":{},"f:a":{}}}"#, recordedAt: "2026-01-01T00:00:00Z",
      expected: [#"/data/a: "2" for "1""#]),
    Case(
      id: "pointers of comparePatches are not looked at, deeper ones neither",
      wanted: #"{"spec":{"replicas":2,"a":{"b":1,"c/d":2}}}"#,
      live: #"{"spec":{"replicas":3,"a":{"b":2,"c/d":3}}}"#, own: #"{"f:metadata":{}}"#,
      patches: #"[{"apiVersion":"apps/v1","kind":"Deployment","jsonPointers":["/spec/a/c~1d"],"#
        + #""operations":[{"op":"remove","path":"/spec/replicas"}]},"#
        + #"{"apiVersion":"apps/v1","kind":"Deployment","namespace":"n","name":"x","#
        + #""operations":[{"op":"remove","path":"/spec/replicas"}]}]"#,
      expected: ["/spec/a/b: 2 for 1"]),
    Case(
      id: "operations of comparePatches hold for the object that they name alone",
      wanted: #"{"spec":{"replicas":2}}"#, live: #"{"spec":{"replicas":3}}"#,
      own: #"{"f:metadata":{}}"#,
      patches: #"[{"apiVersion":"apps/v1","kind":"Deployment","#
        + #""operations":[{"op":"remove","path":"/spec/replicas"}]}]"#,
      expected: ["/spec/replicas: 3 for 2"]),
    Case(
      id: "an ignored object is not looked at, named by a regular expression",
      wanted: #"{"spec":{"replicas":2}}"#, live: #"{"spec":{"replicas":3}}"#,
      own: #"{"f:metadata":{}}"#,
      patches: #"[{"apiVersion":"apps/v1","kind":"Deployment","namespace":"n","name":"^x?$","#
        + #""operations":[{"op":"ignore"}]}]"#, expected: []),
    Case(
      id: "a regular expression of another name ignores nothing",
      wanted: #"{"spec":{"replicas":2}}"#, live: #"{"spec":{"replicas":3}}"#,
      own: #"{"f:metadata":{}}"#,
      patches: #"[{"apiVersion":"apps/v1","kind":"Deployment","namespace":"n","name":"y+","#
        + #""operations":[{"op":"ignore"}]}]"#, expected: ["/spec/replicas: 3 for 2"]),
  ]

  @Test("fields that are ours, taken, lost and excepted", arguments: cases)
  func fields(_ entry: Case) throws {
    let identity = ObjectIdentity(
      group: entry.kind == "Deployment" ? "apps" : "", kind: entry.kind, namespace: "n", name: "x")
    let manifest = try Self.object(entry.wanted, entry.kind)
    var live = try Self.object(entry.live, entry.kind)
    var managed: [JSONValue] = []
    if !entry.own.isEmpty {
      managed.append(
        try Self.managed("kubectl-fleet", "Apply", entry.own, "2026-01-02T00:00:00Z"))
    }
    for (index, other) in entry.others.enumerated() {
      managed.append(try Self.managed(other.0, "Update", other.1, "2026-01-03T00:00:0\(index)Z"))
    }
    live = live.setting("metadata") { $0.setting("managedFields") { _ in .array(managed) } }
    let comparison = DriftComparison(
      manager: "kubectl-fleet",
      exceptions: DriftExceptions(try Self.json(entry.patches).items ?? []),
      recordedAt: entry.recordedAt)
    let drift = comparison.drift(of: identity, manifest: manifest, live: live)
    #expect(Self.text(drift) == entry.expected)
  }

  @Test("a missing object is drift, unless it is ignored")
  func missing() throws {
    let identity = ObjectIdentity(group: "", kind: "ConfigMap", namespace: "n", name: "x")
    let manifest = try Self.object("{}", "ConfigMap")
    func drift(_ patches: String) throws -> ObjectDrift? {
      DriftComparison(
        manager: "kubectl-fleet", exceptions: DriftExceptions(try Self.json(patches).items ?? [])
      ).drift(of: identity, manifest: manifest, live: nil)
    }
    #expect(try drift("[]")?.sentence == "ConfigMap n/x is missing")
    #expect(
      try drift(
        #"[{"apiVersion":"v1","kind":"ConfigMap","namespace":"n","operations":[{"op":"ignore"}]}]"#)
        == nil)
  }

  @Test("a field is told with its place in the manifest too, where lists are in another order")
  func sources() throws {
    let manifest = try Self.object(
      Self.web + #"[{"name":"b","image":"b:1"},{"name":"a","image":"a:1"}]}}},"#
        + #""metadata":{"finalizers":["x/a","x/b"]}}"#, "Deployment")
    var live = try Self.object(
      Self.web + #"[{"name":"side","image":"s"},{"name":"a","image":"a:2"}]}}}}"#, "Deployment")
    let owners = try Self.json(
      #"[{"manager":"kubectl-fleet","operation":"Apply","fieldsV1":{"f:metadata":{"f:finalizers":{".":{},"#
        + #""v:\"x/a\"":{}}},"# + Self.containers
        + #"{"k:{\"name\":\"a\"}":{".":{},"f:name":{}}}}}}}}]"#)
    live = .object(
      (live.members ?? []).filter { $0.name != "metadata" } + [
        JSONMember("metadata", .object(["managedFields": owners, "finalizers": .array([])]))
      ])
    let drift = try #require(
      DriftComparison(manager: "kubectl-fleet", exceptions: DriftExceptions()).drift(
        of: ObjectIdentity(group: "apps", kind: "Deployment", namespace: "n", name: "x"),
        manifest: manifest, live: live))
    guard case .fields(let fields) = drift.change else {
      Issue.record("\(drift)")
      return
    }
    #expect(
      fields.map { "\($0.pointer) \($0.source)" }.sorted() == [
        "/metadata/finalizers/- /metadata/finalizers/1",
        "/spec/template/spec/containers/- /spec/template/spec/containers/0",
        "/spec/template/spec/containers/1/image /spec/template/spec/containers/1/image",
      ])
  }

  @Test("the replicas of what an autoscaler scales may differ")
  func autoscaler() throws {
    let manifest = try Self.object(#"{"spec":{"replicas":2,"paused":true}}"#, "Deployment")
    let live = try Self.object(#"{"spec":{"replicas":7}}"#, "Deployment")
    let scaler = try Self.json(
      #"{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","spec":{"scaleTargetRef":"#
        + #"{"apiVersion":"apps/v1","kind":"Deployment","name":"x"}}}"#)
    func drift(_ namespace: String?) -> [String] {
      var exceptions = DriftExceptions()
      if let namespace { exceptions.add(autoscaler: scaler, namespace: namespace) }
      return Self.text(
        DriftComparison(manager: "kubectl-fleet", exceptions: exceptions).drift(
          of: ObjectIdentity(group: "apps", kind: "Deployment", namespace: "n", name: "x"),
          manifest: manifest, live: live))
    }
    #expect(drift(nil) == ["/spec/replicas: 7 for 2", "/spec/paused: nothing for true"])
    #expect(drift("other") == ["/spec/replicas: 7 for 2", "/spec/paused: nothing for true"])
    #expect(drift("n") == ["/spec/paused: nothing for true"])
  }

  @Test("drift is told by its first difference and the number of the others")
  func sentences() {
    let identity = ObjectIdentity(group: "", kind: "ConfigMap", namespace: "n", name: "x")
    let edited = ObjectDrift(
      identity,
      .fields([
        FieldDifference(pointer: "/data/version", wanted: .string("2"), live: .string("3")),
        FieldDifference(pointer: "/data/long", wanted: .string("a"), live: .array([])),
      ]))
    #expect(
      ObjectDrift.summary([edited, ObjectDrift(identity, .missing)])
        == "ConfigMap n/x: /data/version is '3', not '2' (and 2 more)")
    #expect(edited.pastSentence == "ConfigMap n/x: /data/version was '3', not '2'")
    #expect(
      ObjectDrift(
        identity, .fields([FieldDifference(pointer: "/a", wanted: .integer(1), live: nil)])
      ).sentence == "ConfigMap n/x: /a is missing")
    #expect(
      ObjectDrift(
        identity,
        .fields([FieldDifference(pointer: "/a", wanted: .integer(1), live: .array([]))])
      ).sentence == "ConfigMap n/x: /a is something else")
    #expect(
      ObjectDrift(identity, .remade("kubectl")).sentence
        == "ConfigMap n/x was made anew by 'kubectl'")
    #expect(
      ObjectDrift(identity, .remade("")).pastSentence
        == "ConfigMap n/x, which was made anew by somebody")
    #expect(ObjectDrift(identity, .missing).pastSentence == "ConfigMap n/x, which was missing")
    #expect(ObjectDrift.summary([]) == "")
  }

  @Test(
    "amounts are equal however they are written",
    arguments: [
      ("1", "1000m", true), ("1Gi", "1024Mi", true), ("1.5", "1500m", true), ("1k", "1e3", true),
      ("0", "0m", true), ("0.1", "100m", true), ("-1", "-1000m", true), ("1G", "1Gi", false),
      ("1", "1001m", false), ("10", "1", false), ("1", "-1", false), ("5M", "5000k", true),
    ])
  func quantities(left: String, right: String, isSame: Bool) throws {
    #expect((try #require(Quantity(left)) == #require(Quantity(right))) == isSame)
  }

  @Test("what is no amount is none", arguments: ["", "x", "1x", "1 ", ".", "1e999", "--1"])
  func noQuantity(text: String) { #expect(Quantity(text) == nil) }

  @Test(
    "base 64 has its padding",
    arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")])
  func base64(text: String, encoded: String) { #expect(Base64.text(Array(text.utf8)) == encoded) }

  // MARK: helpers

  private static func json(_ text: String) throws -> JSONValue {
    try #require(JSONParser.parse(Array(text.utf8)), "\(text)")
  }

  private static func object(_ text: String, _ kind: String) throws -> JSONValue {
    let read = try json(text)
    let version = kind == "Deployment" ? "apps/v1" : "v1"
    return .object(
      [JSONMember("apiVersion", .string(version)), JSONMember("kind", .string(kind))]
        + (read.members ?? []))
  }

  private static func managed(
    _ manager: String, _ operation: String, _ fields: String, _ time: String
  ) throws -> JSONValue {
    .object([
      "manager": .string(manager), "operation": .string(operation), "time": .string(time),
      "fieldsType": .string("FieldsV1"), "fieldsV1": try json(fields),
    ])
  }

  /// `POINTER: LIVE for WANTED by MANAGER` for each difference.
  private static func text(_ drift: ObjectDrift?) -> [String] {
    switch drift?.change {
    case nil: []
    case .missing: ["missing"]
    case .remade(let manager): ["made anew by \(manager)"]
    case .fields(let fields):
      fields.map { field in
        func text(_ value: JSONValue) -> String {
          String(decoding: JSONWriter.compact(value), as: UTF8.self)
        }
        return "\(field.pointer): \(field.live.map(text) ?? "nothing") for \(text(field.wanted))"
          + (field.manager.isEmpty ? "" : " by \(field.manager)")
      }
    }
  }
}

extension JSONValue {
  fileprivate func setting(_ name: String, _ change: (JSONValue) -> JSONValue) -> JSONValue {
    var members = self.members ?? []
    if let index = members.firstIndex(where: { $0.name == name }) {
      members[index].value = change(members[index].value)
    } else {
      members.append(JSONMember(name, change(.object([JSONMember]()))))
    }
    return .object(members)
  }
}
