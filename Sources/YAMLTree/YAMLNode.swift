// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// A node of a YAML document that knows where it is written.
///
/// Anchors, aliases and merge keys are already resolved: a node that came through an alias keeps the
/// span of the anchored text.
package struct YAMLNode: Sendable {
  /// What a node can be.
  package enum Content: Sendable {
    /// A single value.
    case scalar(YAMLScalar)
    /// A list.
    case sequence([YAMLNode])
    /// Pairs in the order of the file; no key twice.
    case mapping([YAMLPair])
  }

  /// What the node is.
  package var content: Content
  /// Where the node is written; for collections from the first to the last byte of their content.
  package var span: SourceSpan

  /// Makes a node.
  package init(_ content: Content, span: SourceSpan) {
    self.content = content
    self.span = span
  }
}

/// A key and its value in a mapping.
package struct YAMLPair: Sendable {
  /// The key; in files that we accept always a scalar.
  package var key: YAMLNode
  /// The value.
  package var value: YAMLNode

  /// Makes a pair.
  package init(key: YAMLNode, value: YAMLNode) {
    self.key = key
    self.value = value
  }
}

/// A scalar as it is written, and what Kubernetes reads in it.
package struct YAMLScalar: Sendable, Hashable {
  /// How a scalar is written.
  package enum Style: Sendable, Hashable {
    case plain, singleQuoted, doubleQuoted, literal, folded
  }

  /// What the scalar is, read as `sigs.k8s.io/yaml` (YAML 1.1 booleans, octals, floats) reads it.
  package enum Resolved: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    /// An integer above `Int64.max`.
    case uint(UInt64)
    case float(Double)
    case string
  }

  /// The text after unquoting and unfolding.
  package var text: String
  /// How it is written.
  package var style: Style
  /// What it is.
  package var resolved: Resolved

  /// Makes a scalar of which the meaning is already known.
  package init(text: String, style: Style, resolved: Resolved) {
    self.text = text
    self.style = style
    self.resolved = resolved
  }
}

extension YAMLNode {
  /// The pairs of a mapping, or nil.
  package var pairs: [YAMLPair]? {
    if case .mapping(let pairs) = content { pairs } else { nil }
  }

  /// The items of a sequence, or nil.
  package var items: [YAMLNode]? {
    if case .sequence(let items) = content { items } else { nil }
  }

  /// The scalar, or nil.
  package var scalar: YAMLScalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  /// The text of a scalar that Kubernetes reads as a string, or nil.
  package var string: String? {
    if case .scalar(let scalar) = content, scalar.resolved == .string { scalar.text } else { nil }
  }

  /// Whether the node is an explicit or implicit null.
  package var isNull: Bool {
    if case .scalar(let scalar) = content { scalar.resolved == .null } else { false }
  }

  /// The value of a key of a mapping, or nil when the node is no mapping or has no such key.
  package subscript(_ key: String) -> YAMLNode? {
    pairs?.first { $0.key.isKey(key) }?.value
  }
}
