// SPDX-License-Identifier: Apache-2.0

/// The rules for full names of refs: git-check-ref-format(1).
package enum ReferenceName {
  /// Whether this is a name below `refs/` that Git allows.
  package static func isValid(_ name: String) -> Bool { isValid(Array(name.utf8)) }

  static func isValid(_ name: [UInt8]) -> Bool {
    guard name.count <= 1024, name.starts(with: "refs/".utf8), name.last != UInt8(ascii: ".") else {
      return false
    }
    var previous: UInt8 = 0
    var start = 0
    for (index, byte) in name.enumerated() {
      switch byte {
      case 0...0x20, 0x7f, UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: ":"),
        UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "["), UInt8(ascii: "\\"):
        return false
      case UInt8(ascii: ".") where index == start || previous == byte: return false
      case UInt8(ascii: "{") where previous == UInt8(ascii: "@"): return false
      case UInt8(ascii: "/"):
        guard isPart(name[start..<index]) else { return false }
        start = index + 1
      default: break
      }
      previous = byte
    }
    return isPart(name[start...])
  }

  private static func isPart(_ part: ArraySlice<UInt8>) -> Bool {
    // `.` at its beginning has been seen to.
    !part.isEmpty && !(part.last == UInt8(ascii: "k") && part.suffix(5).elementsEqual(".lock".utf8))
  }
}
