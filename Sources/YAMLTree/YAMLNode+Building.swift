// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

extension YAMLNode {
  /// The span of nodes that no file has.
  package static let noSpan = SourceSpan(path: "", start: .start, end: .start)

  /// A string.
  package static func string(_ text: String) -> YAMLNode {
    YAMLNode(
      .scalar(YAMLScalar(text: text, style: .doubleQuoted, resolved: .string)), span: noSpan)
  }

  /// A boolean.
  package static func bool(_ value: Bool) -> YAMLNode {
    YAMLNode(
      .scalar(YAMLScalar(text: value ? "true" : "false", style: .plain, resolved: .bool(value))),
      span: noSpan)
  }

  /// An integer.
  package static func int(_ value: Int64) -> YAMLNode {
    YAMLNode(
      .scalar(YAMLScalar(text: String(value), style: .plain, resolved: .int(value))), span: noSpan)
  }

  /// The null.
  package static var null: YAMLNode {
    YAMLNode(.scalar(YAMLScalar(text: "null", style: .plain, resolved: .null)), span: noSpan)
  }

  /// A list.
  package static func sequence(_ items: [YAMLNode]) -> YAMLNode {
    YAMLNode(.sequence(items), span: noSpan)
  }

  /// A mapping with these pairs, in this order.
  package static func mapping(_ pairs: [(String, YAMLNode)]) -> YAMLNode {
    YAMLNode(
      .mapping(pairs.map { YAMLPair(key: .string($0.0), value: $0.1) }), span: noSpan)
  }

  /// The mapping with a key set: in its old place, or at the end when it is new.
  ///
  /// A node that is no mapping becomes one.
  package func setting(_ key: String, to value: YAMLNode) -> YAMLNode {
    var pairs = self.pairs ?? []
    if let index = pairs.firstIndex(where: { $0.key.scalar?.text == key }) {
      pairs[index].value = value
    } else {
      pairs.append(YAMLPair(key: .string(key), value: value))
    }
    return YAMLNode(.mapping(pairs), span: span)
  }

  /// The mapping without a key.
  package func removing(_ key: String) -> YAMLNode {
    guard let pairs else { return self }
    return YAMLNode(.mapping(pairs.filter { $0.key.scalar?.text != key }), span: span)
  }

  /// Whether Kubernetes reads the same in both: places, styles and the order of keys do not count.
  package func isSame(as other: YAMLNode) -> Bool {
    switch (content, other.content) {
    case (.scalar(let left), .scalar(let right)):
      if left.resolved != right.resolved { return false }
      return left.resolved == .string ? left.text == right.text : true
    case (.sequence(let left), .sequence(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
    case (.mapping(let left), .mapping(let right)):
      guard left.count == right.count else { return false }
      var values: [String: YAMLNode] = [:]
      for pair in right { values[pair.key.scalar?.text ?? ""] = pair.value }
      return left.allSatisfy { pair in
        values[pair.key.scalar?.text ?? ""].map { pair.value.isSame(as: $0) } ?? false
      }
    default: return false
    }
  }
}
