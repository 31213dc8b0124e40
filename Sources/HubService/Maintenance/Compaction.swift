// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import Posix

/// Makes one pack of everything that a repository's refs need, and drops what is older than a grace and in
/// no use any more.
///
/// The pack is written while pushes go on. Then, under the hub's lock, what the refs name newly is packed
/// too, and the packs of before go that are older than the grace. So at any moment every object that a ref
/// needs is in a file that stays: killed anywhere, there is a pack too many.
///
/// The grace is for those who still fetch what a ref named before, and for objects of a push that no ref
/// names yet. A pack is kept or dropped as a whole: what it has too many goes with it.
struct Compaction {
  let hub: HubLayout
  let repository: String
  /// Seconds.
  let grace: Int64
  /// Options of `git pack-objects` beside those that say which objects.
  var packing: [String] = []
  /// All that is needed: the tips of the refs.
  let roots: () throws -> [ObjectID]

  /// What was done.
  struct Outcome {
    var packs = 0
    var loose = 0
    var bytes = 0
  }

  /// How long pushes may keep us waiting, in seconds.
  static let patience = 60

  func run(now: Int64) throws -> Outcome {
    let files = ObjectFiles(repository: repository)
    let git = GitChild(repository: repository)
    let old = try files.packs()
    let before = try roots()
    guard !before.isEmpty else { return Outcome() }
    var kept: Set<String> = []
    if let name = try git.pack(["--revs"] + packing, input: Self.lines(before)) {
      kept.insert(name)
    }
    var outcome = Outcome()
    try HubLock.hold(hub, waitingSeconds: Self.patience) { () throws(HubError) in
      try HubError.wrap {
        let known = Set(before)
        let new = try roots().filter { !known.contains($0) }
        // With all that they need and the first pack has not: it may be in a pack that goes.
        if !new.isEmpty {
          let input = Self.lines(new) + Self.lines(before, prefix: "^")
          if let name = try git.pack(["--revs"] + packing, input: input) { kept.insert(name) }
        }
        let limit = now - grace
        for pack in old where !kept.contains(pack.name) && pack.modified < limit {
          try files.remove(pack)
          outcome.packs += 1
          outcome.bytes += pack.size
        }
        let packed = Set(try git.packedToo())
        for object in try files.loose() where packed.contains(object.id) || object.modified < limit
        {
          guard try files.remove(object.id) else { continue }
          outcome.loose += 1
          outcome.bytes += object.size
        }
      }
    }
    return outcome
  }

  static func lines(_ ids: [ObjectID], prefix: String = "") -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(ids.count * 42)
    for id in ids {
      bytes += prefix.utf8
      bytes += id.hex.utf8
      bytes.append(10)
    }
    return bytes
  }
}
