// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Posix

/// The repository of a site, `slices.git` of its state folder: what came from the hub
/// (`refs/fleet/incoming`) and what is applied (`refs/fleet/accepted`).
///
/// It is a cache: when it is damaged it is thrown away and fetched again.
struct SliceCache: Sendable {
  /// How a fetch ended.
  enum Fetch: Sendable, Hashable {
    case done
    /// The hub answered, and knows nothing of this cluster. No reason to remove anything.
    case unknownCluster
    /// No slice could be had: git's words.
    case failed(String)
  }

  /// A slice as it lies in the repository.
  struct Loaded: Sendable {
    let commit: [UInt8]
    let entries: [SliceEntry]
    let blobs: [ObjectID: [UInt8]]
  }

  private static let incomingRef = "refs/fleet/incoming"
  private static let acceptedRef = "refs/fleet/accepted"

  /// Where a slice is fetched from.
  struct Source: Sendable {
    /// What git is given: a URL, or an absolute path of a bundle.
    let address: String
    var variables: [String: String] = [:]

    init(_ hub: HubAddress) {
      address = hub.plain(hub.slices)
      variables = hub.gitVariables
    }

    init(file: String) { address = file }
  }

  let git: Git
  let timeout: Int

  init(folder: String, timeout: Int) {
    git = Git(folder: folder)
    self.timeout = timeout
  }

  /// Asks for this cluster's ref and for nothing else.
  ///
  /// Never `ls-remote`, which would list every cluster; and no `--depth`: slices have no parents, and git would
  /// ask again for what it has.
  func fetch(from source: Source, cluster: String) throws(PosixError) -> Fetch {
    var result = try runFetch(source, cluster)
    if result.succeeded { return .done }
    var words = String(decoding: result.errorOutput, as: UTF8.self)
    if words.contains("cannot lock ref") || words.contains(".lock': File exists") {
      // A run was killed: its git has left locks behind, or is still at work and has been quicker.
      for lock in ["\(Self.incomingRef).lock", "shallow.lock"] {
        try Files.remove("\(git.folder)/\(lock)")
      }
      result = try runFetch(source, cluster)
      if result.succeeded { return .done }
      words = String(decoding: result.errorOutput, as: UTF8.self)
    }
    if words.contains("couldn't find remote ref") { return .unknownCluster }
    let damage = ["bad object", "unable to read", "corrupt", "is empty", "invalid object"]
    guard damage.contains(where: { words.contains($0) }), case .exit = result.status else {
      return .failed(Git.reason(result))
    }
    return try fetchAnew(source, cluster)
  }

  /// Fetches into a new repository: perhaps the words were about this one, after a loss of power. It is
  /// replaced only when that succeeds, because perhaps they were about what came.
  private func fetchAnew(_ source: Source, _ cluster: String) throws(PosixError) -> Fetch {
    let fresh = SliceCache(folder: git.folder + ".new", timeout: timeout)
    try Files.removeTree(fresh.git.folder)
    let again = try fresh.runFetch(source, cluster)
    guard again.succeeded else {
      try Files.removeTree(fresh.git.folder)
      return .failed(Git.reason(again))
    }
    if accepted() != nil {
      // What is applied comes along where it can be read; else it is missed and said so later.
      _ = try fresh.git.run(
        Self.fetchWords + [
          "--update-shallow", git.folder, "+\(Self.acceptedRef):\(Self.acceptedRef)",
        ],
        timeout: timeout)
      // So do the trees that can be gone back to.
      try fresh.bringGood(from: self)
    }
    try Files.removeTree(git.folder)
    try Files.rename(fresh.git.folder, to: git.folder)
    return .done
  }

  static let fetchWords = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head"]

  private func runFetch(_ source: Source, _ cluster: String) throws(PosixError) -> ChildResult {
    try git.makeIfMissing()
    return try git.run(
      Self.fetchWords + [source.address, "+refs/slices/\(cluster):\(Self.incomingRef)"],
      adding: source.variables, timeout: timeout)
  }

  /// The slice commit that the hub told last; nil before the first.
  func incoming() -> ObjectID? { read(Self.incomingRef) }

  /// The slice commit that was accepted last; nil before the first.
  func accepted() -> ObjectID? { read(Self.acceptedRef) }

  /// Remembers a commit as accepted, which keeps its objects.
  ///
  /// It also stands in `shallow`, as what has no parents, which is true of every slice. Git on the other side
  /// sends all trees and blobs of a commit whose parents it cannot compare with; of one that a shallow
  /// repository asks for it leaves out, or sends as differences, what is in the commits that we have. One
  /// changed line is half a kilobyte then, whatever the size of the slice.
  func accept(_ commit: ObjectID) throws(PosixError) {
    try Files.writeAtomically(
      "\(git.folder)/\(Self.acceptedRef)", Array("\(commit.hex)\n".utf8))
    try noteShallow([commit])
  }

  /// Says of slices that are here that they have no parents, for the next fetch. The accepted one stays among them.
  func noteShallow(_ commits: [ObjectID]) throws(PosixError) {
    var lines = commits.map(\.hex)
    if let accepted = accepted()?.hex, !lines.contains(accepted) { lines.append(accepted) }
    // Can be done without, and is written again with the next slice.
    try Files.writeAtomically(
      "\(git.folder)/shallow", Array(lines.map { $0 + "\n" }.joined().utf8), durable: false)
  }

  /// Forgets what came, because it was refused and that was said.
  func refuseIncoming() throws(PosixError) {
    let path = "\(git.folder)/\(Self.incomingRef)"
    if let accepted = accepted() {
      try Files.writeAtomically(path, Array("\(accepted.hex)\n".utf8), durable: false)
    } else {
      _ = try Files.remove(path)
    }
  }

  /// Reads a slice, by two children; nil when the repository is damaged.
  func load(_ commit: ObjectID) throws(PosixError) -> Result<Loaded, SliceRefusal>? {
    let listing = try git.run(
      ["ls-tree", "-r", "-t", "-l", "-z", "--full-tree", commit.hex], timeout: timeout)
    guard listing.succeeded else { return nil }
    do throws(SliceRefusal) {
      let entries = try SliceEntry.list(listing.output)
      let wanted = [commit] + SliceContent.neededBlobs(entries)
      guard let objects = try? self.objects(wanted), let content = objects[commit] else {
        return nil
      }
      return .success(Loaded(commit: content, entries: entries, blobs: objects))
    } catch {
      return .failure(error)
    }
  }

  /// Brings many small packs together when there are many; a failure costs disk and nothing else.
  func tidy() {
    let packs = (try? Files.entries(in: git.folder + "/objects/pack").count) ?? 0
    // Loose objects come from plain files served by HTTP; one folder of 256 tells their number.
    let loose = (try? Files.entries(in: git.folder + "/objects/17").count) ?? 0
    guard packs > 100 || loose > 8 else { return }
    _ = try? git.run(["gc", "--quiet", "--prune=now"], timeout: 600)
  }

  func objects(_ ids: [ObjectID]) throws(PosixError) -> [ObjectID: [UInt8]]? {
    let input = Array(ids.map { $0.hex + "\n" }.joined().utf8)
    let result = try git.run(["cat-file", "--batch"], input: input, timeout: timeout)
    guard result.succeeded else { return nil }
    var found: [ObjectID: [UInt8]] = [:]
    var rest = result.output[...]
    for id in ids {
      guard let newline = rest.firstIndex(of: UInt8(ascii: "\n")),
        let head = String(validating: rest[..<newline], as: UTF8.self)
      else { return nil }
      let words = head.split(separator: " ")
      rest = rest[(newline + 1)...]
      guard words.count == 3, words[0] == id.hex, let size = Int(words[2]), size >= 0,
        rest.count > size
      else { return nil }
      found[id] = Array(rest.prefix(size))
      rest = rest.dropFirst(size + 1)
    }
    return found
  }

  func read(_ ref: String) -> ObjectID? {
    guard
      let bytes = try? Files.readIfPresent("\(git.folder)/\(ref)", limit: 1024),
      let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    return ObjectID(hex: text.prefix(40))
  }
}
