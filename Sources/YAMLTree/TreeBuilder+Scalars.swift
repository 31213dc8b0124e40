// SPDX-License-Identifier: Apache-2.0

import CYAML
import Diagnostics

extension TreeBuilder {
  private static let standardTag = "tag:yaml.org,2002:"

  /// The scalar of the current event.
  mutating func scalar() throws(Stop) -> YAMLNode {
    let data = event.data.scalar
    let bytes = UnsafeBufferPointer(start: data.value, count: data.length)
    let text = String(decoding: bytes, as: UTF8.self)
    let start = source.position(event.start_mark)
    let style: YAMLScalar.Style
    var end: SourcePosition
    switch data.style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
      style = .singleQuoted
      end = source.position(event.end_mark)
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
      style = .doubleQuoted
      end = source.position(event.end_mark)
    case YAML_LITERAL_SCALAR_STYLE:
      style = .literal
      end = source.endWithoutBreaks(event.end_mark, start: event.start_mark)
    case YAML_FOLDED_SCALAR_STYLE:
      style = .folded
      end = source.endWithoutBreaks(event.end_mark, start: event.start_mark)
    default:
      style = .plain
      end = source.position(event.end_mark)
    }
    let span = SourceSpan(path: source.path, start: start, end: end)
    var scalar = YAMLScalar(text: text, style: style, resolved: .string)
    if let tag = data.tag {
      try apply(String(cString: tag), to: &scalar, at: span)
    } else if style == .plain {
      scalar.resolved = ScalarResolver.resolve(bytes)
    }
    if case .float(let value) = scalar.resolved, !value.isFinite {
      try fail(
        "yaml-number", "'\(scalar.text)' is a number that JSON, and so Kubernetes, cannot hold",
        at: span, hints: ["put it in quotes if it is a text"])
    }
    return YAMLNode(.scalar(scalar), span: span)
  }

  /// Reads a scalar under an explicit tag.
  private mutating func apply(
    _ tag: String, to scalar: inout YAMLScalar, at span: SourceSpan
  ) throws(Stop) {
    // "A string, whatever it looks like."
    if tag == "!" { return }
    guard tag.hasPrefix(Self.standardTag) else {
      try refuse(tag: tag, at: span)
      return
    }
    let name = String(tag.dropFirst(Self.standardTag.count))
    let read = ScalarResolver.resolve(scalar.text)
    switch (name, read) {
    case ("str", _):
      return
    case ("bool", .bool), ("null", .null), ("int", .int), ("int", .uint), ("float", .float):
      scalar.resolved = read
      return
    case ("float", .int(let value)):
      scalar.resolved = .float(Double(value))
      return
    case ("timestamp", .string) where Timestamp.isValid(scalar.text):
      return
    case ("binary", _):
      if let text = Base64Text.decode(scalar.text) {
        scalar.text = text
        return
      }
      try fail(
        "yaml-tag", "'!!binary' takes base64 of a UTF-8 text", at: span,
        hints: ["leave '!!binary' out, and keep the base64 as a text"])
    case ("bool", _), ("null", _), ("int", _), ("float", _), ("timestamp", _):
      try fail(
        "yaml-tag", "'\(scalar.text)' is not of the type '!!\(name)' that it is marked with",
        at: span)
    case ("map", _), ("seq", _):
      try fail(
        "yaml-tag", "'!!\(name)' marks a \(name == "map" ? "map" : "list"), but this is a text",
        at: span)
    default:
      try refuse(tag: tag, at: span)
    }
  }

  /// Accepts a list or a map without a tag or with its own.
  mutating func checkCollectionTag(
    _ tag: UnsafeMutablePointer<UInt8>?, is name: String
  ) throws(Stop) {
    guard let tag else { return }
    let text = String(cString: tag)
    if text == "!" || text == Self.standardTag + name { return }
    let known = ["str", "int", "float", "bool", "null", "binary", "timestamp", "map", "seq"]
    let place = source.span(event.start_mark, event.end_mark)
    guard let wrong = known.first(where: { text == Self.standardTag + $0 }) else {
      try refuse(tag: text, at: place)
      return
    }
    try fail(
      "yaml-tag", "'!!\(wrong)' stands before a \(name == "map" ? "map" : "list")", at: place)
  }

  private mutating func refuse(tag: String, at span: SourceSpan) throws(Stop) {
    let written =
      tag.hasPrefix(Self.standardTag) ? "!!" + tag.dropFirst(Self.standardTag.count) : tag
    try fail(
      "yaml-tag", "the tag '\(written)' has no meaning in Kubernetes manifests", at: span,
      hints: ["text that begins with '!' must stand in quotes"])
  }
}
