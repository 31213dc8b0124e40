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

  let git: Git
  let timeout: Int

  init(folder: String, timeout: Int) {
    git = Git(folder: folder)
    self.timeout = timeout
  }

  /// Asks the hub for this cluster's ref and for nothing else.
  func fetch(from hub: HubAddress, cluster: String) throws(PosixError) -> Fetch {
    let result = try runFetch(hub, cluster)
    if result.succeeded { return .done }
    let words = String(decoding: result.errorOutput, as: UTF8.self)
    if words.contains("couldn't find remote ref") { return .unknownCluster }
    let damage = ["bad object", "unable to read", "corrupt", "is empty", "invalid object"]
    guard damage.contains(where: { words.contains($0) }), case .exit = result.status else {
      return .failed(Git.reason(result))
    }
    // Perhaps the cache's own fault, after a loss of power.
    try reset()
    let again = try runFetch(hub, cluster)
    return again.succeeded ? .done : .failed(Git.reason(again))
  }

  private func runFetch(_ hub: HubAddress, _ cluster: String) throws(PosixError) -> ChildResult {
    try git.makeIfMissing()
    return try git.run(
      [
        "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", hub.slices,
        "+refs/slices/\(cluster):\(Self.incomingRef)",
      ], timeout: timeout)
  }

  /// The slice commit that the hub told last; nil before the first.
  func incoming() -> ObjectID? { read(Self.incomingRef) }

  /// The slice commit that was accepted last; nil before the first.
  func accepted() -> ObjectID? { read(Self.acceptedRef) }

  /// Remembers a commit as accepted, which keeps its objects.
  func accept(_ commit: ObjectID) throws(PosixError) {
    try Files.writeAtomically("\(git.folder)/\(Self.acceptedRef)", Array("\(commit.hex)\n".utf8))
  }

  /// Throws everything away.
  func reset() throws(PosixError) {
    try Files.removeTree(git.folder)
    try git.makeIfMissing()
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
