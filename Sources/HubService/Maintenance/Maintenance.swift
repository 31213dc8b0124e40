// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
package import Posix
import SliceFormat

/// `fleet-hub maintain`, the hub's second cron job: keeps the repositories packed and bounded while pushes
/// go on.
///
/// Each step asks whether there is anything to do, so a second run does nothing; killed anywhere, the next
/// run goes on. The long part of a step runs beside everything else; the hub's lock is held only while
/// files are removed.
package struct Maintenance {
  /// A loose ref is a file of its own; so many are left before they are packed.
  private static let looseRefs = 50
  /// Objects in files of their own in status.git, three for each status.
  private static let statusObjects = 500
  /// So many are packed at once, however young the last pack is: it was a burst.
  private static let statusBurst = 20_000
  /// Nobody fetches statuses; an hour is more than a push of one takes.
  private static let statusGrace: Int64 = 3600
  /// A site on a bad line may fetch a slice for hours; what it fetched at last is in its own repository.
  private static let sliceGrace: Int64 = 86_400
  /// Objects of a push that no ref names yet, and of a hub that was switched off behind one.
  private static let fleetGrace: Int64 = 14 * 86_400
  private static let fleetInterval: Int64 = 7 * 86_400
  /// `kubectl fleet status` may be reading the digest of before.
  private static let digestGrace: Int64 = 3600
  private static let acceptedSeconds: Int64 = 30 * 86_400
  private static let outboxSeconds: Int64 = 14 * 86_400
  private static let lockSeconds: Int64 = 60
  private static let temporarySeconds: Int64 = 86_400

  private let hub: HubLayout
  private let now: Int64
  private let log: (String) -> Void

  /// Runs once, with a line for each thing that was done; leaves at once when another one is at work.
  package static func run(
    hub: HubLayout, now: Timestamp = .now(), log: @escaping (String) -> Void
  ) throws(HubError) {
    guard hub.isComplete else {
      throw HubError(
        "there is no hub at '\(hub.root)'", hint: "make one: kubectl fleet init --hub \(hub.root)")
    }
    try HubError.wrap {
      guard let lock = try FileLock.tryAcquire(hub.maintenanceLock) else { return }
      try Maintenance(hub: hub, now: now.seconds, log: log).run()
      lock.release()
    }
  }

  private func run() throws {
    try leftovers()
    try statuses()
    try slices()
    try fleet()
    try contacts()
    try expire(hub.accepted, after: Self.acceptedSeconds, "record of a push") { name in
      name.hasSuffix(".json")
    }
    try expire("\(hub.root)/outbox", after: Self.outboxSeconds, "notification") { name in
      name.hasSuffix(".json")
    }
  }

  private func leftovers() throws {
    // A status push holds the lock of its ref for milliseconds; that of a killed one blocks its cluster.
    let stale = try StaleFiles.remove(
      gitDirectory: hub.status, locksOlderThan: Self.lockSeconds,
      temporaryFilesOlderThan: Self.temporarySeconds, now: now)
    for path in stale { log("removed 'status.git/\(path)', left by a killed job") }
    for name in ["fleet.git", "slices.git", "status.git"] {
      let count = try ObjectFiles(repository: "\(hub.root)/\(name)").removeLeftovers(now: now)
      if count > 0 {
        log("\(name): removed \(Wording.count(count, "half-written file")) of killed jobs")
      }
    }
  }

  private func statuses() throws {
    let folder = "\(hub.status)/refs/status"
    if Files.isDirectory(folder) {
      let count = try Files.entries(in: folder).count
      if count >= Self.looseRefs {
        try GitChild(repository: hub.status).run(["pack-refs", "--all"])
        log("status.git: packed \(Wording.count(count, "ref"))")
      }
    }
    let files = ObjectFiles(repository: hub.status)
    let packs = try files.packs()
    let loose = try files.loose().count
    let isRested = packs.allSatisfy { now - $0.modified >= Self.statusGrace }
    let isDue = isRested && (loose >= Self.statusObjects || packs.count > 1)
    guard isDue || loose >= Self.statusBurst else { return }
    // Statuses live for hours: looking for deltas takes more time than all the rest and saves a sixth.
    try compact(hub.status, grace: Self.statusGrace, packing: ["--window=0"]) {
      try StatusRefs.read(hub.status).map(\.id)
    }
  }

  private func slices() throws {
    let packs = try ObjectFiles(repository: hub.slices).packs()
    if packs.count(where: { now - $0.modified > Self.sliceGrace }) > 1 {
      try compact(hub.slices, grace: Self.sliceGrace) {
        try PackedRefs.read(gitDirectory: hub.slices).references(prefix: "refs/").map(\.id)
      }
    }
    let rolled = try RollUp(hub: hub, repository: hub.slices).packs()
    if rolled > 0 { log("slices.git: \(Wording.count(rolled, "pack")) became one") }
  }

  private func fleet() throws {
    let fleet = try Repository.open(hub.fleet)
    let dropped = try HubLock.hold(hub, waitingSeconds: Compaction.patience) {
      () throws(HubError) in
      try HubError.wrap {
        try SupersededObjects.remove(before: now - Self.digestGrace, in: fleet, hub)
      }
    }
    if dropped > 0 { log("fleet.git: dropped \(Wording.count(dropped, "object")) of old digests") }
    // Before packs are put together, which makes them young again.
    let files = ObjectFiles(repository: hub.fleet)
    let mark = "\(hub.fleet)/fleet-compacted"
    let last = try Files.attributes(mark)?.modified.seconds ?? 0
    let old = try files.packs().count { now - $0.modified > Self.fleetGrace }
    if old > 1, now - last > Self.fleetInterval {
      try compact(hub.fleet, grace: Self.fleetGrace) { try fleetRoots(fleet) }
      try Files.append(mark, [10])
    }
    let rollUp = RollUp(hub: hub, repository: hub.fleet)
    let packed = try rollUp.loose(except: SupersededObjects.all(in: fleet, hub), now: now)
    if packed > 0 { log("fleet.git: packed \(Wording.count(packed, "object"))") }
    let rolled = try rollUp.packs()
    if rolled > 0 { log("fleet.git: \(Wording.count(rolled, "pack")) became one") }
    try commitGraph(fleet)
  }

  /// The refs, and the plans that were accepted and that no ref names yet.
  private func fleetRoots(_ fleet: Repository) throws -> [ObjectID] {
    try fleet.refresh()
    var roots = Set(try fleet.references(prefix: "refs/").map(\.id))
    if Files.isDirectory(hub.accepted) {
      for entry in try Files.entries(in: hub.accepted) where entry.text.hasSuffix(".json") {
        guard let source = ObjectID(hex: entry.text.dropLast(5)),
          let plan = Acceptance.read(source, from: hub)?.plan
        else { continue }
        // Of a push whose objects have not arrived yet nothing can be known: later.
        guard fleet.hasObject(plan) else {
          throw HubError("a push is under way", isTemporary: true)
        }
        roots.insert(plan)
      }
    }
    return roots.sorted()
  }

  /// The audit log has a commit for each decision; with a graph `git log` does not read them all.
  private func commitGraph(_ fleet: Repository) throws {
    let path = "\(hub.fleet)/objects/info/commit-graph"
    let written = try Files.attributes(path)?.modified.seconds ?? 0
    guard now - written > 86_400, let state = try fleet.reference(HubLayout.Ref.state) else {
      return
    }
    let branch = try HubBranch(of: fleet)
    let tips = [state] + (try fleet.reference(branch.ref).map { [$0] } ?? [])
    // Not `--reachable`: plans and digests have no history, and their commits go.
    try GitChild(repository: hub.fleet).run(
      ["commit-graph", "write", "--stdin-commits", "--no-progress"],
      input: Compaction.lines(tips))
  }

  private func compact(
    _ repository: String, grace: Int64, packing: [String] = [],
    _ roots: @escaping () throws -> [ObjectID]
  ) throws {
    let outcome: Compaction.Outcome
    do {
      outcome = try Compaction(
        hub: hub, repository: repository, grace: grace, packing: packing, roots: roots
      ).run(now: now)
    } catch let error as HubError where error.isTemporary {
      // Somebody pushes; the pack that was made too many goes with the next run.
      return
    }
    guard outcome.packs + outcome.loose > 0 else { return }
    let name = Files.split(repository).name
    log(
      "\(name): packed anew; dropped \(Wording.count(outcome.packs, "pack")) and "
        + "\(Wording.count(outcome.loose, "object")) in files, "
        + "\(Wording.number((outcome.bytes + 1023) / 1024)) KiB")
  }

  private func contacts() throws {
    let known = Set(
      try PackedRefs.read(gitDirectory: hub.slices).references(prefix: HubLayout.Ref.slicePrefix)
        .map { String($0.name.dropFirst(HubLayout.Ref.slicePrefix.utf8.count)) })
    // Before the first release no cluster is known, and who polls already is no stranger.
    guard !known.isEmpty else { return }
    let result = try HubLock.hold(hub, waitingSeconds: Compaction.patience) {
      () throws(HubError) in
      try HubError.wrap {
        var contacts = try Contacts.read(hub, now: Timestamp(seconds: now))
        return try contacts.tidy(hub, known: known)
      }
    }
    if result.forgotten > 0 {
      log("forgot the contacts of \(Wording.count(result.forgotten, "cluster")) that left")
    }
    if result.bytes > 0 {
      log("contacts.log: dropped \(Wording.number(Int(result.bytes / 1024))) KiB that were read")
    }
  }

  private func expire(
    _ folder: String, after seconds: Int64, _ what: String, _ isEntry: (String) -> Bool
  ) throws {
    guard Files.isDirectory(folder) else { return }
    var removed = 0
    try HubLock.hold(hub, waitingSeconds: Compaction.patience) { () throws(HubError) in
      try HubError.wrap {
        for entry in try Files.entries(in: folder)
        where entry.kind == .file && isEntry(entry.text) {
          let path = "\(folder)/\(entry.text)"
          guard let modified = try Files.attributes(path)?.modified.seconds,
            now - modified > seconds
          else { continue }
          if try Files.remove(path) { removed += 1 }
        }
      }
    }
    if removed > 0 {
      log("dropped \(Wording.count(removed, what)) older than \(seconds / 86_400) days")
    }
  }
}
