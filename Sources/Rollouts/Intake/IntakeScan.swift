// SPDX-License-Identifier: Apache-2.0

import GitObjects

/// Every row that is not as the plan says, and what may be done about it.
struct IntakeScan {
  /// A row that stays, because its tree is held, or that of something that it is connected with.
  struct Held {
    var row: IntakeRow
    /// The position of the entry that holds it.
    var entry: Int
    /// Whether this push touches the bundle, so that somebody wants to know.
    var isFresh: Bool
  }

  /// Rows that a rollout is to move, or that are released at once.
  var candidates: [IntakeRow] = []
  /// Rows that are held.
  var held: [Held] = []
  /// Rows that a running rollout takes up, by its number: the inventory has changed, not the bundle.
  var joining: [[IntakeRow]]
  /// Places that are to get the good version of a held definition.
  var newcomers: [IntakeRow] = []
  /// Nodes of ``IntakeGroups`` that bring one object on some cluster.
  var exchanges: Set<[Int]> = []
  /// The bundles that stay as they are, by cluster.
  private(set) var staying: [Int: Set<Int>] = [:]

  private let world: IntakeWorld
  private let leftOut: [[Int: ObjectID?]]
  private let isHeldDefinition: [Int?]

  /// Looks at every row.
  ///
  /// - Parameter names: the identities of the objects of a tree.
  static func make<Failure: Error>(
    _ world: IntakeWorld, leftOut: [LeftOutTrees],
    names: (ObjectID) throws(Failure) -> [String]
  ) throws(Failure) -> IntakeScan {
    var scan = IntakeScan(world, leftOut)
    var meetings = IntakeMeetings()
    for cluster in world.clusters.indices where !world.isPaused[cluster] {
      var found = scan.find(in: world.rows(of: cluster))
      if found.isEmpty { continue }
      var parts: [Int]?
      if found.count > 1, found.contains(where: { $0.place != .settled && $0.place != .passing }) {
        // What a rollout does that may end now ties bundles together, but keeps none of them back.
        let own = found.map { $0.place == .passing ? $0.touch.empty : $0.touch }
        scan.keepTogether(&found, try meetings.parts(own, names))
        parts = try meetings.parts(found.map(\.touch), names)
      } else {
        scan.keepTogether(&found, nil)
      }
      scan.record(found, parts)
    }
    return scan
  }

  private init(_ world: IntakeWorld, _ leftOut: [LeftOutTrees]) {
    self.world = world
    self.leftOut = Self.leftOut(leftOut, world)
    isHeldDefinition = Self.heldDefinitions(world)
    joining = Array(repeating: [], count: world.running.count)
  }

  private struct Found {
    var row: IntakeRow
    var place: Place
    var touch: IntakeMeetings.Touch
  }

  private func find(in rows: [IntakeRow]) -> [Found] {
    var found: [Found] = []
    for row in rows {
      let owner = world.owner[row.bundle]
      let running = owner.map { world.running[$0] }
      let move = running.flatMap { world.move(of: row, in: $0) }
      // What a rollout is already doing, and what is as it should be.
      let isSettled = move.map { $0.target == row.planned } ?? !row.differs
      if isSettled, move == nil { continue }
      let place = isSettled ? .settled : place(row, running, hasMove: move != nil)
      let own = [row.released, row.planned, world.good(row)].compactMap { $0 }
      let onTheWay = [row.released, move?.target, move?.fallback].compactMap { $0 }
      let ownNode = world.bundles.count + (owner ?? 0)
      switch place {
      case .settled:
        found.append(Found(row: row, place: place, touch: .init(node: ownNode, trees: onTheWay)))
      case .joins:
        found.append(
          Found(row: row, place: place, touch: .init(node: ownNode, trees: own + onTheWay)))
      default:
        found.append(Found(row: row, place: place, touch: .init(node: row.bundle, trees: own)))
        // What the rollout that it may replace does here, for as long as it does.
        if move != nil {
          found.append(
            Found(row: row, place: .passing, touch: .init(node: ownNode, trees: onTheWay)))
        }
      }
    }
    return found
  }

  /// Halves of two versions never meet: what is connected with something that stays, stays.
  private func keepTogether(_ found: inout [Found], _ parts: [Int]?) {
    var waiting = found.indices.filter { found[$0].place.stays }
    while let index = waiting.popLast() {
      let place = found[index].place
      for other in found.indices where !found[other].place.stays && found[other].place != .passing {
        let isConnected = world.isConnected(found[index].row.bundle, found[other].row.bundle)
        // What was only left out does not hold back its friends, but nobody takes its objects.
        let byRule = isConnected && place != .stuck
        guard byRule || parts.map({ $0[index] == $0[other] }) ?? false else { continue }
        if case .held = place { found[other].place = place } else { found[other].place = .stuck }
        waiting.append(other)
      }
    }
  }

  private mutating func record(_ found: [Found], _ parts: [Int]?) {
    for found in found {
      let row = found.row
      if found.place.stays { staying[row.cluster, default: []].insert(row.bundle) }
      switch found.place {
      case .settled, .passing, .stuck: break
      case .moves: candidates.append(row)
      case .joins: joining[world.owner[row.bundle] ?? 0].append(row)
      case .new: newcomers.append(row)
      case .held(let entry):
        // A row that its rollout goes on with was there before this push.
        let isSettled = found.touch.node >= world.bundles.count && world.isOnItsWay(row)
        let isFresh = !isSettled && !world.isSameDefinition(row.bundle)
        held.append(Held(row: row, entry: entry, isFresh: isFresh))
      }
    }
    guard let parts else { return }
    for part in Set(parts) {
      let nodes = found.indices.filter { parts[$0] == part && !found[$0].place.stays }
        .map { found[$0].touch.node }
      if nodes.count > 1 { exchanges.insert(nodes) }
    }
  }

  private enum Place: Equatable {
    case settled, moves, joins, new, stuck, passing, held(Int)

    var stays: Bool {
      switch self {
      case .held, .stuck, .new: true
      case .settled, .moves, .joins, .passing: false
      }
    }
  }

  private func place(
    _ row: IntakeRow, _ running: IntakeWorld.Running?, hasMove: Bool
  ) -> Place {
    if let entry = world.heldEntry(of: row), row.differs { return .held(entry) }
    if row.planned != nil, row.differs, let entry = isHeldDefinition[row.bundle] {
      return row.released == nil ? .new : .held(entry)
    }
    if !hasMove, isLeftOut(row) { return .stuck }
    guard let running, world.isSameDefinition(row.bundle, in: running) else { return .moves }
    if running.rollout.state.phase == .rollingBack {
      // Its trees are about to be held, and this is another one of the same definition.
      return row.released == nil && row.planned != nil ? .new : .stuck
    }
    return .joins
  }

  /// Whether the last rollout of the bundle has left out just this, and nobody has touched the bundle since.
  private func isLeftOut(_ row: IntakeRow) -> Bool {
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
