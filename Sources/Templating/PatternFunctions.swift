// SPDX-License-Identifier: Apache-2.0

/// Sprig's functions of regular expressions.
enum PatternFunctions {
  static func run(_ call: Call) throws -> GoValue {
    let text = call.bytes(1)
    let budget = call.budget
    let program = try PatternProgram(call.bytes(0))
    switch call.name {
    case "regexMatch", "mustRegexMatch":
      return .bool(try program.match(text, from: 0, budget) != nil)
    case "regexFind", "mustRegexFind":
      guard let found = try program.match(text, from: 0, budget) else { return .string([]) }
      return .string(Array(text[found[0]..<found[1]]))
    case "regexFindAll", "mustRegexFindAll":
      let found = try all(program, text, call.int(2), budget)
      return .strings(found.map { Array(text[$0]) })
    case "regexSplit", "mustRegexSplit": return .strings(try split(call, program))
    case "regexReplaceAll", "mustRegexReplaceAll":
      return .string(
        try replace(program, text, budget) { expand(call.bytes(2), text, $0, program.names) })
    case "regexReplaceAllLiteral", "mustRegexReplaceAllLiteral":
      return .string(try replace(program, text, budget) { _ in call.bytes(2) })
    default: throw call.unknown
    }
  }

  /// All matches, at most `most`; an empty one right behind another match does not count.
  private static func all(
    _ program: PatternProgram, _ text: GoString, _ most: Int, _ budget: Budget
  ) throws -> [Range<Int>] {
    var result: [Range<Int>] = []
    var (at, last) = (0, -1)
    while at <= text.count, most < 0 || result.count < most {
      guard let found = try program.match(text, from: at, budget) else { break }
      let isRefused = found[1] == at && found[0] == last
      at = found[1] == at ? at + GoFormat.decode(text, at).1 : found[1]
      last = found[1]
      if !isRefused { result.append(found[0]..<found[1]) }
    }
    return result
  }

  private static func split(_ call: Call, _ program: PatternProgram) throws -> [GoString] {
    let (text, most) = (call.bytes(1), call.int(2))
    if most == 0 { return [] }
    if text.isEmpty, !call.bytes(0).isEmpty { return [[]] }
    var result: [GoString] = []
    var (begin, end) = (0, 0)
    for found in try all(program, text, most, call.budget) {
      if most > 0, result.count == most - 1 { break }
      end = found.lowerBound
      if found.upperBound != 0 { result.append(Array(text[begin..<end])) }
      begin = found.upperBound
    }
    if end != text.count { result.append(Array(text[begin...])) }
    return result
  }

  private static func replace(
    _ program: PatternProgram, _ text: GoString, _ budget: Budget,
    _ replacement: ([Int]) -> GoString
  ) throws -> GoString {
    var result: GoString = []
    var (at, last) = (0, 0)
    while at <= text.count, let found = try program.match(text, from: at, budget) {
      result += text[last..<found[0]]
      if found[1] > last || found[0] == 0 { result += replacement(found) }
      try budget.allow(result.count)
      last = found[1]
      let width = at < text.count ? GoFormat.decode(text, at).1 : 1
      at = max(at + width, found[1])
    }
    result += text[last...]
    try budget.allow(result.count)
    return result
  }

  /// `$1`, `${1}`, `$name` and `$$` in a replacement; a group that does not exist is empty.
  private static func expand(
    _ template: GoString, _ text: GoString, _ found: [Int], _ names: [String: Int]
  ) -> GoString {
    var result: GoString = []
    var at = 0
    while at < template.count {
      let byte = template[at]
      at += 1
      guard byte == UInt8(ascii: "$"), at < template.count else {
        result.append(byte)
        continue
      }
      if template[at] == byte {
        at += 1
        result.append(byte)
        continue
      }
      let isBraced = template[at] == UInt8(ascii: "{")
      let start = at + (isBraced ? 1 : 0)
      let name = template[start...].prefix {
        $0 == 0x5f || (0x30...0x39).contains($0) || ($0 < 0x80 && (0x41...0x5a).contains($0 & 0xdf))
      }
      let isClosed = !isBraced || template.dropFirst(name.endIndex).first == UInt8(ascii: "}")
      guard !name.isEmpty, isClosed else {
        result.append(byte)
        continue
      }
      at = name.endIndex + (isBraced ? 1 : 0)
      let word = String(decoding: name, as: UTF8.self)
      if let index = Int(word) ?? names[word], index < found.count / 2, found[2 * index] >= 0 {
        result += text[found[2 * index]..<found[2 * index + 1]]
      }
    }
    return result
  }
}
