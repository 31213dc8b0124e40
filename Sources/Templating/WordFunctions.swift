// SPDX-License-Identifier: Apache-2.0

/// Sprig's functions of words and of paths.
enum WordFunctions {
  static func run(_ call: Call) throws -> GoValue {
    let text = call.bytes(0)
    switch call.name {
    case "initials": return .string(initials(text))
    case "swapcase":
      return .string(
        Scalars.map(text) { $0 == Scalars.upper($0) ? Scalars.lower($0) : Scalars.upper($0) })
    case "snakecase": return .string(WordCase.joined(text, by: UInt8(ascii: "_")))
    case "kebabcase": return .string(WordCase.joined(text, by: UInt8(ascii: "-")))
    case "camelcase": return .string(WordCase.camel(text))
    case "wrap":
      return .string(try wrap(call.bytes(1), call.int(0), [0x0a], cuts: false, call.budget))
    case "wrapWith":
      return .string(try wrap(call.bytes(2), call.int(0), call.bytes(1), cuts: true, call.budget))
    case "base", "osBase": return .string(PathFunctions.base(text))
    case "dir", "osDir": return .string(PathFunctions.dir(text))
    case "ext", "osExt": return .string(PathFunctions.ext(text))
    case "clean", "osClean": return .string(PathFunctions.clean(text))
    case "isAbs", "osIsAbs": return .bool(text.first == UInt8(ascii: "/"))
    default: throw call.unknown
    }
  }

  private static func initials(_ text: GoString) -> GoString {
    var isStart = true
    return Scalars.bytes(
      Scalars.of(text).filter { scalar in
        let isBlank = scalar.properties.isWhitespace
        defer { isStart = isBlank }
        return isStart && !isBlank
      })
  }

  /// goutils' wrapping, which counts bytes and drops the blanks at which it breaks.
  private static func wrap(
    _ text: GoString, _ given: Int, _ separator: GoString, cuts: Bool, _ budget: Budget
  ) throws -> GoString {
    let width = max(given, 1)
    var result: GoString = []
    var at = 0
    while text.count - at > width {
      if text[at] == 0x20 {
        at += 1
        continue
      }
      let end = at + width
      if let blank = text[at...end].lastIndex(of: 0x20) {
        result += text[at..<blank] + separator
        at = blank + 1
      } else if cuts {
        result += text[at..<end] + separator
        at = end
      } else if let blank = text[end...].firstIndex(of: 0x20) {
        result += text[at..<blank] + separator
        at = blank + 1
      } else {
        break
      }
      try budget.allow(result.count)
    }
    return result + text[at...]
  }
}
