// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import YAMLTree

/// How much one push may change: kind `Budget` of `fleet/v1`.
package struct Budget: Sendable {
  /// How many objects of a kind may be deleted, by kind; kinds that are not listed have `otherDeletions`.
  package let deletions: [String: Int]
  /// How many objects of each other kind may be deleted; nil for any number.
  package let otherDeletions: Int?
  /// How many clusters, or which share of them, may get a change; nil for any number.
  package let clustersChanged: Located<Quantity>?
  /// How many clusters, or which share of them, may leave the inventory; nil for any number.
  package let clustersRemoved: Located<Quantity>?
  /// Where the budget is written; nil for the built-in one.
  package let span: SourceSpan?

  /// The kinds that nobody deletes by accident: what is in them is lost with them.
  package static let builtInDeletions = [
    "CustomResourceDefinition": 0, "Namespace": 0, "PersistentVolumeClaim": 0,
  ]

  /// Makes a budget; the built-in limits stay for kinds that `deletions` does not name.
  package init(
    deletions: [String: Int] = [:], otherDeletions: Int? = nil,
    clustersChanged: Located<Quantity>? = nil, clustersRemoved: Located<Quantity>? = nil,
    span: SourceSpan? = nil
  ) {
    self.deletions = Budget.builtInDeletions.merging(deletions) { _, written in written }
    self.otherDeletions = otherDeletions
    self.clustersChanged = clustersChanged
    self.clustersRemoved = clustersRemoved
    self.span = span
  }

  /// How many objects of a kind may be deleted; nil for any number.
  package func deletionLimit(of kind: String) -> Int? { deletions[kind] ?? otherDeletions }

  /// Reads a document; a budget needs no name.
  init(_ document: FieldReader, findings: inout Findings) {
    let spec = document.object("spec")
    var limits: [String: Int] = [:]
    for pair in spec.value("deletions")?.pairs ?? [] {
      guard let kind = pair.key.string, case .int(let number)? = pair.value.scalar?.resolved else {
        continue
      }
      guard let limit = Int(exactly: number), limit >= 0 else {
        findings.error(
          "bad-budget", "a budget cannot be negative, found \(number)", at: pair.value.span)
        continue
      }
      limits[kind] = limit
    }
    let others = limits.removeValue(forKey: "default")
    self.init(
      deletions: limits, otherDeletions: others,
      clustersChanged: Budget.limit(spec, "clustersChanged", findings: &findings),
      clustersRemoved: Budget.limit(spec, "clustersRemoved", findings: &findings),
      span: document.keySpan("kind") ?? document.node?.span)
  }

  private static func limit(
    _ spec: FieldReader, _ name: String, findings: inout Findings
  ) -> Located<Quantity>? {
    if let number = spec.integer(name), number < 0, let span = spec.value(name)?.span {
      findings.error("bad-budget", "a budget cannot be negative, found \(number)", at: span)
    }
    return spec.quantity(name)
  }
}
