// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Rollouts
import SliceFormat

/// A site as the tests know it: it polls, applies what it is told, and reports. It knows nothing of the engine.
struct ModelSite {
  /// What goes wrong with a tree.
  enum Fault: Hashable { case none, error, stuck, reverted, restless }

  var name: String
  /// Whether it reaches the hub.
  var isOnline = true
  /// Whether something that is not the rollout's keeps its bundles from being Ready.
  var isBroken = false
  /// Which minutes a restless tree is Ready in.
  var isOdd = false
  /// How long it takes from a new tree to Ready.
  var delay: Int64 = 30
  /// What goes wrong, by tree.
  var faults: [ObjectID: Fault] = [:]
  /// Its metrics now.
  var numbers: [String: (value: Double?, samples: Int)] = [:]
  /// What it runs, what it ran before, and since when.
  var trees: [String: ObjectID] = [:]
  var before: [String: ObjectID] = [:]
  var since: [String: Int64] = [:]
  /// What the hub has of it.
  var seen = ClusterObservation()

  /// Polls and reports, when it is online.
  mutating func poll(told row: [String: ObjectID], release: Int, now: Int64) {
    guard isOnline else { return }
    seen.contact = now
    seen.release = release
    if trees != row {
      for (bundle, tree) in row where trees[bundle] != tree {
        before[bundle] = trees[bundle]
        since[bundle] = now
      }
      trees = row
    }
    var bundles: [String: ClusterObservation.Bundle] = [:]
    for (bundle, tree) in trees { bundles[bundle] = report(bundle, tree, now: now) }
    if seen.bundles != bundles { seen.bundles = bundles }
    for (name, number) in numbers {
      seen.metrics[name] = ClusterObservation.Measurement(
        value: number.value, samples: number.samples, seenAt: now)
    }
  }

  private func report(_ bundle: String, _ tree: ObjectID, now: Int64) -> ClusterObservation.Bundle {
    let start = since[bundle] ?? 0
    switch faults[tree] ?? .none {
    case .error:
      return ClusterObservation.Bundle(tree: tree, state: .errApplied, message: "no such image")
    case .stuck:
      return ClusterObservation.Bundle(tree: tree, state: .notReady, message: "0/1 replicas")
    case .reverted:
      guard now - start >= delay else {
        return ClusterObservation.Bundle(tree: tree, state: .notReady)
      }
      return ClusterObservation.Bundle(
        tree: before[bundle], state: .ready, isReverted: true, message: "success-rate 92 under 99")
    case .restless:
      let isUp = ((now / 60) % 2 == 0) != isOdd
      return ClusterObservation.Bundle(tree: tree, state: isUp ? .ready : .notReady)
    case .none:
      let isReady = now - start >= delay && !isBroken
      return ClusterObservation.Bundle(tree: tree, state: isReady ? .ready : .waitApplied)
    }
  }
}

/// A tree of the tests: bundle and version make its id.
func modelTree(_ bundle: Int, _ version: Int) -> ObjectID {
  var bytes = [UInt8](repeating: 0, count: 20)
  bytes[0] = UInt8(truncatingIfNeeded: bundle + 1)
  bytes[19] = UInt8(truncatingIfNeeded: version)
  return ObjectID(bytes: bytes) ?? .zero
}
