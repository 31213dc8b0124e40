// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects

/// A bundle on a cluster: what is released there, and what the plan says.
struct IntakeRow: Hashable {
  /// Positions in the lists of ``IntakeWorld``.
  var cluster: Int
  var bundle: Int
  /// The trees; nil where there is none.
  var released: ObjectID?
  var planned: ObjectID?

  /// Whether something has to change.
  var differs: Bool { released != planned }
}

/// The tables of an intake under common numbers, and what is asked of them.
struct IntakeWorld {
  /// A running rollout and where its clusters are.
  struct Running {
    /// Its position in the list of the input.
    let position: Int
    let rollout: Rollout
    /// The member of each cluster; nil for clusters that are none, and for those that had left.
    let memberOf: [Int?]
  }

  let input: IntakeInput
  /// All clusters that are in the fleet and all bundles, sorted by their bytes.
  let clusters: [String]
  let bundles: [String]
  /// Clusters that have something released and are in the fleet no more.
  let left: [String]
  /// The rules of each bundle, in the new plan and in the one before.
  let rules: [BundleRules?]
  let oldRules: [BundleRules?]
  /// Rollouts that run, and for each bundle which one it is in.
  let running: [Running]
  let owner: [Int?]
  /// For each bundle the trees that are held, with the position of their entry.
  let held: [[ObjectID: Int]]
  /// For each bundle the entry that holds that it goes away.
  private let heldRemoval: [Int?]
  /// What is not to be moved: a cluster that is paused.
  let isPaused: [Bool]

  private let bundleNumbers: [String: Int]
  private let released: TableView
  private let planned: TableView

  init(_ input: IntakeInput) {
    self.input = input
    let active = input.rollouts.rollouts.indices.filter {
      let state = input.rollouts.rollouts[$0].state
      return !state.phase.isEnd && !state.isQueued
    }
    var names = SortedNames.union(input.released.clusters, input.plan.clusters)
    for position in active {
      names = SortedNames.union(
        names, input.rollouts.rollouts[position].plan.members.map(\.cluster))
    }
    let planClusters = Set(input.plan.clusters)
    let known = input.observations.clusters
    let clusters = names.filter { planClusters.contains($0) || known[$0] != nil }
    left = input.released.clusters.filter { !planClusters.contains($0) && known[$0] == nil }
    self.clusters = clusters
    isPaused = clusters.map { known[$0]?.isPaused ?? false }

    var bundles = SortedNames.union(input.released.bundles, input.plan.bundles)
    for position in active {
      bundles = SortedNames.union(bundles, input.rollouts.rollouts[position].plan.bundles)
    }
    self.bundles = bundles
    var numbers: [String: Int] = [:]
    for (number, bundle) in bundles.enumerated() { numbers[bundle] = number }
    bundleNumbers = numbers
    released = TableView(input.released, clusters, bundles)
    planned = TableView(input.plan, clusters, bundles)

    func byBundle(_ rules: [BundleRules]) -> [BundleRules?] {
      var result = [BundleRules?](repeating: nil, count: bundles.count)
      for rule in rules {
        if let number = numbers[rule.name] { result[number] = rule }
      }
      return result
    }
    rules = byBundle(input.rules)
    oldRules = byBundle(input.oldRules)

    var owner = [Int?](repeating: nil, count: bundles.count)
    running = active.enumerated().map { number, position in
      let rollout = input.rollouts.rollouts[position]
      for bundle in rollout.plan.bundles {
        if let bundle = numbers[bundle] { owner[bundle] = number }
      }
      return Running(
        position: position, rollout: rollout, memberOf: Self.members(rollout, clusters))
    }
    self.owner = owner

    var held = [[ObjectID: Int]](repeating: [:], count: bundles.count)
    var heldRemoval = [Int?](repeating: nil, count: bundles.count)
    for (position, entry) in input.rollouts.held.enumerated() {
      guard let bundle = numbers[entry.bundle] else { continue }
      for tree in entry.trees { held[bundle][tree] = position }
      if entry.holdsRemoval { heldRemoval[bundle] = position }
    }
    self.held = held
    self.heldRemoval = heldRemoval
  }

  /// The rows of a cluster in the order of the bundles: what is released, planned, or on its way.
  func rows(of cluster: Int) -> [IntakeRow] {
    var rows: [IntakeRow] = []
    let (left, right) = (released.entries(cluster), planned.entries(cluster))
    var (a, b) = (left.lowerBound, right.lowerBound)
    while a < left.upperBound || b < right.upperBound {
      let first = a < left.upperBound ? released.bundle(a) : Int.max
      let second = b < right.upperBound ? planned.bundle(b) : Int.max
      rows.append(
        IntakeRow(
          cluster: cluster, bundle: min(first, second),
          released: first <= second ? released.table.trees[a] : nil,
          planned: second <= first ? planned.table.trees[b] : nil))
      if first <= second { a += 1 }
      if second <= first { b += 1 }
    }
    var isSorted = true
    for running in running {
      for move in moves(of: running, cluster) {
        guard let bundle = bundleNumbers[move.bundle],
          !rows.contains(where: { $0.bundle == bundle })
        else { continue }
        rows.append(IntakeRow(cluster: cluster, bundle: bundle, released: nil, planned: nil))
        isSorted = false
      }
    }
    if !isSorted { rows.sort { $0.bundle < $1.bundle } }
    return rows
  }

  /// What a running rollout does with a bundle on a cluster; nil when it does nothing there.
  func move(of row: IntakeRow, in running: Running) -> RolloutPlan.Move? {
    moves(of: running, row.cluster).first { $0.bundle == bundles[row.bundle] }
  }

  /// Whether the repository says the same of a bundle as when its rollout was made, or as in the plan before.
  func isSameDefinition(_ bundle: Int, in running: Running? = nil) -> Bool {
    let now = rules[bundle]?.definition
    if let plan = running?.rollout.plan, plan.definitions.count == plan.bundles.count,
      let place = SortedNames.position(of: bundles[bundle], in: plan.bundles)
    {
      return plan.definitions[place] == now ?? ""
    }
    return now != nil && now == oldRules[bundle]?.definition
  }

  /// Whether a rule connects two bundles, of the new plan or of the one before.
  func isConnected(_ left: Int, _ right: Int) -> Bool {
    if left == right { return true }
    let keys = ruleKeys(left)
    return !keys.isEmpty && !Set(keys).isDisjoint(with: ruleKeys(right))
  }

  /// What connects a bundle with others: those that have one of them, too, move with it.
  func ruleKeys(_ bundle: Int) -> [RuleKey] {
    var keys: [RuleKey] = []
    for case .some(let rules) in [rules[bundle], oldRules[bundle]] {
      if !rules.group.isEmpty { keys.append(.group(rules.group)) }
      if let atomic = rules.policy?.atomic { keys.append(.atomic(atomic)) }
    }
    return keys
  }

  enum RuleKey: Hashable {
    case group(String)
    case atomic(String)
  }

  /// The entry that holds what the plan says of a row: its tree, or that the bundle goes away.
  func heldEntry(of row: IntakeRow) -> Int? {
    row.planned.map { held[row.bundle][$0] } ?? heldRemoval[row.bundle]
  }

  /// The tree that was good last.
  func good(_ row: IntakeRow) -> ObjectID? {
    input.good[clusters[row.cluster], bundles[row.bundle]]
  }

  /// Whether a running rollout is already doing what the plan says.
  func isOnItsWay(_ row: IntakeRow) -> Bool {
    owner[row.bundle].flatMap { move(of: row, in: running[$0]) }
      .map { $0.target == row.planned } ?? false
  }

  /// What the site says of a bundle.
  func observed(_ row: IntakeRow) -> ClusterObservation.Bundle? {
    input.observations.clusters[clusters[row.cluster]]?.bundles[bundles[row.bundle]]
  }

  /// Whether a cluster may not be released now.
  func isClosed(_ cluster: Int) -> Bool {
    input.observations.clusters[clusters[cluster]]?.isClosed ?? false
  }

  private func moves(of running: Running, _ cluster: Int) -> [RolloutPlan.Move] {
    running.memberOf[cluster].map { running.rollout.plan.members[$0].moves } ?? []
  }

  private static func members(_ rollout: Rollout, _ clusters: [String]) -> [Int?] {
    var result = [Int?](repeating: nil, count: clusters.count)
    for (member, entry) in rollout.plan.members.enumerated()
    where !rollout.state.skipped.contains(member) {
      if let cluster = SortedNames.position(of: entry.cluster, in: clusters) {
        result[cluster] = member
      }
    }
    return result
  }
}

/// A table under the numbers of an intake.
private struct TableView {
  let table: ReleaseTable
  private let rowOf: [Int?]
  private let numbers: [Int]

  init(_ table: ReleaseTable, _ clusters: [String], _ bundles: [String]) {
    self.table = table
    var rowOf = [Int?](repeating: nil, count: clusters.count)
    var row = 0
    for (number, cluster) in clusters.enumerated() {
      while row < table.clusters.count, table.clusters[row] != cluster,
        table.clusters[row].precedesInBytes(cluster)
      {
        row += 1
      }
      if row < table.clusters.count, table.clusters[row] == cluster { rowOf[number] = row }
    }
    self.rowOf = rowOf
    // The bundles of a table are a part of all, in the same order.
    numbers = SortedNames.positions(of: table.bundles, in: bundles)
  }

  func entries(_ cluster: Int) -> Range<Int> { rowOf[cluster].map(table.entries) ?? 0..<0 }

  func bundle(_ entry: Int) -> Int { numbers[table.bundleOf[entry]] }
}
