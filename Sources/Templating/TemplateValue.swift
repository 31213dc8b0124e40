// SPDX-License-Identifier: Apache-2.0

/// What a template is given: the values that JSON and YAML know.
package indirect enum TemplateValue: Sendable, Hashable {
  /// Go's nil: YAML's null.
  case null
  case bool(Bool)
  /// A whole number, Go's int64.
  case int(Int64)
  /// Go's float64: what Go's JSON decoder makes of every number.
  case float(Double)
  case string(String)
  case list([TemplateValue])
  /// A map; of two members with the same name (bytes) the later one counts.
  case map([TemplateMember])
}

/// A member of a map.
package struct TemplateMember: Sendable, Hashable {
  /// The key.
  package var name: String
  /// The value.
  package var value: TemplateValue

  /// Makes a member.
  package init(_ name: String, _ value: TemplateValue) {
    self.name = name
    self.value = value
  }
}

extension TemplateValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .int(value) }
  package init(floatLiteral value: Double) { self = .float(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(nilLiteral: ()) { self = .null }
  package init(arrayLiteral elements: TemplateValue...) { self = .list(elements) }
  package init(dictionaryLiteral elements: (String, TemplateValue)...) {
    self = .map(elements.map { TemplateMember($0.0, $0.1) })
  }
}
