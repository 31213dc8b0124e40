// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Reconciling
import SliceFormat
import Testing

@testable import SiteService

@Suite("values of the cluster")
struct SiteValuesTests {
  typealias Source = SiteRendering.Source

  private static let live: [ObjectIdentity: JSONValue] = [
    identity("ConfigMap", "shop", "one"): data(["values.yaml": "a: {b: 2, c: [1]}\nd: cm\n"]),
    identity("ConfigMap", "other", "two"): data(["more": "a: {c: [3]}\n", "list": "- 1\n"]),
    // "d: hunter2hunter2\n"
    identity("Secret", "shop", "key"): data([
      "values.yaml": "ZDogaHVudGVyMmh1bnRlcjIK", "bad": "YTogW2h1bnRlcg==", "binary": "/w==",
    ]),
  ]

  private static func identity(
    _ kind: String, _ namespace: String, _ name: String
  ) -> ObjectIdentity {
    ObjectIdentity(group: "", kind: kind, namespace: namespace, name: name)
  }

  private static func data(_ texts: [String: String]) -> JSONValue {
    .object([
      JSONMember("data", .object(texts.map { JSONMember($0.key, .string($0.value)) }))
    ])
  }

  private static func values(_ sources: [Source], hub: String = "a: {b: 1}\n") throws -> SiteValues
  {
    var rendering = SiteRendering(release: "pos", namespace: "shop")
    rendering.sources = sources
    return try SiteValues(
      SiteChart(rendering: rendering, values: Array(hub.utf8), files: []), live, namespace: "shop")
  }

  @Test("they are laid over those of the hub, a later one over an earlier one")
  func merged() throws {
    let values = try Self.values([
      Source(kind: .configMap, name: "one"), Source(kind: .secret, name: "key"),
      Source(kind: .configMap, name: "two", namespace: "other", key: "more"),
    ])
    #expect(
      String(decoding: values.bytes, as: UTF8.self) == """
        a:
          b: 2
          c:
          - 3
        d: hunter2hunter2

        """)
    #expect(values.secrets == ["hunter2hunter2"])
  }

  @Test(
    "what is missing or no map of values is said without its words",
    arguments: [
      (
        Source(kind: .secret, name: "nothing"),
        "its values are missing: there is no Secret 'nothing' in 'shop'"
      ),
      (
        Source(kind: .configMap, name: "one", key: "x.yaml"),
        "its values are missing: ConfigMap 'one' in 'shop' has no key 'x.yaml' with a text"
      ),
      (
        Source(kind: .secret, name: "key", key: "binary"),
        "its values are missing: Secret 'key' in 'shop' has no key 'binary' with a text"
      ),
      (
        Source(kind: .secret, name: "key", key: "bad"),
        "key 'bad' of Secret 'key' in 'shop' is no YAML: an error in line 1"
      ),
      (
        Source(kind: .configMap, name: "two", namespace: "other", key: "list"),
        "key 'list' of ConfigMap 'two' in 'other' is no map of values"
      ),
    ])
  func failures(source: Source, message: String) {
    #expect(throws: SiteValues.Failure(message)) { try Self.values([source]) }
  }

  @Test("texts of secrets are taken out of what programs say")
  func redaction() {
    var redaction = Redaction()
    redaction.add(["hunter2", "hunter2hunter2", "first line\nsecond line"])
    #expect(
      redaction.redact("'hunter2hunter2' is not hunter2, and second line is bad")
        == "'***' is not ***, and *** is bad")
  }
}
