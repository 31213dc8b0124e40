// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree

/// Compares a value with a schema, as the API server would.
struct Validator {
  /// Which rules count where Kubernetes has two kinds of schemas.
  enum Dialect {
    /// The schema of a CustomResourceDefinition: fields that it does not name are dropped.
    case structural
    /// The documents that an API server publishes about Go types.
    case published
  }

  /// After so many violations in one object the rest of it is not looked at.
  static let most = 50

  let dialect: Dialect
  let definitions: [String: Schema]
  /// False for secrets: messages then show no values.
  let showsValues: Bool
  /// Whether fields that no schema names are kept.
  var keepsUnknown = false
  /// Whether numbers are read into Go's types, so that they have to fit.
  var hasGoNumbers = false
  /// Whether an `allOf` or the like is looked at, which names fields and does not limit them.
  var isInCombination = false
  private(set) var violations: [Violation] = []

  init(_ dialect: Dialect, definitions: [String: Schema], showsValues: Bool) {
    self.dialect = dialect
    self.definitions = definitions
    self.showsValues = showsValues
  }

  /// The schema that a reference leads to; nil when the document lacks it, or turns in a circle.
  func resolved(_ schema: Schema) -> Schema? {
    var schema = schema
    for _ in 0..<10 {
      guard let name = schema.reference else { return schema }
      guard let next = definitions[name] else { return nil }
      schema = next
    }
    return nil
  }

  mutating func add(
    _ code: String, _ path: [PathStep], _ message: String, hint: String? = nil
  ) {
    violations.append(Violation(code: code, path: path, message: message, hint: hint))
  }

  mutating func take(_ others: [Violation]) { violations += others }

  /// Looks at a value and all that is in it.
  mutating func check(_ value: JSONValue, _ given: Schema, at path: [PathStep]) {
    guard violations.count < Self.most else { return }
    let name = given.reference
    guard let schema = resolved(given) else { return }
    if case .null = value {
      // Go reads null as nothing; in a structural schema it has to be allowed.
      if dialect == .structural, !schema.isNullable, schema.type != nil || schema.isIntOrString {
        wrongType(value, schema, path)
      }
      return
    }
    if dialect == .published, let name, checkGoType(value, name, path) { return }
    guard hasType(value, schema) else {
      wrongType(value, schema, path)
      return
    }
    switch value {
    case .object(let members): checkMembers(members, schema, path)
    case .array(let items):
      if let itemSchema = schema.items {
        for (index, item) in items.enumerated() {
          check(item, itemSchema, at: path + [.item(index)])
        }
      }
      checkItems(items, schema, path)
    case .string(let text): checkText(text, schema, path)
    case .integer, .real: checkNumber(value, schema, path)
    case .null, .bool: break
    }
    checkValues(value, schema, path)
    checkCombinations(value, schema, path)
  }

  private mutating func wrongType(_ value: JSONValue, _ schema: Schema, _ path: [PathStep]) {
    let wanted =
      switch schema.isIntOrString ? nil : schema.type {
      case nil: "an integer or a string"
      case "string": "a string"
      case "integer": "an integer"
      case "number": "a number"
      case "boolean": "true or false"
      case "array": "a list"
      default: "a mapping"
      }
    mustBe(wanted, value, path, isText: schema.type == "string")
  }

  mutating func mustBe(
    _ wanted: String, _ value: JSONValue, _ path: [PathStep], isText: Bool = false
  ) {
    var hint: String?
    if isText, showsValues, case .member(let key)? = path.last {
      switch value {
      case .integer, .real, .bool: hint = "quote it: \(Wording.bare(key)): \"\(value.plainText)\""
      default: break
      }
    }
    add(
      "wrong-type", path, "\(name(path)) must be \(wanted), found \(found(value))", hint: hint)
  }

  /// `'spec.replicas'`, or what stands for the whole object.
  func name(_ path: [PathStep]) -> String {
    path.isEmpty ? "the object" : Wording.quoted(path.text)
  }

  private func found(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let value): showsValues ? "\(value)" : "a boolean"
    case .integer, .real: showsValues ? "the number \(value.plainText)" : "a number"
    case .string(let text): showsValues ? "the string \(Wording.quoted(text))" : "a string"
    case .array: "a list"
    case .object: "a mapping"
    }
  }

  private func hasType(_ value: JSONValue, _ schema: Schema) -> Bool {
    if schema.isIntOrString {
      switch value {
      case .integer, .string: return true
      default: return false
      }
    }
    switch (schema.type, value) {
    case ("integer", .real(let number)):
      // `1.0` is an integer in JSON, as far as it can be one.
      return abs(number) < 0x1p63 && Double(Int64(number)) == number
    case (nil, _), ("string", .string), ("integer", .integer), ("number", .integer),
      ("number", .real), ("boolean", .bool), ("array", .array), ("object", .object):
      return true
    default: return false
    }
  }

  /// Whether a value fits a schema, looking at values only.
  func fits(_ value: JSONValue, _ schema: Schema) -> Bool {
    var other = Validator(dialect, definitions: definitions, showsValues: false)
    other.isInCombination = true
    other.check(value, schema, at: [])
    return other.violations.isEmpty
  }

  private mutating func checkCombinations(
    _ value: JSONValue, _ schema: Schema, _ path: [PathStep]
  ) {
    let outer = isInCombination
    for part in schema.allOf {
      // Published documents wrap references so, to say a default beside them.
      isInCombination = outer || part.reference == nil
      check(value, part, at: path)
    }
    isInCombination = outer
    if !schema.anyOf.isEmpty, !schema.anyOf.contains(where: { fits(value, $0) }) {
      add(
        "no-alternative", path,
        "\(name(path)) fits none of the \(schema.anyOf.count) alternatives that the schema has (anyOf)"
      )
    }
    if !schema.oneOf.isEmpty {
      let fitting = schema.oneOf.count { fits(value, $0) }
      if fitting != 1 {
        let how = fitting == 0 ? "none" : "\(fitting)"
        add(
          "no-alternative", path,
          "\(name(path)) fits \(how) of the \(schema.oneOf.count) alternatives of which it must fit one (oneOf)"
        )
      }
    }
    if let not = schema.not, fits(value, not) {
      add("forbidden", path, "\(name(path)) is what the schema excludes (not)")
    }
  }
}
