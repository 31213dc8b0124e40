// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import GitObjects
import GitStore
import HubService
import Posix

/// Reads the hub's own refs: in its folder when it is on this machine, else through `git fetch`.
///
/// What is fetched stays in the user's repository below `refs/fleet-hub/`, so that the next time only
/// what is new is fetched.
struct HubRefs {
  /// Where the hub is.
  let location: HubLocation
  /// The objects.
  let store: Repository
  private let prefix: String
  /// Git in the user's repository; nil for a hub on this machine.
  let git: GitProgram?

  private static let hubPrefix = "refs/fleet/"
  private static let localPrefix = "refs/fleet-hub/"

  /// Opens the hub.
  static func open(
    _ option: HubOptions, _ folder: FolderOptions, in context: CommandContext
  ) throws(CommandError) -> HubRefs {
    // Outside of a repository only a hub on this machine can be read.
    let opened: Result<FleetRepository, CommandError>
    do throws(CommandError) {
      opened = .success(try folder.open(in: context))
    } catch {
      opened = .failure(error)
    }
    let location = try HubLocation.find(option, repository: try? opened.get(), in: context)
    if location.layout != nil {
      let layout = try location.local()
      return HubRefs(
        location: location, store: try failing { try Repository.open(layout.fleet) },
        prefix: hubPrefix, git: nil)
    }
    let here = try opened.get()
    return HubRefs(
      location: location, store: here.store, prefix: localPrefix, git: here.git)
  }

  /// What `refs/fleet/NAME` of the hub names now; nil when it has no such ref.
  func read(_ name: String) throws(CommandError) -> ObjectID? {
    if let git { try fetch(name, git) }
    return try failing { try store.reference(prefix + name) }
  }

  /// The commit of the hub's plan as far as it is known here; asks no other machine.
  static func knownPlan(
    _ repository: FleetRepository, in context: CommandContext
  ) throws(CommandError) -> (id: ObjectID, store: Repository)? {
    let location = try? HubLocation.find(HubOptions(hub: nil), repository: repository, in: context)
    if let layout = location?.layout {
      guard layout.isComplete, let store = try? Repository.open(layout.fleet) else { return nil }
      return try failing { try store.reference(hubPrefix + "plan") }.map { ($0, store) }
    }
    let store = repository.store
    return try failing { try store.reference(localPrefix + "plan") }.map { ($0, store) }
  }

  /// The facts that the hub has taken up, as far as they are known here; asks no other machine.
  static func knownFacts(
    _ repository: FleetRepository, in context: CommandContext
  ) throws(CommandError) -> FactsCommit? {
    let location = try? HubLocation.find(HubOptions(hub: nil), repository: repository, in: context)
    if let layout = location?.layout {
      guard layout.isComplete, let store = try? Repository.open(layout.fleet) else { return nil }
      return try failing {
        try FactsCommit.read(try store.reference(hubPrefix + "facts"), from: store)
      }
    }
    let store = repository.store
    return try failing {
      try FactsCommit.read(try store.reference(localPrefix + "facts"), from: store)
    }
  }

  /// The facts that the hub has taken up, as `read("observed")` has brought them.
  func facts() throws(CommandError) -> ReportedFacts {
    try failing {
      try FactsCommit.read(try store.reference(prefix + "facts"), from: store)?.facts
        ?? ReportedFacts()
    }
  }

  /// What of the facts waits for a person, as `read("observed")` has brought it.
  func waitingFacts() throws(CommandError) -> WaitingFacts? {
    WaitingFacts.read(
      try failing { try store.reference(prefix + "facts-waiting") }, from: store)
  }

  private func fetch(_ name: String, _ git: GitProgram) throws(CommandError) {
    // A pattern and not the name: a ref that is not there is no error then. Never ls-remote, which
    // would list every ref of the hub.
    // The plan comes along with the state: `check` and `plan` compare its renderers with those here,
    // without a network.
    // The facts do for the same reason, and with the digest for `status`.
    let more = ["state": ["plan", "facts"], "observed": ["facts"]]
    let names = [name] + (more[name] ?? [])
    let refs = names.map {
      "+\(Self.hubPrefix)\($0.dropLast())*:\(Self.localPrefix)\($0.dropLast())*"
    }
    let arguments =
      [
        "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--prune",
        "--recurse-submodules=no", location.fleet,
      ] + refs
    let result = try git.result(arguments)
    guard !result.succeeded else { return try failing { try store.refresh() } }
    let failure = GitProgram.failure(result, arguments)
    throw CommandError(
      "the hub '\(location.base)' cannot be read", notes: failure.notes,
      hints: location.origin == "--hub"
        ? [] : ["this is the hub of \(location.origin); another one: --hub FOLDER-OR-URL"],
      status: .tryLater)
  }
}
