// SPDX-License-Identifier: Apache-2.0

/// Writes JSON: the same value gives the same bytes.
package enum JSONWriter {
  /// In which order an object's members are written.
  package enum Order: Sendable, Hashable {
    /// As they stand in the value.
    case asGiven
    /// By the bytes of their names.
    case sorted
  }

  /// One line without spaces and without a final line break.
  package static func compact(_ value: JSONValue, order: Order = .asGiven) -> [UInt8] {
    var writer = Writer(order: order, isPretty: false)
    writer.write(value, indent: 0)
    return writer.bytes
  }

  /// A member or item a line, two spaces for a level, with a final line break.
  package static func pretty(_ value: JSONValue, order: Order = .asGiven) -> [UInt8] {
    var writer = Writer(order: order, isPretty: true)
    writer.write(value, indent: 0)
    writer.bytes.append(0x0a)
    return writer.bytes
  }
}

extension JSONWriter {
  private struct Writer {
    let order: Order
    let isPretty: Bool
    var bytes: [UInt8] = []

    init(order: Order, isPretty: Bool) {
      self.order = order
      self.isPretty = isPretty
    }

    mutating func write(_ value: JSONValue, indent: Int) {
      switch value {
      case .null: bytes += "null".utf8
      case .bool(let value): bytes += (value ? "true" : "false").utf8
      case .integer(let value): bytes += String(value).utf8
      // JSON has no word for what is no number; Swift's shortest form is JSON otherwise.
      case .real(let value): bytes += (value.isFinite ? value.description : "null").utf8
      case .string(let text): write(text)
      case .array(let items):
        bytes.append(UInt8(ascii: "["))
        for (index, item) in items.enumerated() {
          separate(index, indent + 1)
          write(item, indent: indent + 1)
        }
        if !items.isEmpty { breakLine(indent) }
        bytes.append(UInt8(ascii: "]"))
      case .object(let members):
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in ordered(members).enumerated() {
          separate(index, indent + 1)
          write(member.name)
          bytes.append(UInt8(ascii: ":"))
          if isPretty { bytes.append(0x20) }
          write(member.value, indent: indent + 1)
        }
        if !members.isEmpty { breakLine(indent) }
        bytes.append(UInt8(ascii: "}"))
      }
    }

    private func ordered(_ members: [JSONMember]) -> [JSONMember] {
      order == .asGiven
        ? members
        : members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private mutating func separate(_ index: Int, _ indent: Int) {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      breakLine(indent)
    }

    private mutating func breakLine(_ indent: Int) {
      guard isPretty else { return }
      bytes.append(0x0a)
      bytes.append(contentsOf: repeatElement(0x20, count: 2 * indent))
    }

    private mutating func write(_ text: String) {
      bytes.append(UInt8(ascii: "\""))
      var text = text
      text.withUTF8 { buffer in
        var done = 0
        for index in 0..<buffer.count {
          let escape: String
          switch buffer[index] {
          case UInt8(ascii: "\""): escape = "\\\""
          case UInt8(ascii: "\\"): escape = "\\\\"
          case 0x08: escape = "\\b"
          case 0x09: escape = "\\t"
          case 0x0a: escape = "\\n"
          case 0x0c: escape = "\\f"
          case 0x0d: escape = "\\r"
          case 0..<0x20, 0x7f:
            let digits = String(buffer[index], radix: 16)
            escape = "\\u00" + (digits.utf8.count < 2 ? "0" : "") + digits
          default: continue
          }
          bytes += buffer[done..<index]
          bytes += escape.utf8
          done = index + 1
        }
        bytes += buffer[done...]
      }
      bytes.append(UInt8(ascii: "\""))
    }
  }
}
