// SPDX-License-Identifier: Apache-2.0

package import JSONTree

/// `bundle.json` of a slice: what the site must know of a bundle beyond its objects.
package struct BundleDescriptor: Sendable, Hashable {
  /// The namespace for objects that name none; empty when there is none.
  package let namespace: String
  /// Whether the objects outlive the bundle.
  package let keepsResources: Bool
  /// Whether definitions of custom resources are taken away when they are gone from the bundle.
  package let deletesDefinitions: Bool

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
    guard format == 1 else { throw .format(format) }
    namespace = try Self.text(json, "namespace")
    keepsResources = try Self.flag(json, "keepResources")
    deletesDefinitions = try Self.flag(json, "deleteCRDResources")
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
