// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import JSONTree
import YAMLTree

/// The documents of the repository as they are written, for `-o json` and `-o yaml`.
struct SourceDocuments {
  private let view: FleetView
  /// By file, then by where the name is written.
  private var files: [String: [Int: YAMLNode]] = [:]

  /// Makes a reader of a version.
  init(_ view: FleetView) {
    self.view = view
  }

  /// The document that declares a resource, with the workspace and what we know of it as `status`.
  mutating func document(
    of resource: Resource, _ kind: ResourceKind
  ) throws(CommandError) -> JSONValue {
    var members: [JSONMember] = []
    if let metadata = resource.metadata, let root = try root(at: metadata.name.span) {
      members = root.json.members ?? []
      let metadata = (root["metadata"]?.json.members ?? []).filter { $0.name != "namespace" }
      let workspace = JSONMember("namespace", .string(resource.workspace))
      for index in members.indices where members[index].name == "metadata" {
        members[index].value = .object(metadata + [workspace])
      }
    } else {
      members = [
        JSONMember("apiVersion", .string("fleet.cattle.io/v1alpha1")),
        JSONMember("kind", .string(kind.apiKind)),
        JSONMember(
          "metadata",
          .object([
            "name": .string(resource.name), "namespace": .string(resource.workspace),
            "labels": .object(
              resource.labels.entries.map { JSONMember($0.key, .string($0.value)) }),
          ])),
      ]
    }
    members.append(JSONMember("status", .object(resource.facts)))
    return .object(members)
  }

  private mutating func root(at span: SourceSpan) throws(CommandError) -> YAMLNode? {
    if let known = files[span.path] { return known[span.start.offset] }
    var byOffset: [Int: YAMLNode] = [:]
    if let file = view.compilation.files.file(at: span.path) {
      let bytes = try failing { try view.objects.blob(file.id, limit: SourceLimits.textFile) }
      var quiet = Findings()
      for document in YAMLParser.parse(bytes, path: span.path, findings: &quiet) {
        for root in Self.items(document.root) {
          if let name = root["metadata"]?["name"] { byOffset[name.span.start.offset] = root }
        }
      }
    }
    files[span.path] = byOffset
    return byOffset[span.start.offset]
  }

  /// The document itself, or the items of a list.
  private static func items(_ root: YAMLNode) -> [YAMLNode] {
    guard root["kind"]?.string?.hasSuffix("List") == true, let items = root["items"]?.items else {
      return [root]
    }
    return items
  }
}
