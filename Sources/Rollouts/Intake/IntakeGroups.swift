// SPDX-License-Identifier: Apache-2.0

import GitObjects

/// What moves together: bundles of this push, and the running rollouts that they take over.
struct IntakeGroup {
  /// The bundles with something to move or held, rising.
  var bundles: [Int] = []
  /// The numbers of running rollouts that touch the same bundles or objects, rising.
  var running: [Int] = []
  /// The rows that are to move.
  var candidates: [IntakeRow] = []
  /// The rows that are held.
  var held: [IntakeScan.Held] = []
  /// Clusters of which nothing moves, because a part of the group may not.
  var blocked: Set<Int> = []
}

/// Finds the groups: what a rule connects, and what exchanges an object on a cluster.
struct IntakeGroups {
  private var parent: [Int]
  private let bundleCount: Int

  /// The groups with something to move or to say, by their first bundles.
  static func make<Failure: Error>(
    _ scan: IntakeScan, _ world: IntakeWorld,
    names: (ObjectID) throws(Failure) -> [String]
  ) throws(Failure) -> [IntakeGroup] {
    var groups = IntakeGroups(nodes: world.bundles.count + world.running.count, world)
    groups.connectByRules(scan, world)
    for meeting in scan.meetings { try groups.connect(meeting, names) }
    return groups.collect(scan, world)
  }

  private init(nodes: Int, _ world: IntakeWorld) {
    parent = Array(0..<nodes)
    bundleCount = world.bundles.count
  }

  private mutating func connectByRules(_ scan: IntakeScan, _ world: IntakeWorld) {
    var first: [RuleKey: Int] = [:]
    var done = [Bool](repeating: false, count: bundleCount)
    let touched = scan.candidates.map(\.bundle) + scan.held.filter(\.isFresh).map(\.row.bundle)
    for bundle in touched where !done[bundle] {
      done[bundle] = true
      if let owner = world.owner[bundle] { unite(bundle, bundleCount + owner) }
      for rules in [world.rules[bundle], world.oldRules[bundle]] {
        guard let rules else { continue }
        var keys: [RuleKey] = []
        if !rules.group.isEmpty { keys.append(.group(rules.group)) }
        if let atomic = rules.policy?.atomic { keys.append(.atomic(atomic)) }
        for key in keys {
          if let other = first[key] { unite(bundle, other) } else { first[key] = bundle }
        }
      }
    }
  }

  private enum RuleKey: Hashable {
    case group(String)
    case atomic(String)
  }

  /// Whatever brings one object before or after belongs together: its new owner must not come while the old
  /// one still has it, on any cluster, and must not be taken back alone.
  private mutating func connect<Failure: Error>(
    _ meeting: [IntakeScan.Touch], _ names: (ObjectID) throws(Failure) -> [String]
  ) throws(Failure) {
    var user: [String: Int] = [:]
    for touch in meeting {
      for tree in touch.trees {
        for name in try names(tree) {
          if let other = user[name] { unite(touch.node, other) } else { user[name] = touch.node }
        }
      }
    }
  }

  private mutating func collect(_ scan: IntakeScan, _ world: IntakeWorld) -> [IntakeGroup] {
    var groups = [IntakeGroup](repeating: IntakeGroup(), count: parent.count)
    for row in scan.candidates { groups[root(row.bundle)].candidates.append(row) }
    for held in scan.held {
      let root = root(held.row.bundle)
      groups[root].held.append(held)
      groups[root].blocked.insert(held.row.cluster)
    }
    for row in scan.stuck { groups[root(row.bundle)].blocked.insert(row.cluster) }
    for number in world.running.indices {
      groups[root(bundleCount + number)].running.append(number)
    }
    for index in groups.indices {
      let rows = groups[index].candidates.map(\.bundle) + groups[index].held.map(\.row.bundle)
      groups[index].bundles = Set(rows).sorted()
    }
    return
      groups
      .filter {
        !$0.candidates.isEmpty || $0.held.contains(where: \.isFresh) || $0.running.count > 1
      }
      .sorted { ($0.bundles.first ?? Int.max) < ($1.bundles.first ?? Int.max) }
  }

  private mutating func root(_ node: Int) -> Int {
    var node = node
    while parent[node] != node {
      parent[node] = parent[parent[node]]
      node = parent[node]
    }
    return node
  }

  private mutating func unite(_ left: Int, _ right: Int) {
    let (a, b) = (root(left), root(right))
    // The smaller number is the root, so that the result does not depend on the order.
    if a != b { parent[max(a, b)] = min(a, b) }
  }
}
