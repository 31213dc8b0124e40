// SPDX-License-Identifier: Apache-2.0

import GitObjects

/// Every row that is not as the plan says, and what may be done about it.
struct IntakeScan {
  /// A row that stays, because its tree is held.
  struct Held {
    var row: IntakeRow
    /// The position of the entry that holds it.
    var entry: Int
    /// Whether this push touches the bundle, so that somebody wants to know.
    var isFresh: Bool
  }

  /// What may touch an object on a cluster: a node of ``IntakeGroups``, and the trees between which it is.
  struct Touch: Hashable {
    var node: Int
    var trees: [ObjectID]
  }

  /// Rows that a rollout is to move, or that are released at once.
  var candidates: [IntakeRow] = []
  /// Rows whose trees are held.
  var held: [Held] = []
  /// Rows that were left out before, and those of a rollout that is going back.
  var stuck: [IntakeRow] = []
  /// Rows that a running rollout takes up, by its number: the inventory has changed, not the bundle.
  var joining: [[IntakeRow]]
  /// Places that are to get the good version of a held definition.
  var newcomers: [IntakeRow] = []
  /// What meets on one cluster, once for each combination of trees.
  var meetings: [[Touch]] = []

  private let world: IntakeWorld
  private let leftOut: [[Int: ObjectID?]]
  private let isHeldDefinition: [Int?]
  private var seen: Set<[Touch]> = []

  init(_ world: IntakeWorld, leftOut: [LeftOutTrees]) {
    self.world = world
    self.leftOut = Self.leftOut(leftOut, world)
    isHeldDefinition = Self.heldDefinitions(world)
    joining = Array(repeating: [], count: world.running.count)
    for cluster in world.clusters.indices where !world.isPaused[cluster] {
      look(at: world.rows(of: cluster))
    }
  }

  private mutating func look(at rows: [IntakeRow]) {
    var touches: [Touch] = []
    var moves = false
    for row in rows {
      let owner = world.owner[row.bundle]
      let running = owner.map { world.running[$0] }
      let move = running.flatMap { world.move(of: row, in: $0) }
      // What a rollout is already doing, and what is as it should be.
      let isSettled = move.map { $0.target == row.planned } ?? !row.differs
      if isSettled, move == nil { continue }
      var node = row.bundle
      if !isSettled {
        let isJoining = place(row, owner, running)
        moves = moves || isJoining != .stays
        if isJoining == .joins, let owner { node = world.bundles.count + owner }
      } else if let owner {
        node = world.bundles.count + owner
      }
      let trees = [row.released, row.planned, move?.target, move?.fallback]
      touches.append(Touch(node: node, trees: trees.compactMap { $0 }))
    }
    if moves, touches.count > 1, seen.insert(touches).inserted { meetings.append(touches) }
  }

  private enum Place {
    case moves, joins, stays
  }

  private mutating func place(
    _ row: IntakeRow, _ owner: Int?, _ running: IntakeWorld.Running?
  ) -> Place {
    let entry = row.planned.flatMap { world.held[row.bundle][$0] }
    if let owner, let running, world.isSameDefinition(row.bundle, in: running) {
      if let entry {
        held.append(Held(row: row, entry: entry, isFresh: false))
        return .stays
      }
      if running.rollout.state.phase == .rollingBack {
        // Its trees are about to be held, and this is another one of the same definition.
        if row.released == nil, row.planned != nil {
          newcomers.append(row)
        } else {
          stuck.append(row)
        }
        return .stays
      }
      joining[owner].append(row)
      return .joins
    }
    if let entry, row.differs {
      let isFresh = !world.isSameDefinition(row.bundle)
      held.append(Held(row: row, entry: entry, isFresh: isFresh || owner != nil))
      return .stays
    }
    if owner == nil, row.planned != nil, let entry = isHeldDefinition[row.bundle] {
      if row.released == nil {
        newcomers.append(row)
      } else {
        held.append(Held(row: row, entry: entry, isFresh: false))
      }
      return .stays
    }
    if owner == nil, isLeftOut(row) {
      stuck.append(row)
      return .stays
    }
    candidates.append(row)
    return .moves
  }

  /// Whether the last rollout of the bundle has left out just this, and nobody has touched the bundle since.
  func isLeftOut(_ row: IntakeRow) -> Bool {
    guard let tree = leftOut[row.bundle][row.cluster] else { return false }
    return tree == row.planned && isUntouched(row.bundle)
  }

  private func isUntouched(_ bundle: Int) -> Bool {
    world.isSameDefinition(bundle) || (world.rules[bundle] == nil && world.oldRules[bundle] == nil)
  }

  private static func leftOut(
    _ entries: [LeftOutTrees], _ world: IntakeWorld
  ) -> [[Int: ObjectID?]] {
    var result = [[Int: ObjectID?]](repeating: [:], count: world.bundles.count)
    for entry in entries {
      guard let bundle = SortedNames.position(of: entry.bundle, in: world.bundles) else { continue }
      for row in entry.rows {
        guard let cluster = SortedNames.position(of: row.cluster, in: world.clusters) else {
          continue
        }
        result[bundle].updateValue(row.tree, forKey: cluster)
      }
    }
    return result
  }

  /// For each bundle the entry that holds the version that the plan has: all trees of it stay away, those of
  /// clusters that join among them.
  private static func heldDefinitions(_ world: IntakeWorld) -> [Int?] {
    var result = [Int?](repeating: nil, count: world.bundles.count)
    var unknown = false
    for (position, entry) in world.input.rollouts.held.enumerated() {
      guard let bundle = SortedNames.position(of: entry.bundle, in: world.bundles) else { continue }
      if let definition = entry.definition {
        if definition == world.rules[bundle]?.definition { result[bundle] = position }
      } else {
        unknown = true
      }
    }
    // Where nobody has written the definition down: a tree of the plan is held back just now, and this push
    // has not touched the bundle.
    if unknown {
      for cluster in world.clusters.indices {
        for row in world.rows(of: cluster) where row.differs && result[row.bundle] == nil {
          if let tree = row.planned, let entry = world.held[row.bundle][tree],
            world.input.rollouts.held[entry].definition == nil, world.isSameDefinition(row.bundle)
          {
            result[row.bundle] = entry
          }
        }
      }
    }
    return result
  }
}
