// SPDX-License-Identifier: Apache-2.0

internal import JSONTree

/// The `bundle.json` of a bundle deployment: what the site must know besides the manifests.
package struct BundleDescriptor: Sendable, Hashable {
  /// The bundle's name.
  package var name: String
  /// The GitRepo that brought it, as `namespace/name`.
  package var gitRepo: String
  /// The namespace for objects whose manifest names none and whose scope the hub cannot know.
  package var namespace: String
  /// Whether the site makes that namespace when it is missing; it is never deleted with the bundle.
  package var createsNamespace: Bool
  /// Whether the objects stay when the bundle is removed (Fleet: `keepResources`).
  package var keepResources: Bool

  /// Makes a descriptor.
  package init(
    name: String, gitRepo: String, namespace: String, createsNamespace: Bool, keepResources: Bool
  ) {
    self.name = name
    self.gitRepo = gitRepo
    self.namespace = namespace
    self.createsNamespace = createsNamespace
    self.keepResources = keepResources
  }

  /// The file's bytes: members in a fixed order, one line.
  package var json: [UInt8] {
    let value = JSONValue.object([
      "format": .integer(Int64(SliceLayout.format)),
      "name": .string(name),
      "gitRepo": .string(gitRepo),
      "namespace": .string(namespace),
      "createNamespace": .bool(createsNamespace),
      "keepResources": .bool(keepResources),
    ])
    return JSONWriter.compact(value)
  }

  /// Reads the file; nil when it is no descriptor of a format that we know.
  package init?(json: [UInt8]) {
    guard let value = JSONParser.parse(json), let format = value["format"]?.integer,
      (1...Int64(SliceLayout.format) + 1).contains(format), let name = value["name"]?.string
    else { return nil }
    self.init(
      name: name, gitRepo: value["gitRepo"]?.string ?? "",
      namespace: value["namespace"]?.string ?? "default",
      createsNamespace: value["createNamespace"]?.bool ?? false,
      keepResources: value["keepResources"]?.bool ?? false)
  }
}

/// The `tombstone.json` that stands for a cluster taken out of the inventory.
package struct Tombstone: Sendable, Hashable {
  /// Whether the site deletes what it applied; otherwise everything stays and is only forgotten.
  package let removes: Bool

  /// Makes a tombstone.
  package init(removes: Bool) {
    self.removes = removes
  }

  /// The file's bytes.
  package var json: [UInt8] {
    JSONWriter.compact(
      .object([
        "format": .integer(Int64(SliceLayout.format)),
        "action": .string(removes ? "remove" : "keep"),
      ]))
  }

  /// Reads the file; nil when it is no tombstone of a format that we know.
  package init?(json: [UInt8]) {
    guard let value = JSONParser.parse(json), let format = value["format"]?.integer,
      (1...Int64(SliceLayout.format) + 1).contains(format)
    else { return nil }
    switch value["action"]?.string {
    case "remove": removes = true
    case "keep": removes = false
    default: return nil
    }
  }
}
