// SPDX-License-Identifier: Apache-2.0

/// The order in which go.yaml.in/yaml/v2 writes keys that are texts: letters by their code, everything
/// else before letters, numbers by their value (`a9`, `a10`). Rule: `sorter.go` of v2.4.
enum GoKeyOrder {
  /// Whether a key is written before another one.
  static func precedes(_ left: String, _ right: String) -> Bool {
    let (a, b) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
    for index in 0..<min(a.count, b.count) where a[index] != b[index] {
      let (isLeftLetter, isRightLetter) = (isLetter(a[index]), isLetter(b[index]))
      if isLeftLetter, isRightLetter { return a[index] < b[index] }
      if isLeftLetter || isRightLetter { return isRightLetter }
      var start: Int64 = 0
      if a[index] == "0" || b[index] == "0" {
        // Zeros behind another digit belong to a number that has begun before.
        let before = a[..<index].reversed().prefix(while: isDigit)
        if before.contains(where: { $0 != "0" }) { start = 1 }
      }
      let (leftNumber, leftEnd) = number(a, index, start)
      let (rightNumber, rightEnd) = number(b, index, start)
      if leftNumber != rightNumber { return leftNumber < rightNumber }
      if leftEnd != rightEnd { return leftEnd < rightEnd }
      return a[index] < b[index]
    }
    return a.count < b.count
  }

  private static func number(
    _ text: [Unicode.Scalar], _ from: Int, _ start: Int64
  ) -> (value: Int64, end: Int) {
    var value = start
    var end = from
    while end < text.count, isDigit(text[end]) {
      // Go's integers wrap around here, too.
      value = value &* 10 &+ (Int64(text[end].value) - 0x30)
      end += 1
    }
    return (value, end)
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 { return (0x61...0x7a).contains(scalar.value | 0x20) }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return true
    default: return false
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x80
      ? (0x30...0x39).contains(scalar.value)
      : scalar.properties.generalCategory == .decimalNumber
  }
}
