// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// JSON Patch (RFC 6902), as the API server and Fleet apply it (`evanphx/json-patch`).
///
/// What they allow beyond the RFC is allowed here: an index counted from the end (`-1`), `replace` of a key
/// that is not there, `test` with null for a key that is not there. What they let pass to no good is an
/// error: `add` without a value, `copy` of what is not there, a pointer without `/` in front.
enum JSONPatch {
  private static let operations = ["add", "remove", "replace", "move", "copy", "test"]

  /// The document after all operations, in order; none is applied when one fails.
  static func apply(_ patch: YAMLNode, to base: YAMLNode) throws(PatchProblem) -> YAMLNode {
    var document = base
    for operation in patch.items ?? [] { try apply(operation, to: &document) }
    return document
  }

  private static func apply(
    _ operation: YAMLNode, to document: inout YAMLNode
  ) throws(PatchProblem) {
    guard operation.pairs != nil else {
      throw PatchProblem(
        "an operation is a mapping with 'op' and 'path'", at: operation.span)
    }
    guard let kind = operation["op"] else {
      throw PatchProblem("the operation has no 'op'", at: operation.span)
    }
    let path = try JSONPointer("path", of: operation)
    switch kind.string {
    case "add":
      try add(value(of: operation), at: path, to: &document)
    case "remove":
      _ = try remove(path, from: &document)
    case "replace":
      let value = try value(of: operation)
      if path.tokens.isEmpty {
        document = value
        return
      }
      try change(path, in: &document) { place throws(PatchProblem) in try place.replace(with: value)
      }
    case "move":
      let from = try JSONPointer("from", of: operation)
      if from.contains(path) {
        throw PatchProblem(
          "'\(Wording.bare(from.text))' cannot be moved into itself", at: from.span)
      }
      let value = try remove(from, from: &document)
      try add(value, at: path, to: &document)
    case "copy":
      let from = try JSONPointer("from", of: operation)
      guard let value = try get(from, of: document) else { throw missing(from) }
      try add(value, at: path, to: &document)
    case "test":
      try test(path, of: document, is: operation["value"] ?? .null)
    default:
      let word = kind.scalar?.text ?? ""
      throw PatchProblem(
        "there is no operation \(Wording.quoted(word))", at: kind.span,
        hint: Suggestion.nearest(to: word, among: operations).map { "did you mean '\($0)'?" }
          ?? "the operations are \(Wording.list(operations, most: 6))")
    }
  }

  private static func value(of operation: YAMLNode) throws(PatchProblem) -> YAMLNode {
    guard let value = operation["value"] else {
      throw PatchProblem("the operation has no 'value'", at: operation.span)
    }
    return value
  }

  private static func add(
    _ value: YAMLNode, at path: JSONPointer, to document: inout YAMLNode
  ) throws(PatchProblem) {
    if path.tokens.isEmpty {
      document = value
      return
    }
    try change(path, in: &document) { place throws(PatchProblem) in try place.add(value) }
  }

  private static func remove(
    _ path: JSONPointer, from document: inout YAMLNode
  ) throws(PatchProblem) -> YAMLNode {
    guard !path.tokens.isEmpty else {
      throw PatchProblem("the whole document cannot be removed", at: path.span)
    }
    var removed = YAMLNode.null
    try change(path, in: &document) { place throws(PatchProblem) in removed = try place.remove() }
    return removed
  }

  private static func get(
    _ path: JSONPointer, of document: YAMLNode
  ) throws(PatchProblem) -> YAMLNode? {
    var node = document
    for depth in path.tokens.indices {
      let place = JSONPatchPlace(node, path: path, depth: depth)
      guard let next = try place.get() else {
        if depth == path.tokens.count - 1 { return nil }
        throw missing(path, depth: depth + 1)
      }
      node = next
    }
    return node
  }

  private static func test(
    _ path: JSONPointer, of document: YAMLNode, is wanted: YAMLNode
  ) throws(PatchProblem) {
    let value = try get(path, of: document)
    let found = value ?? .null
    if found.isSame(as: wanted) { return }
    let start = "the test of '\(Wording.bare(path.text))' failed:"
    guard value != nil else { throw PatchProblem("\(start) it is not there", at: path.span) }
    var words = "the value is another"
    if document["kind"]?.string != "Secret", let found = found.scalar, let wanted = wanted.scalar {
      words = "it is \(Wording.quoted(found.text)), not \(Wording.quoted(wanted.text))"
    }
    throw PatchProblem(
      "\(start) \(words)", at: path.span, note: .at(found.span, "the value is here"))
  }

  /// Walks to the collection that holds the last step and lets it be changed.
  private static func change(
    _ path: JSONPointer, in document: inout YAMLNode,
    _ body: (inout JSONPatchPlace) throws(PatchProblem) -> Void
  ) throws(PatchProblem) {
    document = try changed(document, path, depth: 0, body)
  }

  private static func changed(
    _ node: YAMLNode, _ path: JSONPointer, depth: Int,
    _ body: (inout JSONPatchPlace) throws(PatchProblem) -> Void
  ) throws(PatchProblem) -> YAMLNode {
    var place = JSONPatchPlace(node, path: path, depth: depth)
    if depth == path.tokens.count - 1 {
      try body(&place)
    } else {
      guard let next = try place.get() else {
        throw missing(path, depth: depth + 1)
      }
      try place.put(changed(next, path, depth: depth + 1, body))
    }
    return place.node
  }

  static func missing(_ path: JSONPointer, depth: Int? = nil) -> PatchProblem {
    guard let depth, depth < path.tokens.count else {
      return PatchProblem("there is no '\(Wording.bare(path.text))'", at: path.span)
    }
    return PatchProblem(
      "there is no '\(Wording.bare(path.prefix(depth)))' for '\(Wording.bare(path.text))'",
      at: path.span)
  }
}
