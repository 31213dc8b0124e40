// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Go's own functions, and Sprig's about values of any type.
enum BasicFunctions {
  static func run(_ call: Call) throws -> GoValue {
    let budget = call.budget
    switch call.name {
    case "not": return .bool(!call[0].isTrue)
    case "eq", "ne", "lt", "le", "gt", "ge": return .bool(try Comparison.run(call))
    case "len": return .int(try length(call[0]))
    case "index": return try index(call)
    case "print": return .string(try GoFormat.sprint(call.arguments, budget))
    case "println": return .string(try GoFormat.sprint(call.arguments, budget, line: true))
    case "printf":
      return .string(try GoPrintf.format(call.bytes(0), Array(call.rest(1)), budget))
    case "html", "js", "urlquery":
      let text: GoString
      if call.arguments.count == 1, case .string(let only) = call[0] {
        text = only
      } else {
        text = try GoFormat.sprint(call.arguments, budget)
      }
      return .string(
        call.name == "html"
          ? Escaping.html(text)
          : call.name == "js" ? Escaping.js(text) : Escaping.query(text))
    case "call": throw Failure("'call' has nothing to call: no value here is a function")
    case "default": return call.arguments.count > 1 && call[1].isTrue ? call[1] : call[0]
    case "empty": return .bool(!call[0].isTrue)
    case "coalesce": return call.arguments.first { $0.isTrue } ?? .null
    case "all": return .bool(call.arguments.allSatisfy { $0.isTrue })
    case "any": return .bool(call.arguments.contains { $0.isTrue })
    case "ternary":
      if case .bool(true) = call[2] { return call[0] }
      return call[1]
    case "fail":
      let words = Wording.bare(String(decoding: call.bytes(0), as: UTF8.self))
      throw Failure(words.isEmpty ? "the template calls 'fail' without a reason" : words)
    case "typeOf": return .text(call[0].type)
    case "typeIs", "typeIsLike": return .bool(call.bytes(0) == Array(call[1].type.utf8))
    case "kindOf": return .text(call[0].kind)
    case "kindIs": return .bool(call.bytes(0) == Array(call[1].kind.utf8))
    case "deepEqual": return .bool(try call[0].equals(call[1], budget))
    case "hello": return .text("Hello!")
    case "deepCopy", "mustDeepCopy": return try call[0].copied(budget)
    case "toString": return .string(try GoFormat.print(call[0], budget))
    case "toStrings": return .strings(try strings(call[0], budget))
    case "quote": return .string(try words(call) { GoFormat.quote($0) })
    case "squote": return .string(try words(call) { [0x27] + $0 + [0x27] })
    case "cat": return .string(try cat(call))
    case "join": return .string(try join(try strings(call[1], budget), by: call.bytes(0), budget))
    default: throw call.unknown
    }
  }

  /// Sprig's list of strings: nulls are left out, a single value is a list of one.
  static func strings(_ value: GoValue, _ budget: Budget) throws -> [GoString] {
    switch value {
    case .list(let items, _):
      return try items.filter { !$0.isNull }.map { try GoFormat.print($0, budget) }
    case .null: return []
    default: return [try GoFormat.print(value, budget)]
    }
  }

  static func join(_ parts: [GoString], by separator: GoString, _ budget: Budget) throws -> GoString
  {
    var result: GoString = []
    for (index, part) in parts.enumerated() {
      if index > 0 { result += separator }
      result += part
      try budget.allow(result.count)
    }
    return result
  }

  private static func words(_ call: Call, _ quote: (GoString) -> GoString) throws -> GoString {
    var parts: [GoString] = []
    for value in call.arguments where !value.isNull {
      parts.append(quote(try GoFormat.print(value, call.budget)))
    }
    return try join(parts, by: [0x20], call.budget)
  }

  /// Sprig trims the format, not the result: outer blanks of the values stay.
  private static func cat(_ call: Call) throws -> GoString {
    let parts = try call.arguments.filter { !$0.isNull }.map {
      try GoFormat.print($0, call.budget)
    }
    return try join(parts, by: [0x20], call.budget)
  }

  private static func length(_ value: GoValue) throws -> Int {
    switch value {
    case .string(let text): return text.count
    case .list(let items, _): return items.count
    case .map(let map): return map.entries.count
    default: throw Failure("'len' wants a string, a list or a map, not \(value.word)")
    }
  }

  private static func index(_ call: Call) throws -> GoValue {
    var value = call[0]
    for key in call.rest(1) {
      switch (value, key) {
      case (.map(let map), .string(let name)):
        // Go's zero value: null, or an empty string where the map holds strings.
        value = map.entries[name] ?? (map.element == .string ? .string([]) : .null)
      case (.map, _): throw Failure("'index' of a map wants a string, not \(key.word)")
      case (.list(let items, _), .int(let number, _)):
        guard let place = Int(exactly: number), items.indices.contains(place) else {
          throw Failure(
            "'index' asks for item \(number) of a list of \(Wording.count(items.count, "item"))")
        }
        value = items[place]
      case (.string(let text), .int(let number, _)):
        guard let place = Int(exactly: number), text.indices.contains(place) else {
          throw Failure(
            "'index' asks for byte \(number) of a string of \(Wording.count(text.count, "byte"))")
        }
        value = .int(Int(text[place]))
      case (.list, _), (.string, _):
        throw Failure("'index' of \(value.word) wants an integer, not \(key.word)")
      default: throw Failure("'index' wants a map, a list or a string, not \(value.word)")
      }
    }
    return value
  }
}
