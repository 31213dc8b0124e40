// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// Texts that stand for a label of the cluster: `global.fleet.clusterLabels.NAME`, as a whole.
///
/// Fleet's way from before templates (`target/builder.go` processLabelValues): values of maps, and of maps
/// in lists, however deep; neither keys nor bare items of lists.
struct LabelReferences {
  /// A text and the label that it stands for.
  struct Reference: Hashable {
    let label: String
    let span: SourceSpan
  }

  private static let prefix = "global.fleet.clusterLabels."
  /// The most maps and lists in one another, as in Fleet.
  static let deepest = 50

  /// All of them, in the order of the file.
  private(set) var all: [Reference] = []
  /// The first value that stands too deep to be looked at.
  private(set) var tooDeep: SourceSpan?

  /// Looks for them.
  init(in values: YAMLNode) { visit(values, depth: 0) }

  private mutating func visit(_ node: YAMLNode, depth: Int) {
    if depth > LabelReferences.deepest {
      tooDeep = tooDeep ?? node.span
      return
    }
    for pair in node.pairs ?? [] {
      if let label = LabelReferences.label(pair.value) {
        all.append(Reference(label: label, span: pair.value.span))
      }
      if pair.value.pairs != nil { visit(pair.value, depth: depth + 1) }
      for item in pair.value.items ?? [] where item.pairs != nil { visit(item, depth: depth + 1) }
    }
  }

  private static func label(_ node: YAMLNode) -> String? {
    guard let text = node.string, text.hasPrefix(prefix) else { return nil }
    return String(text.dropFirst(prefix.count))
  }

  /// The values with labels in their places; one that the cluster has not is an empty text.
  static func resolved(_ node: YAMLNode, label: (String) -> String?) -> YAMLNode {
    guard let pairs = node.pairs else { return node }
    let result = pairs.map { pair in
      var value = pair.value
      if let name = self.label(value) {
        value.content = .scalar(
          YAMLScalar(text: label(name) ?? "", style: .doubleQuoted, resolved: .string))
      } else if value.pairs != nil {
        value = resolved(value, label: label)
      } else if let items = value.items {
        value.content = .sequence(
          items.map { $0.pairs == nil ? $0 : resolved($0, label: label) })
      }
      return YAMLPair(key: pair.key, value: value)
    }
    return YAMLNode(.mapping(result), span: node.span)
  }
}
