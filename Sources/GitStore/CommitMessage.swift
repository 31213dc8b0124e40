// SPDX-License-Identifier: Apache-2.0

/// A line `Key: value` at the end of a commit message.
package struct Trailer: Sendable, Hashable {
  /// Letters, digits and `-`.
  package let key: String
  /// The value, without blanks at its ends.
  package let value: String

  /// Makes a trailer.
  package init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

/// Messages of commits: a subject, text, and trailers.
package enum CommitMessage {
  /// Puts a message together.
  ///
  /// Line ends in the subject and in values become blanks, so that a value can't forge a trailer.
  package static func make(
    subject: String, body: String = "", trailers: [Trailer] = []
  ) -> String {
    var message = oneLine(subject) + "\n"
    if !body.isEmpty { message += "\n\(body)\n" }
    if !trailers.isEmpty {
      message += "\n"
      for trailer in trailers { message += "\(trailer.key): \(oneLine(trailer.value))\n" }
    }
    return message
  }

  private static func oneLine(_ text: String) -> String {
    String(decoding: text.utf8.map { $0 == 0x0a || $0 == 0x0d ? 0x20 : $0 }, as: UTF8.self)
  }
}

extension Commit {
  /// The trailers in the order of writing.
  ///
  /// They are the last paragraph, after the first, when all its lines are trailers; a line that
  /// begins with a blank goes on with the value before. (Git is laxer: a quarter of them is enough.)
  package var trailers: [Trailer] {
    let newline = UInt8(ascii: "\n")
    var lines = message.utf8.split(separator: newline, omittingEmptySubsequences: false)
      .map { Array($0) }
    while lines.last?.allSatisfy({ $0 == 0x20 || $0 == 0x0d }) == true { lines.removeLast() }
    guard let blank = lines.lastIndex(where: \.isEmpty), blank > 0 else { return [] }
    var found: [Trailer] = []
    for line in lines[(blank + 1)...] {
      if line.first == 0x20 || line.first == 0x09 {
        guard let last = found.popLast() else { return [] }
        found.append(Trailer(last.key, "\(last.value) \(Self.trimmed(line[...]))"))
        continue
      }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
        line[..<colon].allSatisfy(Self.isKeyByte)
      else { return [] }
      found.append(
        Trailer(
          String(decoding: line[..<colon], as: UTF8.self), Self.trimmed(line[(colon + 1)...])))
    }
    return found
  }

  /// The value of a trailer, of several with the same key the last; upper and lower case differ.
  package func trailer(_ key: String) -> String? {
    trailers.last { $0.key == key }?.value
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0d }
    var rest = bytes.drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
    return String(decoding: rest, as: UTF8.self)
  }
}
