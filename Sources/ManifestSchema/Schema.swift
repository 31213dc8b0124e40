// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Templating

/// A schema of OpenAPI v3, as far as Kubernetes uses it; what is not known here is left out.
///
/// A class, because schemas are trees that many places of a document share.
final class Schema: Sendable {
  /// What is said about members that `properties` does not name.
  enum Additional: Sendable {
    /// Nothing.
    case unsaid
    /// There may be none.
    case forbidden
    /// Anything.
    case anything
    /// Values of a schema: the object is a map.
    case values(Schema)
  }

  /// How `x-kubernetes-list-type` makes the items of a list differ.
  enum ListType: Sendable {
    case atomic, set
    /// No two items have the same values of these members.
    case map([String])
  }

  /// A number that a value is compared with.
  struct Bound: Sendable {
    let value: Double
    let isExclusive: Bool
    let text: String
  }

  /// The name of the definition that stands here instead.
  let reference: String?
  let type: String?
  let format: String?
  let isNullable: Bool
  let isIntOrString: Bool
  let preservesUnknown: Bool
  let isEmbeddedResource: Bool
  let properties: [String: Schema]
  let required: [String]
  let additional: Additional
  let items: Schema?
  let values: [JSONValue]?
  let defaultValue: JSONValue?
  let pattern: TextPattern?
  let patternText: String
  let minimum: Bound?
  let maximum: Bound?
  let multipleOf: Double?
  let length: (least: Int?, most: Int?)
  let itemCount: (least: Int?, most: Int?)
  let propertyCount: (least: Int?, most: Int?)
  let listType: ListType
  let allOf: [Schema]
  let anyOf: [Schema]
  let oneOf: [Schema]
  let not: Schema?

  /// The deepest nesting that is read; deeper parts allow anything.
  private static let maxDepth = 100

  /// Reads a schema.
  convenience init(_ json: JSONValue) { self.init(json, depth: 0) }

  private init(_ json: JSONValue, depth: Int) {
    func schema(_ json: JSONValue) -> Schema {
      Schema(depth < Self.maxDepth ? json : .null, depth: depth + 1)
    }
    func schemas(_ name: String) -> [Schema] { (json[name]?.items ?? []).map(schema) }
    func flag(_ name: String) -> Bool { json[name]?.bool ?? false }
    func count(_ name: String) -> Int? { json[name]?.integer.map { Int(clamping: $0) } }

    reference = json["$ref"]?.string.map { text in
      String(text.split(separator: "/").last ?? "")
    }
    type = json["type"]?.string
    format = json["format"]?.string
    isNullable = flag("nullable")
    isIntOrString = flag("x-kubernetes-int-or-string") || json["format"]?.string == "int-or-string"
    preservesUnknown = flag("x-kubernetes-preserve-unknown-fields")
    isEmbeddedResource = flag("x-kubernetes-embedded-resource")
    properties = Dictionary(
      (json["properties"]?.members ?? []).map { ($0.name, schema($0.value)) },
      uniquingKeysWith: { first, _ in first })
    required = (json["required"]?.items ?? []).compactMap(\.string)
    additional =
      switch json["additionalProperties"] {
      case nil, .some(.null): .unsaid
      case .some(.bool(let allowed)): allowed ? .anything : .forbidden
      case .some(let json): .values(schema(json))
      }
    items = json["items"].flatMap { $0.members == nil ? nil : schema($0) }
    values = json["enum"]?.items
    defaultValue = json["default"]
    patternText = json["pattern"]?.string ?? ""
    // A pattern that only Go's engine knows is not looked at: nobody is refused for what we do not know.
    pattern = json["pattern"]?.string.flatMap { try? TextPattern($0) }
    minimum = Self.bound(json, "minimum", "exclusiveMinimum")
    maximum = Self.bound(json, "maximum", "exclusiveMaximum")
    multipleOf = json["multipleOf"].flatMap { $0.number }
    length = (count("minLength"), count("maxLength"))
    itemCount = (count("minItems"), count("maxItems"))
    propertyCount = (count("minProperties"), count("maxProperties"))
    listType =
      switch json["x-kubernetes-list-type"]?.string {
      case "set": .set
      case "map":
        .map((json["x-kubernetes-list-map-keys"]?.items ?? []).compactMap(\.string))
      default: .atomic
      }
    allOf = schemas("allOf")
    anyOf = schemas("anyOf")
    oneOf = schemas("oneOf")
    not = json["not"].flatMap { $0.members == nil ? nil : schema($0) }
  }

  private static func bound(_ json: JSONValue, _ name: String, _ exclusive: String) -> Bound? {
    guard let value = json[name], let number = value.number else { return nil }
    return Bound(
      value: number, isExclusive: json[exclusive]?.bool ?? false, text: value.plainText)
  }

  /// Whether nothing is said about an object's members, so that any may be there.
  var isOpenObject: Bool {
    guard case .unsaid = additional else { return false }
    return properties.isEmpty
  }
}

extension JSONValue {
  /// The value as it is written in JSON.
  var plainText: String { String(decoding: JSONWriter.compact(self), as: UTF8.self) }
}
