// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import ManifestSchema
import NotifyFormat

/// Messages and schemas for the tests of notifications.
enum NotifySample {
  static let commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

  /// A message of a kind about the rollout pos-17.
  static func message(
    _ kind: String, text: String = "canary: 4 of 25 clusters have failed, 0 may",
    stage: String = "canary",
    principal: String = "", settings: JSONValue = .object([JSONMember]())
  ) -> NotifyMessage {
    NotifyMessage(
      id: "\(commit)-2", rollout: "pos-17", kind: kind,
      severity: NotifyEvent(rawValue: kind)?.severity ?? "info", text: text,
      bundles: ["pos", "pos-config"], stage: stage, time: "2026-11-21T12:00:00Z",
      source: "0123456789abcdef0123456789abcdef01234567", principal: principal,
      numbers: [
        JSONMember("total", .integer(2500)), JSONMember("released", .integer(25)),
        JSONMember("succeeded", .integer(18)), JSONMember("failed", .integer(4)),
        JSONMember("disconnected", .integer(3)),
      ], hub: "hub.example.org", settings: settings)
  }

  /// A message in which everything is as long and as odd as can be.
  static var huge: NotifyMessage {
    var message = message(
      "gate-failed", text: String(repeating: "<!channel> & \"ü\\\u{1b}\n", count: 400))
    message.bundles = (0..<700).map { "bundle-with-a-rather-long-name-for-the-fun-of-it-\($0)" }
    message.stage = String(repeating: "s", count: 63)
    message.principal = String(repeating: "p", count: 3000)
    message.hub = String(repeating: "h", count: 400)
    return message
  }

  static var test: NotifyMessage {
    NotifyMessage(
      id: "test-1", rollout: "test", kind: "test", severity: "info", text: "", bundles: [],
      stage: "",
      time: "", source: "", principal: "", numbers: [], settings: .object([JSONMember]()))
  }

  /// What one of the schemas of `schemas/` does not allow, `POINTER: message` each; the blocks of a Slack message are
  /// looked at one by one too, because alternatives say nothing about unknown fields.
  static func violations(_ payload: JSONValue, _ schema: String) throws -> [String] {
    let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex))
    let json = JSONParser.parse(TestFiles.read("\(folder)/schemas/\(schema).json") ?? []) ?? .null
    guard let definitions = json["definitions"]?.members, let root = json["$ref"] else {
      return ["no schema '\(schema)'"]
    }
    var found: [String] = []
    func check(_ value: JSONValue, _ reference: JSONValue, at place: String) {
      let wrapper = JSONValue.object([
        "type": .string("object"),
        "properties": .object([
          "apiVersion": .object([JSONMember]()), "kind": .object([JSONMember]()),
          "body": .object(["$ref": reference]),
        ]),
        "x-kubernetes-group-version-kind": .array([
          .object([
            "group": .string("vendor"), "version": .string("v1"), "kind": .string("Payload"),
          ])
        ]),
      ])
      var catalog = SchemaCatalog()
      _ = catalog.add(
        document: .object([
          "definitions": .object(definitions + [JSONMember("Wrapper", wrapper)])
        ]))
      let object = JSONValue.object([
        "apiVersion": .string("vendor/v1"), "kind": .string("Payload"), "body": value,
      ])
      guard let violations = catalog.check(object) else {
        found.append("the schema is not known")
        return
      }
      found += violations.map { "\(place)\($0.pointer.dropFirst("/body".count)): \($0.message)" }
    }
    check(payload, root, at: "")
    for (index, block) in (payload["blocks"]?.items ?? []).enumerated() {
      let type = block["type"]?.string ?? ""
      check(block, .string("#/definitions/\(type)"), at: "/blocks/\(index)")
    }
    return found
  }
}
