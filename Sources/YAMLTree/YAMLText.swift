// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// Values as texts that are laid into a file.
enum YAMLText {
  /// A value on one line, for a place where a scalar stood: in its quotes, if it has some. nil for what needs
  /// more than a line.
  static func line(_ value: JSONValue, like old: YAMLScalar?) -> [UInt8]? {
    switch value {
    case .array(let items): return items.isEmpty ? Array("[]".utf8) : nil
    case .object(let members): return members.isEmpty ? Array("{}".utf8) : nil
    case .string(let text):
      if text.utf8.contains(0x0a) { return nil }
      return ScalarWriter.line(text, style: old?.style ?? .plain)
    default:
      guard let scalar = YAMLNode(value).scalar else { return nil }
      var bytes: [UInt8] = []
      ScalarWriter.append(scalar, indent: 0, to: &bytes)
      return bytes
    }
  }

  /// A value inside of brackets; in a JSON file it is JSON.
  static func flow(_ value: JSONValue, like old: YAMLScalar? = nil, isJSON: Bool) -> [UInt8] {
    if isJSON { return JSONWriter.compact(value) }
    switch value {
    case .array(let items):
      return Array("[".utf8)
        + Array(items.map { flow($0, isJSON: false) }.joined(separator: ", ".utf8))
        + Array("]".utf8)
    case .object(let members):
      let pairs = members.map { member in
        text(member.name, .plain) + Array(": ".utf8) + flow(member.value, isJSON: false)
      }
      return Array("{".utf8) + Array(pairs.joined(separator: ", ".utf8)) + Array("}".utf8)
    case .string(let string): return text(string, old?.style ?? .plain)
    default: return line(value, like: old) ?? JSONWriter.compact(value)
    }
  }

  /// Text in brackets, where more than elsewhere has to stand in quotes.
  private static func text(_ text: String, _ style: YAMLScalar.Style) -> [UInt8] {
    let line = ScalarWriter.line(text, style: style)
    let isPlain = line.elementsEqual(text.utf8)
    let isSafe = !text.utf8.contains { ",[]{}?:#&*!|>'\"%@`".utf8.contains($0) }
    return isPlain && !isSafe ? ScalarWriter.line(text, style: .doubleQuoted) : line
  }

  /// A value behind `key:` or `-`, with its blank and without the line break at its end; `column` is that of the
  /// key or dash.
  static func behindMark(_ value: JSONValue, isItem: Bool, column: Int) -> [UInt8] {
    let node =
      isItem
      ? YAMLNode.sequence([YAMLNode(value)])
      : YAMLNode(.object([JSONMember("k", value)]))
    let mark = isItem ? 1 : 2
    let text = Array(YAMLEmitter.emit(node).dropFirst(mark))
    return indented(text, by: column, isFirstIndented: false)
  }

  /// Lines with blanks before them, without the line break at the end; empty lines stay empty.
  static func indented(_ text: [UInt8], by column: Int, isFirstIndented: Bool) -> [UInt8] {
    var lines = text.split(separator: 0x0a, omittingEmptySubsequences: false)
    if text.last == 0x0a { lines.removeLast() }
    var result: [UInt8] = []
    for (index, line) in lines.enumerated() {
      if index > 0 { result.append(0x0a) }
      if !line.isEmpty, index > 0 || isFirstIndented {
        result.append(contentsOf: repeatElement(0x20, count: column))
      }
      result.append(contentsOf: line)
    }
    return result
  }
}
