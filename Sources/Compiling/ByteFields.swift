// SPDX-License-Identifier: Apache-2.0

/// Writes fields one behind the other: numbers in four bytes, texts with their length.
struct ByteOutput {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ number: Int) {
    withUnsafeBytes(of: UInt32(clamping: number).bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// Bytes of which the reader knows the number.
  mutating func append(_ field: [UInt8]) { bytes += field }

  mutating func add(_ text: String) { add(Array(text.utf8)) }

  mutating func add(_ field: [UInt8]) {
    add(field.count)
    bytes += field
  }
}

/// Reads what `ByteOutput` has written; where that is something else, there are zeros and empty texts.
struct ByteInput {
  private let bytes: [UInt8]
  private var position = 0
  private var isBroken = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether everything was read, and nothing beyond it.
  var isAtEnd: Bool { !isBroken && position == bytes.count }

  /// A number of things that follow, none of which is shorter than a byte; 0 for one that cannot be.
  mutating func count() -> Int { number(limit: bytes.count - position - 4) }

  /// A number; 0 for one above the limit.
  mutating func number(limit: Int) -> Int {
    guard let field = take(4) else { return 0 }
    let number = field.reduce(0) { $0 << 8 | Int($1) }
    if number <= limit { return number }
    isBroken = true
    return 0
  }

  mutating func text() -> String { String(decoding: field(), as: UTF8.self) }

  /// A field with its length before it.
  mutating func field() -> ArraySlice<UInt8> { take(count()) ?? [] }

  /// So many bytes; nil when there are not so many.
  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard !isBroken, count <= bytes.count - position else {
      isBroken = true
      return nil
    }
    defer { position += count }
    return bytes[position..<(position + count)]
  }
}
