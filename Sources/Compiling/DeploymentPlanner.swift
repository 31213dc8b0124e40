// SPDX-License-Identifier: Apache-2.0

import Customising
import Diagnostics
import FleetModel
import GitObjects
import Rendering
import SliceFormat
import Targeting

/// Finds out for every cluster what its deployment of a bundle is made of.
///
/// Options depend on the decision (which target, which customizations), values on the cluster too. All
/// that can be worked out once per decision is, so that 10,000 clusters cost 10,000 look-ups.
struct DeploymentPlanner<Reader: ObjectReader> {
  let files: SourceFiles
  let reader: Reader
  let charts: ChartLoader<Reader>
  let watches: WatchMaker
  private let inventory: Inventory
  private let mirrors: FleetMirrors
  private let facts: ClusterFactsCache

  init(files: SourceFiles, reader: Reader, inventory: Inventory, watches: WatchMaker) {
    self.files = files
    self.reader = reader
    self.inventory = inventory
    self.watches = watches
    charts = ChartLoader(files: files, reader: reader)
    mirrors = FleetMirrors(inventory)
    facts = ClusterFactsCache(inventory)
  }

  /// What is worked out once for clusters with the same decision.
  struct Plan {
    let base: DeploymentInput
    let chart: ChartFolder?
    var values: HelmValues?
    let helm: HelmOptions
  }

  /// What tells deployments of one decision apart.
  struct Key: Hashable {
    let plan: Int
    let values: [UInt8]?
    let kubernetes: KubernetesFacts?
    let mirrors: [SiteRendering.Mirror]
  }

  /// Plans a bundle; what is wrong with all clusters goes to `findings`, what is wrong with some of
  /// them to `local`.
  func plan(
    _ bundle: TargetedBundle, dependencies: [BundleDescriptor.Dependency],
    findings: inout Findings, local: inout Findings
  ) throws(ObjectAccessError) -> PlannedBundle {
    let (source, matcher) = (bundle.source, bundle.matcher)
    var planned = PlannedBundle(
      bundle: bundle,
      assignment: [Int?](repeating: nil, count: inventory.clusters.count))
    var plans: [Plan?] = []
    var byDecision: [TargetDecision: Int] = [:]
    var byKey: [Key: Int] = [:]
    var byInput: [DeploymentInput: Int] = [:]
    var problems = ValuesProblems()
    for cluster in matcher.deployed {
      let decision = matcher.decision(for: cluster)
      let index: Int
      if let known = byDecision[decision] {
        index = known
      } else {
        guard case .deployed(let target, let customizations) = decision else { continue }
        let options = matcher.options(target: target, customizations: customizations)
        index = plans.count
        plans.append(try plan(source, options, dependencies, findings: &findings))
        byDecision[decision] = index
      }
      guard let plan = plans[index] else { continue }
      var values: [UInt8]?
      if plan.values != nil {
        values = plans[index]?.values?.values(for: facts[cluster], problems: &problems)
        guard values != nil else {
          planned.failed.insert(cluster)
          continue
        }
      }
      let kubernetes =
        plan.chart.map { $0.readsCapabilities } ?? false
        ? KubernetesFacts(inventory.clusters[cluster]) : nil
      let key = Key(
        plan: index, values: values, kubernetes: kubernetes, mirrors: mirrors[cluster])
      if let known = byKey[key] {
        planned.assignment[cluster] = known
        continue
      }
      let input = input(plan, key)
      let position: Int
      if let known = byInput[input] {
        position = known
      } else {
        position = planned.inputs.count
        planned.inputs.append(input)
        byInput[input] = position
        if let chart = plan.chart { planned.charts[chart.digest] = chart }
      }
      byKey[key] = position
      planned.assignment[cluster] = position
    }
    problems.report(into: &local)
    if matcher.deployed.isEmpty {
      // A bundle that goes nowhere is checked all the same, as far as no cluster is needed for it.
      planned.isUnused = true
      if let plan = try plan(source, bundle.targets.options, dependencies, findings: &findings),
        plan.values == nil
      {
        planned.inputs = [
          input(plan, Key(plan: 0, values: nil, kubernetes: nil, mirrors: []))
        ]
      }
    }
    return planned
  }
}
