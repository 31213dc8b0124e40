// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import FleetModel
package import Templating
import YAMLTree

/// What customising may know about a cluster, and nothing else.
package struct ClusterFacts: Sendable {
  /// The cluster.
  package let cluster: Cluster
  /// What a template sees: `.ClusterNamespace`, `.ClusterName`, `.ClusterLabels`, `.ClusterAnnotations`,
  /// `.ClusterValues`.
  package let context: TemplateValue

  /// Makes facts; once for a cluster, they serve all bundles.
  package init(_ cluster: Cluster) {
    self.cluster = cluster
    let labels = cluster.labels.entries.filter { Self.showsLabel($0.key) }
    let annotations = cluster.metadata.annotations.entries.filter { Self.shows($0.key) }
    context = .map([
      TemplateMember("ClusterAnnotations", Self.map(annotations)),
      TemplateMember("ClusterLabels", Self.map(labels)),
      TemplateMember("ClusterName", .string(cluster.name)),
      TemplateMember("ClusterNamespace", .string(cluster.workspace)),
      TemplateMember(
        "ClusterValues",
        cluster.templateValues.flatMap { $0.isNull ? nil : Self.value(of: $0) } ?? .map([])),
    ])
  }

  /// The value of a label that templates see, or nil.
  func label(_ key: String) -> String? {
    Self.showsLabel(key) ? cluster.labels[key] : nil
  }

  /// Fleet shows templates no keys of Rancher's and kubectl's own (wrangler's
  /// `CleanAnnotationsForExport`), but of labels those by which people select clusters.
  private static func showsLabel(_ key: String) -> Bool {
    key.hasPrefix("fleet.cattle.io/") || key.hasPrefix("management.cattle.io/") || shows(key)
  }

  private static func shows(_ key: String) -> Bool {
    if key.hasPrefix("kubectl.kubernetes.io/") { return false }
    // Keys without a prefix are most of them.
    guard key.utf8.contains(UInt8(ascii: "/")) else { return true }
    return !Array(key.utf8).contains(text: "cattle.io/")
  }

  private static func map(_ labels: [Label]) -> TemplateValue {
    .map(labels.map { TemplateMember($0.key, .string($0.value)) })
  }

  /// Values as Fleet's come out of JSON: every number is a float64, so a million prints `1e+06`.
  private static func value(of node: YAMLNode) -> TemplateValue {
    switch node.content {
    case .sequence(let items): return .list(items.map { value(of: $0) })
    case .mapping(let pairs):
      return .map(
        pairs.map { TemplateMember($0.key.scalar?.text ?? "", value(of: $0.value)) })
    case .scalar(let scalar):
      switch scalar.resolved {
      case .null: return .null
      case .bool(let value): return .bool(value)
      case .int(let value): return .float(Double(value))
      case .uint(let value): return .float(Double(value))
      case .float(let value): return value.isFinite ? .float(value) : .null
      case .string: return .string(scalar.text)
      }
    }
  }
}
