// SPDX-License-Identifier: Apache-2.0

/// Writes trees as YAML: block style, two spaces, lists at the indentation of their key, as `kubectl`
/// writes them. The same tree gives the same bytes; reading them gives the same tree.
package enum YAMLEmitter {
  /// The text of one document, with a final line break and without `---`.
  package static func emit(_ node: YAMLNode) -> [UInt8] {
    var writer = Writer()
    writer.value(node, indent: 0, after: .nothing)
    return writer.bytes
  }

  /// The text of several documents, with `---` between them.
  package static func emit(documents: [YAMLNode]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, node) in documents.enumerated() {
      if index > 0 { bytes.append(contentsOf: "---\n".utf8) }
      bytes.append(contentsOf: emit(node))
    }
    return bytes
  }
}

extension YAMLEmitter {
  /// What stands on the line already.
  private enum Start {
    /// The line is empty; the collection writes its own indentation from the second line on.
    case nothing
    /// `key:`
    case key
    /// `-`
    case dash
  }

  /// A key that is longer is written as `? key`: libyaml gives up after 1024 characters.
  private static let longestSimpleKey = 1000

  private struct Writer {
    var bytes: [UInt8] = []

    /// Writes a node of which the enclosing collection stands at `indent`.
    mutating func value(_ node: YAMLNode, indent: Int, after start: Start) {
      switch node.content {
      case .scalar(let scalar):
        if start != .nothing { write(" ") }
        ScalarWriter.append(scalar, indent: indent, to: &bytes)
        write("\n")
      case .sequence(let items):
        if items.isEmpty {
          write(start == .nothing ? "[]\n" : " []\n")
          return
        }
        let column = start == .dash ? indent + 2 : indent
        begin(start)
        for (index, item) in items.enumerated() {
          if index > 0 || start == .key { spaces(column) }
          write("-")
          value(item, indent: column, after: .dash)
        }
      case .mapping(let pairs):
        if pairs.isEmpty {
          write(start == .nothing ? "{}\n" : " {}\n")
          return
        }
        let column = start == .nothing ? indent : indent + 2
        begin(start)
        for (index, pair) in pairs.enumerated() {
          if index > 0 || start == .key { spaces(column) }
          key(pair.key, indent: column)
          value(pair.value, indent: column, after: .key)
        }
      }
    }

    private mutating func begin(_ start: Start) {
      switch start {
      case .nothing: break
      case .key: write("\n")
      case .dash: write(" ")
      }
    }

    private mutating func key(_ key: YAMLNode, indent: Int) {
      let text = key.scalar?.text ?? ""
      let start = bytes.count
      ScalarWriter.append(key: text, to: &bytes)
      if bytes.count - start > YAMLEmitter.longestSimpleKey {
        bytes.insert(contentsOf: "? ".utf8, at: start)
        write("\n")
        spaces(indent)
      }
      write(":")
    }

    private mutating func write(_ text: StaticString) {
      text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func spaces(_ count: Int) {
      bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
    }
  }
}
