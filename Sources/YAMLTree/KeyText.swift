// SPDX-License-Identifier: Apache-2.0

/// The text that a key becomes on its way to JSON, where every key is a string.
enum KeyText {
  /// The key as `sigs.k8s.io/yaml` writes it (`convertToJSONableObject`); nil where it refuses the key.
  static func kubernetes(_ scalar: YAMLScalar) -> String? {
    switch scalar.resolved {
    case .string: scalar.text
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .float(let value): shortest(Float(value))
    case .null, .uint: nil
    }
  }

  /// Go's `FormatFloat(value, 'g', -1, 32)`.
  static func shortest(_ value: Float) -> String {
    if value.isNaN { return ".nan" }
    if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
    let sign = value.sign == .minus ? "-" : ""
    // Swift writes the same shortest digits, in another form: `12.5`, `1e+10`, `1.5e-05`.
    let parts = value.magnitude.description.split(separator: "e")
    let mantissa = (parts.first ?? "0").split(separator: ".")
    let whole = mantissa.first ?? "0"
    var digits = Array(whole.utf8) + Array((mantissa.dropFirst().first ?? "").utf8)
    var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.utf8.count - 1
    let zero = UInt8(ascii: "0")
    while digits.count > 1, digits.first == zero {
      digits.removeFirst()
      exponent -= 1
    }
    while digits.count > 1, digits.last == zero { digits.removeLast() }
    if digits == [zero] { return sign + "0" }
    let text = String(decoding: digits, as: UTF8.self)
    if exponent < -4 || exponent >= 6 {
      let rest = String(text.dropFirst())
      let magnitude = String(exponent.magnitude)
      return sign + String(text.prefix(1)) + (rest.isEmpty ? "" : "." + rest) + "e"
        + (exponent < 0 ? "-" : "+") + (magnitude.utf8.count < 2 ? "0" : "") + magnitude
    }
    if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + text }
    if exponent + 1 >= digits.count {
      return sign + text + String(repeating: "0", count: exponent + 1 - digits.count)
    }
    return sign + String(text.prefix(exponent + 1)) + "." + String(text.dropFirst(exponent + 1))
  }
}
