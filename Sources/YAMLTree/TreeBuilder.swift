// SPDX-License-Identifier: Apache-2.0

import CYAML
import Diagnostics

/// Builds the tree of one file from libyaml's events.
struct TreeBuilder {
  /// Why the rest of the file can't be read; the finding is already written.
  struct Stop: Error {}

  /// What an anchor stands for; `node` is nil while the anchored node is still open.
  struct Anchor {
    var node: YAMLNode?
    var place: SourceSpan
    var number: Int
    var nodes = 0
    var height = 0
  }

  let parser: UnsafeMutablePointer<yaml_parser_t>
  let source: SourceText
  let limits: YAMLLimits
  let duplicateKeys: YAMLParser.DuplicateKeys
  var findings = Findings()
  var event = yaml_event_t()

  var anchors: [String: Anchor] = [:]
  private var anchorCount = 0
  private var nodeCount = 0
  /// The deepest level that the innermost open anchor has reached.
  private var deepest = 0
  /// Whether the current document has an error, so that it is not returned.
  var isBroken = false
  var keys = KeyCache()

  init(
    parser: UnsafeMutablePointer<yaml_parser_t>, source: SourceText, limits: YAMLLimits,
    duplicateKeys: YAMLParser.DuplicateKeys
  ) {
    self.parser = parser
    self.source = source
    self.limits = limits
    self.duplicateKeys = duplicateKeys
  }

  /// All documents without an error.
  mutating func documents() -> [YAMLDocument] {
    var result: [YAMLDocument] = []
    do throws(Stop) {
      while true {
        try next()
        if event.type == YAML_STREAM_END_EVENT { break }
        guard event.type == YAML_DOCUMENT_START_EVENT else { continue }
        if let document = try document() { result.append(document) }
      }
    } catch {}
    yaml_event_delete(&event)
    return result
  }

  private mutating func document() throws(Stop) -> YAMLDocument? {
    let start = source.position(event.start_mark)
    anchors.removeAll()
    isBroken = false
    try next()
    let isEmpty =
      event.type == YAML_SCALAR_EVENT && event.data.scalar.length == 0
      && event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && event.data.scalar.tag == nil
      && event.data.scalar.anchor == nil
    let root = try node(depth: 1)
    try next()
    if isEmpty || isBroken { return nil }
    return YAMLDocument(
      root: root, span: SourceSpan(path: source.path, start: start, end: root.span.end))
  }

  /// Replaces the current event by the next one.
  mutating func next() throws(Stop) {
    yaml_event_delete(&event)
    if yaml_parser_parse(parser, &event) == 1 { return }
    event = yaml_event_t()
    findings.add(SyntaxErrorWords(parser: parser.pointee, source: source).finding())
    throw Stop()
  }

  /// Notes an error that spoils the document.
  mutating func fail(
    _ code: String, _ message: String, at span: SourceSpan, notes: [Finding.Note] = [],
    hints: [String] = []
  ) throws(Stop) {
    isBroken = true
    findings.error(code, message, at: span, notes: notes, hints: hints)
    if findings.all.count >= limits.maxFindings { throw Stop() }
  }

  /// The node of the current event; ends at the node's last event.
  mutating func node(depth: Int) throws(Stop) -> YAMLNode {
    let isCollection =
      event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_MAPPING_START_EVENT
    try count(1, depth: isCollection ? depth : depth - 1)
    switch event.type {
    case YAML_SCALAR_EVENT:
      guard let anchor = event.data.scalar.anchor else { return try scalar() }
      return try anchored(anchor, depth: depth)
    case YAML_SEQUENCE_START_EVENT:
      guard let anchor = event.data.sequence_start.anchor else { return try sequence(depth) }
      return try anchored(anchor, depth: depth)
    case YAML_MAPPING_START_EVENT:
      guard let anchor = event.data.mapping_start.anchor else { return try mapping(depth) }
      return try anchored(anchor, depth: depth)
    default:
      return try alias(depth: depth)
    }
  }

  /// Counts nodes and depth; over a limit the file is given up.
  mutating func count(_ nodes: Int, depth: Int) throws(Stop) {
    deepest = max(deepest, depth)
    nodeCount += nodes
    if depth > limits.maxDepth {
      try fail(
        "yaml-too-deep", "lists and maps are nested more than \(limits.maxDepth) deep here",
        at: source.span(event.start_mark, event.end_mark))
      throw Stop()
    }
    if nodeCount > limits.maxNodes {
      try fail(
        "yaml-too-many-nodes",
        "the file has more than \(limits.maxNodes) values, aliases counted in full",
        at: source.span(event.start_mark, event.end_mark),
        hints: ["split it into several files, or use fewer aliases"])
      throw Stop()
    }
  }

  private mutating func anchored(
    _ anchor: UnsafeMutablePointer<UInt8>, depth: Int
  ) throws(Stop) -> YAMLNode {
    let name = String(cString: anchor)
    anchorCount += 1
    let number = anchorCount
    let place = source.span(event.start_mark, event.end_mark)
    anchors[name] = Anchor(node: nil, place: place, number: number)
    let nodesBefore = nodeCount
    let deepestBefore = deepest
    deepest = depth - 1
    let node: YAMLNode =
      switch event.type {
      case YAML_SCALAR_EVENT: try scalar()
      case YAML_SEQUENCE_START_EVENT: try sequence(depth)
      default: try mapping(depth)
      }
    // Inside of the node the same name may have been given to another one, which is the later one.
    if anchors[name]?.number == number {
      anchors[name] = Anchor(
        node: node, place: place, number: number, nodes: nodeCount - nodesBefore,
        height: deepest - depth)
    }
    deepest = max(deepest, deepestBefore)
    return node
  }

  private mutating func alias(depth: Int) throws(Stop) -> YAMLNode {
    let place = source.span(event.start_mark, event.end_mark)
    guard event.type == YAML_ALIAS_EVENT, let anchor = event.data.alias.anchor else {
      throw Stop()
    }
    let name = String(cString: anchor)
    guard let target = anchors[name] else {
      let near = Suggestion.nearest(
        to: name, among: anchors.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
      let hint =
        near.map { "did you mean '*\($0)'?" }
        ?? "text that begins with '*' must stand in quotes"
      try fail("yaml-alias", "no anchor '&\(name)' stands before this", at: place, hints: [hint])
      return YAMLNode(.scalar(YAMLScalar(text: "", style: .plain, resolved: .null)), span: place)
    }
    guard let node = target.node else {
      try fail(
        "yaml-alias", "'*\(name)' stands inside of what '&\(name)' names", at: place,
        notes: [Finding.Note("the anchor is here", at: anchorPlace(target, name))])
      return YAMLNode(.scalar(YAMLScalar(text: "", style: .plain, resolved: .null)), span: place)
    }
    try count(target.nodes, depth: depth + target.height)
    return node
  }

  private func anchorPlace(_ anchor: Anchor, _ name: String) -> SourceSpan {
    let start = anchor.place.start
    let length = name.utf8.count + 1
    return SourceSpan(
      path: source.path, start: start,
      end: SourcePosition(
        line: start.line, column: start.column + length, offset: start.offset + length))
  }

  private mutating func sequence(_ depth: Int) throws(Stop) -> YAMLNode {
    let start = source.position(event.start_mark)
    let isFlow = event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
    try checkCollectionTag(event.data.sequence_start.tag, is: "seq")
    var end = source.position(event.end_mark)
    var items: [YAMLNode] = []
    try next()
    while event.type != YAML_SEQUENCE_END_EVENT {
      // An alias ends where it stands, not where the anchored text does.
      let isAlias = event.type == YAML_ALIAS_EVENT
      let aliasEnd = event.end_mark
      let item = try node(depth: depth + 1)
      end = isAlias ? source.position(aliasEnd) : item.span.end
      items.append(item)
      try next()
    }
    if isFlow { end = source.position(event.end_mark) }
    return YAMLNode(.sequence(items), span: SourceSpan(path: source.path, start: start, end: end))
  }

  private mutating func mapping(_ depth: Int) throws(Stop) -> YAMLNode {
    let start = source.position(event.start_mark)
    let isFlow = event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
    try checkCollectionTag(event.data.mapping_start.tag, is: "map")
    var end = source.position(event.end_mark)
    var map = MappingBuilder()
    try next()
    while event.type != YAML_MAPPING_END_EVENT {
      let key = try key(depth: depth + 1)
      try next()
      let isAlias = event.type == YAML_ALIAS_EVENT
      let aliasEnd = event.end_mark
      let value = try node(depth: depth + 1)
      end = isAlias ? source.position(aliasEnd) : value.span.end
      switch key {
      case .text(let node):
        let pair = YAMLPair(key: node, value: value)
        if let first = map.add(pair) { try duplicate(pair, first, &map) }
      case .merge(let place):
        try merge(value, at: place, into: &map)
      case .refused:
        break
      }
      try next()
    }
    if isFlow { end = source.position(event.end_mark) }
    return YAMLNode(
      .mapping(map.finished()), span: SourceSpan(path: source.path, start: start, end: end))
  }
  private mutating func duplicate(
    _ pair: YAMLPair, _ first: SourceSpan, _ map: inout MappingBuilder
  ) throws(Stop) {
    let message = "the key '\(pair.key.scalar?.text ?? "")' stands twice in this map"
    let notes = [Finding.Note("it is here already", at: first)]
    if duplicateKeys == .refused {
      try fail("yaml-duplicate-key", message, at: pair.key.span, notes: notes)
      return
    }
    map.replace(pair)
    // A warning never ends the file: what follows would be lost without an error.
    if findings.all.count < limits.maxFindings {
      findings.warning(
        "yaml-duplicate-key", message + "; the last one counts", at: pair.key.span, notes: notes)
    }
  }
}
