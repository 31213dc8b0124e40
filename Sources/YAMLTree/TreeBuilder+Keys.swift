// SPDX-License-Identifier: Apache-2.0

import CYAML
import Diagnostics

extension TreeBuilder {
  /// What a key turned out to be.
  enum Key {
    case text(YAMLNode)
    case merge(SourceSpan)
    case refused
  }

  /// The key of the current event.
  mutating func key(depth: Int) throws(Stop) -> Key {
    if event.type == YAML_SCALAR_EVENT, event.data.scalar.anchor == nil {
      if isMergeKey() { return .merge(source.span(event.start_mark, event.end_mark)) }
      if event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE, event.data.scalar.tag == nil,
        let text = keys.text(event.data.scalar.value, event.data.scalar.length)
      {
        try count(1, depth: depth - 1)
        return .text(
          YAMLNode(
            .scalar(YAMLScalar(text: text, style: .plain, resolved: .string)),
            span: source.span(event.start_mark, event.end_mark)))
      }
    }
    let isAlias = event.type == YAML_ALIAS_EVENT
    let place = source.span(event.start_mark, event.end_mark)
    let node = try node(depth: depth)
    guard let scalar = node.scalar else {
      if let template = templateStart(place) {
        try fail(
          "yaml-syntax", SyntaxErrorWords.templateMessage, at: template,
          hints: [SyntaxErrorWords.templateHint])
      } else {
        try fail(
          "yaml-complex-key", "a key must be a text, not a list or a map",
          at: isAlias ? place : node.span)
      }
      return .refused
    }
    if scalar.resolved == .string {
      if case .plain = scalar.style { keys.insert(scalar.text) }
      return .text(node)
    }
    guard let text = KeyText.kubernetes(scalar) else {
      let what = scalar.resolved == .null ? "empty" : "this number"
      try fail(
        "yaml-key", "a key cannot be \(what)", at: place, hints: ["put the key in quotes"])
      return .refused
    }
    // A warning never ends the file: what follows would be lost without an error.
    if text != scalar.text, findings.all.count < limits.maxFindings {
      findings.warning(
        "yaml-key-reading", "Kubernetes reads the key '\(scalar.text)' as '\(text)'", at: place,
        hints: ["put it in quotes: \"\(scalar.text)\""])
    }
    return .text(
      YAMLNode(
        .scalar(YAMLScalar(text: text, style: scalar.style, resolved: .string)), span: node.span))
  }

  /// Most often a map as a key is a template that nobody renders here: `{{ .Values.x }}`.
  private func templateStart(_ place: SourceSpan) -> SourceSpan? {
    let before = place.start.offset - source.position(atOffset: 0).offset - 1
    guard before >= 0, before + 1 < source.bytes.count, source.bytes[before] == UInt8(ascii: "{"),
      source.bytes[before + 1] == UInt8(ascii: "{")
    else { return nil }
    return source.span(before..<(before + 2))
  }

  private func isMergeKey() -> Bool {
    let scalar = event.data.scalar
    guard scalar.length == 2, let value = scalar.value, value[0] == UInt8(ascii: "<"),
      value[1] == UInt8(ascii: "<")
    else { return false }
    if let tag = scalar.tag { return String(cString: tag) == "tag:yaml.org,2002:merge" }
    return scalar.style == YAML_PLAIN_SCALAR_STYLE
  }

  /// Adds the pairs of a map, or of a list of maps, below those that the map has itself.
  mutating func merge(
    _ value: YAMLNode, at place: SourceSpan, into map: inout MappingBuilder
  ) throws(Stop) {
    if let first = map.merge {
      try fail(
        "yaml-duplicate-key", "the merge key '<<' stands twice in this map", at: place,
        notes: [Finding.Note("it is here already", at: first)],
        hints: ["merge several maps with a list: '<<: [*a, *b]'"])
      return
    }
    let sources: [YAMLNode] = value.items ?? [value]
    for source in sources where source.pairs == nil {
      // After an alias without an anchor this would only repeat what was said.
      if !isBroken {
        try fail("yaml-merge", "'<<' takes a map, or a list of maps", at: place)
      }
      return
    }
    map.addMerge(at: place, sources.flatMap { $0.pairs ?? [] })
  }
}
