// SPDX-License-Identifier: Apache-2.0

/// A JSON value that keeps the order of its members.
package enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  case real(Double)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])
}

/// A member of a JSON object.
package struct JSONMember: Sendable, Hashable {
  /// The name.
  package var name: String
  /// The value.
  package var value: JSONValue

  /// Makes a member.
  package init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }
}

extension JSONValue {
  /// Makes an object from pairs, in their order.
  package static func object(_ pairs: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(pairs.map { JSONMember($0.key, $0.value) })
  }

  /// The value of a member, or nil when this is no object or has no such member.
  package subscript(_ name: String) -> JSONValue? {
    if case .object(let members) = self { members.first { $0.name == name }?.value } else { nil }
  }

  /// The text of a string, or nil.
  package var string: String? { if case .string(let text) = self { text } else { nil } }

  /// The number of an integer, or nil.
  package var integer: Int64? { if case .integer(let number) = self { number } else { nil } }

  /// The value of a number of either kind, or nil.
  package var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }

  /// The value of a boolean, or nil.
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The items of an array, or nil.
  package var items: [JSONValue]? { if case .array(let items) = self { items } else { nil } }

  /// The members of an object, or nil.
  package var members: [JSONMember]? {
    if case .object(let members) = self { members } else { nil }
  }
}
