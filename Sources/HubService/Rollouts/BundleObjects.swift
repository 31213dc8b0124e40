// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Planning
import Rollouts
import SliceFormat

/// What the intake asks about the trees of bundle deployments; answers are remembered.
final class BundleObjects {
  private struct Composition: Hashable {
    let target: ObjectID
    let fallback: ObjectID?
    let patterns: [ExemptObject]
  }

  private let store: PlanStore
  private var known: [ObjectID: [String]] = [:]
  private var composed: [Composition: ObjectID?] = [:]

  init(_ store: PlanStore) { self.store = store }

  /// The identities of the objects that a tree brings, as their file names.
  func names(_ tree: ObjectID) throws(ObjectAccessError) -> [String] {
    if let names = known[tree] { return names }
    let names = try objects(of: tree).map { String(decoding: $0.name, as: UTF8.self) }
    known[tree] = names
    return names
  }

  /// The tree of a rollback: the fallback with those objects of the target that must not go back. Without a
  /// fallback nothing of the bundle stays: what is exempt there is for the site's `keepResources` to keep.
  func compose(
    _ target: ObjectID, _ fallback: ObjectID?, _ patterns: [ExemptObject]
  ) throws(ObjectAccessError) -> ObjectID? {
    guard let fallback, !patterns.isEmpty else { return fallback }
    let key = Composition(target: target, fallback: fallback, patterns: patterns)
    if let tree = composed[key] { return tree }
    func isExempt(_ entry: TreeEntry) -> Bool {
      guard let identity = ObjectIdentity(fileName: entry.name) else { return false }
      return patterns.contains { $0.matches(identity) }
    }
    let kept = try objects(of: fallback).filter { !isExempt($0) }
    let exempt = try objects(of: target).filter { isExempt($0) }
    let others = try store.tree(fallback).filter { $0.name != SliceLayout.objectsFolder }
    let objects = kept + exempt
    let tree = try store.writeTree(
      objects.isEmpty
        ? others
        : others + [
          TreeEntry(
            name: SliceLayout.objectsFolder, mode: .directory, id: try store.writeTree(objects))
        ])
    composed[key] = tree
    return tree
  }

  private func objects(of tree: ObjectID) throws(ObjectAccessError) -> [TreeEntry] {
    try BundleTree.objects(of: tree, reader: store)
  }
}

extension ExemptObject {
  /// Whether an object is one of these; what is nil matches anything.
  func matches(_ object: ObjectIdentity) -> Bool {
    // The rule that sites follow when they go back by themselves.
    BundleWatch.Exempt(kind: kind, group: group, namespace: namespace, name: name).matches(object)
  }
}
