// SPDX-License-Identifier: Apache-2.0

/// Sprig's functions of lists; none changes its argument.
enum ListFunctions {
  static func run(_ call: Call) throws -> GoValue {
    switch call.name {
    case "list", "tuple": return .list(call.arguments)
    case "concat":
      var result: [GoValue] = []
      for index in call.arguments.indices {
        result += try call.items(index)
        try call.budget.allow(result.count, times: 16)
      }
      return .list(result)
    case "has", "mustHas":
      if call[1].isNull { return .bool(false) }
      return .bool(try contains(try call.items(1), call[0], call.budget))
    case "sortAlpha":
      let words = try BasicFunctions.strings(call[0], call.budget)
      try call.budget.spend(words.count)
      return .strings(words.sorted { $0.lexicographicallyPrecedes($1) })
    case "chunk", "mustChunk": return try chunk(call)
    default: break
    }
    let items = try call.items(0)
    // `must` only tells Sprig to return an error where it would panic.
    switch call.name.hasPrefix("must") ? call.name.dropFirst(4).lowercased() : call.name {
    case "first": return items.first ?? .null
    case "last": return items.last ?? .null
    case "rest": return .list(Array(items.dropFirst()))
    case "initial": return .list(Array(items.dropLast()))
    case "append", "push": return .list(items + [call[1]])
    case "prepend": return .list([call[1]] + items)
    case "reverse": return .list(items.reversed())
    case "compact": return .list(items.filter { $0.isTrue })
    case "uniq":
      var result: [GoValue] = []
      for item in items where try !contains(result, item, call.budget) { result.append(item) }
      return .list(result)
    case "without":
      let gone = Array(call.rest(1))
      return .list(try items.filter { try !contains(gone, $0, call.budget) })
    case "slice": return try slice(items, call)
    default: throw call.unknown
    }
  }

  private static func contains(
    _ items: [GoValue], _ wanted: GoValue, _ budget: Budget
  ) throws -> Bool {
    for item in items where try item.equals(wanted, budget) { return true }
    return false
  }

  private static func chunk(_ call: Call) throws -> GoValue {
    let (size, items) = (call.int(0), try call.items(1))
    guard size > 0 else { throw Failure("'chunk' wants a size of 1 or more") }
    var chunks: [GoValue] = []
    var at = 0
    while at < items.count {
      let end = at + min(size, items.count - at)
      chunks.append(.list(Array(items[at..<end])))
      at = end
    }
    return .list(chunks, of: .list)
  }

  private static func slice(_ items: [GoValue], _ call: Call) throws -> GoValue {
    if items.isEmpty { return .null }
    let start = call.arguments.count > 1 ? NumberFunctions.long(call[1]) : 0
    let end = call.arguments.count > 2 ? NumberFunctions.long(call[2]) : Int64(items.count)
    guard start >= 0, start <= end, end <= items.count else {
      throw Failure("'slice' asks for items \(start) to \(end) of a list of \(items.count)")
    }
    guard case .list(_, let element) = call[0] else { return .null }
    return .list(Array(items[Int(start)..<Int(end)]), of: element)
  }
}
