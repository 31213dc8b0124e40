// SPDX-License-Identifier: Apache-2.0

/// A place in a template where a function is named.
package struct FunctionUse: Sendable, Hashable {
  /// The function's name.
  package let name: String
  /// The first byte of the name.
  package let offset: Int
  /// The line, counted from 1.
  package let line: Int
  /// The column in Unicode scalars, counted from 1.
  package let column: Int
  /// Whether the name begins a command, so that what follows are its arguments; else it is itself an
  /// argument and gets none.
  package let isCommand: Bool
  /// The first byte after the command's last argument; the end of the name when it is no command.
  package internal(set) var commandEnd: Int

  /// The bytes of the name.
  package var nameRange: Range<Int> { offset..<(offset + name.utf8.count) }
}

/// What a template names.
package struct FunctionScan: Sendable, Hashable {
  /// The uses of the wanted functions, in the order of the text.
  package internal(set) var uses: [FunctionUse] = []
  /// Whether a string within an action has an action of its own that names a wanted function: text for
  /// `tpl`.
  package internal(set) var stringsNameOne = false
}

/// Finds functions by their names in the actions of Go templates, also in texts that are no whole
/// templates: what cannot be read is passed over.
///
/// Strings, comments, fields (`.now`), variables (`$now`) and text outside of `{{ }}` name nothing.
package enum FunctionScanner {
  /// The uses of some functions in a text.
  package static func scan(_ bytes: [UInt8], for wanted: Set<String>) -> FunctionScan {
    var machine = Machine(bytes: bytes[...], wanted: wanted)
    machine.run()
    return machine.result
  }

  private struct Machine {
    let bytes: ArraySlice<UInt8>
    let wanted: Set<String>
    var result = FunctionScan()

    private var at: Int
    private var line = 1
    private var lineStart: Int
    /// How far lines are counted.
    private var counted: Int

    /// Whether the next word begins a command.
    private var beginsCommand = false
    /// The commands around the place, by parentheses: the index in `result.uses` of those that are wanted.
    private var open: [Int?] = []
    /// The end of the last word that is no blank.
    private var lastEnd = 0

    private static let longestName = 64

    init(bytes: ArraySlice<UInt8>, wanted: Set<String>) {
      self.bytes = bytes
      self.wanted = wanted
      at = bytes.startIndex
      lineStart = bytes.startIndex
      counted = bytes.startIndex
    }

    mutating func run() {
      while let start = nextAction() {
        at = start + 2
        if peek(0) == UInt8(ascii: "-"), let next = peek(1), Self.isSpace(next) { at += 2 }
        if peek(0) == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
          skip(to: "*/")
        } else {
          action()
        }
      }
    }

    private func peek(_ ahead: Int) -> UInt8? {
      let index = at + ahead
      return index < bytes.endIndex ? bytes[index] : nil
    }

    private func nextAction() -> Int? {
      var index = at
      while index + 1 < bytes.endIndex {
        if bytes[index] == UInt8(ascii: "{"), bytes[index + 1] == UInt8(ascii: "{") { return index }
        index += 1
      }
      return nil
    }

    private mutating func skip(to end: StaticString) {
      let first = end.utf8Start[0]
      let second = end.utf8Start[1]
      while let byte = peek(0) {
        if byte == first, peek(1) == second {
          at += 2
          return
        }
        at += 1
      }
    }

    private mutating func action() {
      beginsCommand = true
      open = [nil]
      lastEnd = at
      while let byte = peek(0) {
        let start = at
        switch byte {
        case UInt8(ascii: "}") where peek(1) == UInt8(ascii: "}"):
          endAll()
          at += 2
          return
        case _ where Self.isSpace(byte):
          at += 1
          // The mark of a trimming end is no argument.
          if peek(0) == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "}"),
            peek(2) == UInt8(ascii: "}")
          {
            at += 1
          }
          continue
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
          string(quote: byte)
        case UInt8(ascii: "|"):
          endCommand()
          at += 1
          beginsCommand = true
        case UInt8(ascii: "("):
          at += 1
          open.append(nil)
          beginsCommand = true
        case UInt8(ascii: ")"):
          endCommand()
          at += 1
          if open.count > 1 { open.removeLast() }
          beginsCommand = false
        case UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: ","):
          at += 1
          beginsCommand = true
        case UInt8(ascii: "."), UInt8(ascii: "$"):
          at += 1
          at += nameLength()
          beginsCommand = false
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
          at += nameLength()
          beginsCommand = false
        default:
          let length = nameLength()
          if length == 0 {
            at += 1
          } else {
            word(length)
          }
        }
        lastEnd = max(start, at)
      }
      endAll()
    }

    private mutating func word(_ length: Int) {
      let start = at
      at += length
      guard length <= Self.longestName else {
        beginsCommand = false
        return
      }
      let name = String(decoding: bytes[start..<at], as: UTF8.self)
      switch name {
      case "if", "else", "with", "range", "template", "block", "define", "end", "break", "continue":
        return
      default: break
      }
      if wanted.contains(name) {
        count(to: start)
        let column = bytes[lineStart..<start].count { $0 & 0xc0 != 0x80 } + 1
        if beginsCommand { open[open.count - 1] = result.uses.count }
        result.uses.append(
          FunctionUse(
            name: name, offset: start, line: line, column: column, isCommand: beginsCommand,
            commandEnd: at))
      }
      beginsCommand = false
    }

    private mutating func endCommand() {
      guard let index = open.last ?? nil else { return }
      result.uses[index].commandEnd = lastEnd
      open[open.count - 1] = nil
    }

    private mutating func endAll() {
      while !open.isEmpty {
        endCommand()
        open.removeLast()
      }
    }

    private mutating func string(quote: UInt8) {
      let start = at
      at += 1
      while let byte = peek(0), byte != quote {
        if byte == 0x0a, quote != UInt8(ascii: "`") { break }
        at += byte == UInt8(ascii: "\\") && quote != UInt8(ascii: "`") ? 2 : 1
      }
      at = min(at + 1, bytes.endIndex)
      // `template "name" PIPELINE`: the string is no command there, and nothing hangs on it elsewhere.
      if quote == UInt8(ascii: "'") { beginsCommand = false }
      if !result.stringsNameOne, at - start > 6 { inspect(start + 1..<at - 1) }
    }

    private mutating func inspect(_ range: Range<Int>) {
      // A quote within a quoted text has a backslash, which is no part of the template in it.
      let text = bytes[range].filter { $0 != UInt8(ascii: "\\") }
      var inner = Machine(bytes: text[...], wanted: wanted)
      inner.run()
      result.stringsNameOne = !inner.result.uses.isEmpty || inner.result.stringsNameOne
    }

    private mutating func count(to offset: Int) {
      while counted < offset {
        if bytes[counted] == 0x0a {
          line += 1
          lineStart = counted + 1
        }
        counted += 1
      }
    }

    /// How many bytes from here on are letters, digits and `_`.
    private func nameLength() -> Int {
      var length = 0
      while let byte = peek(length) {
        let isWord =
          byte == 0x5f || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte & 0xdf)
          || byte >= 0x80
        guard isWord else { break }
        length += 1
      }
      return length
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
      byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
    }
  }
}
