// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// Values as one text, byte for byte as Fleet writes them before it takes them for a template.
///
/// Fleet marshals the whole map with `sigs.k8s.io/yaml` and renders that text, so a template stands between
/// the quotes and line breaks that go-yaml's emitter chose, and what it gives may become a number, a list or
/// new keys. Lines are folded behind column 80, as there.
struct ValuesText {
  /// A text of the values that holds a template.
  struct Piece {
    /// Where it stands in `bytes`.
    let range: Range<Int>
    /// The text.
    let text: String
    /// Where the text is written in the repository.
    let span: SourceSpan
    /// Where in `bytes` each byte of the text stands.
    let offsets: [Int32]
  }

  /// The whole text.
  private(set) var bytes: [UInt8] = []
  /// The texts that hold templates, in order.
  private(set) var pieces: [Piece] = []

  private var column = 0
  private var endsWithBlank = true
  private var isIndented = true
  private var recording: [Int32]?

  private static let foldingColumn = 80
  private static let longestSimpleKey = 128

  /// Writes a map of values.
  init(_ values: YAMLNode) {
    bytes.reserveCapacity(1024)
    node(values, indent: -1, isValueOfKey: false)
    writeIndent(0)
  }

  /// The place in the repository of a byte of the text: of the template there, or of the last one before.
  func piece(at offset: Int) -> (piece: Piece, index: Int)? {
    guard let piece = pieces.last(where: { $0.range.lowerBound <= offset }) ?? pieces.first else {
      return nil
    }
    let index = piece.offsets.lastIndex { $0 <= offset } ?? 0
    return (piece, index)
  }

  // MARK: Collections

  /// Writes a node; `indent` is that of the collection around it, -1 at the top.
  private mutating func node(_ node: YAMLNode, indent: Int, isValueOfKey: Bool) {
    switch node.content {
    case .scalar(let scalar):
      write(scalar, node.span, indent: indent + 2, isSimpleKey: false)
    case .sequence(let items):
      if items.isEmpty { return indicator("[]", isIndentation: false) }
      // A list below a key stands at the indentation of the key.
      let column = isValueOfKey && !isIndented ? indent : indent < 0 ? 0 : indent + 2
      for item in items {
        writeIndent(column)
        indicator("-", isIndentation: true)
        self.node(item, indent: column, isValueOfKey: false)
      }
    case .mapping(let pairs):
      if pairs.isEmpty { return indicator("{}", isIndentation: false) }
      let column = indent < 0 ? 0 : indent + 2
      for pair in ValuesText.sorted(pairs) {
        writeIndent(column)
        key(pair.key, indent: column)
        self.node(pair.value, indent: column, isValueOfKey: true)
      }
    }
  }

  private static func sorted(_ pairs: [YAMLPair]) -> [YAMLPair] {
    pairs.sorted { GoKeyOrder.precedes($0.key.scalar?.text ?? "", $1.key.scalar?.text ?? "") }
  }

  private mutating func key(_ node: YAMLNode, indent: Int) {
    let text = node.scalar?.text ?? ""
    let look = GoScalar(text)
    if !look.hasBreaks, text.utf8.count <= ValuesText.longestSimpleKey {
      write(text, look, node.span, indent: indent + 2, isSimpleKey: true)
      put(UInt8(ascii: ":"))
      endsWithBlank = false
      isIndented = false
      return
    }
    indicator("?", isIndentation: true)
    write(text, look, node.span, indent: indent + 2, isSimpleKey: false)
    writeIndent(indent)
    indicator(":", isIndentation: true)
  }

  // MARK: Scalars

  private mutating func write(
    _ scalar: YAMLScalar, _ span: SourceSpan, indent: Int, isSimpleKey: Bool
  ) {
    let plain: String
    switch scalar.resolved {
    case .string:
      write(scalar.text, GoScalar(scalar.text), span, indent: indent, isSimpleKey: isSimpleKey)
      return
    case .null: plain = "null"
    case .bool(let value): plain = value ? "true" : "false"
    case .int(let value): plain = String(value)
    case .uint(let value): plain = String(value)
    case .float(let value): plain = value.isFinite ? value.description : "null"
    }
    blank()
    for byte in plain.utf8 { put(byte) }
    endsWithBlank = false
    isIndented = false
  }

  private mutating func write(
    _ text: String, _ look: GoScalar, _ span: SourceSpan, indent: Int, isSimpleKey: Bool
  ) {
    let content = Array(text.utf8)
    recording = content.containsTemplate ? [] : nil
    let start = bytes.count
    switch look.style(isSimpleKey: isSimpleKey) {
    case .plain: plain(content, indent, mayFold: !isSimpleKey)
    case .singleQuoted: singleQuoted(content, indent, mayFold: !isSimpleKey)
    case .doubleQuoted: doubleQuoted(content, indent, mayFold: !isSimpleKey)
    case .literal: literal(content, indent)
    }
    if let offsets = recording {
      pieces.append(
        Piece(range: start..<bytes.count, text: text, span: span, offsets: offsets))
    }
    recording = nil
  }

  private mutating func plain(_ content: [UInt8], _ indent: Int, mayFold: Bool) {
    blank()
    folded(content, indent, mayFold: mayFold, foldsAtEdges: true) { $0.put($1) }
    endsWithBlank = false
    isIndented = false
  }

  private mutating func singleQuoted(_ content: [UInt8], _ indent: Int, mayFold: Bool) {
    indicator("'", isIndentation: false)
    folded(content, indent, mayFold: mayFold, foldsAtEdges: false) { text, byte in
      if byte == UInt8(ascii: "'") { text.put(byte) }
      text.put(byte)
    }
    put(UInt8(ascii: "'"))
    endsWithBlank = false
    isIndented = false
  }

  /// Writes text of one line; a lone blank behind column 80 becomes a line break.
  private mutating func folded(
    _ content: [UInt8], _ indent: Int, mayFold: Bool, foldsAtEdges: Bool,
    put: (inout ValuesText, UInt8) -> Void
  ) {
    var followsSpace = false
    for (index, byte) in content.enumerated() {
      record()
      let isSpace = byte == 0x20
      let isInside = foldsAtEdges || index > 0 && index < content.count - 1
      let next = index + 1 < content.count ? content[index + 1] : 0
      if isSpace, mayFold, !followsSpace, column > ValuesText.foldingColumn, isInside, next != 0x20
      {
        writeIndent(indent)
      } else {
        put(&self, byte)
        if !isSpace { isIndented = false }
      }
      followsSpace = isSpace
    }
  }

  private mutating func doubleQuoted(_ content: [UInt8], _ indent: Int, mayFold: Bool) {
    indicator("\"", isIndentation: false)
    var followsSpace = false
    var index = 0
    while index < content.count {
      record()
      let byte = content[index]
      let isEscaped =
        byte == 0x0a || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
        || !GoScalar.isPrintable(content, index)
      if isEscaped {
        index += escape(content, index)
        followsSpace = false
        continue
      }
      if byte == 0x20, mayFold, !followsSpace, column > ValuesText.foldingColumn, index > 0,
        index < content.count - 1
      {
        writeIndent(indent)
        if content[index + 1] == 0x20 { put(UInt8(ascii: "\\")) }
      } else {
        put(byte)
      }
      followsSpace = byte == 0x20
      index += 1
    }
    put(UInt8(ascii: "\""))
    endsWithBlank = false
    isIndented = false
  }

  /// Writes a character as an escape and gives its number of bytes.
  private mutating func escape(_ content: [UInt8], _ index: Int) -> Int {
    let width =
      content[index] < 0x80 ? 1 : content[index] < 0xe0 ? 2 : content[index] < 0xf0 ? 3 : 4
    let character = content[index..<min(content.count, index + width)]
    for _ in character.dropFirst() { record() }
    let value = String(decoding: character, as: UTF8.self).unicodeScalars.first?.value ?? 0xfffd
    let short: [UInt32: Unicode.Scalar] = [
      0x00: "0", 0x07: "a", 0x08: "b", 0x09: "t", 0x0a: "n", 0x0b: "v", 0x0c: "f", 0x0d: "r",
      0x1b: "e", 0x22: "\"", 0x5c: "\\", 0x85: "N", 0xa0: "_", 0x2028: "L", 0x2029: "P",
    ]
    put(UInt8(ascii: "\\"))
    if let letter = short[value] {
      put(UInt8(ascii: letter))
      return width
    }
    let (letter, count) = value <= 0xff ? ("x", 2) : value <= 0xffff ? ("u", 4) : ("U", 8)
    let digits = String(value, radix: 16, uppercase: true)
    for byte in (letter + String(repeating: "0", count: max(0, count - digits.count)) + digits).utf8
    {
      put(byte)
    }
    return width
  }

  private mutating func literal(_ content: [UInt8], _ indent: Int) {
    indicator("|", isIndentation: false)
    if let first = content.first, first == 0x20 || first == 0x0a { put(UInt8(ascii: "2")) }
    if content.last != 0x0a {
      put(UInt8(ascii: "-"))
    } else if content.count == 1 || content.dropLast().last == 0x0a {
      put(UInt8(ascii: "+"))
    }
    put(0x0a)
    isIndented = true
    endsWithBlank = true
    var followsBreak = true
    for byte in content {
      if byte == 0x0a {
        record()
        put(byte)
        isIndented = true
        followsBreak = true
        continue
      }
      if followsBreak { writeIndent(indent) }
      record()
      put(byte)
      isIndented = false
      followsBreak = false
    }
  }

  // MARK: Bytes

  private mutating func record() { recording?.append(Int32(clamping: bytes.count)) }

  private mutating func put(_ byte: UInt8) {
    bytes.append(byte)
    if byte == 0x0a {
      column = 0
    } else if byte & 0xc0 != 0x80 {
      column += 1
    }
  }

  private mutating func blank() { if !endsWithBlank { put(0x20) } }

  private mutating func indicator(_ text: StaticString, isIndentation: Bool) {
    blank()
    text.withUTF8Buffer { for byte in $0 { put(byte) } }
    endsWithBlank = false
    isIndented = isIndented && isIndentation
  }

  private mutating func writeIndent(_ indent: Int) {
    if !isIndented || column > indent || column == indent && !endsWithBlank { put(0x0a) }
    while column < indent { put(0x20) }
    endsWithBlank = true
    isIndented = true
  }
}
