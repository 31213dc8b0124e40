// SPDX-License-Identifier: Apache-2.0

package import JSONTree

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
  /// Whether definitions of custom resources are deleted when they are gone from the bundle (Fleet:
  /// `deleteCRDResources`); all resources of their kinds go with them.
  package var deletesDefinitions: Bool

  /// Makes a descriptor.
  package init(
    name: String, gitRepo: String, namespace: String, createsNamespace: Bool = true,
    keepResources: Bool = false, deletesDefinitions: Bool = false
  ) {
    self.name = name
    self.gitRepo = gitRepo
    self.namespace = namespace
    self.createsNamespace = createsNamespace
    self.keepResources = keepResources
    self.deletesDefinitions = deletesDefinitions
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
      "deleteCRDResources": .bool(deletesDefinitions),
    ])
    return JSONWriter.compact(value)
  }

  /// Why a descriptor cannot be used.
  package enum Refusal: Error, Hashable {
    /// It is no object, or a member has the wrong type: the member's name.
    case malformed(String)
    /// Its format number is not known here.
    case format(Int64)
  }

  /// Reads a descriptor; members that are not known are another version's and left alone.
  package init(_ json: JSONValue) throws(Refusal) {
    guard json.members != nil else { throw .malformed("bundle.json") }
    guard let format = json["format"]?.integer else { throw .malformed("format") }
    guard format == SliceLayout.format else { throw .format(format) }
    name = try Self.text(json, "name")
    gitRepo = try Self.text(json, "gitRepo")
    namespace = try Self.text(json, "namespace")
    createsNamespace = try Self.flag(json, "createNamespace")
    keepResources = try Self.flag(json, "keepResources")
    deletesDefinitions = try Self.flag(json, "deleteCRDResources")
  }

  /// Reads the file; nil when it is no descriptor of a format that we know.
  package init?(json: [UInt8]) {
    guard let value = JSONParser.parse(json), let read = try? BundleDescriptor(value) else {
      return nil
    }
    self = read
  }

  private static func flag(_ json: JSONValue, _ name: String) throws(Refusal) -> Bool {
    switch json[name] {
    case nil, .some(.null): return false
    case .some(.bool(let value)): return value
    default: throw .malformed(name)
    }
  }

  private static func text(_ json: JSONValue, _ name: String) throws(Refusal) -> String {
    switch json[name] {
    case nil, .some(.null): return ""
    case .some(.string(let text)): return text
    default: throw .malformed(name)
    }
  }
}
