// SPDX-License-Identifier: Apache-2.0

/// Sprig's functions of maps; `set`, `unset` and the merges change their first argument.
enum MapFunctions {
  static func run(_ call: Call) throws -> GoValue {
    let map = call.map(0)
    switch call.name {
    case "dict":
      let result = GoMap()
      for index in stride(from: 0, to: call.arguments.count, by: 2) {
        let key = try GoFormat.print(call[index], call.budget)
        result.entries[key] = index + 1 < call.arguments.count ? call[index + 1] : .string([])
      }
      return .map(result)
    case "get": return map.entries[call.bytes(1)] ?? .string([])
    case "set":
      map.entries[call.bytes(1)] = call[2]
      return .map(map)
    case "unset":
      map.entries[call.bytes(1)] = nil
      return .map(map)
    case "hasKey": return .bool(map.entries[call.bytes(1)] != nil)
    case "pluck":
      var result: [GoValue] = []
      for index in call.arguments.indices.dropFirst() {
        if let value = call.map(index).entries[call.bytes(0)] { result.append(value) }
      }
      return .list(result)
    case "dig": return try dig(call)
    case "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite":
      for index in call.arguments.indices.dropFirst() {
        try merge(
          call.map(index), into: map, overwrite: call.name.hasSuffix("Overwrite"), call.budget)
      }
      return .map(map)
    // Sprig gives keys and values in the random order of Go's maps.
    case "keys":
      return .strings(call.arguments.indices.flatMap { call.map($0).keys })
    case "values": return .list(map.keys.map { map.entries[$0] ?? .null })
    case "pick":
      let result = GoMap()
      for index in call.arguments.indices.dropFirst() {
        if let value = map.entries[call.bytes(index)] { result.entries[call.bytes(index)] = value }
      }
      return .map(result)
    case "omit":
      let gone = Set(call.arguments.indices.dropFirst().map { call.bytes($0) })
      return .map(GoMap(map.entries.filter { !gone.contains($0.key) }))
    default: throw call.unknown
    }
  }

  private static func dig(_ call: Call) throws -> GoValue {
    guard call.arguments.count >= 3, var value = call.arguments.last else {
      throw Failure("function 'dig' wants at least 3 arguments, got \(call.arguments.count)")
    }
    let fallback = call[call.arguments.count - 2]
    for key in call.arguments.dropLast(2) {
      guard case .string(let name) = key else {
        throw Failure("'dig' wants keys that are strings, not \(key.word)")
      }
      guard case .map(let map) = value else {
        throw Failure("'dig' goes through maps, not \(value.word)")
      }
      guard let next = map.entries[name] else { return fallback }
      value = next
    }
    return value
  }

  /// mergo: maps go together, and a value is taken where there is none or, with `overwrite`, where
  /// the new one is not empty.
  private static func merge(
    _ source: GoMap, into target: GoMap, overwrite: Bool, _ budget: Budget, depth: Int = 0
  ) throws {
    if source === target { return }
    budget.keep(target)
    if depth > 100 { throw Failure("a value is nested more than 100 levels deep") }
    for key in source.keys {
      try budget.spend()
      guard let value = source.entries[key] else { continue }
      let old = target.entries[key]
      if case .map(let from) = value, case .map(let to) = old {
        try merge(from, into: to, overwrite: overwrite, budget, depth: depth + 1)
      } else if old == nil || (overwrite ? value.isTrue : old?.isTrue == false && value.isTrue) {
        target.entries[key] = value
      }
    }
  }
}
