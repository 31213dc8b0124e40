// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import Planning
import Posix
import SliceFormat

/// Derives slices.git from a state: objects first, then all refs with one rename, then the mark.
struct Publication {
  private let hub: HubLayout
  private let fleet: Repository
  private let progress: Progress

  init(hub: HubLayout, fleet: Repository, progress: Progress) {
    self.hub = hub
    self.fleet = fleet
    self.progress = progress
  }

  /// Publishes what differs from the state that was published last, and tells for how many clusters.
  ///
  /// The commits are a function of the state, so a second call after a crash makes the same ones.
  func publish(_ state: ReleasedState) throws(HubError) -> Int {
    let last = try lastPublished()
    if last?.id == state.id { return 0 }
    let changed = try changedSlices(from: last, to: state)
    if !changed.isEmpty {
      let slices = try HubError.wrap { try Repository.open(hub.slices) }
      // The copier asks for trees and blobs; the commits are new, asking for them costs a look on disk.
      let pack = PackWriter(objectDirectory: slices.objectDirectory)
      let copier = ObjectCopier(from: fleet, to: pack) { slices.hasObject($0) }
      var refs: [PackedRefs.Change] = []
      refs.reserveCapacity(changed.count)
      var ledger = RemovalLedger(fleet)
      let tallies = try HubError.wrap { try ledger.tallies(of: state.content.removals) }
      let retries = try HubError.wrap { try RetryRecord(state.content.retries, fleet) }
      let signature = HubIdentity.signature(seconds: state.seconds)
      try HubError.wrap {
        for (index, slice) in changed.enumerated() {
          if index % 1000 == 0 {
            progress.step(
              "publishing \(Wording.number(index)) of \(Wording.count(changed.count, "slice"))")
          }
          try copier.copy(slice.tree)
          let name = String(decoding: slice.name, as: UTF8.self)
          let message = SliceMessage(
            cluster: name, source: state.source, release: state.release, epoch: state.epoch,
            removals: RemovalWord(
              tally: tallies[slice.name] ?? RemovalTally(), opensEpoch: state.content.opensEpoch),
            retries: try marks(retries, slice))
          let commit = Commit(
            tree: slice.tree, parents: [], author: signature, message: message.text)
          let id = try pack.write(.commit, commit.content)
          refs.append(PackedRefs.Change(HubLayout.Ref.slicePrefix + name, id))
        }
        progress.step("storing \(Wording.count(changed.count, "slice"))")
        try pack.finish()
        try PackedRefs.update(gitDirectory: hub.slices, refs)
      }
    }
    try HubError.wrap {
      try Files.writeAtomically(hub.published, Array("\(state.id.hex)\n".utf8))
    }
    return changed.count
  }

  /// The state that slices.git shows; nil when that is not known, and everything is published anew.
  private func lastPublished() throws(HubError) -> ReleasedState? {
    let bytes = try HubError.wrap { try Files.readIfPresent(hub.published, limit: 1024) }
    guard let bytes, Files.exists(hub.slices + "/packed-refs"),
      let id = ObjectID(hex: String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)),
      fleet.hasObject(id)
    else { return nil }
    return try ReleasedState.read(id, from: fleet)
  }

  private func changedSlices(
    from last: ReleasedState?, to state: ReleasedState
  ) throws(HubError) -> [ClusterSlice] {
    try HubError.wrap {
      // A raised epoch has to reach every site, whether or not its slice changes.
      let isSameEpoch = last?.epoch == state.epoch
      var before: [[UInt8]: ObjectID] = [:]
      if let last, isSameEpoch {
        for slice in try rows(last) { before[slice.name] = slice.tree }
      }
      return try rows(state).filter { before[$0.name] != $0.tree }
    }
  }

  /// Which bundles of a slice are to be tried again.
  private func marks(
    _ retries: RetryRecord, _ slice: ClusterSlice
  ) throws(ObjectAccessError) -> RetryMarks {
    if retries.isEmpty { return RetryMarks() }
    return retries.marks(
      of: Set(try fleet.tree(slice.tree).map { String(decoding: $0.name, as: UTF8.self) }))
  }

  private func rows(_ state: ReleasedState) throws(ObjectAccessError) -> [ClusterSlice] {
    try PlanTree.slices(of: state.released, reader: fleet)
      + PlanTree.slices(of: state.removed, reader: fleet)
  }
}
