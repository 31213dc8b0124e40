// SPDX-License-Identifier: Apache-2.0

/// The rules for full names of refs: git-check-ref-format(1).
package enum ReferenceName {
  /// Whether this is a name below `refs/` that Git allows.
  package static func isValid(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard bytes.starts(with: "refs/".utf8), bytes.count <= 1024 else { return false }
    var previous: UInt8 = 0
    for byte in bytes {
      switch byte {
      case 0...0x20, 0x7f, UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: ":"),
        UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "["), UInt8(ascii: "\\"):
        return false
      case UInt8(ascii: ".") where previous == byte: return false
      case UInt8(ascii: "{") where previous == UInt8(ascii: "@"): return false
      default: previous = byte
      }
    }
    let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return bytes.last != UInt8(ascii: ".")
      && parts.allSatisfy { part in
        !part.isEmpty && part.first != UInt8(ascii: ".")
          && !(part.count >= 5 && part.suffix(5).elementsEqual(".lock".utf8))
      }
  }
}
