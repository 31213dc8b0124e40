// SPDX-License-Identifier: Apache-2.0

/// Floating-point numbers as Go's strconv writes them.
enum GoFloat {
  /// `0.d1d2d3… × 10^point`.
  struct Decimal {
    var digits: [UInt8]
    var point: Int
    let isNegative: Bool

    /// Rounds to a number of digits; halves go to the even digit, as the exact value is known.
    mutating func round(to count: Int) {
      guard count < digits.count else { return }
      guard count >= 0 else {
        digits = []
        return
      }
      let tail = digits[count...]
      let isHalf = tail.first == 5 && tail.dropFirst().allSatisfy { $0 == 0 }
      let isOdd = count > 0 && digits[count - 1] % 2 == 1
      let goesUp = isHalf ? isOdd : (tail.first ?? 0) >= 5
      digits.removeLast(digits.count - count)
      guard goesUp else { return }
      var index = count - 1
      while index >= 0 {
        if digits[index] < 9 {
          digits[index] += 1
          return
        }
        digits[index] = 0
        index -= 1
      }
      digits.insert(1, at: 0)
      digits.removeLast(min(1, digits.count - 1))
      point += 1
    }
  }

  /// The fewest digits that name the number.
  static func shortest(_ number: Double) -> Decimal {
    let text = Array(number.magnitude.description.utf8)
    let mantissa = text.prefix { $0 != UInt8(ascii: "e") }
    let exponent = Int(String(decoding: text.dropFirst(mantissa.count + 1), as: UTF8.self)) ?? 0
    let whole = mantissa.prefix { $0 != UInt8(ascii: ".") }
    let all = mantissa.filter { $0 != UInt8(ascii: ".") }.map { $0 - 0x30 }
    return normal(all, whole.count + exponent, number.sign == .minus)
  }

  /// All digits of the number.
  static func exact(_ number: Double) -> Decimal {
    guard number != 0, number.isFinite else { return normal([], 0, number.sign == .minus) }
    let shift = Int(number.exponentBitPattern == 0 ? 1 : number.exponentBitPattern) - 1075
    var mantissa =
      number.significandBitPattern | (number.exponentBitPattern == 0 ? 0 : 1 << 52)
    var digits: [UInt8] = []
    while mantissa > 0 {
      digits.append(UInt8(mantissa % 10))
      mantissa /= 10
    }
    // Least digit first: doubling goes up, halving (times 5, point moved) as well.
    let factor: UInt16 = shift >= 0 ? 2 : 5
    for _ in 0..<abs(shift) {
      var carry: UInt16 = 0
      for index in digits.indices {
        let value = UInt16(digits[index]) * factor + carry
        digits[index] = UInt8(value % 10)
        carry = value / 10
      }
      if carry > 0 { digits.append(UInt8(carry)) }
    }
    return normal(digits.reversed(), digits.count + min(shift, 0), number.sign == .minus)
  }

  private static func normal(_ digits: [UInt8], _ point: Int, _ isNegative: Bool) -> Decimal {
    let zeros = digits.prefix { $0 == 0 }.count
    var rest = Array(digits.dropFirst(zeros))
    while rest.last == 0 { rest.removeLast() }
    return Decimal(digits: rest, point: rest.isEmpty ? 0 : point - zeros, isNegative: isNegative)
  }

  private static func special(_ number: Double) -> String? {
    if number.isNaN { return "NaN" }
    return number.isInfinite ? (number < 0 ? "-Inf" : "+Inf") : nil
  }

  /// `%v`: the shortest digits; with an exponent below 1e-4 and from 1e6 on: Go prints a million as `1e+06`.
  static func general(_ number: Double) -> String { general(number, precision: nil) }

  /// `%g` with a precision, or the shortest.
  static func general(_ number: Double, precision: Int?) -> String {
    if let word = special(number) { return word }
    var decimal = precision == nil ? shortest(number) : exact(number)
    let limit = precision.map { max($0, 1) }
    if let limit { decimal.round(to: limit) }
    while decimal.digits.last == 0 { decimal.digits.removeLast() }
    var bound = limit ?? 6
    if let limit, limit > decimal.digits.count, decimal.digits.count >= decimal.point {
      bound = decimal.digits.count
    }
    let exponent = decimal.digits.isEmpty ? 0 : decimal.point - 1
    if exponent < -4 || exponent >= max(bound, 1) {
      return scientific(decimal, max(decimal.digits.count - 1, 0))
    }
    return plain(decimal, max(decimal.digits.count - decimal.point, 0))
  }

  /// `%f`; nil is the fewest digits.
  static func fixed(_ number: Double, precision: Int?) -> String {
    if let word = special(number) { return word }
    var decimal = precision == nil ? shortest(number) : exact(number)
    if let precision { decimal.round(to: decimal.point + precision) }
    return plain(decimal, precision ?? max(decimal.digits.count - decimal.point, 0))
  }

  /// `%e`; nil is the fewest digits.
  static func scientific(_ number: Double, precision: Int?) -> String {
    if let word = special(number) { return word }
    var decimal = precision == nil ? shortest(number) : exact(number)
    if let precision { decimal.round(to: precision + 1) }
    return scientific(decimal, precision ?? max(decimal.digits.count - 1, 0))
  }

  private static func plain(_ decimal: Decimal, _ precision: Int) -> String {
    var result: [UInt8] = decimal.isNegative ? [UInt8(ascii: "-")] : []
    if decimal.digits.isEmpty || decimal.point <= 0 {
      result.append(0x30)
    } else {
      for index in 0..<decimal.point { result.append(digit(decimal, index)) }
    }
    if precision > 0 {
      result.append(UInt8(ascii: "."))
      for index in 0..<precision { result.append(digit(decimal, decimal.point + index)) }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func scientific(_ decimal: Decimal, _ precision: Int) -> String {
    var result: [UInt8] = decimal.isNegative ? [UInt8(ascii: "-")] : []
    result.append(digit(decimal, 0))
    if precision > 0 {
      result.append(UInt8(ascii: "."))
      for index in 1...precision { result.append(digit(decimal, index)) }
    }
    let exponent = decimal.digits.isEmpty ? 0 : decimal.point - 1
    result += (exponent < 0 ? "e-" : "e+").utf8
    if abs(exponent) < 10 { result.append(0x30) }
    result += String(abs(exponent)).utf8
    return String(decoding: result, as: UTF8.self)
  }

  private static func digit(_ decimal: Decimal, _ index: Int) -> UInt8 {
    index >= 0 && index < decimal.digits.count ? decimal.digits[index] + 0x30 : 0x30
  }
}
