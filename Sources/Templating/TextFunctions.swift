// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Sprig's functions of strings. As in Go, places in a string are counted in bytes.
enum TextFunctions {
  static func run(_ call: Call) throws -> GoValue {
    let budget = call.budget
    switch call.name {
    case "trim": return .string(Scalars.trim(call.bytes(0)) { $0.properties.isWhitespace })
    case "trimAll", "trimall":
      let set = Set(Scalars.of(call.bytes(0)))
      return .string(Scalars.trim(call.bytes(1)) { set.contains($0) })
    case "trimSuffix":
      let (suffix, text) = (call.bytes(0), call.bytes(1))
      return .string(hasSuffix(text, suffix) ? Array(text.dropLast(suffix.count)) : text)
    case "trimPrefix":
      let (prefix, text) = (call.bytes(0), call.bytes(1))
      return .string(text.starts(with: prefix) ? Array(text.dropFirst(prefix.count)) : text)
    case "upper": return .string(Scalars.map(call.bytes(0), Scalars.upper))
    case "lower": return .string(Scalars.map(call.bytes(0), Scalars.lower))
    case "title": return .string(Scalars.title(call.bytes(0)))
    case "untitle": return .string(Scalars.untitle(call.bytes(0)))
    case "substr": return .string(try substring(call))
    case "repeat":
      guard call.int(0) >= 0 else { throw Failure("'repeat' wants a count of 0 or more") }
      try budget.allow(call.int(0), times: call.bytes(1).count)
      return .string(
        call.bytes(1).isEmpty
          ? [] : Array(repeatElement(call.bytes(1), count: call.int(0)).joined()))
    case "trunc":
      let (count, text) = (call.int(0), call.bytes(1))
      if count < 0, count > -text.count { return .string(Array(text.suffix(-count))) }
      return .string(count >= 0 ? Array(text.prefix(count)) : text)
    case "nospace": return .string(Scalars.without(call.bytes(0)) { $0.properties.isWhitespace })
    case "contains": return .bool(Search.first(call.bytes(0), in: call.bytes(1), from: 0) != nil)
    case "hasPrefix": return .bool(call.bytes(1).starts(with: call.bytes(0)))
    case "hasSuffix": return .bool(hasSuffix(call.bytes(1), call.bytes(0)))
    case "indent", "nindent":
      guard call.int(0) >= 0 else { throw Failure("'\(call.name)' wants a count of 0 or more") }
      try budget.allow(call.int(0))
      let pad = GoString(repeating: 0x20, count: call.int(0))
      let text = try Search.replace([0x0a], with: [0x0a] + pad, in: call.bytes(1), budget)
      return .string((call.name == "nindent" ? [0x0a] : []) + pad + text)
    case "replace":
      return .string(
        try Search.replace(call.bytes(0), with: call.bytes(1), in: call.bytes(2), budget))
    case "plural": return .string(call.int(2) == 1 ? call.bytes(0) : call.bytes(1))
    case "split": return numbered(Search.split(call.bytes(1), by: call.bytes(0), most: nil))
    case "splitList": return .strings(Search.split(call.bytes(1), by: call.bytes(0), most: nil))
    case "splitn":
      return numbered(Search.split(call.bytes(2), by: call.bytes(0), most: call.int(1)))
    case "abbrev", "abbrevboth": return .string(try abbreviate(call))
    case "regexQuoteMeta":
      return .string(
        call.bytes(0).flatMap { "\\.+*?()|[]{}^$".utf8.contains($0) ? [0x5c, $0] : [$0] })
    default: throw call.unknown
    }
  }

  static func hasSuffix(_ text: GoString, _ suffix: GoString) -> Bool {
    text.count >= suffix.count && text.suffix(suffix.count).elementsEqual(suffix)
  }

  /// Go would panic where the places do not fit; here it is a failure.
  private static func substring(_ call: Call) throws -> GoString {
    let (start, end, text) = (call.int(0), call.int(1), call.bytes(2))
    let from = max(start, 0)
    let to = start >= 0 && (end < 0 || end > text.count) ? text.count : end
    guard from <= to, to <= text.count else {
      throw Failure(
        "'substr' asks for bytes \(start) to \(end) of a string of "
          + Wording.count(text.count, "byte"))
    }
    return Array(text[from..<to])
  }

  /// `_0`, `_1`, … : a map of strings, as Sprig makes it.
  private static func numbered(_ parts: [GoString]) -> GoValue {
    let map = GoMap(of: .string)
    for (index, part) in parts.enumerated() {
      map.entries[Array("_\(index)".utf8)] = .string(part)
    }
    return .map(map)
  }

  private static func abbreviate(_ call: Call) throws -> GoString {
    let text = call.bytes(call.arguments.count - 1)
    let dots = Array("...".utf8)
    let isBoth = call.name == "abbrevboth"
    var (offset, width) = isBoth ? (call.int(0), call.int(1)) : (0, call.int(0))
    if width < 4 || (isBoth && offset > 0 && width < 7) || text.count <= width { return text }
    offset = max(0, min(offset, text.count))
    if text.count - offset < width - 3 { offset = text.count - (width - 3) }
    if offset <= 4 { return Array(text.prefix(width - 3)) + dots }
    let rest = Array(text.dropFirst(offset))
    if offset + width - 3 < text.count {
      return dots + (rest.count <= width - 3 ? rest : Array(rest.prefix(width - 6)) + dots)
    }
    return dots + Array(text.suffix(width - 3))
  }
}
