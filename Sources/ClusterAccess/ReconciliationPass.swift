// SPDX-License-Identifier: Apache-2.0

import Reconciling
import SliceFormat

/// A run on its way: the bundles get their turns in the order of their dependencies, those without hooks
/// before those with hooks that have to be waited for; what is gone goes after all of them.
struct ReconciliationPass<Target: ClusterTarget, Renderer: SiteRenderer> {
  private let cluster: String
  let recorded: Inventory
  let target: Target
  let renderer: Renderer
  private let trustsRecord: Bool

  var slice: DesiredSlice
  private(set) var plan: ApplyPlan
  private var stored: Inventory
  /// What has to be recorded before anything is changed; it goes with the first apply.
  private var owed: Inventory?
  private var queue: DependencyQueue
  private var obstacles: [Obstacle] = []
  private var reports: [String: BundleReport] = [:]
  /// Bundles about which nothing was changed: refused, not rendered, held back.
  private var untouched = Set<String>()
  var touched = Set<String>()
  /// What stands on namespaces as far as this run knows.
  var namespaceWishes: NamespaceWishes
  var failedClaims = Set<Inventory.NamespaceClaim>()
  private var review: InPlaceReview<Target, Renderer>
  private var corrected: [String] = []

  init(
    cluster: String, slice: DesiredSlice, recorded: Inventory, live: LiveObjects?, target: Target,
    renderer: Renderer, trustsRecord: Bool
  ) {
    self.trustsRecord = trustsRecord
    self.cluster = cluster
    self.slice = slice
    self.recorded = recorded
    self.target = target
    self.renderer = renderer
    review = InPlaceReview(target: target, renderer: renderer, live: live)
    stored = recorded
    namespaceWishes = recorded.namespaceWishes
    queue = DependencyQueue(slice, recorded: recorded)
    plan = ApplyPlan(
      cluster: cluster, slice: slice, recorded: recorded, reserved: target.reservedNamespaces)
  }

  /// Decides what has to be recorded before anything is changed, and what is not touched.
  mutating func begin() throws(TargetError) {
    obstacles = try target.obstacles(to: slice, recorded: recorded)
    if !obstacles.isEmpty { makePlan() }
    owed = plan.intent
    for bundle in slice.bundles {
      if let objection = bundle.objection ?? target.objection(to: bundle) {
        refuse(bundle.name, objection)
      }
    }
  }

  /// Gives some bundles their turn; false when there is none left.
  mutating func next() throws(TargetError) -> Bool {
    let ready = queue.ready
    if ready.isEmpty { return false }
    try render(ready)
    // A failed rendering settled its bundle.
    let names = ready.filter { reports[$0] == nil }
    let plain = names.filter { pendingHooks(slice[$0]).isEmpty }
    if !plain.isEmpty {
      try turn(Set(plain))
    } else if let name = names.first {
      try turnWithHooks(name)
    }
    return true
  }

  /// Takes away what is gone, and records what is left.
  mutating func end() throws(TargetError) -> Reconciliation.Report {
    for report in queue.heldBack {
      untouched.insert(report.name)
      reports[report.name] = report
    }
    let bundles = slice.bundles.compactMap { reports[$0.name] }
    // A bundle that is not whole keeps what it had: a successor may be among what failed.
    let failed = Set(bundles.filter { $0.state.rank >= BundleState.waitApplied.rank }.map(\.name))
    let isDue = { (removal: ApplyPlan.Removal) in
      removal.isMoved || !removal.isBundleWanted || !failed.contains(removal.bundle)
    }
    let due = plan.removals.filter(isDue)
    if !due.isEmpty { try record() }
    let removed = due.isEmpty ? RemovalResults() : try target.remove(due)

    let unfinished = Set(removed.failures.map(\.removal.bundle))
    let namespaces = plan.namespaceRemovals.filter { !unfinished.contains($0.bundle) }
    if !namespaces.isEmpty { try record() }
    let namespaceFailures = namespaces.isEmpty ? [:] : try target.remove(namespaces)
    let (claims, claimFailures) = try clearNamespaces(Set(namespaces.map(\.namespace)))

    var ending = ApplyPlan.Ending()
    ending.failed = failed
    ending.untouched = untouched
    ending.remaining = plan.removals.filter { !isDue($0) } + removed.failures.map(\.removal)
    ending.remainingNamespaces = plan.namespaceRemovals.filter {
      unfinished.contains($0.bundle) || namespaceFailures[$0] != nil
    }
    ending.namespaceClaims = claims
    ending.hasCorrected = !corrected.isEmpty
    try store(plan.outcome(ending))
    return Reconciliation.Report(
      bundles: bundles, spared: removed.spared,
      failures: removed.failures.map {
        "\($0.removal.reference.identity.description): \($0.reason)"
      }
        + namespaces.compactMap { removal in
          namespaceFailures[removal].map { "Namespace '\(removal.namespace)': \($0)" }
        } + claimFailures,
      removedCount: removed.count,
      removedNamespaces: namespaces.filter { namespaceFailures[$0] == nil }.map(\.namespace),
      emptied: plan.emptiesCluster, corrected: corrected)
  }

  // MARK: turns

  private mutating func render(_ names: [String]) throws(TargetError) {
    var isChanged = false
    for name in names {
      guard let bundle = slice[name], bundle.chart != nil else { continue }
      switch try renderer.render(bundle) {
      case .done(let rendered):
        slice.replace(rendered)
        isChanged = true
      case .failed(let reason): refuse(name, reason)
      }
    }
    if isChanged {
      makePlan()
      owed = plan.intent
    }
  }

  private mutating func turn(_ names: Set<String>) throws(TargetError) {
    touched.formUnion(names)
    let failures = try setNamespaces(of: names)
    let able = names.filter { failures[$0] == nil }
    let inPlace: Set<String> = review.canLook ? able.filter(isInPlace) : []
    var results = inPlace.isEmpty ? [] : try keep(inPlace)
    let changed = able.subtracting(inPlace)
    let same = review.canLook ? try unchanged(changed) : []
    results += same
    let known = Set(same.map(\.identity))
    results += try apply(
      plan.phases(of: changed).map { $0.filter { !known.contains($0.identity) } }
        .filter { !$0.isEmpty })
    settle(names, results, failures)
  }

  /// Whether a bundle was applied as it is wanted now.
  private func isInPlace(_ name: String) -> Bool {
    guard trustsRecord, let bundle = slice[name], let record = recorded[name],
      record.tree == bundle.tree, !record.isMixed
    else { return false }
    // What the site renders may come out differently from the same tree.
    return bundle.descriptor.rendering == nil || renderer.isKnown(bundle)
  }

  /// Looks at bundles that are in place, and puts back what drifted where that is wanted.
  private mutating func keep(_ names: Set<String>) throws(TargetError) -> [ObjectResult] {
    let phases = plan.phases(of: names)
    let finding = try review.look(at: phases.flatMap { $0 }, of: slice)
    var results = finding.results
    func only(_ wanted: Set<ObjectIdentity>) -> [[DesiredObject]] {
      phases.map { $0.filter { wanted.contains($0.identity) } }.filter { !$0.isEmpty }
    }
    results += try apply(only(finding.unknown))
    if !finding.drifted.isEmpty {
      let put = try apply(only(finding.drifted), isRepeated: false, forces: true)
      for result in put {
        if case .failed = result.outcome { continue }
        if let sentence = review.sentences[result.identity] { corrected.append(sentence) }
      }
      results += put
    }
    return results
  }

  /// What is known without applying it of bundles whose tree is new: objects that are the same in the tree that
  /// was applied as a whole before, and that nobody has changed since.
  private mutating func unchanged(_ names: Set<String>) throws(TargetError) -> [ObjectResult] {
    var same = Set<ObjectIdentity>()
    for name in names {
      guard trustsRecord, let bundle = slice[name], bundle.descriptor.rendering == nil,
        let record = recorded[name], !record.isMixed, let before = renderer.applied(record),
        before.descriptor.rendering == nil
      else { continue }
      let applied = Set(before.objects)
      same.formUnion(bundle.objects.filter(applied.contains).map(\.identity))
    }
    let objects = plan.phases(of: names).flatMap { $0 }.filter { same.contains($0.identity) }
    if objects.isEmpty { return [] }
    return try review.look(at: objects, of: slice).results.filter {
      switch $0.outcome {
      case .ready, .notReady: true
      // The new tree is applied over whatever somebody did.
      case .drifted, .failed: false
      }
    }
  }

  /// Applies phases, and tells what has become of each object.
  mutating func apply(_ phases: [[DesiredObject]]) throws(TargetError) -> [ObjectResult] {
    if phases.isEmpty { return [] }
    // What was never applied as a whole may be recorded without being there.
    let known = Set(
      recorded.bundles.filter { $0.tree != nil }.flatMap { $0.objects.map(\.identity) })
    let foundation = phases.first ?? []
    return try apply(
      phases, isRepeated: foundation.allSatisfy { known.contains($0.identity) }, forces: false)
  }

  private mutating func apply(
    _ phases: [[DesiredObject]], isRepeated: Bool, forces: Bool
  ) throws(TargetError) -> [ObjectResult] {
    guard let intent = owed, intent != stored else {
      return try target.apply(phases, isRepeated: isRepeated, forces: forces)
    }
    let results = try target.apply(
      phases, isRepeated: isRepeated, forces: forces, recording: intent,
      isBlank: stored.cluster.isEmpty)
    stored = intent
    return results
  }

  /// Ends the turn of bundles.
  mutating func settle(
    _ names: Set<String>, _ results: [ObjectResult], _ failures: [String: [String]]
  ) {
    let blocked = obstacles.filter { names.contains($0.object.bundle) }.map {
      ObjectResult(
        bundle: $0.object.bundle, identity: $0.object.identity, outcome: .failed($0.reason))
    }
    let done = BundleReport.reports(
      for: slice.bundles.filter { names.contains($0.name) }, results: results + blocked,
      collisions: plan.collisions, failures: failures)
    for report in done {
      reports[report.name] = report
      queue.settle(report.name, report.state)
      if report.state.rank < BundleState.waitApplied.rank, let bundle = slice[report.name],
        bundle.descriptor.rendering != nil
      {
        renderer.remember(bundle)
      }
    }
  }

  private mutating func refuse(_ name: String, _ reason: String) {
    untouched.insert(name)
    reports[name] = BundleReport(name: name, state: .errApplied, message: reason)
    queue.settle(name, .errApplied)
  }

  // MARK: recording

  private mutating func makePlan() {
    plan = ApplyPlan(
      cluster: cluster, slice: slice, recorded: recorded, obstacles: obstacles.map(\.object),
      reserved: target.reservedNamespaces)
  }

  /// Records what will be ours, if that is not done.
  mutating func record() throws(TargetError) {
    if let owed { try store(owed) }
  }

  private mutating func store(_ inventory: Inventory) throws(TargetError) {
    owed = nil
    if inventory == stored { return }
    try target.writeInventory(inventory)
    stored = inventory
  }
}
