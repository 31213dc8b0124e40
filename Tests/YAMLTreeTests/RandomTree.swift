// SPDX-License-Identifier: Apache-2.0

import YAMLTree

/// The same numbers in every run (splitmix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}

/// Trees with texts that are hard to write.
enum RandomTree {
  private static let pieces = [
    " ", " ", "\n", "\n", "\t", "a", "b", "1", "0", "x", ":", ": ", " #", "#", "-", "- ", "---",
    "...", "'", "\"",
    "\\", "{", "}", "[", "]", ",", "&", "*", "!", "|", ">", "%", "@", "`", "?", "=", "<<", "~",
    "yes", "null", ".",
    "e", "_", "+", "\r", "\r\n", "\u{0}", "\u{7}", "\u{1b}", "\u{7f}", "\u{85}", "\u{a0}",
    "\u{2028}", "\u{2029}",
    "\u{feff}", "\u{fffe}", "\u{ffff}", "ä", "☺", "𝄞", "e\u{301}", "{{", "0x", "0o", ".inf",
    "12:30", "2001-01-01", "  ",
  ]

  static func make(_ random: inout SeededRandom, depth: Int) -> YAMLNode {
    switch Int.random(in: 0..<(depth > 5 ? 6 : 10), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2:
      return .int(
        Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random))
    case 3: return .float(Double(bitPattern: random.next()))
    case 4, 5: return .string(text(&random))
    case 6, 7:
      return .sequence(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in make(&random, depth: depth + 1) })
    default:
      return .mapping(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in
          (text(&random), make(&random, depth: depth + 1))
        })
    }
  }

  static func text(_ random: inout SeededRandom) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...9, using: &random) {
      text += pieces[Int.random(in: 0..<pieces.count, using: &random)]
    }
    return text
  }
}
