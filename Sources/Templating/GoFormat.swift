// SPDX-License-Identifier: Apache-2.0

/// Values as Go's fmt prints them.
enum GoFormat {
  /// `%v`.
  static func print(_ value: GoValue, _ budget: Budget) throws -> GoString {
    var result: GoString = []
    try append(value, to: &result, budget, depth: 0)
    return result
  }

  private static func append(
    _ value: GoValue, to result: inout GoString, _ budget: Budget, depth: Int
  ) throws {
    try budget.spend(value.weight)
    // A map that holds itself has no end.
    if depth > 100 { throw Failure("a value is nested more than 100 levels deep") }
    switch value {
    case .null: result += "<nil>".utf8
    case .bool(let value): result += (value ? "true" : "false").utf8
    case .int(let number, _): result += String(number).utf8
    case .float(let number): result += GoFloat.general(number).utf8
    case .string(let text): result += text
    case .list(let items, _):
      result.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { result.append(0x20) }
        try append(item, to: &result, budget, depth: depth + 1)
      }
      result.append(UInt8(ascii: "]"))
    case .map(let map):
      result += "map[".utf8
      for (index, key) in map.keys.enumerated() {
        if index > 0 { result.append(0x20) }
        result += key
        result.append(UInt8(ascii: ":"))
        try append(map.entries[key] ?? .null, to: &result, budget, depth: depth + 1)
      }
      result.append(UInt8(ascii: "]"))
    }
    try budget.allow(result.count)
  }

  /// `fmt.Sprint`: a blank between two values of which neither is a string.
  static func sprint(_ values: [GoValue], _ budget: Budget, line: Bool = false) throws -> GoString {
    var result: GoString = []
    var wasText = true
    for (index, value) in values.enumerated() {
      var isText = false
      if case .string = value { isText = true }
      if index > 0, line || !(isText || wasText) { result.append(0x20) }
      result += try print(value, budget)
      try budget.allow(result.count)
      wasText = isText
    }
    if line { result.append(0x0a) }
    return result
  }

  /// `strconv.Quote`, or with single quotes `strconv.QuoteRune`.
  static func quote(_ text: GoString, mark: UInt8 = UInt8(ascii: "\""), ascii: Bool = false)
    -> GoString
  {
    var result: GoString = [mark]
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte < 0x80 {
        index += 1
        switch byte {
        case mark, UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
        case 7: result += "\\a".utf8
        case 8: result += "\\b".utf8
        case 9: result += "\\t".utf8
        case 10: result += "\\n".utf8
        case 11: result += "\\v".utf8
        case 12: result += "\\f".utf8
        case 13: result += "\\r".utf8
        case 0x20..<0x7f: result.append(byte)
        default: result += "\\x\(hex(UInt32(byte), 2))".utf8
        }
        continue
      }
      let (scalar, length) = decode(text, index)
      guard let scalar else {
        result += "\\x\(hex(UInt32(byte), 2))".utf8
        index += 1
        continue
      }
      if !ascii, isPrintable(scalar) {
        result += text[index..<index + length]
      } else if scalar.value < 0x10000 {
        result += "\\u\(hex(scalar.value, 4))".utf8
      } else {
        result += "\\U\(hex(scalar.value, 8))".utf8
      }
      index += length
    }
    result.append(mark)
    return result
  }

  static func hex(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  /// The scalar that starts at a byte, and its length; nil and 1 where there is none.
  static func decode(_ text: GoString, _ index: Int) -> (Unicode.Scalar?, Int) {
    guard index < text.count else { return (nil, 1) }
    let lead = text[index]
    let length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
    guard index + length <= text.count,
      let decoded = String(validating: text[index..<index + length], as: UTF8.self),
      let scalar = decoded.unicodeScalars.first, decoded.unicodeScalars.count == 1
    else { return (nil, 1) }
    return (scalar, length)
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      false
    default: true
    }
  }
}
