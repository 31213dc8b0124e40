// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import YAMLTree

/// The criteria of a target; all that are there have to hold, and without any nothing matches.
package struct TargetCriteria: Sendable, Hashable {
  /// The name of one cluster, or the value of its display name label.
  package let clusterName: Located<String>?
  /// What the cluster's labels have to be.
  package let clusterSelector: LabelSelector?
  /// The name of a cluster group that the cluster has to be in.
  package let clusterGroup: Located<String>?
  /// What the labels of a cluster group have to be that the cluster is in.
  package let clusterGroupSelector: LabelSelector?

  /// Makes criteria.
  package init(
    clusterName: Located<String>? = nil, clusterSelector: LabelSelector? = nil,
    clusterGroup: Located<String>? = nil, clusterGroupSelector: LabelSelector? = nil
  ) {
    self.clusterName = clusterName
    self.clusterSelector = clusterSelector
    self.clusterGroup = clusterGroup
    self.clusterGroupSelector = clusterGroupSelector
  }

  /// Whether there is no criterion, so that no cluster matches.
  package var isEmpty: Bool {
    clusterName == nil && clusterSelector == nil && !asksForGroup
  }

  /// Whether a cluster group is asked for.
  package var asksForGroup: Bool { clusterGroup != nil || clusterGroupSelector != nil }

  /// The label by which Rancher's users know a cluster.
  package static let displayNameLabel = "management.cattle.io/cluster-display-name"
}

/// Where a target comes from.
package enum TargetOrigin: Sendable, Hashable {
  /// From the `targets` of the GitRepo.
  case gitRepo
  /// From `overrideTargets` of `fleet.yaml`, in place of the GitRepo's.
  case override
  /// From `targets` of `fleet.yaml`.
  case bundleTarget
  /// From `targetCustomizations` of `fleet.yaml`.
  case customization
  /// What Fleet takes where nothing is written: the cluster group `default`.
  case `default`
}

/// An entry of `targets`, `overrideTargets` or `targetCustomizations`.
package struct TargetEntry: Sendable {
  /// The name that the user gave, or nil.
  package let name: String?
  /// Where the entry is written; the GitRepo's name for the default target.
  package let span: SourceSpan?
  /// Which clusters it is for.
  package let criteria: TargetCriteria
  /// Whether matching clusters get nothing.
  package let doNotDeploy: Bool
  /// Whether it is fine that no cluster can match (our key, Fleet has none).
  package let isOptional: Bool
  /// What it changes for matching clusters.
  package let options: BundleOptions
  /// Where it comes from.
  package let origin: TargetOrigin

  /// Makes an entry.
  package init(
    name: String?, span: SourceSpan? = nil, criteria: TargetCriteria, doNotDeploy: Bool = false,
    isOptional: Bool = false, options: BundleOptions = BundleOptions(), origin: TargetOrigin
  ) {
    self.name = name
    self.span = span
    self.criteria = criteria
    self.doNotDeploy = doNotDeploy
    self.isOptional = isOptional
    self.options = options
    self.origin = origin
  }

  /// The same entry with another name.
  func with(name: String) -> TargetEntry {
    TargetEntry(
      name: name, span: span, criteria: criteria, doNotDeploy: doNotDeploy, isOptional: isOptional,
      options: options, origin: origin)
  }

  /// The same entry with other options.
  package func with(options: BundleOptions) -> TargetEntry {
    TargetEntry(
      name: name, span: span, criteria: criteria, doNotDeploy: doNotDeploy, isOptional: isOptional,
      options: options, origin: origin)
  }

  /// The target that a GitRepo without targets has.
  package static func defaultTarget(at span: SourceSpan?) -> TargetEntry {
    let place =
      span
      ?? SourceSpan(path: "", start: .start, end: .start)
    return TargetEntry(
      name: "default", span: span,
      criteria: TargetCriteria(clusterGroup: Located("default", at: place)), origin: .default)
  }

  /// The entries of a list.
  package static func entries(
    _ fields: FieldReader, _ name: String, origin: TargetOrigin, findings: inout Findings
  ) -> [TargetEntry] {
    fields.objects(name).map { entry in
      let result = TargetEntry(
        name: entry.string("name")?.value, span: entry.node?.span,
        criteria: TargetCriteria(entry, findings: &findings),
        doNotDeploy: entry.flag("doNotDeploy"), isOptional: entry.flag("optional"),
        options: BundleOptions(entry, findings: &findings), origin: origin)
      // A criterion of a wrong type was reported and is not the same as none.
      if result.criteria.isEmpty, !TargetCriteria.isWritten(in: entry) {
        findings.warning(
          "matches-nothing", "the target has no criterion, so it matches no cluster",
          at: entry.node?.span, hints: ["for every cluster write 'clusterSelector: {}'"])
      }
      return result
    }
  }

  /// The fields that all three lists have.
  package static let criteriaFields = [
    Field(
      "clusterName", .string,
      "matches the cluster of this name, or with this value of the label "
        + "`\(TargetCriteria.displayNameLabel)`"),
    Field(
      "clusterSelector", .object(LabelSelector.schema),
      "matches clusters by their labels; `{}` matches every cluster"),
    Field("clusterGroup", .string, "matches the clusters of this group"),
    Field(
      "clusterGroupSelector", .object(LabelSelector.schema),
      "matches the clusters of the groups with these labels"),
  ]

  /// The fields of an entry without options.
  package static let schema = FieldSchema(
    "target",
    [
      Field("name", .string, "what the target is called in explanations")
    ] + criteriaFields + [optionalField])

  /// Our own key.
  package static let optionalField = Field(
    "optional", .bool,
    "ours: `true` accepts that no cluster can match now; without it that is an error")
}

extension TargetCriteria {
  /// Reads the four criteria of an entry.
  init(_ entry: FieldReader, findings: inout Findings) {
    self.init(
      clusterName: entry.string("clusterName"),
      clusterSelector: LabelSelector(entry, "clusterSelector", findings: &findings),
      clusterGroup: entry.string("clusterGroup"),
      clusterGroupSelector: LabelSelector(entry, "clusterGroupSelector", findings: &findings))
  }

  /// Whether one of them is written, even if wrongly.
  static func isWritten(in entry: FieldReader) -> Bool {
    TargetEntry.criteriaFields.contains { entry.isFilled($0.name) }
  }
}

extension FieldReader {
  /// Whether a field is there with something else than an empty text.
  fileprivate func isFilled(_ name: String) -> Bool {
    guard let value = value(name) else { return false }
    return value.scalar?.text.isEmpty != true
  }
}
