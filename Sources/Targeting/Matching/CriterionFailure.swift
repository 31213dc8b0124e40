// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import FleetModel

/// Why a target does not match a cluster.
package enum CriterionFailure: Sendable, Hashable {
  /// The target has no criterion at all.
  case noCriterion
  /// The cluster has another name and another display name.
  case otherName(wanted: String)
  /// The cluster lacks a label.
  case labelMissing(key: String)
  /// The label has none of the wanted values.
  case labelDiffers(key: String, found: String, wanted: [String])
  /// The label has a value that is ruled out.
  case labelExcluded(key: String, found: String)
  /// The label is there and must not be.
  case labelPresent(key: String)
  /// The cluster is not in this group.
  case notInGroup(String)
  /// No group of the cluster has the wanted labels.
  case noGroupWithLabels(String)
  /// Groups meet the criteria one by one, but no single one meets all.
  case noSingleGroup
  /// No target of the GitRepo allows the cluster.
  case notAllowed

  /// The reason in words.
  package var text: String {
    switch self {
    case .noCriterion: "it has no criterion"
    case .otherName(let wanted): "the cluster is not \(Wording.quoted(wanted))"
    case .labelMissing(let key): "\(Self.subject(key)) is missing"
    case .labelDiffers(let key, let found, let wanted) where wanted.count == 1:
      "\(Self.subject(key)) is \(Wording.quoted(found)), not \(Wording.quoted(wanted[0]))"
    case .labelDiffers(let key, let found, let wanted):
      "\(Self.subject(key)) is \(Wording.quoted(found)), not one of "
        + Wording.quotedList(wanted)
    case .labelExcluded(let key, let found):
      "\(Self.subject(key)) is \(Wording.quoted(found)), which is ruled out"
    case .labelPresent(let key): "\(Self.subject(key)) is there"
    case .notInGroup(let name): "the cluster is not in cluster group \(Wording.quoted(name))"
    case .noGroupWithLabels(let selector):
      "no cluster group of the cluster has \(Wording.quoted(selector))"
    case .noSingleGroup: "no single cluster group of the cluster meets all criteria"
    case .notAllowed: "no target of the GitRepo allows the cluster"
    }
  }

  /// A label, or what the site has reported.
  private static func subject(_ key: String) -> String {
    guard FactLabel.isFact(key) else { return "label \(Wording.quoted(key))" }
    return "fact \(Wording.quoted(String(key.dropFirst(FactLabel.prefix.utf8.count)))) (reported)"
  }
}

extension LabelSelector.Requirement {
  /// Why the requirement does not hold, or nil.
  func failure(for labels: Labels) -> CriterionFailure? {
    if matches(labels) { return nil }
    guard let found = labels[key] else { return .labelMissing(key: key) }
    switch comparison {
    case .in: return .labelDiffers(key: key, found: found, wanted: values)
    case .notIn: return .labelExcluded(key: key, found: found)
    case .exists, .doesNotExist: return .labelPresent(key: key)
    }
  }
}

extension TargetCriteria {
  /// Everything that keeps a cluster in these groups from matching; empty when it matches.
  package func failures(cluster: Cluster, groups: [ClusterGroup]) -> [CriterionFailure] {
    if isEmpty { return [.noCriterion] }
    var failures: [CriterionFailure] = []
    if !matchesName(of: cluster), let wanted = clusterName?.value {
      failures.append(.otherName(wanted: wanted))
    }
    for requirement in clusterSelector?.requirements ?? [] {
      if let failure = requirement.failure(for: cluster.labels) { failures.append(failure) }
    }
    let candidates: [ClusterGroup?] = groups.isEmpty ? [nil] : groups
    if candidates.contains(where: { matchesGroup($0) }) { return failures }
    let count = failures.count
    if let wanted = clusterGroup?.value, !groups.contains(where: { $0.name == wanted }) {
      failures.append(.notInGroup(wanted))
    }
    if let selector = clusterGroupSelector,
      !candidates.contains(where: { selector.matches($0?.labels ?? Labels()) })
    {
      failures.append(.noGroupWithLabels(selector.text))
    }
    if failures.count == count { failures.append(.noSingleGroup) }
    return failures
  }
}
