// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// A label selector as Kubernetes has it: all requirements have to hold; none matches everything.
package struct LabelSelector: Sendable, Hashable {
  /// How a requirement compares.
  package enum Operator: String, Sendable, Hashable, CaseIterable {
    case `in` = "In"
    case notIn = "NotIn"
    case exists = "Exists"
    case doesNotExist = "DoesNotExist"
  }

  /// One requirement.
  package struct Requirement: Sendable, Hashable {
    /// The label key.
    package let key: String
    /// How the value compares.
    package let comparison: Operator
    /// The values of `In` and `NotIn`, in the order of the file.
    package let values: [String]
    /// Where the key is written.
    package let keySpan: SourceSpan?
    /// Where the values are written, in the order of `values`.
    package let valueSpans: [SourceSpan]

    /// Makes a requirement.
    package init(
      _ key: String, _ comparison: Operator, _ values: [String] = [], keySpan: SourceSpan? = nil,
      valueSpans: [SourceSpan] = []
    ) {
      self.key = key
      self.comparison = comparison
      self.values = values
      self.keySpan = keySpan
      self.valueSpans = valueSpans
    }

    /// Whether labels meet the requirement: `NotIn` and `DoesNotExist` hold without the label.
    package func matches(_ labels: Labels) -> Bool {
      let value = labels[key]
      switch comparison {
      case .in: return value.map { values.contains($0) } ?? false
      case .notIn: return value.map { !values.contains($0) } ?? true
      case .exists: return value != nil
      case .doesNotExist: return value == nil
      }
    }

    /// The requirement as `kubectl -l` writes it, values sorted: `tier in (edge,core)`.
    package var text: String {
      let sorted = Set(values).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      switch comparison {
      case .in where sorted.count == 1: return "\(key)=\(sorted[0])"
      case .in: return "\(key) in (\(sorted.joined(separator: ",")))"
      case .notIn where sorted.count == 1: return "\(key)!=\(sorted[0])"
      case .notIn: return "\(key) notin (\(sorted.joined(separator: ",")))"
      case .exists: return key
      case .doesNotExist: return "!\(key)"
      }
    }
  }

  /// The requirements: `matchLabels` sorted by key, then `matchExpressions` in the order of the file.
  package let requirements: [Requirement]
  /// Where the selector is written.
  package let span: SourceSpan?

  /// Makes a selector.
  package init(_ requirements: [Requirement], span: SourceSpan? = nil) {
    self.requirements = requirements
    self.span = span
  }

  /// A selector of labels that all have to be there with these values.
  package init(matchLabels labels: [String: String]) {
    self.init(Labels(labels).entries.map { Requirement($0.key, .in, [$0.value]) })
  }

  /// Whether it matches everything.
  package var isEmpty: Bool { requirements.isEmpty }

  /// Whether labels meet all requirements.
  package func matches(_ labels: Labels) -> Bool {
    requirements.allSatisfy { $0.matches(labels) }
  }

  /// The selector as `kubectl -l` writes it, requirements sorted; two that say the same have one text.
  package var text: String {
    Set(requirements.map(\.text)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .joined(separator: ",")
  }
}
