// SPDX-License-Identifier: Apache-2.0

/// JSON as Go's encoding/json writes it.
enum GoJSON {
  static func write(
    _ value: GoValue, escapesHTML: Bool, isPretty: Bool, _ budget: Budget
  ) throws -> GoString {
    var writer = Writer(escapesHTML: escapesHTML, isPretty: isPretty, budget: budget)
    // Sprig ignores the error of a number that JSON does not know and gives nothing.
    do { try writer.write(value, 0) } catch is NoJSON { return [] }
    return writer.result
  }

  private struct NoJSON: Error {}

  private struct Writer {
    let escapesHTML: Bool
    let isPretty: Bool
    let budget: Budget
    var result: GoString = []

    init(escapesHTML: Bool, isPretty: Bool, budget: Budget) {
      self.escapesHTML = escapesHTML
      self.isPretty = isPretty
      self.budget = budget
    }

    mutating func line(_ depth: Int) {
      if isPretty { result += [0x0a] + GoString(repeating: 0x20, count: 2 * depth) }
    }

    mutating func write(_ value: GoValue, _ depth: Int) throws {
      try budget.spend(value.weight)
      if depth > 100 { throw Failure("a value is nested more than 100 levels deep") }
      switch value {
      case .null: result += "null".utf8
      case .bool(let value): result += (value ? "true" : "false").utf8
      case .int(let number, _): result += String(number).utf8
      case .float(let number): result += try GoJSON.number(number).utf8
      case .string(let text): write(text)
      case .list(let items, _):
        result.append(UInt8(ascii: "["))
        for (index, item) in items.enumerated() {
          if index > 0 { result.append(UInt8(ascii: ",")) }
          line(depth + 1)
          try write(item, depth + 1)
        }
        if !items.isEmpty { line(depth) }
        result.append(UInt8(ascii: "]"))
      case .map(let map):
        result.append(UInt8(ascii: "{"))
        for (index, key) in map.keys.enumerated() {
          if index > 0 { result.append(UInt8(ascii: ",")) }
          line(depth + 1)
          write(key)
          result += (isPretty ? ": " : ":").utf8
          try write(map.entries[key] ?? .null, depth + 1)
        }
        if !map.entries.isEmpty { line(depth) }
        result.append(UInt8(ascii: "}"))
      }
      try budget.allow(result.count)
    }

    mutating func write(_ text: GoString) {
      result.append(UInt8(ascii: "\""))
      for scalar in Scalars.of(text) {
        switch scalar {
        case "\"", "\\": result += [0x5c, UInt8(truncatingIfNeeded: scalar.value)]
        case "\n": result += "\\n".utf8
        case "\r": result += "\\r".utf8
        case "\t": result += "\\t".utf8
        case "\u{8}": result += "\\b".utf8
        case "\u{c}": result += "\\f".utf8
        case "<" where escapesHTML, ">" where escapesHTML, "&" where escapesHTML,
          "\u{0}"..<" ", "\u{2028}", "\u{2029}":
          result += "\\u\(GoFormat.hex(scalar.value, 4))".utf8
        default: result += String(Character(scalar)).utf8
        }
      }
      result.append(UInt8(ascii: "\""))
    }
  }

  /// Go's JSON numbers: with an exponent below 1e-6 and from 1e21 on.
  private static func number(_ number: Double) throws -> String {
    guard number.isFinite else { throw NoJSON() }
    let size = number.magnitude
    guard size != 0, size < 1e-6 || size >= 1e21 else {
      return GoFloat.fixed(number, precision: nil)
    }
    let text = GoFloat.scientific(number, precision: nil)
    // One digit of a negative exponent, as in JavaScript.
    let tail = Array(text.utf8.suffix(4))
    guard tail.starts(with: "e-0".utf8) else { return text }
    return String(text.dropLast(2)) + String(text.suffix(1))
  }

  /// Reads JSON as Go's decoder does into `interface{}`: every number is a float64.
  struct Reader {
    private let bytes: [UInt8]
    private let budget: Budget
    private var at = 0

    init(_ bytes: [UInt8], _ budget: Budget) {
      self.bytes = bytes
      self.budget = budget
    }

    /// The one value of the text; nil when it is no JSON.
    mutating func run() throws -> GoValue? {
      guard let result = try value(0) else { return nil }
      skip()
      return at == bytes.count ? result : nil
    }

    private mutating func skip() {
      while at < bytes.count, TemplateLexer.isSpace(bytes[at]) { at += 1 }
    }

    private mutating func take(_ word: String) -> Bool {
      skip()
      guard bytes[at...].starts(with: word.utf8) else { return false }
      at += word.utf8.count
      return true
    }

    private mutating func value(_ depth: Int) throws -> GoValue? {
      try budget.spend()
      if depth > 100 { throw Failure("a value is nested more than 100 levels deep") }
      if take("null") { return .null }
      if take("true") { return .bool(true) }
      if take("false") { return .bool(false) }
      if take("[") { return try list(depth) }
      if take("{") { return try map(depth) }
      guard at < bytes.count else { return nil }
      return bytes[at] == UInt8(ascii: "\"") ? string().map { .string($0) } : number()
    }

    private mutating func list(_ depth: Int) throws -> GoValue? {
      var items: [GoValue] = []
      if take("]") { return .list(items) }
      while let item = try value(depth + 1) {
        items.append(item)
        if take("]") { return .list(items) }
        guard take(",") else { return nil }
      }
      return nil
    }

    private mutating func map(_ depth: Int) throws -> GoValue? {
      let map = GoMap()
      if take("}") { return .map(map) }
      while true {
        skip()
        guard let key = string(), take(":"), let item = try value(depth + 1) else { return nil }
        map.entries[key] = item
        if take("}") { return .map(map) }
        guard take(",") else { return nil }
      }
    }

    private mutating func number() -> GoValue? {
      let start = at
      while at < bytes.count, (0x30...0x39).contains(bytes[at]) || "+-.eE".utf8.contains(bytes[at])
      {
        at += 1
      }
      let text = bytes[start..<at]
      let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
      guard let first = digits.first, (0x30...0x39).contains(first), text.last != UInt8(ascii: "."),
        first != 0x30 || !(0x30...0x39).contains(digits.dropFirst().first ?? 0),
        let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite
      else { return nil }
      return .float(number)
    }

    private mutating func string() -> GoString? {
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return nil }
      at += 1
      var result: GoString = []
      while at < bytes.count {
        let byte = bytes[at]
        at += 1
        if byte == UInt8(ascii: "\"") { return result }
        if byte < 0x20 { return nil }
        guard byte == UInt8(ascii: "\\") else {
          result.append(byte)
          continue
        }
        guard at < bytes.count else { return nil }
        let escaped = bytes[at]
        at += 1
        let plain: [UInt8: UInt8] = [
          0x22: 0x22, 0x5c: 0x5c, 0x2f: 0x2f, 0x62: 8, 0x66: 12, 0x6e: 10, 0x72: 13, 0x74: 9,
        ]
        if let byte = plain[escaped] {
          result.append(byte)
        } else if escaped == UInt8(ascii: "u"), let scalar = unicode() {
          result += String(Character(scalar)).utf8
        } else {
          return nil
        }
      }
      return nil
    }

    private mutating func unit() -> UInt32? {
      guard at + 4 <= bytes.count, bytes[at] != UInt8(ascii: "+"), bytes[at] != UInt8(ascii: "-"),
        let value = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
      else { return nil }
      at += 4
      return value
    }

    /// A scalar, perhaps of two units; a half alone is U+FFFD.
    private mutating func unicode() -> Unicode.Scalar? {
      guard let first = unit() else { return nil }
      if let scalar = Unicode.Scalar(first) { return scalar }
      let mark = at
      if first < 0xdc00, bytes[at...].starts(with: "\\u".utf8) {
        at += 2
        if let second = unit(), (0xdc00..<0xe000).contains(second) {
          return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        }
        at = mark
      }
      return "\u{fffd}"
    }
  }
}
