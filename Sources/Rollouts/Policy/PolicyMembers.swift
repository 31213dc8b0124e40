// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// The members of a JSON object with the types that a policy gives them; what is missing or null has said
/// nothing, what has another type makes the whole file unusable.
struct PolicyMembers {
  /// A member has a type that it cannot have.
  struct Malformed: Error {}

  private let json: JSONValue

  init(_ json: JSONValue) throws(Malformed) {
    guard json.members != nil else { throw Malformed() }
    self.json = json
  }

  func value(_ name: String) -> JSONValue? {
    switch json[name] {
    case nil, .some(.null): nil
    case .some(let value): value
    }
  }

  func text(_ name: String) throws(Malformed) -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value.string else { throw Malformed() }
    return text
  }

  /// A text that has to be there.
  func required(_ name: String) throws(Malformed) -> String {
    guard let text = try text(name) else { throw Malformed() }
    return text
  }

  func flag(_ name: String) throws(Malformed) -> Bool {
    guard let value = value(name) else { return false }
    guard let flag = value.bool else { throw Malformed() }
    return flag
  }

  /// A whole number that is not negative.
  func number(_ name: String) throws(Malformed) -> Int? {
    guard let value = value(name) else { return nil }
    guard let number = value.integer.flatMap({ Int(exactly: $0) }), number >= 0 else {
      throw Malformed()
    }
    return number
  }

  func real(_ name: String) throws(Malformed) -> Double? {
    switch value(name) {
    case nil: return nil
    case .some(.integer(let number)): return Double(number)
    case .some(.real(let number)) where number.isFinite: return number
    default: throw Malformed()
    }
  }

  func limit(_ name: String) throws(Malformed) -> Limit? {
    guard let value = value(name) else { return nil }
    guard let limit = Limit(json: value) else { throw Malformed() }
    return limit
  }

  /// A share in a million, written as a percentage.
  func share(_ name: String) throws(Malformed) -> Int? {
    guard let limit = try limit(name) else { return nil }
    guard case .share(let parts) = limit else { throw Malformed() }
    return parts
  }

  /// A word of an enumeration.
  func word<Word: RawRepresentable<String>>(_ name: String) throws(Malformed) -> Word? {
    guard let text = try text(name) else { return nil }
    guard let word = Word(rawValue: text) else { throw Malformed() }
    return word
  }

  func items(_ name: String) throws(Malformed) -> [JSONValue]? {
    guard let value = value(name) else { return nil }
    guard let items = value.items else { throw Malformed() }
    return items
  }

  func objects(_ name: String) throws(Malformed) -> [PolicyMembers] {
    var objects: [PolicyMembers] = []
    for item in try items(name) ?? [] { objects.append(try PolicyMembers(item)) }
    return objects
  }

  func texts(_ name: String) throws(Malformed) -> [String]? {
    guard let items = try items(name) else { return nil }
    var texts: [String] = []
    for item in items {
      guard let text = item.string else { throw Malformed() }
      texts.append(text)
    }
    return texts
  }
}

/// Collects the members of an object that say something.
struct PolicyWriter {
  private(set) var members: [JSONMember] = []

  var json: JSONValue { .object(members) }

  mutating func add(_ name: String, _ value: JSONValue?) {
    if let value { members.append(JSONMember(name, value)) }
  }

  mutating func add(_ name: String, _ text: String?) { add(name, text.map { .string($0) }) }

  mutating func add(_ name: String, _ number: Int?) {
    add(name, number.map { .integer(Int64($0)) })
  }

  mutating func add(_ name: String, _ limit: Limit?) { add(name, limit?.json) }

  mutating func add(flag name: String, _ isSet: Bool) { if isSet { add(name, .bool(true)) } }

  /// A number of a person, without a fraction where it has none.
  mutating func add(real name: String, _ number: Double?) {
    guard let number else { return }
    let whole = Int64(exactly: number)
    add(name, whole.map { .integer($0) } ?? .real(number))
  }

  mutating func add(_ name: String, texts: [String]?) {
    add(name, texts.map { .array($0.map { .string($0) }) })
  }

  /// A list that is left out when it is empty.
  mutating func add(_ name: String, list: [JSONValue]) {
    if !list.isEmpty { add(name, .array(list)) }
  }
}
