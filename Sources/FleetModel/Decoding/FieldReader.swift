// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import YAMLTree

/// Reads values out of a mapping that ``SchemaCheck`` has looked at; what is wrong reads as absent.
package struct FieldReader: Sendable {
  /// The mapping, or nil where the whole mapping is absent.
  package let node: YAMLNode?

  /// Reads from this node.
  package init(_ node: YAMLNode?) {
    self.node = node
  }

  /// The value of a field that is there and not null.
  package func value(_ name: String) -> YAMLNode? {
    guard let value = node?[name], !value.isNull else { return nil }
    return value
  }

  /// The mapping in a field; reading from an absent mapping finds nothing.
  package func object(_ name: String) -> FieldReader {
    FieldReader(value(name).flatMap { $0.pairs == nil ? nil : $0 })
  }

  /// Whether a field is there, even if it is empty.
  package func has(_ name: String) -> Bool { value(name) != nil }

  /// Where the key of a field is written.
  package func keySpan(_ name: String) -> SourceSpan? {
    node?.pairs?.first { $0.key.scalar?.text == name }?.key.span
  }

  /// A text that is not empty.
  package func string(_ name: String) -> Located<String>? {
    guard let value = value(name), let text = value.string, !text.isEmpty else { return nil }
    return Located(text, at: value.span)
  }

  /// A boolean.
  package func bool(_ name: String) -> Bool? {
    guard case .bool(let value)? = value(name)?.scalar?.resolved else { return nil }
    return value
  }

  /// Whether a field is there and true.
  package func flag(_ name: String) -> Bool { bool(name) ?? false }

  /// A whole number.
  package func integer(_ name: String) -> Int64? {
    guard case .int(let value)? = value(name)?.scalar?.resolved else { return nil }
    return value
  }

  /// A number or a percentage.
  package func quantity(_ name: String) -> Located<Quantity>? {
    guard let value = value(name), let scalar = value.scalar else { return nil }
    switch scalar.resolved {
    case .int(let number):
      guard let number = Int(exactly: number), number >= 0 else { return nil }
      return Located(.count(number), at: value.span)
    case .string: return Quantity(parsing: scalar.text).map { Located($0, at: value.span) }
    default: return nil
    }
  }

  /// A limit as Fleet reads it: a negative number counts as 0.
  package func fleetLimit(_ name: String) -> Located<Quantity>? {
    guard let value = value(name), let scalar = value.scalar else { return nil }
    switch scalar.resolved {
    case .int(let number):
      return Located(.count(max(0, Int(clamping: number))), at: value.span)
    case .string: return Quantity(fleet: scalar.text).map { Located($0, at: value.span) }
    default: return nil
    }
  }

  /// A number, with or without a fraction.
  package func number(_ name: String) -> Located<Double>? {
    guard let value = value(name), let scalar = value.scalar else { return nil }
    switch scalar.resolved {
    case .int(let number): return Located(Double(number), at: value.span)
    case .uint(let number): return Located(Double(number), at: value.span)
    case .float(let number) where number.isFinite: return Located(number, at: value.span)
    default: return nil
    }
  }

  /// The seconds of a duration.
  package func duration(_ name: String) -> Located<Int>? {
    guard let value = value(name), let scalar = value.scalar, !scalar.text.isEmpty,
      let seconds = try? DurationText.seconds(scalar.text)
    else { return nil }
    return Located(seconds, at: value.span)
  }

  /// The texts of a list.
  package func strings(_ name: String) -> [Located<String>] {
    (value(name)?.items ?? []).compactMap { item in
      item.string.map { Located($0, at: item.span) }
    }
  }

  /// The mappings of a list.
  package func objects(_ name: String) -> [FieldReader] {
    (value(name)?.items ?? []).filter { $0.pairs != nil }.map { FieldReader($0) }
  }

  /// The pairs of a text mapping.
  package func stringMap(_ name: String) -> Labels { FieldReader.stringMap(of: value(name)) }

  /// The pairs of a text mapping; pairs of other types are left out.
  package static func stringMap(of node: YAMLNode?) -> Labels {
    Labels(
      (node?.pairs ?? []).compactMap { pair in
        guard let key = pair.key.string, let text = pair.value.string else { return nil }
        return Label(
          key: key, value: text, keySpan: pair.key.span, valueSpan: pair.value.span)
      })
  }
}
