// SPDX-License-Identifier: Apache-2.0

/// Text as Go has it: bytes, which a function may cut anywhere.
typealias GoString = [UInt8]

/// Go's types of what lists and maps hold; they are seen in `%T` and when a function wants a map.
enum ElementType: Hashable, Sendable {
  case any
  case string
  case int
  case list

  var word: String {
    switch self {
    case .any: "interface {}"
    case .string: "string"
    case .int: "int"
    case .list: "[]interface {}"
    }
  }
}

/// A map that is shared as Go shares it: `set` changes it for everyone who holds it.
///
/// It lives for one rendering and is never seen outside.
final class GoMap {
  var entries: [GoString: GoValue]
  let element: ElementType
  /// Whether the rendering takes the map apart at its end.
  var isKept = false

  init(_ entries: [GoString: GoValue] = [:], of element: ElementType = .any) {
    self.entries = entries
    self.element = element
  }

  /// The keys by their bytes.
  var keys: [GoString] { entries.keys.sorted { $0.lexicographicallyPrecedes($1) } }
}

/// A value while a template is rendered, with as much of Go's type as a template can see.
enum GoValue {
  case null
  case bool(Bool)
  /// Go's `int`, or `int64` when `isLong`: a function that wants one refuses the other.
  case int(Int64, isLong: Bool)
  case float(Double)
  case string(GoString)
  case list([GoValue], of: ElementType)
  case map(GoMap)

  static func text(_ text: String) -> GoValue { .string(Array(text.utf8)) }
  static func int(_ number: Int) -> GoValue { .int(Int64(number), isLong: false) }
  static func long(_ number: Int64) -> GoValue { .int(number, isLong: true) }
  static func list(_ items: [GoValue]) -> GoValue { .list(items, of: .any) }
  static func strings(_ items: [GoString]) -> GoValue {
    .list(items.map { .string($0) }, of: .string)
  }

  init(_ value: TemplateValue) {
    switch value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .int(let number): self = .long(number)
    case .float(let number): self = .float(number)
    case .string(let text): self = .text(text)
    case .list(let items): self = .list(items.map { GoValue($0) })
    case .map(let members):
      let map = GoMap()
      map.entries.reserveCapacity(members.count)
      for member in members { map.entries[Array(member.name.utf8)] = GoValue(member.value) }
      self = .map(map)
    }
  }

  /// Go's rule of `if`, which is also Sprig's rule of what is empty.
  var isTrue: Bool {
    switch self {
    case .null: false
    case .bool(let value): value
    case .int(let number, _): number != 0
    case .float(let number): number != 0
    case .string(let text): !text.isEmpty
    case .list(let items, _): !items.isEmpty
    case .map(let map): !map.entries.isEmpty
    }
  }

  var isNull: Bool { if case .null = self { true } else { false } }

  /// Go's name of the type, as `%T` prints it.
  var type: String {
    switch self {
    case .null: "<nil>"
    case .bool: "bool"
    case .int(_, let isLong): isLong ? "int64" : "int"
    case .float: "float64"
    case .string: "string"
    case .list(_, let element): "[]\(element.word)"
    case .map(let map): "map[string]\(map.element.word)"
    }
  }

  /// Go's name of the kind, as Sprig's `kindOf` says it.
  var kind: String {
    switch self {
    case .null: "invalid"
    case .list: "slice"
    case .map: "map"
    default: type
    }
  }

  /// The value's kind as a person says it.
  var word: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .int(_, let isLong): isLong ? "an integer (int64)" : "an integer"
    case .float: "a floating-point number"
    case .string: "a string"
    case .list: "a list"
    case .map: "a map"
    }
  }

  /// How many steps it costs to hand the value to a function.
  var weight: Int {
    switch self {
    case .string(let text): 1 + text.count / 16
    case .list(let items, _): 1 + items.count / 4
    case .map(let map): 1 + map.entries.count / 4
    default: 1
    }
  }

  /// Fails when lists stand too deeply in lists: they are freed one inside the other.
  func checkNesting(_ budget: Budget, depth: Int = 1) throws(Failure) {
    guard case .list(let items, _) = self else { return }
    if depth > 100 { throw Failure("a value is nested more than 100 levels deep") }
    try budget.spend(1 + items.count / 16)
    for item in items { try item.checkNesting(budget, depth: depth + 1) }
  }

  /// Go's `reflect.DeepEqual`: the types count too.
  func equals(_ other: GoValue, _ budget: Budget, depth: Int = 0) throws -> Bool {
    try budget.spend()
    if depth > 100 { throw Failure("a value is nested more than 100 levels deep") }
    switch (self, other) {
    case (.null, .null): return true
    case (.bool(let left), .bool(let right)): return left == right
    case (.int(let left, let isLong), .int(let right, let isAlsoLong)):
      return left == right && isLong == isAlsoLong
    case (.float(let left), .float(let right)): return left == right
    case (.string(let left), .string(let right)): return left == right
    case (.list(let left, let element), .list(let right, let otherElement)):
      guard element == otherElement, left.count == right.count else { return false }
      for (one, two) in zip(left, right) {
        if try !one.equals(two, budget, depth: depth + 1) { return false }
      }
      return true
    case (.map(let left), .map(let right)):
      if left === right { return true }
      guard left.element == right.element, left.entries.count == right.entries.count else {
        return false
      }
      for (key, value) in left.entries {
        guard let found = right.entries[key] else { return false }
        if try !value.equals(found, budget, depth: depth + 1) { return false }
      }
      return true
    default: return false
    }
  }

  /// A copy that shares no map with this value.
  func copied(_ budget: Budget, depth: Int = 0) throws -> GoValue {
    try budget.spend()
    if depth > 100 { throw Failure("a value is nested more than 100 levels deep") }
    switch self {
    case .list(let items, let element):
      return .list(try items.map { try $0.copied(budget, depth: depth + 1) }, of: element)
    case .map(let map):
      return .map(
        GoMap(
          try map.entries.mapValues { try $0.copied(budget, depth: depth + 1) }, of: map.element))
    default: return self
    }
  }
}
