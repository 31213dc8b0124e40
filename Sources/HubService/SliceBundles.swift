// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
package import Posix
import SliceFormat

/// `fleet-hub bundles`: files with the slices whose first fetch is large, for a web server, because a file can be loaded
/// in pieces and `git fetch` begins anew each time.
///
/// `bundles/CLUSTER.bundle` and, after it, `bundles/CLUSTER.json`, each by one rename. A file stays for a while when its slice has
/// changed: a site on a bad line would never come to the end of one that is always new, and what it lacks comes by a fetch.
package struct SliceBundles {
  /// What is written, and how long it is kept.
  package struct Options: Sendable, Hashable {
    /// Slices whose bundle has fewer bytes are not written.
    package var least: Int64 = 1 << 20
    /// The most bytes of all files.
    package var limit: Int64 = 10 << 30
    /// Seconds that the file of a slice that has changed is kept.
    package var age: Int64 = 86_400

    /// The usual.
    package init() {}
  }

  private static let smallFile = ".small"

  private let hub: HubLayout
  private let options: Options
  private let now: Int64
  private let log: (String) -> Void
  private let slices: Repository
  private var sizes: [ObjectID: Int64] = [:]

  private init(
    _ hub: HubLayout, _ options: Options, now: Int64, log: @escaping (String) -> Void
  ) throws(HubError) {
    self.hub = hub
    self.options = options
    self.now = now
    self.log = log
    slices = try HubError.wrap { try Repository.open(hub.slices) }
  }

  /// Runs once, with a line for each thing that was done; leaves at once when another one is at work.
  package static func run(
    hub: HubLayout, options: Options, now: Timestamp = .now(), log: @escaping (String) -> Void
  ) throws(HubError) {
    guard hub.isComplete else {
      throw HubError(
        "there is no hub at '\(hub.root)'", hint: "make one: kubectl fleet init --hub \(hub.root)")
    }
    try HubError.wrap {
      try Files.makeDirectories(hub.bundles)
      guard let lock = try FileLock.tryAcquire(hub.bundles + "/.lock") else { return }
      var work = try SliceBundles(hub, options, now: now.seconds, log: log)
      try work.run()
      lock.release()
    }
  }

  /// A slice that may be worth a file.
  private struct Candidate {
    let name: String
    let commit: ObjectID
    let tree: ObjectID
    let message: SliceMessage
  }

  private mutating func run() throws(HubError) {
    let known = try readSmall()
    var small = Set<ObjectID>()
    var candidates: [Candidate] = []
    for reference in try HubError.wrap({
      try PackedRefs.read(gitDirectory: hub.slices).references(prefix: HubLayout.Ref.slicePrefix)
    }) {
      let commit = try HubError.wrap { try slices.commit(reference.id) }
      if try size(of: commit.tree) < options.least { continue }
      if known.contains(commit.tree) {
        small.insert(commit.tree)
      } else if let message = SliceMessage(text: commit.message) {
        candidates.append(
          Candidate(
            name: String(reference.name.dropFirst(HubLayout.Ref.slicePrefix.utf8.count)),
            commit: reference.id, tree: commit.tree, message: message))
      }
    }
    try removeOthers(than: Set(candidates.map(\.name)))
    var total: Int64 = 0
    var due: [Candidate] = []
    for candidate in candidates {
      if let size = try standing(candidate) { total += size } else { due.append(candidate) }
    }
    var written = 0
    var left = 0
    for candidate in due {
      if total >= options.limit {
        left += 1
        continue
      }
      let size = try write(candidate, room: options.limit - total)
      switch size {
      case .written(let size):
        total += size
        written += 1
      case .small: small.insert(candidate.tree)
      case .noRoom: left += 1
      }
    }
    if small != known {
      let lines = small.map(\.hex).sorted { $0.precedesInBytes($1) }.map { $0 + "\n" }.joined()
      try HubError.wrap {
        try Files.writeAtomically(hub.bundles + "/" + Self.smallFile, Array(lines.utf8))
      }
    }
    if written > 0 { log("bundles: wrote \(Wording.count(written, "slice"))") }
    if left > 0 {
      log("bundles: no room for \(Wording.count(left, "slice")) within --limit")
    }
  }

  /// Bytes of everything in a tree before it is packed, each file as often as it is there.
  private mutating func size(of tree: ObjectID) throws(HubError) -> Int64 {
    if let known = sizes[tree] { return known }
    var total: Int64 = 0
    for entry in try HubError.wrap({ try slices.tree(tree) }) {
      if entry.mode == .directory {
        total += try size(of: entry.id)
      } else {
        total += Int64(try HubError.wrap { try slices.blobSize(entry.id) })
      }
    }
    sizes[tree] = total
    return total
  }

  private func bundle(_ name: String) -> String { "\(hub.bundles)/\(name).bundle" }
  private func head(_ name: String) -> String { "\(hub.bundles)/\(name).json" }

  /// The trees whose bundles came out small the last time.
  private func readSmall() throws(HubError) -> Set<ObjectID> {
    let bytes = try HubError.wrap {
      try Files.readIfPresent(hub.bundles + "/" + Self.smallFile, limit: 64 << 20)
    }
    let lines = String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n")
    return Set(lines.compactMap { ObjectID(hex: $0) })
  }

  /// Removes the files of slices that are small or gone, and what a killed run left behind.
  private func removeOthers(than names: Set<String>) throws(HubError) {
    let removed = try HubError.wrap { () -> Int in
      var removed = 0
      for entry in try Files.entries(in: hub.bundles) {
        let name = entry.text
        if name == ".lock" || name == Self.smallFile { continue }
        let isOurs = [".bundle", ".json"].contains { suffix in
          name.hasSuffix(suffix) && names.contains(String(name.dropLast(suffix.utf8.count)))
        }
        if isOurs, !name.hasPrefix(".") { continue }
        if try Files.remove("\(hub.bundles)/\(name)"), name.hasSuffix(".bundle") { removed += 1 }
      }
      return removed
    }
    if removed > 0 { log("bundles: removed \(Wording.count(removed, "file"))") }
  }

  /// The size of a slice's file that stays; nil when one has to be written.
  private func standing(_ candidate: Candidate) throws(HubError) -> Int64? {
    try HubError.wrap { () -> Int64? in
      guard let bytes = try Files.readIfPresent(head(candidate.name), limit: 1 << 16),
        let head = SliceBundleHead(json: bytes),
        let file = try Files.attributes(bundle(candidate.name)), Int64(file.size) == head.size
      else { return nil }
      // What sites would refuse is of no use to them.
      guard head.epoch == Int64(candidate.message.epoch) else { return nil }
      if head.commit == candidate.commit { return head.size }
      let age = now - file.modified.seconds
      return (0..<options.age).contains(age) ? head.size : nil
    }
  }

  private enum Writing {
    case written(Int64)
    case small
    case noRoom
  }

  private func write(_ candidate: Candidate, room: Int64) throws(HubError) -> Writing {
    let draft = "\(hub.bundles)/.\(candidate.name).new"
    let git = GitChild(repository: hub.slices)
    try git.run([
      "bundle", "create", "--quiet", draft, HubLayout.Ref.slicePrefix + candidate.name,
    ])
    let size = try HubError.wrap { Int64(try Files.attributes(draft)?.size ?? 0) }
    guard size >= options.least, size <= room, size <= SliceBundleHead.sizeLimit else {
      try HubError.wrap { _ = try Files.remove(draft) }
      return size < options.least ? .small : .noRoom
    }
    guard
      let blob = try git.run(["hash-object", "--no-filters", draft]).first
        .flatMap({ ObjectID(hex: $0) })
    else { throw HubError("git hash-object told no id for '\(draft)'") }
    let head = SliceBundleHead(
      commit: candidate.commit, epoch: Int64(candidate.message.epoch),
      release: Int64(candidate.message.release), size: size, blob: blob)
    try HubError.wrap {
      // A reader between the two finds a file that is not the one of the head, and begins anew.
      try Files.rename(draft, to: bundle(candidate.name))
      try Files.writeAtomically(self.head(candidate.name), head.json, mode: 0o644)
    }
    return .written(size)
  }
}
