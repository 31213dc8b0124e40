// SPDX-License-Identifier: Apache-2.0

import JSONTree

extension JSONValue {
  /// What keys and places of items lead to; nil when they lead nowhere.
  func value(at way: ArraySlice<String>) -> JSONValue? {
    guard let step = way.first else { return self }
    switch self {
    case .object: return self[step]?.value(at: way.dropFirst())
    case .array(let items):
      guard let index = Int(step), items.indices.contains(index) else { return nil }
      return items[index].value(at: way.dropFirst())
    default: return nil
    }
  }

  /// The value with another one at a place that there is.
  func replacing(_ way: ArraySlice<String>, by value: JSONValue) -> JSONValue {
    guard let step = way.first else { return value }
    switch self {
    case .object(var members):
      guard let index = members.firstIndex(where: { $0.name == step }) else { return self }
      members[index].value = members[index].value.replacing(way.dropFirst(), by: value)
      return .object(members)
    case .array(var items):
      guard let index = Int(step), items.indices.contains(index) else { return self }
      items[index] = items[index].replacing(way.dropFirst(), by: value)
      return .array(items)
    default: return self
    }
  }
}
