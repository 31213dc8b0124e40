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
}

/// Finds the groups: what a rule connects, and what exchanges an object on a cluster.
struct IntakeGroups {
  private var parent: [Int]
  private let bundleCount: Int
  /// Running rollouts that end although nothing may take their place.
  private var ending: Set<Int> = []

  /// The groups with something to move or to say, by their first bundles.
  static func make(_ scan: IntakeScan, _ world: IntakeWorld) -> [IntakeGroup] {
    var groups = IntakeGroups(nodes: world.bundles.count + world.running.count, world)
    groups.connectByRules(scan, world)
    for nodes in scan.exchanges {
      for node in nodes { groups.unite(node, nodes[0]) }
    }
    return groups.collect(scan, world)
  }

  private init(nodes: Int, _ world: IntakeWorld) {
    parent = Array(0..<nodes)
    bundleCount = world.bundles.count
  }

  private mutating func connectByRules(_ scan: IntakeScan, _ world: IntakeWorld) {
    var first: [IntakeWorld.RuleKey: Int] = [:]
    for bundle in Set(scan.candidates.map(\.bundle)).sorted() {
      if let owner = world.owner[bundle] { unite(bundle, bundleCount + owner) }
      for key in world.ruleKeys(bundle) {
        if let other = first[key] { unite(bundle, other) } else { first[key] = bundle }
      }
    }
    // A rollout ends when the plan says something else of its bundles, though it is held; one that takes back an older
    // version than that of the plan goes on until a push says something new.
    for held in scan.held {
      let bundle = held.row.bundle
      if let owner = world.owner[bundle],
        !world.isSameDefinition(bundle, in: world.running[owner]),
        world.running[owner].rollout.state.phase != .rollingBack || !world.isSameDefinition(bundle)
      {
        unite(bundle, bundleCount + owner)
        ending.insert(owner)
      }
    }
  }

  private mutating func collect(_ scan: IntakeScan, _ world: IntakeWorld) -> [IntakeGroup] {
    var groups = [IntakeGroup](repeating: IntakeGroup(), count: parent.count)
    for row in scan.candidates { groups[root(row.bundle)].candidates.append(row) }
    for held in scan.held { groups[root(held.row.bundle)].held.append(held) }
    for number in world.running.indices {
      groups[root(bundleCount + number)].running.append(number)
    }
    for index in groups.indices {
      let rows = groups[index].candidates.map(\.bundle) + groups[index].held.map(\.row.bundle)
      groups[index].bundles = Set(rows).sorted()
    }
    let ending = ending
    return
      groups
      .filter {
        !$0.candidates.isEmpty || $0.held.contains(where: \.isFresh) || $0.running.count > 1
          || !ending.isDisjoint(with: $0.running)
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
