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
    try mergeInPlace(patch, into: base, isDeletion: isDeletion).merged
  }

  /// The list after a patch, and what has become of the memory of the base.
  ///
  /// Go deletes and appends in the array of the base, and afterwards takes the order of the base from
  /// that array when `$setElementOrder` is there: without `memory` some orders would differ.
  private func mergeInPlace(
    _ patch: [YAMLNode], into base: [YAMLNode], isDeletion: Bool
  ) throws(PatchProblem) -> (merged: [YAMLNode], memory: [YAMLNode]) {
    guard isMerged || isDeletion else { return (patch, base) }
    if base.isEmpty, patch.isEmpty { return ([], []) }
    guard try holdsMappings(base + patch) else {
      if isDeletion {
        return (base.filter { item in !patch.contains { $0.isSame(as: item) } }, base)
      }
      return (ordered(Self.unique(base + patch), first: patch, rest: base), base)
    }
    guard let key else {
      throw PatchProblem(
        "the items of \(Wording.quoted(name)) are mappings, and nothing tells them apart",
        at: (patch.first ?? base.first)?.span ?? .generated)
    }
    var (kept, changes, memory, isReplaced) = try withoutMarked(patch, base, key)
    if isReplaced { (kept, changes) = (changes, []) }
    var merged = kept
    for change in changes {
      let value = try mergeValue(change, key)
      if let index = index(of: value, in: merged, key) {
        merged[index] = try StrategicMerge.merge(change, into: merged[index], schema: schema)
      } else {
        if merged.count < memory.count { memory[merged.count] = change }
        merged.append(change)
      }
    }
    // kubectl reads the keys of all items again, so one without a key is found however it came in.
    for item in merged { _ = try mergeValue(item, key) }
    return (ordered(merged, first: changes, rest: kept), memory)
  }

  /// The list after a patch, in the order that `$setElementOrder` gives; nil when there is no list.
  ///
  /// Items that the order does not name keep their place among each other, near to where they were.
  func merge(
    _ patch: [YAMLNode]?, into base: [YAMLNode]?, orderedBy order: [YAMLNode], at span: SourceSpan
  ) throws(PatchProblem) -> [YAMLNode]? {
    try checkOrder(order, covers: patch ?? [])
    let merged: [YAMLNode]
    var memory = base ?? []
    switch (base, patch) {
    case (nil, nil): return nil
    case (let base?, nil): merged = base
    case (nil, let patch?): merged = patch.compactMap(StrategicMerge.withoutDirectives)
    case (let base?, let patch?):
      (merged, memory) = try mergeInPlace(patch, into: base, isDeletion: false)
    }
    let isOfMappings = try holdsMappings((base ?? []) + (patch ?? []))
    if (base ?? []).isEmpty, (patch ?? []).isEmpty {
      throw PatchProblem(
        "'$setElementOrder/\(Wording.bare(name))' orders a list that has no items", at: span)
    }
    if isOfMappings, let key {
      for item in merged + order { _ = try mergeValue(item, key) }
    }
    return ordered(merged, first: order, rest: memory)
  }

  // Go's `validatePatchWithSetOrderList`, which trips over `$patch: replace` behind the last item too.
  private func checkOrder(_ order: [YAMLNode], covers patch: [YAMLNode]) throws(PatchProblem) {
    if order.isEmpty { return }
    var rest = patch[...]
    if key != nil { rest = patch.filter { $0[StrategicMerge.directive]?.string != "delete" }[...] }
    var listed = order[...]
    while let item = rest.first, let next = listed.first {
      if item[StrategicMerge.directive] != nil {
        rest.removeFirst()
        continue
      }
      let isSame =
        if let key {
          try mergeValue(item, key).isSame(as: mergeValue(next, key))
        } else {
          item.isSame(as: next)
        }
      if isSame { rest.removeFirst() }
      listed.removeFirst()
    }
    guard let item = rest.first else { return }
    let value = key.map { item[$0] } ?? item
    throw PatchProblem(
      "'$setElementOrder/\(Wording.bare(name))' does not list "
        + "\(value?.scalar.map { Wording.quoted($0.text) } ?? "an item") in the order of the patch",
      at: item.span)
  }

  /// Takes the marked items out of a patch, and out of the base what they delete.
  private func withoutMarked(
    _ patch: [YAMLNode], _ base: [YAMLNode], _ key: String
  ) throws(PatchProblem) -> (
    base: [YAMLNode], patch: [YAMLNode], memory: [YAMLNode], isReplaced: Bool
  ) {
    var kept = base
    var changes: [YAMLNode] = []
    var memory = base
    var isReplaced = false
    for item in patch {
      guard let mark = item[StrategicMerge.directive] else {
        changes.append(item)
        continue
      }
      switch mark.string {
      case "delete":
        let value = try mergeValue(item, key)
        while let position = index(of: value, in: kept, key) {
          kept.remove(at: position)
          memory.replaceSubrange(0..<kept.count, with: kept)
        }
      case "replace": isReplaced = true
      default:
        throw PatchProblem(
          "'$patch' of an item is 'replace' or 'delete', not "
            + Wording.quoted(mark.scalar?.text ?? "a collection"), at: mark.span)
      }
    }
    return (kept, changes, memory, isReplaced)
  }

  private func index(
    of value: YAMLNode, in items: [YAMLNode], _ key: String
  ) -> Int? {
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
