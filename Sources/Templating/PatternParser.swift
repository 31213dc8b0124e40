// SPDX-License-Identifier: Apache-2.0

/// Reads a regular expression in RE2's syntax.
struct PatternParser {
  private struct Flags {
    var foldsCase = false
    var dotIsAll = false
    var isMultiline = false
    var isUngreedy = false
  }

  private let text: [Unicode.Scalar]
  private var at = 0
  private var depth = 0
  private var flags = Flags()
  private(set) var groups = 0
  private(set) var names: [String: Int] = [:]

  init(_ text: GoString) { self.text = Scalars.of(text) }

  private func wrong(_ message: String) -> Failure { Failure("the regular expression \(message)") }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    at + ahead < text.count ? text[at + ahead] : nil
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek() == scalar else { return false }
    at += 1
    return true
  }

  mutating func run() throws(Failure) -> Pattern {
    let result = try choice()
    if at < text.count { throw wrong("has a ')' without '('") }
    return result
  }

  private mutating func choice() throws(Failure) -> Pattern {
    depth += 1
    if depth > 100 { throw wrong("is nested more than 100 levels deep") }
    var parts = [try sequence()]
    while take("|") { parts.append(try sequence()) }
    depth -= 1
    return parts.count == 1 ? parts.first ?? .empty : .choice(parts)
  }

  private mutating func sequence() throws(Failure) -> Pattern {
    var parts: [Pattern] = []
    while let scalar = peek(), scalar != "|", scalar != ")" {
      let part = try atom()
      parts.append(try repeated(part))
    }
    return .sequence(parts)
  }

  private mutating func repeated(_ part: Pattern) throws(Failure) -> Pattern {
    guard let (least, most) = try count() else { return part }
    var isLazy = take("?")
    if flags.isUngreedy { isLazy.toggle() }
    if try count() != nil { throw wrong("repeats a repetition") }
    return .loop(part, least: least, most: most, isLazy: isLazy)
  }

  /// `*`, `+`, `?` or `{n,m}`; a brace that is no count is a character.
  private mutating func count() throws(Failure) -> (Int, Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    let start = at
    guard take("{"), let least = number() else {
      at = start
      return nil
    }
    var most: Int? = least
    if take(",") { most = number() }
    guard take("}") else {
      at = start
      return nil
    }
    if least > 1000 || most ?? 0 > 1000 { throw wrong("repeats more than 1,000 times") }
    if let most, most < least { throw wrong("has a repetition that ends before it begins") }
    return (least, most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = peek(), ("0"..."9").contains(digit) {
      value = min((value ?? 0) * 10 + Int(digit.value - 0x30), 10_000)
      at += 1
    }
    return value
  }

  private func single(_ scalar: Unicode.Scalar) -> Pattern {
    .set(ScalarSet(ranges: [scalar.value...scalar.value], foldsCase: flags.foldsCase))
  }

  private mutating func atom() throws(Failure) -> Pattern {
    guard let scalar = peek() else { return .empty }
    at += 1
    switch scalar {
    case ".":
      return .set(ScalarSet(ranges: flags.dotIsAll ? [] : [10...10], isNegated: true))
    case "^": return .place(flags.isMultiline ? .lineStart : .textStart)
    case "$": return .place(flags.isMultiline ? .lineEnd : .textEnd)
    case "[": return .set(try bracket())
    case "(": return try group()
    case "*", "+", "?": throw wrong("has nothing before '\(scalar)' to repeat")
    case "\\":
      switch peek() {
      case "A": at += 1; return .place(.textStart)
      case "z": at += 1; return .place(.textEnd)
      case "b": at += 1; return .place(.wordEdge)
      case "B": at += 1; return .place(.noWordEdge)
      case "Q":
        at += 1
        return literal()
      default: break
      }
      return .set(ScalarSet(ranges: try escape(), foldsCase: flags.foldsCase))
    default: return single(scalar)
    }
  }

  /// The text between `\Q` and `\E`.
  private mutating func literal() -> Pattern {
    var parts: [Pattern] = []
    while let scalar = peek() {
      at += 1
      if scalar == "\\", take("E") { break }
      parts.append(single(scalar))
    }
    return .sequence(parts)
  }

  private mutating func group() throws(Failure) -> Pattern {
    let outer = flags
    var index: Int?
    if take("?") {
      if peek() == "<" || (peek() == "P" && peek(1) == "<") {
        at += peek() == "P" ? 2 : 1
        var name = ""
        while let scalar = peek(), scalar != ">" {
          name.unicodeScalars.append(scalar)
          at += 1
        }
        guard take(">"), !name.isEmpty, names[name] == nil else {
          throw wrong("has a group with a wrong name")
        }
        groups += 1
        index = groups
        names[name] = groups
      } else if try !readFlags() {
        return .empty
      }
    } else {
      groups += 1
      index = groups
    }
    let inner = try choice()
    guard take(")") else { throw wrong("has a '(' without ')'") }
    flags = outer
    return index.map { .group(inner, $0) } ?? inner
  }

  /// The flags after `(?`; false when they are the whole group.
  private mutating func readFlags() throws(Failure) -> Bool {
    var value = true
    while let scalar = peek() {
      at += 1
      switch scalar {
      case "i": flags.foldsCase = value
      case "s": flags.dotIsAll = value
      case "m": flags.isMultiline = value
      case "U": flags.isUngreedy = value
      case "-": value = false
      case ":": return true
      case ")": return false
      default: throw wrong("has the group '(?\(scalar)', which RE2 does not know")
      }
    }
    throw wrong("has a '(' without ')'")
  }

  private mutating func bracket() throws(Failure) -> ScalarSet {
    var set = ScalarSet(foldsCase: flags.foldsCase)
    set.isNegated = take("^")
    var isFirst = true
    while let scalar = peek(), scalar != "]" || isFirst {
      isFirst = false
      if scalar == "[", peek(1) == ":" {
        set.ranges += try namedClass()
        continue
      }
      let low = try member()
      guard low.count == 1, let one = low.first, one.count == 1, peek() == "-", peek(1) != "]",
        peek(1) != nil
      else {
        set.ranges += low
        continue
      }
      at += 1
      let high = try member()
      guard high.count == 1, let other = high.first, other.count == 1,
        one.lowerBound <= other.lowerBound
      else { throw wrong("has a range that ends before it begins") }
      set.ranges.append(one.lowerBound...other.lowerBound)
    }
    guard take("]") else { throw wrong("has a '[' without ']'") }
    return set
  }

  private mutating func member() throws(Failure) -> [ClosedRange<UInt32>] {
    guard let scalar = peek() else { return [] }
    at += 1
    return scalar == "\\" ? try escape() : [scalar.value...scalar.value]
  }

  private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
  private static let word: [ClosedRange<UInt32>] = [
    0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a,
  ]
  private static let space: [ClosedRange<UInt32>] = [9...10, 12...13, 0x20...0x20]

  private mutating func namedClass() throws(Failure) -> [ClosedRange<UInt32>] {
    let known: [String: [ClosedRange<UInt32>]] = [
      "alnum": [0x30...0x39, 0x41...0x5a, 0x61...0x7a], "alpha": [0x41...0x5a, 0x61...0x7a],
      "ascii": [0...0x7f], "blank": [9...9, 0x20...0x20], "cntrl": [0...0x1f, 0x7f...0x7f],
      "digit": Self.digits, "graph": [0x21...0x7e], "lower": [0x61...0x7a],
      "print": [0x20...0x7e], "punct": [0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e],
      "space": [9...13, 0x20...0x20], "upper": [0x41...0x5a], "word": Self.word,
      "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
    ]
    at += 2
    let isNegated = take("^")
    var name = ""
    while let scalar = peek(), scalar != ":" {
      name.unicodeScalars.append(scalar)
      at += 1
    }
    guard take(":"), take("]"), let ranges = known[name] else {
      throw wrong("has a class '[:…:]' that RE2 does not know")
    }
    return isNegated ? ScalarSet(ranges: ranges).inverted : ranges
  }

  /// What follows a backslash, as the characters it stands for.
  private mutating func escape() throws(Failure) -> [ClosedRange<UInt32>] {
    guard let scalar = peek() else { throw wrong("ends with a backslash") }
    at += 1
    func one(_ value: UInt32) -> [ClosedRange<UInt32>] { [value...value] }
    switch scalar {
    case "d": return Self.digits
    case "D": return ScalarSet(ranges: Self.digits).inverted
    case "w": return Self.word
    case "W": return ScalarSet(ranges: Self.word).inverted
    case "s": return Self.space
    case "S": return ScalarSet(ranges: Self.space).inverted
    case "a": return one(7)
    case "f": return one(12)
    case "n": return one(10)
    case "r": return one(13)
    case "t": return one(9)
    case "v": return one(11)
    case "x":
      var digits = ""
      let isBraced = take("{")
      while let digit = peek(), digit.properties.isASCIIHexDigit, isBraced || digits.utf8.count < 2
      {
        digits.unicodeScalars.append(digit)
        at += 1
      }
      guard !isBraced || take("}"), let value = UInt32(digits, radix: 16), value <= 0x10ffff else {
        throw wrong("has a wrong '\\x'")
      }
      return one(value)
    case "p", "P": throw wrong("has a Unicode class '\\\(scalar)', which is not supported here")
    default:
      let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
      guard scalar.isASCII, !isLetter, !("0"..."9").contains(scalar) else {
        throw wrong("has '\\\(scalar)', which RE2 does not know")
      }
      return one(scalar.value)
    }
  }
}
