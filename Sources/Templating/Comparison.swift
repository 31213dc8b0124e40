// SPDX-License-Identifier: Apache-2.0

/// Go's comparing functions, which refuse to compare values of different kinds.
enum Comparison {
  static func run(_ call: Call) throws -> Bool {
    switch call.name {
    case "eq":
      guard call.arguments.count > 1 else { throw Failure("'eq' wants a second argument") }
      for other in call.rest(1) where try equal(call[0], other, "eq") { return true }
      return false
    case "ne": return try !equal(call[0], call[1], "ne")
    case "lt": return try less(call[0], call[1], "lt")
    case "le": return try less(call[0], call[1], "le") || equal(call[0], call[1], "le")
    case "gt": return try !less(call[0], call[1], "gt") && !equal(call[0], call[1], "gt")
    default: return try !less(call[0], call[1], "ge")
    }
  }

  private static func incompatible(_ left: GoValue, _ right: GoValue, _ name: String) -> Failure {
    var hint: String?
    if case (.float, .int) = (left, right) { hint = "convert both: (int …) or (float64 …)" }
    if case (.int, .float) = (left, right) { hint = "convert both: (int …) or (float64 …)" }
    return Failure("'\(name)' cannot compare \(left.word) with \(right.word)", hint: hint)
  }

  private static func equal(_ left: GoValue, _ right: GoValue, _ name: String) throws -> Bool {
    switch (left, right) {
    case (.null, _), (_, .null): return left.isNull && right.isNull
    case (.bool(let left), .bool(let right)): return left == right
    case (.int(let left, _), .int(let right, _)): return left == right
    case (.float(let left), .float(let right)): return left == right
    case (.string(let left), .string(let right)): return left == right
    default: throw incompatible(left, right, name)
    }
  }

  private static func less(_ left: GoValue, _ right: GoValue, _ name: String) throws -> Bool {
    switch (left, right) {
    case (.int(let left, _), .int(let right, _)): return left < right
    case (.float(let left), .float(let right)): return left < right
    case (.string(let left), .string(let right)): return left.lexicographicallyPrecedes(right)
    default: throw incompatible(left, right, name)
    }
  }
}
