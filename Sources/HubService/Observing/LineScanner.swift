// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree
import Posix

/// Reads JSON that we have written ourselves, in the order in which we have written it: ten times as fast
/// as a parser that must expect anything. What is in another form makes it give nil, no more.
struct LineScanner {
  private let bytes: ArraySlice<UInt8>
  private(set) var position: Int
  private let end: Int
  /// Days that were read, by their ten digits: most times of a digest are of the same few.
  private var lastDay: (bytes: ArraySlice<UInt8>, seconds: Int64)?

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
    end = bytes.endIndex
  }

  var isAtEnd: Bool { position == end }

  /// Passes over these very bytes; false, and nothing is passed over, when something else is there.
  mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard end - position >= count else { return false }
    for index in 0..<count where bytes[position + index] != text.utf8Start[index] { return false }
    position += count
    return true
  }

  /// What stands between here and the closing quote, and goes behind it; nil for a text with escapes.
  mutating func plain() -> ArraySlice<UInt8>? {
    guard position < end, bytes[position] == UInt8(ascii: "\"") else { return nil }
    var index = position + 1
    while index < end {
      if bytes[index] == UInt8(ascii: "\\") { return nil }
      if bytes[index] == UInt8(ascii: "\"") {
        let text = bytes[(position + 1)..<index]
        position = index + 1
        return text
      }
      index += 1
    }
    return nil
  }

  /// A string.
  mutating func string() -> String? {
    if let text = plain() { return text.isEmpty ? "" : String(decoding: text, as: UTF8.self) }
    guard position < end, bytes[position] == UInt8(ascii: "\"") else { return nil }
    var index = position + 1
    while index < end, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard index < end else { return nil }
    let text = JSONParser.parse([UInt8(ascii: "[")] + bytes[position...index] + [UInt8(ascii: "]")])
    position = index + 1
    return text?.items?.first?.string
  }

  /// A list of anything, as it stands there.
  mutating func array() -> ArraySlice<UInt8>? {
    guard position < end, bytes[position] == UInt8(ascii: "[") else { return nil }
    var depth = 0
    var isText = false
    var index = position
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: "\\") where isText: index += 1
      case UInt8(ascii: "\""): isText.toggle()
      case UInt8(ascii: "[") where !isText: depth += 1
      case UInt8(ascii: "]") where !isText:
        depth -= 1
        if depth > 0 { break }
        defer { position = index + 1 }
        return bytes[position...index]
      default: break
      }
      index += 1
    }
    return nil
  }

  /// An id of 40 digits; `.some(nil)` for an empty string.
  mutating func id() -> ObjectID?? {
    guard let text = plain() else { return nil }
    if text.isEmpty { return .some(nil) }
    let id = text.withUnsafeBytes { ObjectID(hex: String(decoding: $0, as: UTF8.self)) }
    return id.map { .some($0) }
  }

  /// An integer of at most 18 digits.
  mutating func integer() -> Int64? {
    let isNegative = take("-")
    var value: Int64 = 0
    let start = position
    while position < end, (0x30...0x39).contains(bytes[position]), position - start < 18 {
      value = value * 10 + Int64(bytes[position] - 0x30)
      position += 1
    }
    guard position > start else { return nil }
    return isNegative ? -value : value
  }

  /// A number or null.
  mutating func number() -> Double?? {
    if take("null") { return .some(nil) }
    let start = position
    while position < end, !",]}".utf8.contains(bytes[position]) { position += 1 }
    guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
      return nil
    }
    return .some(value)
  }

  /// A moment `"2026-11-21T12:00:00Z"`, seconds since 1970.
  mutating func moment() -> Int64? {
    guard let text = plain(), text.count == 20 else { return nil }
    let start = text.startIndex
    let day = text[start..<(start + 10)]
    func pair(_ offset: Int) -> Int64 {
      Int64(bytes[start + offset] &- 0x30) * 10 + Int64(bytes[start + offset + 1] &- 0x30)
    }
    if let lastDay, lastDay.bytes == day {
      return lastDay.seconds + pair(11) * 3600 + pair(14) * 60 + pair(17)
    }
    guard let time = Timestamp(rfc3339: String(decoding: text, as: UTF8.self)) else { return nil }
    lastDay = (day, time.seconds - pair(11) * 3600 - pair(14) * 60 - pair(17))
    return time.seconds
  }
}
