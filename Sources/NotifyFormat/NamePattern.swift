// SPDX-License-Identifier: Apache-2.0

/// A pattern of names as Go's `path.Match` has them: `*`, `?`, `[a-z]`, `[^a-z]`, `\\` before a character; names have no
/// `/`. A malformed one matches nothing.
struct NamePattern {
  private enum Part {
    case byte(UInt8)
    case one
    case many
    case anyOf([ClosedRange<UInt8>], isNegated: Bool)
  }

  private let parts: [Part]?

  init(_ text: String) {
    var parts: [Part] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "*"): parts.append(.many)
      case UInt8(ascii: "?"): parts.append(.one)
      case UInt8(ascii: "["):
        guard let set = Self.set(&rest) else {
          self.parts = nil
          return
        }
        parts.append(set)
      case UInt8(ascii: "\\"):
        guard let next = rest.popFirst() else {
          self.parts = nil
          return
        }
        parts.append(.byte(next))
      default: parts.append(.byte(byte))
      }
    }
    self.parts = parts
  }

  /// Reads what stands behind `[`, and the `]`.
  private static func set(_ rest: inout ArraySlice<UInt8>) -> Part? {
    var isNegated = false
    if rest.first == UInt8(ascii: "^") {
      rest.removeFirst()
      isNegated = true
    }
    var ranges: [ClosedRange<UInt8>] = []
    func member() -> UInt8? {
      guard let byte = rest.popFirst(), byte != UInt8(ascii: "-") else { return nil }
      return byte == UInt8(ascii: "\\") ? rest.popFirst() : byte
    }
    while let byte = rest.first {
      if byte == UInt8(ascii: "]"), !ranges.isEmpty {
        rest.removeFirst()
        return .anyOf(ranges, isNegated: isNegated)
      }
      guard let low = member() else { return nil }
      var high = low
      if rest.first == UInt8(ascii: "-") {
        rest.removeFirst()
        guard let end = member() else { return nil }
        high = end
      }
      // Go lets a range that is the wrong way round match nothing.
      if low <= high { ranges.append(low...high) } else { ranges.append(0...0) }
    }
    return nil
  }

  /// Whether a name fits; only the last `*` is ever tried again.
  func matches(_ name: String) -> Bool {
    guard let parts else { return false }
    let text = Array(name.utf8)
    var place = 0
    var next = 0
    var star: (next: Int, place: Int)?
    while place < text.count {
      if next < parts.count, case .many = parts[next] {
        star = (next, place)
        next += 1
      } else if next < parts.count, Self.fits(text[place], parts[next]) {
        place += 1
        next += 1
      } else if let last = star {
        star = (last.next, last.place + 1)
        place = last.place + 1
        next = last.next + 1
      } else {
        return false
      }
    }
    return parts[next...].allSatisfy { part in
      if case .many = part { true } else { false }
    }
  }

  private static func fits(_ byte: UInt8, _ part: Part) -> Bool {
    switch part {
    case .byte(let wanted): byte == wanted
    case .one: true
    case .many: false
    case .anyOf(let ranges, let isNegated): ranges.contains { $0.contains(byte) } != isNegated
    }
  }
}
