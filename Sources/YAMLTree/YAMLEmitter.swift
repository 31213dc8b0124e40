// SPDX-License-Identifier: Apache-2.0

/// Writes trees as YAML in one canonical form: block style, two blanks, keys in their order.
///
/// Read again, by us or by Kubernetes, the text gives the same values: a string that would be read as
/// something else is quoted, lists stand at their key's indentation as kubectl writes them. The same
/// tree gives the same bytes.
package enum YAMLEmitter {
  /// The document's bytes, ending in a line break.
  package static func emit(_ node: YAMLNode) -> [UInt8] {
    var writer = Writer()
    writer.write(node, indent: 0, isInLine: false)
    return writer.bytes
  }

  private struct Writer {
    var bytes: [UInt8] = []

    /// Writes a node and a line break. `isInLine`: `key:` or `-` stands before it on the line.
    mutating func write(_ node: YAMLNode, indent: Int, isInLine: Bool) {
      switch node.content {
      case .scalar(let scalar):
        if isInLine { add(" ") }
        write(scalar, indent: indent)
      case .sequence(let items) where items.isEmpty: line(isInLine ? " []" : "[]")
      case .mapping(let pairs) where pairs.isEmpty: line(isInLine ? " {}" : "{}")
      case .sequence(let items):
        if isInLine { line("") }
        for item in items {
          pad(indent)
          add("-")
          writeItem(item, indent: indent)
        }
      case .mapping(let pairs):
        if isInLine { line("") }
        for pair in pairs {
          pad(indent)
          write(pair, indent: indent)
        }
      }
    }

    private mutating func write(_ pair: YAMLPair, indent: Int) {
      writeKey(pair.key)
      add(":")
      let isList = pair.value.items.map { !$0.isEmpty } ?? false
      write(pair.value, indent: isList ? indent : indent + 2, isInLine: true)
    }

    /// The content of a list item; a mapping or list begins on the line of the dash.
    private mutating func writeItem(_ item: YAMLNode, indent: Int) {
      switch item.content {
      case .mapping(let pairs) where !pairs.isEmpty:
        add(" ")
        for (index, pair) in pairs.enumerated() {
          if index > 0 { pad(indent + 2) }
          write(pair, indent: indent + 2)
        }
      case .sequence(let items) where !items.isEmpty:
        add(" ")
        for (index, inner) in items.enumerated() {
          if index > 0 { pad(indent + 2) }
          add("-")
          writeItem(inner, indent: indent + 2)
        }
      default: write(item, indent: indent + 2, isInLine: true)
      }
    }

    private mutating func writeKey(_ key: YAMLNode) {
      guard let scalar = key.scalar else { return add("\"\"") }
      // Kubernetes makes a string of every key; written as a string it stays the same one.
      let text = scalar.text
      // A plain key of more than 1,024 characters is not read again (YAML 1.1, 7.4.2).
      if text.utf8.count < 1000, PlainText.isSafe(text) { add(text) } else { addQuoted(text) }
    }

    private mutating func write(_ scalar: YAMLScalar, indent: Int) {
      switch scalar.resolved {
      case .null: line("null")
      case .bool(let value): line(value ? "true" : "false")
      case .int(let value): line(String(value))
      case .uint(let value): line(String(value))
      case .float: line(scalar.text)
      case .string:
        if PlainText.isSafe(scalar.text) {
          line(scalar.text)
        } else if PlainText.isSafeBlock(scalar.text) {
          writeBlock(scalar.text, indent: indent)
        } else {
          addQuoted(scalar.text)
          line("")
        }
      }
    }

    /// Several lines as `|`, with the mark that keeps the line breaks at the end as they are.
    private mutating func writeBlock(_ text: String, indent: Int) {
      var body = text.utf8[...]
      if body.last != 10 {
        line("|-")
      } else {
        line(body.suffix(2).elementsEqual([10, 10]) ? "|+" : "|")
        body.removeLast()
      }
      for part in body.split(separator: 10, omittingEmptySubsequences: false) {
        if !part.isEmpty {
          pad(max(indent, 2))
          bytes.append(contentsOf: part)
        }
        bytes.append(10)
      }
    }

    private mutating func addQuoted(_ text: String) {
      let digits = Array("0123456789abcdef".utf8)
      add("\"")
      for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x22: add("\\\"")
        case 0x5c: add("\\\\")
        case 0x0a: add("\\n")
        case 0x0d: add("\\r")
        case 0x09: add("\\t")
        case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff:
          add("\\u")
          for shift in [12, 8, 4, 0] { bytes.append(digits[Int(scalar.value >> shift & 15)]) }
        default: add(String(scalar))
        }
      }
      add("\"")
    }

    private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func line(_ text: String) {
      add(text)
      bytes.append(10)
    }

    private mutating func pad(_ count: Int) {
      bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
    }
  }
}
