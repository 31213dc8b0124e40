// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import JSONTree

/// Changes single values of a YAML or JSON text and leaves every other byte as it is: comments, order, quotes,
/// line ends.
///
/// Each change is laid into the text as it is then, which is read anew. What cannot be changed at its place is
/// refused: a value that an alias or a merge key brings, or one with an anchor or a tag.
package struct YAMLEdit {
  /// Why a change cannot be made; the text is as it was.
  package struct Problem: Error, Sendable, Hashable {
    /// What is wrong, lower case, without a full stop.
    package let message: String
  }

  /// The text as it is now.
  package private(set) var bytes: [UInt8]
  private let path: String
  private let document: Int
  private let documents: Int

  /// Starts with a file; changes are made in one of its documents, of those that are not empty.
  ///
  /// `path` is for its ending: what is written into a `.json` stays JSON.
  package init(_ bytes: [UInt8], path: String, document: Int) throws(Problem) {
    self.bytes = bytes
    self.path = path
    self.document = document
    let roots = Self.documents(bytes, path)
    documents = roots.count
    guard roots.indices.contains(document) else {
      throw Problem(message: "the file cannot be read")
    }
  }

  /// The document as it is now.
  package var root: YAMLNode? {
    let roots = Self.documents(bytes, path)
    return roots.count == documents ? roots[document] : nil
  }

  /// Gives a value the place of another one; keys and places of items lead to it.
  package mutating func replace(_ way: [String], by value: JSONValue) throws(Problem) {
    let place = try find(way)
    guard let holder = place.holder else {
      throw Problem(message: "a whole document is not replaced")
    }
    let (range, text) = try replacement(place, in: holder, by: value)
    try write(range, text: text)
  }

  /// Takes a key with its value, or an item, out.
  package mutating func remove(_ way: [String]) throws(Problem) {
    let place = try find(way)
    guard let holder = place.holder else {
      throw Problem(message: "a whole document is not taken out")
    }
    if holder.count == 1 {
      let isList = holder.node.items != nil
      return try replace(way.dropLast(), by: isList ? .array([]) : .object([]))
    }
    try write(holder.isFlow ? flowRange(place, in: holder) : lineRange(place, in: holder), text: [])
  }

  /// Adds an item at the end of a list.
  package mutating func append(_ item: JSONValue, to way: [String]) throws(Problem) {
    let list = try find(way)
    guard let items = list.node.items else { throw Problem(message: "there is no list") }
    if items.isEmpty || list.isFlow {
      return try addToFlow(list, YAMLText.flow(item, isJSON: isJSON))
    }
    try addLines(after: list.node, YAMLEmitter.emit(.sequence([YAMLNode(item)])))
  }

  /// Adds a key with its value at the end of a map that has no such key.
  package mutating func add(
    _ key: String, _ value: JSONValue, to way: [String]
  ) throws(Problem) {
    let map = try find(way)
    if map.node.isNull, map.holder != nil {
      return try replace(way, by: .object([JSONMember(key, value)]))
    }
    guard let pairs = map.node.pairs else { throw Problem(message: "there is no map") }
    let pair = JSONValue.object([JSONMember(key, value)])
    if pairs.isEmpty || map.isFlow {
      let text = YAMLText.flow(pair, isJSON: isJSON)
      return try addToFlow(map, Array(text.dropFirst().dropLast()))
    }
    try addLines(after: map.node, YAMLEmitter.emit(YAMLNode(pair)))
  }

  // MARK: places

  /// A node on the way, with what holds it.
  private struct Place {
    let node: YAMLNode
    /// Where its key is written; nil for an item and for the document.
    let key: SourceSpan?
    let index: Int
    let isFlow: Bool
    /// nil for the document.
    let holder: Holder?
  }

  private struct Holder {
    let node: YAMLNode
    let isFlow: Bool
    let count: Int
  }

  private var isJSON: Bool { path.hasSuffix(".json") }

  private static func documents(_ bytes: [UInt8], _ path: String) -> [YAMLNode] {
    var findings = Findings()
    let documents = YAMLParser.parse(bytes, path: path, findings: &findings)
    return findings.hasErrors ? [] : documents.map(\.root)
  }

  private func find(_ way: [String]) throws(Problem) -> Place {
    guard let root else { throw Problem(message: "the file cannot be read") }
    var place = Place(
      node: root, key: nil, index: 0, isFlow: isFlow(root, within: false), holder: nil)
    for step in way {
      let node = place.node
      let next: (node: YAMLNode, key: SourceSpan?, index: Int)
      let count: Int
      switch node.content {
      case .mapping(let pairs):
        guard let index = pairs.firstIndex(where: { $0.key.isKey(step) }) else {
          throw Problem(message: "there is no key '\(PrintableText.escape(step))'")
        }
        next = (pairs[index].value, pairs[index].key.span, index)
        count = pairs.count
      case .sequence(let items):
        guard let index = Int(step), items.indices.contains(index) else {
          throw Problem(message: "there is no item \(PrintableText.escape(step))")
        }
        guard index == 0 || items[index - 1].span.end.offset <= items[index].span.start.offset
        else { throw Problem(message: "the value comes through an alias") }
        next = (items[index], nil, index)
        count = items.count
      case .scalar: throw Problem(message: "there is no '\(PrintableText.escape(step))'")
      }
      try check(next.node, next.key, within: node)
      let holder = Holder(node: node, isFlow: place.isFlow, count: count)
      place = Place(
        node: next.node, key: next.key, index: next.index,
        isFlow: isFlow(next.node, within: place.isFlow), holder: holder)
    }
    return place
  }

  /// A node that stands elsewhere came through an alias or a merge key.
  private func check(
    _ node: YAMLNode, _ key: SourceSpan?, within holder: YAMLNode
  ) throws(Problem) {
    let outer = holder.span.start.offset...max(holder.span.start.offset, holder.span.end.offset)
    let start = key?.start ?? node.span.start
    guard outer.contains(start.offset), outer.contains(node.span.end.offset),
      key.map({ $0.end.offset <= node.span.start.offset }) ?? true
    else { throw Problem(message: "the value comes through an alias") }
    if node.span.start < node.span.end, let first = byte(node.span.start.offset),
      first == UInt8(ascii: "&") || first == UInt8(ascii: "!")
    {
      throw Problem(message: "the value has an anchor or a tag")
    }
  }

  private func isFlow(_ node: YAMLNode, within outer: Bool) -> Bool {
    if outer { return true }
    guard node.scalar == nil, let first = byte(node.span.start.offset) else { return false }
    return node.pairs != nil ? first == UInt8(ascii: "{") : first == UInt8(ascii: "[")
  }

  private func byte(_ offset: Int) -> UInt8? {
    bytes.indices.contains(offset) ? bytes[offset] : nil
  }

  // MARK: texts

  private func replacement(
    _ place: Place, in holder: Holder, by value: JSONValue
  ) throws(Problem) -> (Range<Int>, [UInt8]) {
    let old = place.node
    let range = old.span.start.offset..<max(old.span.start.offset, old.span.end.offset)
    if isJSON || holder.isFlow || (place.isFlow && value.isCollection) {
      return (range, YAMLText.flow(value, like: old.scalar, isJSON: isJSON))
    }
    if let scalar = old.scalar, scalar.style != .literal, scalar.style != .folded, !range.isEmpty,
      let text = YAMLText.line(value, like: scalar)
    {
      return (range, text)
    }
    let isSameShape =
      (old.pairs != nil && value.members?.isEmpty == false)
      || (old.items != nil && value.items?.isEmpty == false)
    if isSameShape {
      let text = YAMLEmitter.emit(YAMLNode(value))
      return (
        range, YAMLText.indented(text, by: old.span.start.column - 1, isFirstIndented: false)
      )
    }
    let column = (place.key ?? holder.node.span).start.column - 1
    let text = YAMLText.behindMark(value, isItem: place.key == nil, column: column)
    return (try mark(before: place)..<range.upperBound, text)
  }

  /// Where the text of a value begins: behind its colon or dash.
  private func mark(before place: Place) throws(Problem) -> Int {
    var offset = place.node.span.start.offset
    while offset > 0, [0x20, 0x0a, 0x0d].contains(bytes[offset - 1]) { offset -= 1 }
    let mark = place.key == nil ? UInt8(ascii: "-") : UInt8(ascii: ":")
    guard offset > 0, bytes[offset - 1] == mark else {
      throw Problem(message: "a comment stands before the value")
    }
    return offset
  }

  private mutating func write(_ range: Range<Int>, text: [UInt8]) throws(Problem) {
    guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
      throw Problem(message: "the file cannot be read")
    }
    var text = text
    if bytes.firstIndex(of: 0x0a).map({ $0 > 0 && bytes[$0 - 1] == 0x0d }) ?? false {
      text = text.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }
    }
    var changed = bytes
    changed.replaceSubrange(range, with: text)
    guard Self.documents(changed, path).count == documents else {
      throw Problem(message: "the value has no room at its place")
    }
    bytes = changed
  }

  // MARK: adding and taking out

  private mutating func addToFlow(_ place: Place, _ text: [UInt8]) throws(Problem) {
    // An alias at the end stands elsewhere in the file.
    let last = place.node.items?.last?.span.end ?? place.node.pairs?.last?.value.span.end
    guard let start = byte(place.node.span.start.offset),
      start == UInt8(ascii: "{") || start == UInt8(ascii: "[")
    else { throw Problem(message: "the value has an anchor or a tag") }
    let offset = last?.offset ?? place.node.span.start.offset + 1
    guard (place.node.span.start.offset...place.node.span.end.offset).contains(offset) else {
      throw Problem(message: "the value comes through an alias")
    }
    try write(offset..<offset, text: (last == nil ? [] : Array(", ".utf8)) + text)
  }

  private mutating func addLines(after node: YAMLNode, _ text: [UInt8]) throws(Problem) {
    var offset = node.span.end.offset
    while let byte = byte(offset), byte != 0x0a { offset += 1 }
    let lines = YAMLText.indented(
      text, by: node.span.start.column - 1, isFirstIndented: true)
    if byte(offset) == nil {
      try write(offset..<offset, text: [0x0a] + lines)
    } else {
      try write((offset + 1)..<(offset + 1), text: lines + [0x0a])
    }
  }

  private func flowRange(_ place: Place, in holder: Holder) throws(Problem) -> Range<Int> {
    let spans: [(start: Int, end: Int)] =
      (holder.node.pairs ?? []).map { ($0.key.span.start.offset, $0.value.span.end.offset) }
      + (holder.node.items ?? []).map { ($0.span.start.offset, $0.span.end.offset) }
    let own = spans[place.index]
    let range =
      place.index + 1 < spans.count
      ? (own.start, spans[place.index + 1].start) : (spans[place.index - 1].end, own.end)
    guard range.0 < range.1 else { throw Problem(message: "the value comes through an alias") }
    return range.0..<range.1
  }

  /// The lines of a key or an item that begins its line.
  private func lineRange(_ place: Place, in holder: Holder) throws(Problem) -> Range<Int> {
    var start = (place.key ?? place.node.span).start.offset
    if place.key == nil {
      while start > 0, bytes[start - 1] == 0x20 { start -= 1 }
      guard start > 0, bytes[start - 1] == UInt8(ascii: "-") else {
        throw Problem(message: "the item shares its line")
      }
      start -= 1
    }
    while start > 0, bytes[start - 1] == 0x20 { start -= 1 }
    guard start == 0 || bytes[start - 1] == 0x0a else {
      throw Problem(message: "the \(place.key == nil ? "item" : "key") shares its line")
    }
    var end = place.node.span.end.offset
    while let byte = byte(end), byte != 0x0a { end += 1 }
    return start..<min(end + 1, bytes.count)
  }
}

extension JSONValue {
  fileprivate var isCollection: Bool { items != nil || members != nil }
}
