// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import ManifestSchema
import Posix
import Testing

@Suite("Schemas against a real API server", .serialized, .enabled(if: KubeServer.isRunning))
struct RealServerTests {
  /// What the API server publishes, with the kind Widget defined.
  private static let catalog: Result<SchemaCatalog, any Error> = Result {
    let server = try #require(KubeServer.shared)
    let applied = try server.kubectl(["apply", "-f", "-"], input: WidgetDefinition.text)
    #expect(applied.succeeded, "\(String(decoding: applied.errorOutput, as: UTF8.self))")
    try Waiting.until("the kind Widget") {
      try server.kubectl(["get", "widgets.example.org"]).succeeded
    }
    var catalog = SchemaCatalog()
    let document = try server.kubectl(["get", "--raw", "/openapi/v2"])
    #expect(
      catalog.add(document: try #require(JSONParser.parse(document.output, limits: .machine))))
    return catalog
  }

  /// Whether the API server takes an object.
  private func accepts(_ object: String) throws -> (Bool, String) {
    let server = try #require(KubeServer.shared)
    let result = try server.kubectl(
      ["apply", "--dry-run=server", "--validate=strict", "-f", "-"], input: object)
    return (result.succeeded, String(decoding: result.errorOutput, as: UTF8.self))
  }

  /// All objects at once, each under a name of its own: a kubectl for each would take a minute.
  private func acceptsAll(_ objects: [String]) throws -> (Bool, String) {
    let items = try objects.enumerated().map { index, text in
      guard case .object(var members) = try Sample.json(text) else { return JSONValue.null }
      for position in members.indices where members[position].name == "metadata" {
        members[position].value = .object(["name": .string("object-\(index)")])
      }
      return .object(members)
    }
    let list = JSONValue.object([
      "apiVersion": .string("v1"), "kind": .string("List"), "items": .array(items),
    ])
    return try accepts(String(decoding: JSONWriter.compact(list), as: UTF8.self))
  }

  @Test("custom objects that are good are taken by the API server")
  func goodCustom() throws {
    _ = try Self.catalog.get()
    let good = WidgetDefinition.rows.filter(\.expected.isEmpty)
    #expect(good.count > 20)
    let (isTaken, words) = try acceptsAll(good.map(\.object))
    #expect(isTaken, "\(words)")
  }

  @Test(
    "custom objects that are bad are refused by the API server",
    arguments: WidgetDefinition.rows.filter { !$0.expected.isEmpty })
  func badCustom(_ row: WidgetDefinition.Row) throws {
    _ = try Self.catalog.get()
    let (isTaken, words) = try accepts(row.object)
    #expect(!isTaken, "\(words)")
  }

  struct Row: CustomTestStringConvertible {
    let object: String
    let expected: [String]
    init(_ object: String, _ expected: String...) {
      (self.object, self.expected) = (object, expected)
    }
    var testDescription: String { object }
  }

  static let pod = #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":"#
  static let service = #"{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":"#

  /// A Deployment with these members of its container.
  static func deployment(_ members: String, _ spec: String = #""replicas":2"#) -> String {
    #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"},"spec":{\#(spec),"#
      + #""selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"#
      + #""spec":{"containers":[{"name":"c","image":"i"\#(members)}]}}}}"#
  }

  @Test(
    "objects of Kubernetes' own kinds are taken or refused as by the API server",
    arguments: [
      Row(deployment("")), Row(deployment("", #""replicas":null"#)),
      Row(
        deployment(
          #","resources":{"limits":{"cpu":1,"memory":"1Gi"}},"env":[{"name":"X","value":"1"}]"#)),
      Row(
        deployment(#","ports":[{"containerPort":80}],"livenessProbe":{"httpGet":{"port":"web"}}"#)),
      Row(deployment(#","ports":[{"containerPort":80}],"livenessProbe":{"httpGet":{"port":80}}"#)),
      Row(
        deployment("", #""replicas":"2""#),
        "'spec.replicas' must be an integer, found the string '2'"),
      Row(deployment("", #""replica":2"#), "there is no field 'spec.replica'"),
      Row(
        deployment(#","env":[{"name":"X","value":1}]"#),
        "'spec.template.spec.containers[0].env[0].value' must be a string, found the number 1"),
      Row(
        deployment(#","resources":{"limits":{"cpu":"1x"}}"#),
        "'spec.template.spec.containers[0].resources.limits.cpu' must be a quantity such as '500m' or '2Gi', found '1x'"
      ),
      Row(
        deployment(#","resources":{"limits":{"cpu":true}}"#),
        "'spec.template.spec.containers[0].resources.limits.cpu' must be a quantity such as '500m' or '2Gi', found true"
      ),
      Row(
        deployment(#","imagePullPolice":"Always""#),
        "there is no field 'spec.template.spec.containers[0].imagePullPolice'"),
      Row(
        deployment(#","ports":[{"name":"web"}]"#),
        "'spec.template.spec.containers[0].ports[0].containerPort' is missing"),
      Row(
        pod + #"{"containers":{"name":"c"}}}"#, "'spec.containers' must be a list, found a mapping"),
      Row(pod + #"{"containers":null}}"#, "'spec.containers' is missing"),
      Row(
        pod + #"{"hostNetwork":"yes","containers":[{"name":"c","image":"i"}]}}"#,
        "'spec.hostNetwork' must be true or false, found the string 'yes'"),
      Row(service + #"{"ports":[{"port":80,"targetPort":"web"}]}}"#),
      Row(
        service + #"{"ports":[{"port":"80"}]}}"#,
        "'spec.ports[0].port' must be an integer, found the string '80'"),
      Row(
        service + #"{"ports":[{"port":3000000000}]}}"#,
        "'spec.ports[0].port' is 3000000000, more than a field of 32 bits holds"),
      Row(
        service + #"{"ports":[{"port":1,"targetPort":1.5}]}}"#,
        "'spec.ports[0].targetPort' must be an integer or a string, found the number 1.5"),
      Row(#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"1"}}"#),
      Row(#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":null}"#),
      Row(
        #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":1}}"#,
        "'data.a' must be a string, found the number 1"),
      Row(
        #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":{"a":1}}}"#,
        "'metadata.labels.a' must be a string, found the number 1"),
      Row(
        #"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"a":"!!"}}"#,
        "'data.a' must be base64"),
      Row(
        #"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x","creationTimestamp":null},"status":{}}"#
      ),
      Row(
        #"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x","creationTimestamp":"yesterday"}}"#,
        "'metadata.creationTimestamp' must be a time such as '2026-11-21T12:00:00Z', found 'yesterday'"
      ),
      Row(
        #"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"x"},"rules":null}"#
      ),
      Row(
        #"{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"x"},"rules":[{"apiGroups":[""],"resources":["pods"]}]}"#,
        "'rules[0].verbs' is missing"),
      Row(
        #"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"x"},"spec":{"podSelector":{}}}"#
      ),
      Row(WidgetDefinition.text),
    ])
  func builtIn(_ row: Row) throws {
    let catalog = try Self.catalog.get()
    let object =
      try row.object.hasPrefix("{") ? Sample.json(row.object) : Sample.json(yaml: row.object)
    let violations = try #require(catalog.check(object))
    #expect(violations.map(\.message) == row.expected)
    let (isTaken, words) = try accepts(row.object)
    #expect(isTaken == row.expected.isEmpty, "\(words)")
  }
}
