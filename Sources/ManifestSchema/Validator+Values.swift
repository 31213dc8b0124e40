// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree
import Templating

extension Validator {
  mutating func checkText(_ text: String, _ schema: Schema, _ path: [PathStep]) {
    checkCount(text.unicodeScalars.count, schema.length, path, "character", "characters")
    // A pattern that takes too many steps is left to the API server.
    if let pattern = schema.pattern, pattern.matches(text) == false {
      add(
        "no-match", path,
        "\(name(path)) does not match the pattern \(Wording.quoted(schema.patternText))")
    }
    guard let format = schema.format, !Formats.allows(text, format) else { return }
    let what = showsValues ? ", found \(Wording.quoted(text))" : ""
    add("wrong-format", path, "\(name(path)) must be \(Formats.words(format))\(what)")
  }

  mutating func checkNumber(_ value: JSONValue, _ schema: Schema, _ path: [PathStep]) {
    guard let number = value.number else { return }
    let shown = showsValues ? "is \(value.plainText)" : "is out of range"
    if let least = schema.minimum,
      number < least.value || (least.isExclusive && number <= least.value)
    {
      let words = least.isExclusive ? "it must be more than" : "the least is"
      add("too-small", path, "\(name(path)) \(shown), \(words) \(least.text)")
    }
    if let most = schema.maximum, number > most.value || (most.isExclusive && number >= most.value)
    {
      let words = most.isExclusive ? "it must be less than" : "the most is"
      add("too-large", path, "\(name(path)) \(shown), \(words) \(most.text)")
    }
    if let unit = schema.multipleOf, unit != 0 {
      let quotient = number / unit
      // The API server forgives what floating point makes of a quotient.
      if abs(quotient) < 1e15,
        abs(quotient - Double(Int64(quotient + (quotient < 0 ? -0.5 : 0.5)))) > 1e-9
      {
        add("no-multiple", path, "\(name(path)) \(shown), it must be a multiple of \(unit.plain)")
      }
    }
    // Go reads such a field into 32 bits; of a custom resource nobody does.
    if hasGoNumbers, schema.format == "int32", abs(number) > 2_147_483_647, number != -2_147_483_648
    {
      add("too-large", path, "\(name(path)) \(shown), more than a field of 32 bits holds")
    }
  }

  mutating func checkValues(_ value: JSONValue, _ schema: Schema, _ path: [PathStep]) {
    guard let values = schema.values, !values.contains(where: { $0.isSameNumberOrValue(value) })
    else { return }
    // Go types have a zero value, for which the API server fills in the default.
    if dialect == .published, value == .string("") { return }
    let allowed = values.map { $0.string.map { Wording.quoted($0) } ?? Wording.bare($0.plainText) }
    let found = value.string.map { Wording.quoted($0) } ?? Wording.bare(value.plainText)
    let near = value.string.flatMap { text in
      Suggestion.nearest(to: text, among: values.compactMap(\.string))
    }
    add(
      "unknown-value", path,
      showsValues
        ? "\(name(path)) is \(found), allowed are \(Wording.list(allowed, most: 10))"
        : "\(name(path)) is none of the allowed values",
      hint: showsValues ? near.map { "did you mean '\($0)'?" } : nil)
  }

  /// Looks at a value whose Go type reads itself; false when it is not one of these.
  mutating func checkGoType(_ value: JSONValue, _ name: String, _ path: [PathStep]) -> Bool {
    func isType(_ suffix: String) -> Bool { name == suffix || name.hasSuffix("." + suffix) }
    if isType("resource.Quantity") {
      switch value {
      case .integer, .real: break
      case .string(let text):
        if !Formats.isQuantity(text) {
          let what = showsValues ? ", found \(Wording.quoted(text))" : ""
          add(
            "wrong-format", path,
            "\(self.name(path)) must be a quantity such as '500m' or '2Gi'\(what)")
        }
      default: mustBe("a quantity such as '500m' or '2Gi'", value, path)
      }
      return true
    }
    if isType("intstr.IntOrString") {
      switch value {
      case .integer, .string: break
      default: mustBe("an integer or a string", value, path)
      }
      return true
    }
    return isType("runtime.RawExtension") || isType("v1.FieldsV1") || isType("v1.JSON")
  }
}

extension JSONValue {
  /// Whether both are the same, `1` and `1.0` too.
  fileprivate func isSameNumberOrValue(_ other: JSONValue) -> Bool {
    if let left = number, let right = other.number { return left == right }
    return self == other
  }
}

extension Double {
  /// The number as it is written in JSON.
  fileprivate var plain: String {
    JSONValue.real(self).plainText.hasSuffix(".0")
      ? String(JSONValue.real(self).plainText.dropLast(2)) : JSONValue.real(self).plainText
  }
}
