// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Go's `fmt.Sprintf`, for the verbs and flags that templates use.
struct GoPrintf {
  let budget: Budget
  var result: GoString = []
  private var minus = false
  private var plus = false
  private var sharp = false
  private var blank = false
  private var zero = false
  private var width: Int?
  private var precision: Int?

  init(_ budget: Budget) { self.budget = budget }

  /// The whole text. As Go does, a wrong verb is no failure but is written into the text.
  static func format(_ format: GoString, _ values: [GoValue], _ budget: Budget) throws -> GoString {
    var printer = GoPrintf(budget)
    try printer.run(format, values)
    return printer.result
  }

  private mutating func run(_ format: GoString, _ values: [GoValue]) throws {
    var next = 0
    var at = 0
    func argument() -> GoValue? {
      defer { next += 1 }
      return next < values.count ? values[next] : nil
    }
    while at < format.count {
      let byte = format[at]
      at += 1
      guard byte == UInt8(ascii: "%") else {
        result.append(byte)
        continue
      }
      (minus, plus, sharp, blank, zero, width, precision) = (
        false, false, false, false, false, nil, nil
      )
      flags: while at < format.count {
        switch format[at] {
        case UInt8(ascii: "-"): minus = true
        case UInt8(ascii: "+"): plus = true
        case UInt8(ascii: "#"): sharp = true
        case UInt8(ascii: " "): blank = true
        case UInt8(ascii: "0"): zero = true
        default: break flags
        }
        at += 1
      }
      if at < format.count, format[at] == UInt8(ascii: "[") {
        throw Failure("'printf' does not know argument numbers such as '%[1]d' here")
      }
      width = try number(format, &at, argument)
      if let given = width, given < 0 { (minus, width) = (true, -given) }
      if at < format.count, format[at] == UInt8(ascii: ".") {
        at += 1
        precision = try number(format, &at, argument) ?? 0
        if let given = precision, given < 0 { precision = nil }
      }
      if minus { zero = false }
      guard at < format.count else {
        result += "%!(NOVERB)".utf8
        break
      }
      let verb = format[at]
      at += 1
      if verb == UInt8(ascii: "%") {
        result.append(verb)
      } else if let value = argument() {
        try write(value, verb)
      } else {
        result += "%!".utf8
        result.append(verb)
        result += "(MISSING)".utf8
      }
      try budget.allow(result.count)
    }
    if next < values.count {
      result += "%!(EXTRA ".utf8
      for (index, value) in values[max(next, 0)...].enumerated() {
        if index > 0 { result += ", ".utf8 }
        result += value.type.utf8
        if !value.isNull {
          result.append(UInt8(ascii: "="))
          result += try GoFormat.print(value, budget)
        }
      }
      result.append(UInt8(ascii: ")"))
    }
  }

  /// A width or precision; more than a million is refused by Go too.
  private func number(
    _ format: GoString, _ at: inout Int, _ argument: () -> GoValue?
  ) throws -> Int? {
    if at < format.count, format[at] == UInt8(ascii: "*") {
      at += 1
      guard case .int(let number, _) = argument() else {
        throw Failure("'*' in the format of 'printf' needs an integer")
      }
      guard abs(number.clampedMagnitude) <= 1_000_000 else {
        throw Failure("the width in the format of 'printf' is larger than 1,000,000")
      }
      return Int(number)
    }
    var value: Int?
    while at < format.count, (0x30...0x39).contains(format[at]) {
      value = (value ?? 0) * 10 + Int(format[at] - 0x30)
      if value ?? 0 > 1_000_000 {
        throw Failure("the width in the format of 'printf' is larger than 1,000,000")
      }
      at += 1
    }
    return value
  }

  private mutating func write(_ value: GoValue, _ verb: UInt8, depth: Int = 0) throws {
    try budget.spend()
    if depth > 100 { throw Failure("a value is nested more than 100 levels deep") }
    let letter = Character(Unicode.Scalar(verb))
    switch (letter, value) {
    case ("T", _): pad(Array(value.type.utf8))
    case ("v", .null): pad(Array("<nil>".utf8))
    case ("v", _) where sharp:
      throw Failure("'printf' does not know '%#v' here", hint: "use toJson")
    case (_, .list(let items, _)):
      // `%x` and `%q` go to the items as well.
      result.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { result.append(0x20) }
        try write(item, verb, depth: depth + 1)
        try budget.allow(result.count)
      }
      result.append(UInt8(ascii: "]"))
    case (_, .map(let map)):
      result += "map[".utf8
      for (index, key) in map.keys.enumerated() {
        if index > 0 { result.append(0x20) }
        try write(.string(key), verb, depth: depth + 1)
        result.append(UInt8(ascii: ":"))
        try write(map.entries[key] ?? .null, verb, depth: depth + 1)
        try budget.allow(result.count)
      }
      result.append(UInt8(ascii: "]"))
    case ("t", .bool), ("v", .bool): pad(try GoFormat.print(value, budget))
    case ("s", .string(let text)), ("v", .string(let text)): pad(cut(text))
    case ("q", .string(let text)):
      let raw =
        sharp && !text.contains(UInt8(ascii: "`")) && text.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
      pad(raw ? [0x60] + cut(text) + [0x60] : GoFormat.quote(cut(text), ascii: plus))
    case ("x", .string(let text)), ("X", .string(let text)): pad(hex(text, upper: letter == "X"))
    case (_, .int(let number, _)): try write(number, letter, value)
    case (_, .float(let number)): write(number, letter, value)
    default: bad(letter, value)
    }
  }

  private func hex(_ text: GoString, upper: Bool) -> GoString {
    let bytes = precision.map { text.prefix($0) } ?? text[...]
    let words = bytes.map { GoFormat.hex(UInt32($0), 2) }
    let lead = sharp && !bytes.isEmpty ? "0x" : ""
    let separator = blank ? (sharp ? " 0x" : " ") : ""
    let all = lead + words.joined(separator: separator)
    return Array((upper ? all.uppercased() : all).utf8)
  }

  /// As many characters as the precision says.
  private func cut(_ text: GoString) -> GoString {
    guard let precision else { return text }
    var (at, count) = (0, 0)
    while at < text.count, count < precision {
      at += GoFormat.decode(text, at).1
      count += 1
    }
    return Array(text.prefix(at))
  }

  private mutating func bad(_ verb: Character, _ value: GoValue) {
    result += "%!\(verb)(\(value.type)".utf8
    if !value.isNull, let text = try? GoFormat.print(value, budget) {
      result.append(UInt8(ascii: "="))
      result += text
    }
    result.append(UInt8(ascii: ")"))
  }

  private mutating func write(_ number: Int64, _ verb: Character, _ value: GoValue) throws {
    var digits: String
    var lead = ""
    switch verb {
    case "d", "v": digits = String(number.magnitude)
    case "b", "o", "O", "x", "X":
      let radix = verb == "b" ? 2 : verb == "x" || verb == "X" ? 16 : 8
      digits = String(number.magnitude, radix: radix, uppercase: verb == "X")
      if verb == "O" { lead = "0o" }
      if sharp { lead = ["b": "0b", "o": "0", "x": "0x", "X": "0X"][verb] ?? lead }
    case "c", "q", "U":
      let scalar = UInt32(exactly: number).flatMap { Unicode.Scalar($0) } ?? "\u{fffd}"
      let text = Array(String(Character(scalar)).utf8)
      switch verb {
      case "c": pad(text)
      case "q": pad(GoFormat.quote(text, mark: UInt8(ascii: "'"), ascii: plus))
      default: pad(Array("U+\(GoFormat.hex(UInt32(clamping: number), 4).uppercased())".utf8))
      }
      return
    default: return bad(verb, value)
    }
    if let precision {
      if precision == 0, number == 0 {
        pad([])
        return
      }
      digits = String(repeating: "0", count: max(0, precision - digits.utf8.count)) + digits
    }
    pad(number: digits, lead: lead, isNegative: number < 0, zeros: zero && precision == nil)
  }

  private mutating func write(_ number: Double, _ verb: Character, _ value: GoValue) {
    var text: String
    switch verb {
    case "v", "g", "G": text = GoFloat.general(number, precision: precision)
    case "f", "F": text = GoFloat.fixed(number, precision: precision ?? 6)
    case "e", "E": text = GoFloat.scientific(number, precision: precision ?? 6)
    default: return bad(verb, value)
    }
    if verb == "G" || verb == "E" { text = text.uppercased() }
    let isNegative = text.hasPrefix("-")
    if isNegative || text.hasPrefix("+") { text.removeFirst() }
    pad(number: text, lead: "", isNegative: isNegative, zeros: zero && number.isFinite)
  }

  private mutating func pad(number digits: String, lead: String, isNegative: Bool, zeros: Bool) {
    let sign = isNegative ? "-" : plus ? "+" : blank ? " " : ""
    let length = sign.utf8.count + lead.utf8.count + digits.utf8.count
    if zeros, let width, width > length {
      let fill = String(repeating: "0", count: width - length)
      result += (sign + lead + fill + digits).utf8
    } else {
      zero = false
      pad(Array((sign + lead + digits).utf8))
    }
  }

  /// Text in its width, counted in characters.
  private mutating func pad(_ text: GoString) {
    let length = text.count { $0 & 0xc0 != 0x80 }
    let fill = GoString(
      repeating: zero ? 0x30 : 0x20, count: max(0, (width ?? 0) - length))
    result += minus ? text + fill : fill + text
  }
}

extension Int64 {
  /// The magnitude, at most the largest number.
  fileprivate var clampedMagnitude: Int64 { self == .min ? .max : Swift.abs(self) }
}
