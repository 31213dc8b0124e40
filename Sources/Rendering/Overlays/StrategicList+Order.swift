// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

extension StrategicList {
  /// Whether the items are mappings; items of several types, and lists of lists, are errors.
  func holdsMappings(_ items: [YAMLNode]) throws(PatchProblem) -> Bool {
    guard let first = items.first else { return false }
    let type = Self.type(of: first)
    for item in items {
      if item.items != nil {
        throw PatchProblem(
          "lists in the list \(Wording.quoted(name)) cannot be merged", at: item.span)
      }
      if item.isNull {
        throw PatchProblem("an item of \(Wording.quoted(name)) is null", at: item.span)
      }
      if Self.type(of: item) != type {
        throw PatchProblem(
          "the items of \(Wording.quoted(name)) are of several types", at: item.span,
          note: .at(first.span, "the first one is \(type)"))
      }
    }
    return first.pairs != nil
  }

  private static func type(of node: YAMLNode) -> String {
    switch node.content {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar(let scalar):
      switch scalar.resolved {
      case .null: "null"
      case .bool: "a boolean"
      case .int, .uint, .float: "a number"
      case .string: "a string"
      }
    }
  }

  /// Every value once.
  static func unique(_ items: [YAMLNode]) -> [YAMLNode] {
    var result: [YAMLNode] = []
    for item in items where !result.contains(where: { $0.isSame(as: item) }) { result.append(item) }
    return result
  }

  /// The items in the order that kubectl gives them: those that `first` names in its order, the others in
  /// the order of `rest`, and one of the others before the named ones that it stood before in `rest`.
  func ordered(_ items: [YAMLNode], first: [YAMLNode], rest: [YAMLNode]) -> [YAMLNode] {
    let named = items.map { position(of: $0, in: first) }
    let leading = Self.sorted(
      zip(items, named).compactMap { item, place in place.map { (item, $0) } })
    let others = Self.sorted(
      zip(items, named).compactMap { item, place in
        place == nil ? (item, position(of: item, in: rest) ?? .max) : nil
      })
    var result: [YAMLNode] = []
    var index = 0
    for item in leading {
      let place = position(of: item, in: rest)
      while index < others.count, let place, let own = position(of: others[index], in: rest),
        own < place
      {
        result.append(others[index])
        index += 1
      }
      result.append(item)
    }
    return result + others[index...]
  }

  private static func sorted(_ items: [(node: YAMLNode, place: Int)]) -> [YAMLNode] {
    items.enumerated().sorted { left, right in
      let places = (place(left.element), place(right.element))
      return places.0 == places.1 ? left.offset < right.offset : places.0 < places.1
    }.map(\.element.node)
  }

  // An item that still has its mark came in with a new item around it, which kubectl takes as it is.
  private static func place(_ item: (node: YAMLNode, place: Int)) -> Int {
    item.node[StrategicMerge.directive]?.string == "delete" ? .max : item.place
  }

  private func position(of item: YAMLNode, in list: [YAMLNode]) -> Int? {
    guard let key else { return list.firstIndex { $0.isSame(as: item) } }
    guard let value = item[key] else { return nil }
    return list.firstIndex { $0[key]?.isSame(as: value) ?? false }
  }
}
