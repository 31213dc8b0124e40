// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import GitObjects
import JSONTree
import Reconciling
import SliceFormat
import Targeting

/// Looks whether an edit of the repository does what it is for, and nothing else: both versions are compiled and
/// compared, object by object.
struct DriftProof {
  /// What objects have to be on a cluster after the edit.
  struct Expectation {
    /// What people call the object.
    let title: String
    /// The manifest; nil where only the exceptions change.
    var manifest: JSONValue?
    /// The fields that have to be excepted, of those that were not before.
    var pointers: Set<[String]> = []
    /// Whether the object as a whole has to be excepted.
    var isIgnored = false

    fileprivate func merged(with other: Expectation) -> Expectation {
      var result = self
      result.pointers.formUnion(other.pointers)
      result.isIgnored = isIgnored || other.isIgnored
      return result
    }
  }

  private struct Place: Hashable {
    let bundle: Int
    let cluster: Int
  }

  private let before: Compilation
  private let objects: LayeredObjects
  private var expected: [Place: [ObjectIdentity: Expectation]] = [:]

  /// Starts with what the repository compiles to now.
  init(_ before: Compilation, _ objects: LayeredObjects) {
    self.before = before
    self.objects = objects
  }

  /// What is expected of an object on a cluster; nothing yet when it is new.
  subscript(
    bundle: Int, cluster: Int, identity: ObjectIdentity, title: String
  ) -> Expectation {
    get {
      expected[Place(bundle: bundle, cluster: cluster)]?[identity] ?? Expectation(title: title)
    }
    set { expected[Place(bundle: bundle, cluster: cluster), default: [:]][identity] = newValue }
  }

  /// Compares with what the edited repository compiles to; `mayExcept` lets exceptions change in the bundles
  /// of which something is expected.
  func check(
    _ after: Compilation, mayExcept: Bool, troubles: inout DriftTroubles
  ) throws(CommandError) {
    if let error = after.findings.sorted.first(where: { $0.severity == .error }) {
      troubles.add("the edit", "the fleet does not compile with it: \(error.message)")
      return
    }
    guard
      before.bundles.map({ "\($0.source.workspace)/\($0.source.name)" })
        == after.bundles.map({ "\($0.source.workspace)/\($0.source.name)" })
    else {
      troubles.add("the edit", "the bundles would be others")
      return
    }
    for index in before.bundles.indices {
      try check(
        index, before.bundles[index], after.bundles[index], mayExcept: mayExcept,
        troubles: &troubles)
    }
  }

  private func check(
    _ index: Int, _ old: CompiledBundle, _ new: CompiledBundle, mayExcept: Bool,
    troubles: inout DriftTroubles
  ) throws(CommandError) {
    // An exception stands in a file for all clusters of its bundle.
    var union: [ObjectIdentity: Expectation] = [:]
    for (place, own) in expected where place.bundle == index {
      union.merge(own) { $0.merged(with: $1) }
    }
    let isMeant = !union.isEmpty
    var pairs: [[Int]: Difference] = [:]
    var missed: [String: [String]] = [:]
    var others: [String: [String]] = [:]
    for cluster in old.assignment.indices {
      let name = before.inventory.clusters[cluster].name
      let wanted = expected[Place(bundle: index, cluster: cluster)] ?? [:]
      guard let left = old.assignment[cluster], let right = new.assignment[cluster] else {
        if old.assignment[cluster] != nil || new.assignment[cluster] != nil {
          others["bundle \(Wording.quoted(old.source.name))", default: []].append(name)
        }
        continue
      }
      let difference: Difference
      if let known = pairs[[left, right]] {
        difference = known
      } else {
        difference = try Difference(old.variants[left], new.variants[right], objects)
        pairs[[left, right]] = difference
      }
      if difference.hasMore || (difference.hasOtherExceptions && !(mayExcept && isMeant)) {
        others["bundle \(Wording.quoted(old.source.name))", default: []].append(name)
      }
      for (identity, manifest) in difference.manifests
      where wanted[identity]?.manifest != manifest {
        if let own = wanted[identity], own.manifest != nil {
          missed[own.title, default: []].append(name)
        } else {
          others[identity.display, default: []].append(name)
        }
      }
      for (identity, expectation) in wanted {
        let isDone =
          (expectation.manifest == nil || difference.manifests[identity] != nil)
          && difference.excepts(identity, expectation)
        if !isDone { missed[expectation.title, default: []].append(name) }
      }
      if mayExcept, isMeant, difference.exceptsMore(than: union) {
        others["bundle \(Wording.quoted(old.source.name))", default: []].append(name)
      }
    }
    for (title, names) in missed.byName {
      troubles.add(
        title, "the edit would not make it so on \(DriftText.clusters(Set(names).inOrder))")
    }
    for (title, names) in others.byName {
      let clusters = DriftText.clusters(Set(names).inOrder)
      troubles.add(
        title, "the edit would change it on \(clusters), where it does not differ so",
        hints: ["write it for the clusters alone: an overlay, or 'targetCustomizations'"])
    }
  }

  /// What two renderings of a bundle have not in common.
  private struct Difference {
    /// Objects that are others after the edit; null for one that is gone.
    let manifests: [ObjectIdentity: JSONValue]
    /// Whether anything but objects and exceptions differs.
    let hasMore: Bool
    /// Whether the exceptions differ.
    let hasOtherExceptions: Bool
    private let added: [ObjectIdentity: Set<[String]>]
    private let ignored: Set<ObjectIdentity>

    init(
      _ old: CompiledBundle.Variant, _ new: CompiledBundle.Variant, _ objects: LayeredObjects
    ) throws(CommandError) {
      if old.tree == new.tree {
        (manifests, hasMore, hasOtherExceptions, added, ignored) = ([:], false, false, [:], [])
        return
      }
      let left = try DriftDesk.manifests(old.tree, objects)
      let right = try DriftDesk.manifests(new.tree, objects)
      var changed: [ObjectIdentity: JSONValue] = [:]
      for identity in Set(left.keys).union(right.keys) where left[identity] != right[identity] {
        changed[identity] = right[identity] ?? .null
      }
      manifests = changed
      var plain = new.descriptor
      plain.comparePatches = old.descriptor.comparePatches
      let isSameRest = try Self.rest(old.tree, objects) == Self.rest(new.tree, objects)
      hasMore = plain != old.descriptor || !isSameRest
      hasOtherExceptions = new.descriptor.comparePatches != old.descriptor.comparePatches
      let before = DriftExceptions(old.descriptor.comparePatches)
      let after = DriftExceptions(new.descriptor.comparePatches)
      var added: [ObjectIdentity: Set<[String]>] = [:]
      var ignored = Set<ObjectIdentity>()
      // Without exceptions of its own a site is told nothing, so the objects themselves are asked about.
      for (identity, manifest) in left {
        let version = manifest["apiVersion"]?.string ?? ""
        let own =
          identity.namespace.isEmpty ? identity.inNamespace(old.descriptor.namespace) : identity
        for name in Set([identity, own]) {
          let more = Set(after.pointers(name, apiVersion: version))
            .subtracting(before.pointers(name, apiVersion: version))
          if !more.isEmpty { added[identity, default: []].formUnion(more) }
          if after.ignores(name, apiVersion: version), !before.ignores(name, apiVersion: version) {
            ignored.insert(identity)
          }
        }
      }
      self.added = added
      self.ignored = ignored
    }

    /// Whether what is to be excepted is.
    func excepts(_ identity: ObjectIdentity, _ expectation: Expectation) -> Bool {
      expectation.pointers.isSubset(of: added[identity] ?? [])
        && (!expectation.isIgnored || ignored.contains(identity))
    }

    /// Whether something else is excepted.
    func exceptsMore(than wanted: [ObjectIdentity: Expectation]) -> Bool {
      added.contains { !$0.value.isSubset(of: wanted[$0.key]?.pointers ?? []) }
        || ignored.contains { wanted[$0]?.isIgnored != true }
    }

    /// What a bundle deployment has besides objects and options.
    private static func rest(
      _ tree: ObjectID, _ objects: LayeredObjects
    ) throws(CommandError) -> [TreeEntry] {
      try failing {
        try objects.tree(tree).filter {
          $0.name != SliceLayout.objectsFolder && $0.name != SliceLayout.descriptorFile
        }
      }
    }
  }
}
