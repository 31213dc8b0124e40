// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import FleetModel

/// Why a bundle goes to a cluster or not: every target that was tried, in order.
package struct Explanation: Sendable {
  /// What came of trying a target.
  package enum Outcome: Sendable, Hashable {
    /// It matches.
    case matched
    /// It does not, for these reasons.
    case failed([CriterionFailure])
    /// An earlier one had matched, so it was not looked at.
    case notReached
  }

  /// A target that was tried.
  package struct Step: Sendable {
    /// The position among all targets of the bundle.
    package let position: Int
    /// The target.
    package let target: TargetEntry
    /// What came of it.
    package let outcome: Outcome
  }

  /// The bundle.
  package let bundle: BundleTargets
  /// The cluster.
  package let cluster: Cluster
  /// The targets that can select the cluster.
  package let selection: [Step]
  /// The customizations; empty where no target selects the cluster, because then nobody looks at them.
  package let customizations: [Step]
  /// The result.
  package let decision: TargetDecision
}

extension TargetMatcher {
  /// Tells how the decision for the cluster at a position comes about; nil when there is none.
  package func explain(_ position: Int, in inventory: Inventory) -> Explanation? {
    guard inventory.clusters.indices.contains(position) else { return nil }
    let cluster = inventory.clusters[position]
    let workspace = inventory.workspace(bundle.workspace)
    let groups = workspace.groups(of: position)
    let decision = decision(for: position)
    let isHere = workspace.clusters.contains(position)
    let split = bundle.customizationCount
    let selection =
      isHere
      ? steps(split..<bundle.targets.count, cluster, groups, stops: true) { criteria in
        permits(criteria, cluster, groups)
      } : []
    var customizations: [Explanation.Step] = []
    if decision != .notTargeted, !selectionRefuses(decision) {
      customizations = steps(
        0..<split, cluster, groups, stops: bundle.mode == .firstMatch, permits: { _ in true })
    }
    return Explanation(
      bundle: bundle, cluster: cluster, selection: selection, customizations: customizations,
      decision: decision)
  }

  private func selectionRefuses(_ decision: TargetDecision) -> Bool {
    if case .skipped(let target, let by) = decision { target == by } else { false }
  }

  /// Whether the allow list lets a cluster through that meets the criteria, with the same group.
  private func permits(
    _ criteria: TargetCriteria, _ cluster: Cluster, _ groups: [ClusterGroup]
  ) -> Bool {
    if bundle.restrictions.isEmpty { return true }
    let candidates: [ClusterGroup?] = groups.isEmpty ? [nil] : groups
    return candidates.contains { group in
      criteria.matches(cluster: cluster, group: group)
        && bundle.restrictions.contains { $0.matches(cluster: cluster, group: group) }
    }
  }

  private func steps(
    _ range: Range<Int>, _ cluster: Cluster, _ groups: [ClusterGroup], stops: Bool,
    permits: (TargetCriteria) -> Bool
  ) -> [Explanation.Step] {
    var isDone = false
    return range.map { position in
      let target = bundle.targets[position]
      var outcome = Explanation.Outcome.notReached
      if !isDone {
        var failures = target.criteria.failures(cluster: cluster, groups: groups)
        if failures.isEmpty, !permits(target.criteria) { failures = [.notAllowed] }
        outcome = failures.isEmpty ? .matched : .failed(failures)
        isDone = stops && failures.isEmpty
      }
      return Explanation.Step(position: position, target: target, outcome: outcome)
    }
  }
}

extension Explanation {
  /// The story as text, one line for every target and every reason.
  package var text: String {
    var lines = [
      "bundle \(Wording.quoted(bundle.name)) on cluster \(Wording.quoted(cluster.name)): \(result)"
    ]
    if cluster.workspace != bundle.workspace {
      lines.append(
        "the cluster is in workspace \(Wording.quoted(cluster.workspace)), "
          + "the bundle in \(Wording.quoted(bundle.workspace))")
    }
    if !selection.isEmpty {
      lines.append("\(selectingTargets), the first that matches counts:")
      lines += section(selection)
    }
    if !customizations.isEmpty {
      let place = bundle.optionsPath.map { " in \(PrintableText.escape($0))" } ?? ""
      let rule =
        bundle.mode == .firstMatch ? "the first that matches counts" : "all that match count"
      lines.append("customizations\(place), \(rule):")
      lines += section(customizations)
    }
    if case .deployed(_, let positions) = decision {
      let names = positions.map { name(of: $0) }
      lines.append(
        "options: those of the bundle"
          + (names.isEmpty
            ? ", nothing is customised" : ", with \(names.joined(separator: ", then "))"))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var result: String {
    switch decision {
    case .notTargeted: "not targeted"
    case .skipped(_, let by): "not deployed, \(name(of: by)) says 'doNotDeploy'"
    case .deployed: "deployed"
    }
  }

  private var selectingTargets: String {
    switch selection.first?.target.origin {
    case .override:
      "overrideTargets" + (bundle.optionsPath.map { " in \(PrintableText.escape($0))" } ?? "")
    case .default: "the default target"
    case .gitRepo where !bundle.gitRepoName.isEmpty:
      "targets of GitRepo \(Wording.quoted(bundle.gitRepoName))"
    default: "targets"
    }
  }

  private func name(of position: Int) -> String {
    guard bundle.targets.indices.contains(position) else { return "" }
    if let name = bundle.targets[position].name { return Wording.quoted(name) }
    let first = position < bundle.customizationCount ? 0 : bundle.customizationCount
    return "target \(position - first + 1)"
  }

  private func section(_ steps: [Step]) -> [String] {
    steps.flatMap { step -> [String] in
      let name = name(of: step.position)
      switch step.outcome {
      case .matched:
        let facts = step.target.criteria.clusterSelector?.requirements
          .contains { FactLabel.isFact($0.key) }
        return [
          "  yes  \(name)" + (facts ?? false ? " (by facts that the site has reported)" : "")
            + (step.target.doNotDeploy ? ": doNotDeploy" : "")
        ]
      case .notReached: return ["  -    \(name): not looked at"]
      case .failed(let failures):
        return failures.map { "  no   \(name): \($0.text)" }
      }
    }
  }
}
