// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// A word of a template and the byte where it starts.
struct Token {
  enum Kind: Equatable {
    case text(GoString)
    case actionStart
    case actionEnd
    case space
    case string(GoString)
    case character(Int64)
    case number(String)
    case word(String)
    case field(GoString)
    case variable(String)
    case dot
    case pipe
    case comma
    case declare
    case assign
    case open
    case close
    case end
  }

  let kind: Kind
  let offset: Int

  /// The word as a person says it.
  var description: String {
    switch kind {
    case .text: "text"
    case .actionStart: "the start of an action"
    case .actionEnd: "the end of the action"
    case .space: "a blank"
    case .string: "a string"
    case .character: "a character"
    case .number(let text): Wording.quoted(text)
    case .word(let word): Wording.quoted(word)
    case .field(let name): Wording.quoted("." + String(decoding: name, as: UTF8.self))
    case .variable(let name): Wording.quoted(name)
    case .dot: "'.'"
    case .pipe: "'|'"
    case .comma: "','"
    case .declare: "':='"
    case .assign: "'='"
    case .open: "'('"
    case .close: "')'"
    case .end: "the end of the template"
    }
  }
}

/// A failure and the byte where it was met.
struct LocatedFailure: Error {
  let message: String
  let hint: String?
  let offset: Int
  let missingKey: TemplateError.MissingKey?

  init(
    _ message: String, at offset: Int, hint: String? = nil,
    missingKey: TemplateError.MissingKey? = nil
  ) {
    self.message = message
    self.hint = hint
    self.offset = offset
    self.missingKey = missingKey
  }
}

/// Cuts a template into words, by the rules of Go's text/template.
struct TemplateLexer {
  let bytes: [UInt8]
  let open: [UInt8]
  let close: [UInt8]
  var at = 0
  var tokens: [Token] = []

  init(_ bytes: [UInt8], open: [UInt8], close: [UInt8]) {
    self.bytes = bytes
    self.open = open
    self.close = close
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
  }

  func peek(_ ahead: Int = 0) -> UInt8? {
    let index = at + ahead
    return index < bytes.count ? bytes[index] : nil
  }

  func has(_ prefix: [UInt8], at start: Int) -> Bool {
    start >= 0 && start + prefix.count <= bytes.count
      && bytes[start..<start + prefix.count].elementsEqual(prefix)
  }

  /// All words of the template, with `.end` as the last.
  mutating func run() throws(LocatedFailure) -> [Token] {
    var trimsNext = false
    while at < bytes.count {
      var start = at
      while at < bytes.count, !has(open, at: at) { at += 1 }
      var end = at
      if trimsNext { while start < end, Self.isSpace(bytes[start]) { start += 1 } }
      let isAction = at < bytes.count
      let trimsBefore =
        isAction && has([0x2d], at: at + open.count)
        && at + open.count + 1 < bytes.count && Self.isSpace(bytes[at + open.count + 1])
      if trimsBefore { while end > start, Self.isSpace(bytes[end - 1]) { end -= 1 } }
      if end > start { tokens.append(Token(kind: .text(Array(bytes[start..<end])), offset: start)) }
      guard isAction else { break }
      let actionStart = at
      at += open.count + (trimsBefore ? 2 : 0)
      if has(Array("/*".utf8), at: at) {
        trimsNext = try comment(from: actionStart)
      } else {
        tokens.append(Token(kind: .actionStart, offset: actionStart))
        trimsNext = try action(from: actionStart)
      }
    }
    tokens.append(Token(kind: .end, offset: bytes.count))
    return tokens
  }

  /// Steps over a comment; true when what follows is to be trimmed.
  private mutating func comment(from start: Int) throws(LocatedFailure) -> Bool {
    at += 2
    while at < bytes.count, !has(Array("*/".utf8), at: at) { at += 1 }
    guard at < bytes.count else { throw LocatedFailure("the comment has no end", at: start) }
    at += 2
    if let trims = actionEnd() { return trims }
    throw LocatedFailure("a comment must fill its whole action", at: start)
  }

  /// Steps over the closing delimiter, if it is here; true when it trims what follows.
  private mutating func actionEnd() -> Bool? {
    if let byte = peek(), Self.isSpace(byte), peek(1) == 0x2d, has(close, at: at + 2) {
      at += 2 + close.count
      return true
    }
    guard has(close, at: at) else { return nil }
    at += close.count
    return false
  }

  private mutating func action(from start: Int) throws(LocatedFailure) -> Bool {
    var depth = 0
    while true {
      let offset = at
      if let trims = actionEnd() {
        if depth > 0 { throw LocatedFailure("a '(' of the action is not closed", at: start) }
        tokens.append(Token(kind: .actionEnd, offset: offset))
        return trims
      }
      guard let byte = peek() else {
        let word = Wording.quoted(String(decoding: close, as: UTF8.self))
        throw LocatedFailure("the action is not closed with \(word)", at: start)
      }
      let kind = try word(byte, offset)
      if kind == .open { depth += 1 }
      if kind == .close { depth -= 1 }
      if depth < 0 { throw LocatedFailure("there is no '(' for this ')'", at: offset) }
      tokens.append(Token(kind: kind, offset: offset))
    }
  }

  private mutating func word(_ byte: UInt8, _ offset: Int) throws(LocatedFailure) -> Token.Kind {
    if Self.isSpace(byte) {
      // Not past a blank that belongs to a trimming end of the action.
      repeat {
        at += 1
      } while peek().map { Self.isSpace($0) } == true
        && !(peek(1) == 0x2d && has(close, at: at + 2))
      return .space
    }
    switch byte {
    case UInt8(ascii: "="):
      at += 1
      return .assign
    case UInt8(ascii: ":"):
      guard peek(1) == UInt8(ascii: "=") else {
        throw LocatedFailure("expected ':='", at: offset)
      }
      at += 2
      return .declare
    case UInt8(ascii: "|"):
      at += 1
      return .pipe
    case UInt8(ascii: ","):
      at += 1
      return .comma
    case UInt8(ascii: "("):
      at += 1
      return .open
    case UInt8(ascii: ")"):
      at += 1
      return .close
    case UInt8(ascii: "\""): return .string(try quoted(offset))
    case UInt8(ascii: "`"): return .string(try raw(offset))
    case UInt8(ascii: "'"): return .character(try character(offset))
    case UInt8(ascii: "$"):
      at += 1
      return .variable("$" + String(decoding: try name(), as: UTF8.self))
    case UInt8(ascii: "."):
      if let next = peek(1), (0x30...0x39).contains(next) { return .number(try number(offset)) }
      at += 1
      let field = try name()
      return field.isEmpty ? .dot : .field(field)
    case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"): return .number(try number(offset))
    default:
      if letter() > 0 { return .word(String(decoding: try name(), as: UTF8.self)) }
      throw LocatedFailure(
        "unexpected character \(Wording.quoted(String(decoding: scalar(), as: UTF8.self)))",
        at: offset)
    }
  }

  /// The bytes of the character here.
  private func scalar() -> ArraySlice<UInt8> {
    var end = at + 1
    while end < bytes.count, end < at + 4, bytes[end] & 0xc0 == 0x80 { end += 1 }
    return bytes[min(at, bytes.count)..<min(end, bytes.count)]
  }

  /// Letters, digits and `_`; what follows must end a name as Go wants it.
  private mutating func name() throws(LocatedFailure) -> GoString {
    let start = at
    while letter() > 0 { at += letter() }
    guard let byte = peek(), !Self.isSpace(byte), !".,|:()".utf8.contains(byte), !has(close, at: at)
    else { return Array(bytes[start..<at]) }
    let isKeyLike = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/")
    throw LocatedFailure(
      "unexpected character \(Wording.quoted(String(decoding: scalar(), as: UTF8.self)))", at: at,
      hint: isKeyLike ? "a key with such characters is read with: index .MAP \"KEY\"" : nil)
  }

  /// How many bytes the letter or digit here has; 0 when it is none.
  private func letter() -> Int {
    guard let byte = peek() else { return 0 }
    if byte < 0x80 {
      let isLetter = byte == 0x5f || (0x30...0x39).contains(byte)
      return isLetter || (0x41...0x5a).contains(byte & 0xdf) ? 1 : 0
    }
    let text = scalar()
    guard let scalar = String(decoding: text, as: UTF8.self).unicodeScalars.first else { return 0 }
    let properties = scalar.properties
    return properties.isAlphabetic || properties.numericType == .decimal ? text.count : 0
  }
}
