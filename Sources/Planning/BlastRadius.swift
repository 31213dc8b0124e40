// SPDX-License-Identifier: Apache-2.0

package import GitObjects
import SliceFormat
import Diagnostics

/// What a plan changes against the one before: clusters, objects by kind, folded by equal effect.
package struct BlastRadius: Sendable, Hashable {
  /// Clusters that a change does the same to.
  package struct Fold: Sendable, Hashable {
    /// What happens.
    package let effect: Effect
    /// To which clusters, in the order of their names.
    package let clusters: [String]

    /// Makes a fold; the clusters come in the order of their names.
    package init(effect: Effect, clusters: [String]) {
      self.effect = effect
      self.clusters = clusters
    }
  }

  /// How many clusters of a group change.
  package struct GroupShare: Sendable, Hashable {
    /// The group's name, with its workspace before it when there are several.
    package let group: String
    /// How many of its clusters change.
    package let changed: Int
    /// How many clusters it has.
    package let total: Int

    /// Makes a share.
    package init(group: String, changed: Int, total: Int) {
      self.group = group
      self.changed = changed
      self.total = total
    }
  }

  /// Objects of one kind, counted once per cluster.
  package struct KindCount: Sendable, Hashable {
    /// The kind, with its group where it has one: `Deployment.apps`.
    package let kind: String
    /// How many are created.
    package var created = 0
    /// How many are changed.
    package var changed = 0
    /// How many are deleted.
    package var deleted = 0

    init(kind: String) { self.kind = kind }
  }

  /// How many clusters the new plan has.
  package let clusterCount: Int
  /// How many the old one had; 0 for a first push.
  package let oldClusterCount: Int
  /// The changes, the most clusters first.
  package let folds: [Fold]
  /// The groups of which clusters change.
  package let groups: [GroupShare]

  /// Makes a blast radius from what is already compared.
  package init(
    clusterCount: Int, oldClusterCount: Int, folds: [Fold], groups: [GroupShare]
  ) {
    self.clusterCount = clusterCount
    self.oldClusterCount = oldClusterCount
    self.folds = folds.sorted(by: Self.precedes)
    self.groups = groups
  }

  /// Whether nothing changes anywhere.
  package var isEmpty: Bool { folds.isEmpty }

  /// The clusters that stay and change, without those that join or leave.
  package var changedClusterCount: Int { count { $0.membership == .stays } }
  /// The clusters that join.
  package var joiningClusterCount: Int { count { $0.membership == .joins } }
  /// The clusters that leave the inventory.
  package var leavingClusterCount: Int {
    count { if case .leaves = $0.membership { true } else { false } }
  }

  private func count(_ isCounted: (Effect) -> Bool) -> Int {
    folds.reduce(0) { $0 + (isCounted($1.effect) ? $1.clusters.count : 0) }
  }

  /// Objects created, changed and deleted over the whole fleet, by kind, in the order of the kinds.
  package var kinds: [KindCount] {
    var counts: [String: KindCount] = [:]
    for fold in folds {
      let times = fold.clusters.count
      func add(_ objects: [ObjectIdentity], _ path: WritableKeyPath<KindCount, Int>) {
        for object in objects {
          let kind = object.group.isEmpty ? object.kind : "\(object.kind).\(object.group)"
          counts[kind, default: KindCount(kind: kind)][keyPath: path] += times
        }
      }
      add(fold.effect.created, \.created)
      add(fold.effect.changed, \.changed)
      add(fold.effect.deleted, \.deleted)
    }
    return counts.values.sorted { $0.kind.precedesInBytes($1.kind) }
  }

  // Most clusters first, so that outliers come last; clusters that leave before those that stay,
  // because deletions matter most to the reader of equally large folds.
  private static func precedes(_ left: Fold, _ right: Fold) -> Bool {
    if left.clusters.count != right.clusters.count {
      return left.clusters.count > right.clusters.count
    }
    if left.effect.deleted.count != right.effect.deleted.count {
      return left.effect.deleted.count > right.effect.deleted.count
    }
    let leftFirst = left.clusters.first ?? ""
    let rightFirst = right.clusters.first ?? ""
    return leftFirst.precedesInBytes(rightFirst)
  }
}

extension BlastRadius {
  /// Compares two plans.
  ///
  /// - Parameters:
  ///   - old: the tree of the old plan's slices, nil for a first push.
  ///   - new: the tree of the new plan's slices.
  ///   - removes: whether the site of a cluster that leaves deletes what runs there.
  ///   - groups: name and members of every group of the new inventory.
  ///   - unknown: clusters of which the new plan knows nothing, because they have errors; they are not
  ///     compared, and count as clusters that do not change.
  package static func compare<OldReader: ObjectReader, NewReader: ObjectReader>(
    old: ObjectID?, oldReader: OldReader, new: ObjectID, newReader: NewReader,
    removes: (String) -> Bool, groups: [(name: String, members: Set<String>)],
    unknown: Set<String> = []
  ) throws(ObjectAccessError) -> BlastRadius {
    let oldSlices = try PlanTree.slices(of: old, reader: oldReader)
    let newSlices = old == new ? oldSlices : try PlanTree.slices(of: new, reader: newReader)
    var comparison = SliceComparison(old: oldReader, new: newReader)
    var folded: [Effect: [String]] = [:]
    var touched = Set<String>()
    func add(_ effect: Effect, _ cluster: String) {
      folded[effect, default: []].append(cluster)
      touched.insert(cluster)
    }
    if old != new {
      var before: [[UInt8]: ObjectID] = [:]
      before.reserveCapacity(oldSlices.count)
      for slice in oldSlices { before[slice.name] = slice.tree }
      for slice in newSlices {
        let name = String(decoding: slice.name, as: UTF8.self)
        if let tree = before.removeValue(forKey: slice.name) {
          if tree != slice.tree { add(try comparison.effect(from: tree, to: slice.tree), name) }
        } else {
          add(try comparison.effect(joiningWith: slice.tree), name)
        }
      }
      for (name, tree) in before {
        let cluster = String(decoding: name, as: UTF8.self)
        if unknown.contains(cluster) { continue }
        add(try comparison.effect(leaving: tree, removes: removes(cluster)), cluster)
      }
    }
    let folds = folded.map { effect, clusters in
      Fold(
        effect: effect,
        clusters: clusters.sorted { $0.precedesInBytes($1) })
    }
    let shares = groups.compactMap { group -> GroupShare? in
      let changed = group.members.count { touched.contains($0) }
      return changed == 0
        ? nil : GroupShare(group: group.name, changed: changed, total: group.members.count)
    }
    return BlastRadius(
      clusterCount: newSlices.count + unknown.count, oldClusterCount: oldSlices.count, folds: folds,
      groups: shares.sorted {
        $0.changed != $1.changed
          ? $0.changed > $1.changed : $0.group.precedesInBytes($1.group)
      })
  }
}
