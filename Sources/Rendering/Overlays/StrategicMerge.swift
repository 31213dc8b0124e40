// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// Strategic merge patch, as `kubectl` and the API server apply it to built-in kinds
/// (`k8s.io/apimachinery/pkg/util/strategicpatch`), with all directives and the order of merged lists.
///
/// Where Go would take the keys of a patch in a random order, they are taken as they are written. A field
/// that the schema does not know is merged (a mapping) or replaced (a list); Go refuses it.
enum StrategicMerge {
  static let directive = "$patch"
  static let retainKeys = "$retainKeys"
  static let elementOrder = "$setElementOrder"
  static let deletion = "$deleteFromPrimitiveList"

  /// The base with the patch laid over it; both are mappings.
  static func merge(
    _ patch: YAMLNode, into base: YAMLNode, schema: MergeSchema
  ) throws(PatchProblem) -> YAMLNode {
    if let node = patch[directive] {
      switch node.string {
      case "replace":
        var result = patch
        result.remove(directive)
        return result
      case "delete":
        return YAMLNode(.mapping([]), span: patch.span)
      default:
        throw PatchProblem(
          "'$patch' of a mapping is 'replace' or 'delete', not "
            + Wording.quoted(node.scalar?.text ?? "a collection"), at: node.span)
      }
    }
    var result = base
    var rest = patch
    try applyRetainKeys(to: &result, from: &rest)
    try applyElementOrders(to: &result, from: &rest, schema: schema)
    for change in rest.pairs ?? [] {
      try apply(change, to: &result, schema: schema)
    }
    return result
  }

  private static func apply(
    _ change: YAMLPair, to result: inout YAMLNode, schema: MergeSchema
  ) throws(PatchProblem) {
    var key = change.key.scalar?.text ?? ""
    let isDeletion = key.utf8.starts(with: deletion.utf8)
    if isDeletion { key = try field(of: change.key, behind: deletion) }
    let value = change.value
    if value.isNull {
      result.remove(key)
      return
    }
    let old = result[key]
    let field = schema.field(key)
    switch (old?.content, value.content) {
    case (.mapping?, .mapping):
      guard let old, field.strategy != .replaced else {
        result.set(key, to: value)
        return
      }
      result.set(key, to: try merge(value, into: old, schema: field.schema))
    case (.sequence(let items)?, .sequence(let changes)):
      let list = StrategicList(name: key, strategy: field.strategy, schema: field.schema)
      let merged = try list.merge(changes, into: items, isDeletion: isDeletion)
      result.set(key, to: YAMLNode(.sequence(merged), span: value.span))
    default:
      if isDeletion { return }
      if let plain = withoutDirectives(JSONMergePatch.withoutNulls(value)) {
        result.set(key, to: plain)
      } else {
        result.remove(key)
      }
    }
  }

  /// The field that a directive such as `$setElementOrder/containers` speaks of.
  static func field(of key: YAMLNode, behind directive: String) throws(PatchProblem) -> String {
    let text = key.scalar?.text ?? ""
    guard text.utf8.starts(with: "\(directive)/".utf8) else {
      throw PatchProblem(
        "the directive \(Wording.quoted(text)) names no field", at: key.span,
        hint: "write '\(directive)/FIELD'")
    }
    return String(Substring(text.utf8.dropFirst(directive.utf8.count + 1)))
  }

  /// A value that was not in the base, without mappings that a directive marks; nil when it is one.
  static func withoutDirectives(_ node: YAMLNode) -> YAMLNode? {
    switch node.content {
    case .scalar: return node
    case .sequence(let items):
      return YAMLNode(.sequence(items.compactMap(withoutDirectives)), span: node.span)
    case .mapping(let pairs):
      if node[directive] != nil { return nil }
      return YAMLNode(
        .mapping(
          pairs.compactMap { pair in
            withoutDirectives(pair.value).map { YAMLPair(key: pair.key, value: $0) }
          }), span: node.span)
    }
  }

  /// `$retainKeys`: the keys of the base that are not listed go away; the patch sets listed ones only.
  private static func applyRetainKeys(
    to base: inout YAMLNode, from patch: inout YAMLNode
  ) throws(PatchProblem) {
    guard let list = patch.remove(retainKeys) else { return }
    guard let items = list.items else {
      throw PatchProblem("'$retainKeys' is a list of keys", at: list.span)
    }
    let kept = Set(items.compactMap(\.string))
    for pair in patch.pairs ?? [] {
      let key = pair.key.scalar?.text ?? ""
      if pair.value.isNull || kept.contains(key) { continue }
      if key.utf8.starts(with: deletion.utf8) || key.utf8.starts(with: elementOrder.utf8) {
        continue
      }
      throw PatchProblem(
        "'$retainKeys' does not list \(Wording.quoted(key)), which the patch sets",
        at: pair.key.span, note: .at(list.span, "the list is here"))
    }
    guard let pairs = base.pairs else { return }
    base.content = .mapping(pairs.filter { kept.contains($0.key.scalar?.text ?? "") })
  }

  /// `$setElementOrder/FIELD`: the list is merged and then brought into this order.
  private static func applyElementOrders(
    to base: inout YAMLNode, from patch: inout YAMLNode, schema: MergeSchema
  ) throws(PatchProblem) {
    for pair in patch.pairs ?? [] {
      guard let key = pair.key.scalar?.text, key.utf8.starts(with: elementOrder.utf8) else {
        continue
      }
      patch.remove(key)
      guard let order = pair.value.items else {
        throw PatchProblem("\(Wording.quoted(key)) is a list", at: pair.value.span)
      }
      let name = try field(of: pair.key, behind: elementOrder)
      let field = schema.field(name)
      let list = StrategicList(name: name, strategy: field.strategy, schema: field.schema)
      let old = try items(name, of: base)
      let new = try items(name, of: patch)
      guard
        let merged = try list.merge(new, into: old, orderedBy: order, at: pair.key.span)
      else { continue }
      let span = patch.remove(name)?.span ?? base[name]?.span ?? pair.value.span
      base.set(name, to: YAMLNode(.sequence(merged), span: span))
    }
  }

  private static func items(
    _ name: String, of node: YAMLNode
  ) throws(PatchProblem) -> [YAMLNode]? {
    guard let value = node[name] else { return nil }
    guard let items = value.items else {
      throw PatchProblem("\(Wording.quoted(name)) is no list", at: value.span)
    }
    return items
  }
}
