// SPDX-License-Identifier: Apache-2.0

/// Sprig's arithmetic. Whole numbers wrap around at 64 bits, as Go's do.
enum NumberFunctions {
  static func run(_ call: Call) throws -> GoValue {
    let all = call.arguments
    switch call.name {
    case "add1": return .long(long(call[0]) &+ 1)
    case "add": return .long(all.reduce(0) { $0 &+ long($1) })
    case "sub": return .long(long(call[0]) &- long(call[1]))
    case "mul": return .long(call.rest(1).reduce(long(call[0])) { $0 &* long($1) })
    case "div", "mod":
      let (left, right) = (long(call[0]), long(call[1]))
      if right == 0 { throw Failure("'\(call.name)' divides by zero") }
      return .long(
        call.name == "div"
          ? left.dividedReportingOverflow(by: right).partialValue
          : left.remainderReportingOverflow(dividingBy: right).partialValue)
    case "max", "biggest": return .long(all.map { long($0) }.max() ?? 0)
    case "min": return .long(all.map { long($0) }.min() ?? 0)
    case "maxf": return .float(fold(all) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) })
    case "minf": return .float(fold(all) { $0.isNaN || $1.isNaN ? .nan : min($0, $1) })
    case "addf": return .float(decimal(all.reduce(0) { $0 + float($1) }))
    case "add1f": return .float(decimal(float(call[0]) + 1))
    case "subf": return .float(fold(all) { decimal($0 - $1) })
    case "mulf": return .float(fold(all) { decimal($0 * $1) })
    case "divf":
      if call.rest(1).contains(where: { float($0) == 0 }) {
        throw Failure("'divf' divides by zero")
      }
      return .float(fold(all) { decimal($0 / $1) })
    case "ceil": return .float(float(call[0]).rounded(.up))
    case "floor": return .float(float(call[0]).rounded(.down))
    case "round":
      let on = call.arguments.count > 2 ? float(call[2]) : 0.5
      let power = Double("1e\(call.int(1))") ?? .nan
      let digit = power * float(call[0])
      let part = digit - digit.rounded(.towardZero)
      return .float(digit.rounded(part >= on ? .up : .down) / power)
    case "int": return .int(long(call[0]), isLong: false)
    case "int64": return .long(long(call[0]))
    case "float64": return .float(float(call[0]))
    case "atoi":
      let text = String(decoding: call.bytes(0), as: UTF8.self)
      return .int(Int64(text) ?? 0, isLong: false)
    case "toDecimal":
      let text = String(decoding: try GoFormat.print(call[0], call.budget), as: UTF8.self)
      return .long(Int64(text, radix: 8) ?? 0)
    case "until":
      let count = call.int(0)
      return list(try numbers(0, count, count < 0 ? -1 : 1, call.budget))
    case "untilStep":
      return list(try numbers(call.int(0), call.int(1), call.int(2), call.budget))
    case "seq": return .string(try sequence(call))
    default: throw call.unknown
    }
  }

  private static func list(_ numbers: [Int]) -> GoValue {
    .list(numbers.map { .int($0) }, of: .int)
  }

  private static func fold(_ values: [GoValue], _ join: (Double, Double) -> Double) -> Double {
    values.dropFirst().reduce(float(values.first ?? .null)) { join($0, float($1)) }
  }

  /// Sprig reckons in decimal numbers; the nearest with 15 digits is theirs: `0.1 + 0.2` is 0.3.
  private static func decimal(_ number: Double) -> Double {
    guard number.isFinite else { return number }
    return Double(GoFloat.scientific(number, precision: 14)) ?? number
  }

  /// spf13/cast's ToInt64: what cannot be read is 0.
  static func long(_ value: GoValue) -> Int64 {
    switch value {
    case .int(let number, _): return number
    case .float(let number):
      return Int64(exactly: number.rounded(.towardZero)) ?? (number.isNaN ? 0 : .min)
    case .bool(let value): return value ? 1 : 0
    case .string(let text):
      // A fraction of zeros is allowed, leading zeros do not mean octal.
      var word = Substring(String(decoding: text, as: UTF8.self))
      if let point = word.firstIndex(of: "."), word[point...].dropFirst().allSatisfy({ $0 == "0" })
      {
        word = word[..<point]
      }
      return GoValue.integer(String(word)) ?? 0
    default: return 0
    }
  }

  static func float(_ value: GoValue) -> Double {
    switch value {
    case .int(let number, _): Double(number)
    case .float(let number): number
    case .bool(let value): value ? 1 : 0
    case .string(let text): Double(String(decoding: text, as: UTF8.self)) ?? 0
    default: 0
    }
  }

  private static func numbers(
    _ start: Int, _ stop: Int, _ step: Int, _ budget: Budget
  ) throws -> [Int] {
    guard stop < start ? step < 0 : step > 0 else { return [] }
    var result: [Int] = []
    for number in stride(from: start, to: stop, by: step) {
      result.append(number)
      try budget.spend()
      try budget.allow(result.count, times: 16)
    }
    return result
  }

  private static func sequence(_ call: Call) throws -> GoString {
    let values = call.arguments.indices.map { call.int($0) }
    let start = values.count > 1 ? values.first ?? 0 : 1
    guard (1...3).contains(values.count), let end = values.last else { return [] }
    let sign = end < start ? -1 : 1
    let step = values.count == 3 ? call.int(1) : sign
    if values.count == 3, sign < 0, step > 0 { return [] }
    let (stop, overflow) = end.addingReportingOverflow(sign)
    if overflow { throw Failure("'seq' goes further than 64 bits") }
    let words = try numbers(start, stop, step, call.budget).map { String($0) }
    return Array(words.joined(separator: " ").utf8)
  }
}

extension GoValue {
  /// A whole number in the text of a value: decimal, or hexadecimal, octal or binary with its prefix.
  static func integer(_ text: String) -> Int64? {
    var digits = Substring(text)
    let sign = digits.hasPrefix("-") ? "-" : ""
    if digits.hasPrefix("-") || digits.hasPrefix("+") { digits = digits.dropFirst() }
    if digits.hasPrefix("-") || digits.hasPrefix("+") { return nil }
    let lower = digits.lowercased()
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where lower.hasPrefix(prefix) {
      return Int64(sign + lower.dropFirst(2), radix: radix)
    }
    return Int64(sign + lower)
  }
}
