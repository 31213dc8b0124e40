// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// The collection that holds one step of a pointer.
struct JSONPatchPlace {
  /// The collection.
  private(set) var node: YAMLNode
  private let path: JSONPointer
  private let depth: Int

  /// Makes the place of the step after the first `depth` ones.
  init(_ node: YAMLNode, path: JSONPointer, depth: Int) {
    self.node = node
    self.path = path
    self.depth = depth
  }

  private var token: String { depth < path.tokens.count ? path.tokens[depth] : "" }

  /// The value that is there; nil when a mapping has no such key; an index that a list has not is an error.
  func get() throws(PatchProblem) -> YAMLNode? {
    switch node.content {
    case .mapping: return node[token]
    case .sequence(let items): return items[try index(in: items.count)]
    case .scalar: throw noCollection
    }
  }

  /// Puts a value where one is.
  mutating func put(_ value: YAMLNode) throws(PatchProblem) {
    switch node.content {
    case .mapping: node.set(token, to: value)
    case .sequence(var items):
      items[try index(in: items.count)] = value
      node.content = .sequence(items)
    case .scalar: throw noCollection
    }
  }

  /// Puts a value where one is; a key that a mapping has not is added, as by the API server.
  mutating func replace(with value: YAMLNode) throws(PatchProblem) { try put(value) }

  /// Gives a key a value, or puts an item into a list before the index; `-` is behind the last.
  mutating func add(_ value: YAMLNode) throws(PatchProblem) {
    switch node.content {
    case .mapping: node.set(token, to: value)
    case .sequence(var items):
      let position = token == "-" ? items.count : try index(in: items.count, growing: true)
      items.insert(value, at: position)
      node.content = .sequence(items)
    case .scalar: throw noCollection
    }
  }

  /// Takes a value out.
  mutating func remove() throws(PatchProblem) -> YAMLNode {
    switch node.content {
    case .mapping:
      guard let value = node.remove(token) else { throw JSONPatch.missing(path) }
      return value
    case .sequence(var items):
      let value = items.remove(at: try index(in: items.count))
      node.content = .sequence(items)
      return value
    case .scalar: throw noCollection
    }
  }

  /// The index that the step means; with `growing` one more than the last is allowed.
  private func index(in count: Int, growing: Bool = false) throws(PatchProblem) -> Int {
    let list = path.prefix(depth)
    guard let number = Int(token) else {
      throw PatchProblem(
        "\(Wording.quoted(token)) is no index of the list '\(Wording.bare(list))'", at: path.span,
        hint: token == "-" ? "'-' is behind the last item; only 'add' can name it" : nil)
    }
    let size = growing ? count + 1 : count
    let index = number < 0 ? number.addingReportingOverflow(size).partialValue : number
    guard index >= 0, index < size else {
      throw PatchProblem(
        "the list '\(Wording.bare(list))' has \(Wording.count(count, "item")) and no index \(number)",
        at: path.span)
    }
    return index
  }

  private var noCollection: PatchProblem {
    let place = path.prefix(depth)
    return PatchProblem(
      place.isEmpty
        ? "the document is no mapping and no list"
        : "'\(Wording.bare(place))' is no mapping and no list", at: path.span,
      note: .at(node.span, "it is here"))
  }
}
