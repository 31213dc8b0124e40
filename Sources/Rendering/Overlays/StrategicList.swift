// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// How strategic merge changes one list.
struct StrategicList {
  /// The field.
  let name: String
  /// Whether and how its items are merged.
  let strategy: MergeSchema.Strategy
  /// What is known of its items.
  let schema: MergeSchema

  /// The key that tells items, nil for plain values and for lists that are not merged.
  var key: String? {
    if case .mergedList(let key) = strategy { key } else { nil }
  }

  private var isMerged: Bool {
    if case .mergedList = strategy { true } else { false }
  }

  /// The list after a patch; `isDeletion` for what `$deleteFromPrimitiveList` takes out.
  func merge(
    _ patch: [YAMLNode], into base: [YAMLNode], isDeletion: Bool = false
  ) throws(PatchProblem) -> [YAMLNode] {
    guard isMerged || isDeletion else { return patch }
    if base.isEmpty, patch.isEmpty { return [] }
    guard try holdsMappings(base + patch) else {
      if isDeletion {
        return base.filter { item in !patch.contains { $0.isSame(as: item) } }
      }
      return ordered(Self.unique(base + patch), first: patch, rest: base)
    }
    guard let key else {
      throw PatchProblem(
        "the items of \(Wording.quoted(name)) are mappings, and nothing tells them apart",
        at: (patch.first ?? base.first)?.span ?? .generated)
    }
    let (kept, changes) = try withoutMarked(patch, base, key)
    var merged = kept
    for change in changes {
      let value = try mergeValue(change, key)
      if let index = try index(of: value, in: merged, key) {
        merged[index] = try StrategicMerge.merge(change, into: merged[index], schema: schema)
      } else {
        merged.append(change)
      }
    }
    // kubectl reads the keys of all items again, so one without a key is found however it came in.
    for item in merged { _ = try mergeValue(item, key) }
    return ordered(merged, first: changes, rest: kept)
  }

  /// The list after a patch, in the order that `$setElementOrder` gives; nil when there is no list.
  ///
  /// Items that the order does not name keep their place among each other, near to where they were.
  func merge(
    _ patch: [YAMLNode]?, into base: [YAMLNode]?, orderedBy order: [YAMLNode], at span: SourceSpan
  ) throws(PatchProblem) -> [YAMLNode]? {
    try checkOrder(order, covers: patch ?? [])
    let merged: [YAMLNode]
    switch (base, patch) {
    case (nil, nil): return nil
    case (let base?, nil): merged = base
    case (nil, let patch?): merged = patch.compactMap(StrategicMerge.withoutDirectives)
    case (let base?, let patch?): merged = try merge(patch, into: base)
    }
    let isOfMappings = try holdsMappings((base ?? []) + (patch ?? []))
    if (base ?? []).isEmpty, (patch ?? []).isEmpty {
      throw PatchProblem(
        "'$setElementOrder/\(Wording.bare(name))' orders a list that has no items", at: span)
    }
    if isOfMappings, let key {
      for item in merged + order { _ = try mergeValue(item, key) }
    }
    return ordered(merged, first: order, rest: base ?? [])
  }

  // Go: `validatePatchWithSetOrderList`.
  private func checkOrder(_ order: [YAMLNode], covers patch: [YAMLNode]) throws(PatchProblem) {
    if order.isEmpty { return }
    var position = 0
    for item in patch where item[StrategicMerge.directive] == nil {
      let value = try key.map { key throws(PatchProblem) in try mergeValue(item, key) } ?? item
      while true {
        guard position < order.count else {
          throw PatchProblem(
            "'$setElementOrder/\(Wording.bare(name))' does not list "
              + "\(Wording.quoted(value.scalar?.text ?? "an item")) in the order of the patch",
            at: item.span)
        }
        let listed =
          try key.map { key throws(PatchProblem) in try mergeValue(order[position], key) }
          ?? order[position]
        position += 1
        if listed.isSame(as: value) { break }
      }
    }
  }

  /// Takes the marked items out of a patch, and out of the base what they delete.
  private func withoutMarked(
    _ patch: [YAMLNode], _ base: [YAMLNode], _ key: String
  ) throws(PatchProblem) -> (base: [YAMLNode], patch: [YAMLNode]) {
    var kept = base
    var changes: [YAMLNode] = []
    var isReplaced = false
    for item in patch {
      guard let mark = item[StrategicMerge.directive] else {
        changes.append(item)
        continue
      }
      switch mark.string {
      case "delete":
        let value = try mergeValue(item, key)
        kept.removeAll { $0[key]?.isSame(as: value) ?? false }
      case "replace": isReplaced = true
      default:
        throw PatchProblem(
          "'$patch' of an item is 'replace' or 'delete', not "
            + Wording.quoted(mark.scalar?.text ?? "a collection"), at: mark.span)
      }
    }
    return isReplaced ? (changes, []) : (kept, changes)
  }

  private func index(
    of value: YAMLNode, in items: [YAMLNode], _ key: String
  ) throws(PatchProblem) -> Int? {
    items.firstIndex { $0[key]?.isSame(as: value) ?? false }
  }

  private func mergeValue(_ item: YAMLNode, _ key: String) throws(PatchProblem) -> YAMLNode {
    guard let value = item[key] else {
      throw PatchProblem(
        "the item of \(Wording.quoted(name)) has no '\(key)', which tells it from the others",
        at: item.span)
    }
    return value
  }
}
