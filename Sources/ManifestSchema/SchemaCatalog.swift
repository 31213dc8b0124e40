// SPDX-License-Identifier: Apache-2.0

package import JSONTree

/// The schemas of kinds: from CustomResourceDefinitions, and from what an API server publishes.
package struct SchemaCatalog: Sendable {
  private struct CustomSchema {
    let schema: Schema
    /// Whether fields that the schema does not name are kept (v1beta1 with `preserveUnknownFields`).
    let keepsUnknown: Bool
    /// Whether the status is written apart from the rest.
    let hasStatus: Bool
  }

  /// What every object has, whatever the schema of its kind says of it.
  private static let common = ["apiVersion", "kind", "metadata"]

  private var custom: [String: CustomSchema] = [:]
  private var published: [String: String] = [:]
  private var definitions: [String: Schema] = [:]

  /// Makes an empty catalog.
  package init() {}

  /// Whether it knows no kind.
  package var isEmpty: Bool { custom.isEmpty && published.isEmpty }

  /// Adds the versions of a CustomResourceDefinition; one without group, kind or schema adds nothing.
  package mutating func add(definition: JSONValue) {
    guard let spec = definition["spec"], let group = spec["group"]?.string,
      let kind = spec["names"]?["kind"]?.string
    else { return }
    let isOld = definition["apiVersion"]?.string?.hasSuffix("/v1beta1") ?? false
    let keepsUnknown = spec["preserveUnknownFields"]?.bool ?? isOld
    var versions = spec["versions"]?.items ?? []
    if versions.isEmpty, let name = spec["version"] { versions = [.object(["name": name])] }
    for version in versions {
      guard let name = version["name"]?.string,
        let schema = version["schema"]?["openAPIV3Schema"] ?? spec["validation"]?["openAPIV3Schema"]
      else { continue }
      let subresources = version["subresources"] ?? spec["subresources"]
      custom["\(group)/\(name) \(kind)"] = CustomSchema(
        schema: Schema(schema.withoutFields(Self.common)), keepsUnknown: keepsUnknown,
        hasStatus: subresources?["status"] != nil)
    }
  }

  /// Adds a document of OpenAPI: version 3 (`/openapi/v3/apis/apps/v1`) or 2 (`/openapi/v2`).
  ///
  /// - Returns: false when it is no such document.
  package mutating func add(document: JSONValue) -> Bool {
    guard
      let members = (document["components"]?["schemas"] ?? document["definitions"])?.members
    else { return false }
    for member in members where definitions[member.name] == nil {
      definitions[member.name] = Schema(member.value)
      for type in member.value["x-kubernetes-group-version-kind"]?.items ?? [] {
        guard let kind = type["kind"]?.string, let version = type["version"]?.string else {
          continue
        }
        let group = type["group"]?.string ?? ""
        published["\(group.isEmpty ? "" : group + "/")\(version) \(kind)"] = member.name
      }
    }
    return true
  }

  /// What the schema of its kind does not allow in an object, in the order of the object; nil when no
  /// schema is known. The `status` is not looked at where the API server does not take it.
  package func check(_ object: JSONValue) -> [Violation]? {
    guard let apiVersion = object["apiVersion"]?.string, let kind = object["kind"]?.string,
      let members = object.members
    else { return nil }
    let isSecret = apiVersion == "v1" && kind == "Secret"
    if let known = custom["\(apiVersion) \(kind)"] {
      return check(members, known)
    }
    guard let name = published["\(apiVersion) \(kind)"], let schema = definitions[name] else {
      return nil
    }
    var validator = Validator(.published, definitions: definitions, showsValues: !isSecret)
    validator.hasGoNumbers = name.hasPrefix("io.k8s.")
    validator.check(.object(members.filter { $0.name != "status" }), schema, at: [])
    return validator.violations
  }

  private func check(_ members: [JSONMember], _ known: CustomSchema) -> [Violation] {
    var validator = Validator(.structural, definitions: [:], showsValues: true)
    validator.keepsUnknown = known.keepsUnknown
    if let metadata = members.first(where: { $0.name == "metadata" })?.value {
      validator.checkMetadata(metadata, at: [.member("metadata")])
    }
    let rest = members.filter { member in
      !Self.common.contains(member.name) && !(known.hasStatus && member.name == "status")
    }
    validator.check(known.schema.defaulted(.object(rest)), known.schema, at: [])
    return validator.violations
  }
}

extension JSONValue {
  /// A schema that says nothing about some fields.
  fileprivate func withoutFields(_ names: [String]) -> JSONValue {
    guard case .object(var members) = self else { return self }
    for index in members.indices {
      switch (members[index].name, members[index].value) {
      case ("properties", .object(let properties)):
        members[index].value = .object(properties.filter { !names.contains($0.name) })
      case ("required", .array(let items)):
        members[index].value = .array(items.filter { !names.contains($0.string ?? "") })
      default: break
      }
    }
    return .object(members)
  }
}
