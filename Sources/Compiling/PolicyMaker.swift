// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import GitObjects
import JSONTree
import Rollouts
import SliceFormat
import Targeting
import YAMLTree

/// Makes the policies of a plan out of what the files say, and finds what cannot be meant.
struct PolicyMaker {
  /// A bundle as far as its release is concerned.
  struct Bundle {
    let targeted: TargetedBundle
    /// The bundles that it waits for.
    let dependencies: [String]
    /// The digest of its definition.
    let definition: String
  }

  let documents: FleetDocuments
  let inventory: Inventory
  /// The settings that count.
  let hub: HubSettings
  /// The rollout policies of the version before, by name; they count where there are any.
  let before: [String: RolloutStrategy]

  private let policies: [String: RolloutStrategy]

  init(
    documents: FleetDocuments, inventory: Inventory, hub: HubSettings,
    before: [String: RolloutStrategy]
  ) {
    self.documents = documents
    self.inventory = inventory
    self.hub = hub
    self.before = before
    policies = Dictionary(
      documents.rolloutPolicies.map { ($0.name.value, $0.strategy) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The policies of all bundles, in their order.
  func make(_ bundles: [Bundle], findings: inout Findings) -> PlanPolicies {
    var result = PlanPolicies()
    var review = PolicyReview(inventory)
    let hubStrategy = hubStrategy(findings: &findings)
    let strategies = bundles.map {
      strategy(of: $0.targeted.source, hubStrategy, findings: &findings)
    }
    review.checkAtomic(zip(bundles, strategies).map { ($0.targeted.source.workspace, $1?.atomic) })
    let groups = BundleConnections.groups(
      of: zip(bundles, strategies).map { bundle, strategy in
        BundleConnections.Bundle(
          workspace: bundle.targeted.source.workspace, name: bundle.targeted.source.name,
          dependencies: bundle.dependencies, atomic: strategy?.atomic?.value)
      })
    for (index, bundle) in bundles.enumerated() {
      let source = bundle.targeted.source
      let isPaused = source.options.isPaused || source.gitRepo.isPaused
      let clusters = bundle.targeted.matcher.deployed
      var policy: RolloutPolicy?
      if let strategy = strategies[index] {
        let resolver = PolicyResolver(
          inventory: inventory, workspace: inventory.workspace(source.workspace),
          clusters: clusters)
        let resolved = resolver.policy(of: strategy, isPaused: isPaused)
        review.check(source.name, clusters, strategy, resolved, at: source.options.rolloutStrategy)
        policy = resolved
      } else if isPaused {
        policy = PolicyResolver.paused
      }
      result.bundles.append(
        BundleRule(
          name: source.name, workspace: source.workspace, gitRepo: source.gitRepo.name,
          path: source.path, definition: bundle.definition, group: groups[index],
          policy: policy.map { result.add($0) } ?? ""))
    }
    findings.add(contentsOf: review.findings)
    result.schedules = schedules(findings: &findings)
    result.notifications = notifications(bundles, findings: &findings)
    result.orders = hub.orders.map { entry in
      OrderRule(
        orders: entry.orders.compactMap(RolloutOrder.Verb.init(rawValue:)),
        principals: entry.principals)
    }
    result.paused = inventory.clusters.filter(\.isPaused).map(\.name)
    if Set(inventory.clusters.map(\.workspace)).count > 1 {
      // A bundle's name is unique in its workspace only.
      for cluster in inventory.clusters { result.workspaces[cluster.name] = cluster.workspace }
    }
    return result
  }

  /// The strategy of bundles that have none of their own.
  private func hubStrategy(findings: inout Findings) -> RolloutStrategy? {
    if let name = documents.hub.rolloutPolicy, policies[name.value] == nil {
      findings.add(unknown(name))
    }
    guard let name = hub.rolloutPolicy else { return nil }
    return before[name.value] ?? policies[name.value]
  }

  /// The strategy of a bundle with all its fields; nil for one that is released at once.
  private func strategy(
    of source: BundleSource, _ hubStrategy: RolloutStrategy?, findings: inout Findings
  ) -> RolloutStrategy? {
    guard let own = source.options.rolloutStrategy else { return hubStrategy }
    guard let name = own.policy else { return own }
    guard let policy = policies[name.value] else {
      findings.add(unknown(name))
      return own
    }
    return own.over(before[name.value] ?? policy)
  }

  private func unknown(_ name: Located<String>) -> Finding {
    let near = Suggestion.nearest(to: name.value, among: policies.keys.sorted())
    return Finding(
      .error, "unknown-policy", "there is no RolloutPolicy \(Wording.quoted(name.value))",
      at: name.span,
      hints: [
        near.map { "did you mean '\($0)'?" }
          ?? "add it: policy/\(PrintableText.escape(name.value)).yaml with 'kind: RolloutPolicy'"
      ])
  }
}

extension PolicyMaker {
  private func schedules(findings: inout Findings) -> [ScheduleRule] {
    var rules: [ScheduleRule] = []
    for schedule in documents.schedules {
      findings.add(contentsOf: CronReview.findings(schedule))
      let clusters = clusters(schedule.targets, schedule.metadata)
      if clusters.isEmpty, !schedule.targets.isEmpty {
        findings.add(matchesNothing("schedule", schedule.metadata))
      }
      rules.append(
        ScheduleRule(
          kind: .schedule, name: name(of: schedule.metadata), cron: schedule.cron.value,
          duration: schedule.duration.value, zone: schedule.location?.value ?? "",
          clusters: clusters))
    }
    for freeze in documents.freezes {
      let everything = TargetCriteria(clusterSelector: LabelSelector(matchLabels: [:]))
      let clusters = clusters(freeze.targets ?? [everything], freeze.metadata)
      if clusters.isEmpty { findings.add(matchesNothing("freeze", freeze.metadata)) }
      rules.append(
        ScheduleRule(
          kind: .freeze, name: name(of: freeze.metadata), zone: freeze.location?.value ?? "",
          from: freeze.from.value, until: freeze.until.value, clusters: clusters))
    }
    return rules.sorted {
      $0.name == $1.name
        ? $0.kind.rawValue.precedesInBytes($1.kind.rawValue) : $0.name.precedesInBytes($1.name)
    }
  }

  private func name(of metadata: Metadata) -> String {
    metadata.workspace == Metadata.defaultWorkspace
      ? metadata.name.value : "\(metadata.workspace)/\(metadata.name.value)"
  }

  private func clusters(_ targets: [TargetCriteria], _ metadata: Metadata) -> [String] {
    let workspace = inventory.workspace(metadata.workspace)
    var set = BitSet(count: inventory.clusters.count)
    for target in targets { set.formUnion(target.matchingSet(in: inventory, workspace)) }
    return set.map { inventory.clusters[$0].name }
  }

  private func matchesNothing(_ kind: String, _ metadata: Metadata) -> Finding {
    Finding(
      .warning, "matches-nothing",
      "the \(kind) \(Wording.quoted(metadata.name.value)) matches no cluster",
      at: metadata.name.span)
  }

  private func notifications(
    _ bundles: [Bundle], findings: inout Findings
  ) -> [NotificationRule] {
    let names = bundles.map(\.targeted.source.name)
    return documents.notifications.map { receiver in
      for written in receiver.bundles {
        guard let pattern = GoPattern(written.value),
          !names.contains(where: { pattern.matches($0[...]) })
        else { continue }
        let near = Suggestion.nearest(to: written.value, among: names)
        findings.warning(
          "unknown-bundle",
          GoPattern.isPlain(written.value)
            ? "there is no bundle \(Wording.quoted(written.value))"
            : "no bundle matches \(Wording.quoted(written.value))", at: written.span,
          hints: near.map { ["did you mean '\($0)'?"] } ?? [])
      }
      return NotificationRule(
        name: receiver.name.value, program: receiver.program.value,
        settings: receiver.settings?.json ?? .object([JSONMember]()),
        events: receiver.events.compactMap(RolloutEvent.Kind.init(rawValue:)),
        bundles: receiver.bundles.map(\.value),
        severity: receiver.severity.flatMap(NotificationRule.Severity.init(rawValue:)) ?? .info)
    }.sorted { $0.name.precedesInBytes($1.name) }
  }
}
