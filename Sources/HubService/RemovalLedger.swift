// SPDX-License-Identifier: Apache-2.0

import GitObjects
import SliceFormat

/// What the hub has ever taken away from each slice: `removals/SHARD/CLUSTER` of the state, a line each
/// (`RemovalTally`); a cluster of which nothing ever went has none.
///
/// It only grows, so that differences say what was allowed between any two releases; also while a cluster is out of
/// the fleet.
struct RemovalLedger<Store: ObjectReader> {
  private struct Pair: Hashable {
    let old: ObjectID
    let new: ObjectID?
  }

  private static var lineLimit: Int { 256 }

  private let store: Store
  private var slices: [Pair: RemovalTally] = [:]
  private var bundles: [Pair: RemovalTally] = [:]
  private var lines: [ObjectID: RemovalTally] = [:]

  /// Makes a ledger that reads slices and lines from a store.
  init(_ store: Store) { self.store = store }

  /// All lines of a ledger, by the bytes of the clusters' names.
  mutating func tallies(
    of tree: ObjectID
  ) throws(ObjectAccessError) -> [[UInt8]: RemovalTally] {
    var result: [[UInt8]: RemovalTally] = [:]
    for shard in try store.tree(tree) where shard.mode == .directory {
      for entry in try store.tree(shard.id) { result[entry.name] = try line(entry.id) }
    }
    return result
  }

  /// What goes from every cluster when one table of slices follows another, without those of which nothing goes.
  ///
  /// Equal shards and rows are never opened, and what two slices or bundles differ in is looked at once.
  mutating func removals(
    from old: ObjectID, to new: ObjectID
  ) throws(ObjectAccessError) -> [(name: [UInt8], tally: RemovalTally)] {
    if old == new { return [] }
    var result: [(name: [UInt8], tally: RemovalTally)] = []
    let after = try entries(new)
    for shard in try store.tree(old) where after[shard.name] != shard.id {
      let rows = try after[shard.name].map { id throws(ObjectAccessError) in try entries(id) }
      for row in try store.tree(shard.id) {
        let successor = rows?[row.name]
        if successor == row.id { continue }
        let tally = try slice(Pair(old: row.id, new: successor))
        if tally != RemovalTally() { result.append((row.name, tally)) }
      }
    }
    return result
  }

  private func entries(_ tree: ObjectID) throws(ObjectAccessError) -> [[UInt8]: ObjectID] {
    var result: [[UInt8]: ObjectID] = [:]
    for entry in try store.tree(tree) { result[entry.name] = entry.id }
    return result
  }

  private mutating func line(_ id: ObjectID) throws(ObjectAccessError) -> RemovalTally {
    if let known = lines[id] { return known }
    let bytes = try store.blob(id, limit: Self.lineLimit)
    guard
      let tally = RemovalTally(text: String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self))
    else { throw .malformed(id) }
    lines[id] = tally
    return tally
  }

  private mutating func slice(_ pair: Pair) throws(ObjectAccessError) -> RemovalTally {
    if let known = slices[pair] { return known }
    var total = RemovalTally()
    let after = try pair.new.map { id throws(ObjectAccessError) in try entries(id) } ?? [:]
    for entry in try store.tree(pair.old) where entry.mode == .directory {
      let successor = after[entry.name]
      if successor == entry.id { continue }
      total = try total + bundle(Pair(old: entry.id, new: successor))
    }
    slices[pair] = total
    return total
  }

  private mutating func bundle(_ pair: Pair) throws(ObjectAccessError) -> RemovalTally {
    if let known = bundles[pair] { return known }
    let old = try store.tree(pair.old)
    let tally: RemovalTally
    if let id = pair.new {
      let new = try store.tree(id)
      // Objects without a namespace go with the old one.
      let moves = try namespace(old, against: new) != namespace(new, against: old)
      tally = RemovalTally(objects: try missing(old, moves ? [] : new), bundles: 0)
    } else {
      tally = RemovalTally(objects: try missing(old, []), bundles: 1)
    }
    bundles[pair] = tally
    return tally
  }

  /// The namespace that the descriptor of a bundle says; nil where another has the same descriptor.
  private func namespace(
    _ bundle: [TreeEntry], against other: [TreeEntry]
  ) throws(ObjectAccessError) -> String? {
    guard let id = descriptor(bundle), id != descriptor(other) else { return nil }
    return BundleDescriptor(json: try store.blob(id, limit: SliceLayout.descriptorLimit))?.namespace
  }

  private func descriptor(_ bundle: [TreeEntry]) -> ObjectID? {
    bundle.first { $0.name == SliceLayout.descriptorFile }?.id
  }

  /// How many files of objects and hooks one bundle has and the other has not.
  private func missing(
    _ old: [TreeEntry], _ new: [TreeEntry]
  ) throws(ObjectAccessError) -> Int {
    var count = 0
    for folder in old where folder.mode == .directory {
      let isHooks = folder.name == SliceLayout.hooksFolder
      guard isHooks || folder.name == SliceLayout.objectsFolder else { continue }
      let other = new.first { $0.name == folder.name && $0.mode == .directory }?.id
      if other == folder.id { continue }
      let before = try store.tree(folder.id)
      let after = try other.map { id throws(ObjectAccessError) in try store.tree(id) } ?? []
      if isHooks {
        for phase in before where phase.mode == .directory {
          let successor = after.first { $0.name == phase.name }?.id
          if successor == phase.id { continue }
          let kept = try successor.map { id throws(ObjectAccessError) in try store.tree(id) } ?? []
          count += Self.missing(try store.tree(phase.id), kept)
        }
      } else {
        count += Self.missing(before, after)
      }
    }
    return count
  }

  private static func missing(_ old: [TreeEntry], _ new: [TreeEntry]) -> Int {
    // Nearly all changes leave the names alone.
    if old.count == new.count, zip(old, new).allSatisfy({ $0.name == $1.name }) { return 0 }
    let kept = Set(new.map(\.name))
    return old.count { !kept.contains($0.name) }
  }
}

extension RemovalLedger where Store: ObjectWriter {
  /// The ledger after a state in which `new` takes the place of `old`.
  ///
  /// - Parameter tree: the ledger of the state before.
  mutating func tree(
    after tree: ObjectID, from old: ObjectID, to new: ObjectID
  ) throws(ObjectAccessError) -> ObjectID {
    let removals = try removals(from: old, to: new)
    if removals.isEmpty { return tree }
    var shards: [[UInt8]: ObjectID] = try entries(tree)
    var byShard: [String: [(name: [UInt8], tally: RemovalTally)]] = [:]
    for removal in removals {
      byShard[Shard.name(of: removal.name), default: []].append(removal)
    }
    var written: [RemovalTally: ObjectID] = [:]
    // The order of writing shows in a pack, so it is not left to the dictionary.
    for (shard, changes) in byShard.sorted(by: { $0.key < $1.key }) {
      let name = Array(shard.utf8)
      var rows =
        try shards[name].map { id throws(ObjectAccessError) in try entries(id) } ?? [:]
      for change in changes {
        let before = try rows[change.name].map { id throws(ObjectAccessError) in try line(id) }
        let tally = (before ?? RemovalTally()) + change.tally
        if written[tally] == nil { written[tally] = try store.writeBlob(tally.text + "\n") }
        rows[change.name] = written[tally]
      }
      shards[name] = try store.writeTree(
        rows.map { TreeEntry(name: $0.key, mode: .file, id: $0.value) })
    }
    return try store.writeTree(
      shards.map { TreeEntry(name: $0.key, mode: .directory, id: $0.value) })
  }
}
