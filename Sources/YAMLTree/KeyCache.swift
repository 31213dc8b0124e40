// SPDX-License-Identifier: Apache-2.0

import CYAML

/// Keys that were seen before: manifests repeat some dozens of them thousands of times, and making a
/// string costs more than finding one.
struct KeyCache {
  private var slots = [String?](repeating: nil, count: 256)

  /// The key with these bytes, if it was inserted and not displaced since.
  func text(_ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int) -> String? {
    guard let bytes, count > 0 else { return nil }
    let buffer = UnsafeBufferPointer(start: bytes, count: count)
    guard let found = slots[Self.slot(buffer)] else { return nil }
    let isSame = found.utf8.withContiguousStorageIfAvailable { text in
      guard text.count == count else { return false }
      for index in 0..<count where text[index] != bytes[index] { return false }
      return true
    }
    return isSame == true ? found : nil
  }

  /// Remembers a key that was written plain and is read as a string.
  mutating func insert(_ text: String) {
    var text = text
    guard text.utf8.count <= 64 else { return }
    let slot = text.withUTF8 { Self.slot($0) }
    slots[slot] = text
  }

  private static func slot(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var hash = UInt32(truncatingIfNeeded: bytes.count)
    for byte in bytes { hash = hash &* 31 &+ UInt32(byte) }
    return Int((hash ^ hash >> 8) & 255)
  }
}
