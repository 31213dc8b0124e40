// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import HubService
import Posix

/// The hooks in the repositories of a hub: what is there, and whether it is ours.
struct HookFiles {
  /// What stands at the place of a hook.
  enum State: Hashable {
    case missing
    /// Ours, as this version writes it; false when Git could not run it.
    case current(isExecutable: Bool)
    /// Ours, of another version.
    case other
    /// Ours, and changed by somebody.
    case edited
    /// Somebody else's; its first lines.
    case foreign([String])
  }

  /// The place of a hook.
  struct Place: Hashable {
    /// The repository: `fleet.git`.
    let repository: String
    /// The hook: `pre-receive`.
    let name: String

    /// The path below the hub's folder.
    var path: String { "\(repository)/hooks/\(name)" }
    /// The path in the project, where the shim comes from.
    var source: String { "hooks/\(repository)/\(name)" }
  }

  private let hub: HubLayout

  /// Looks at a hub.
  init(_ hub: HubLayout) {
    self.hub = hub
  }

  /// All hooks of a hub.
  static let places: [Place] = HubCreation.hooks.flatMap { repository, names in
    names.map { Place(repository: repository, name: $0) }
  }

  /// The blob ids of every shim that was ever released, so that an upgrade knows an old one from one
  /// that somebody has changed. A test tells what to add when a shim changes.
  static let released: Set<String> = [
    "431ca390d30fe32f7c42f2148f8d5d077ea76299",  // hooks/fleet.git/post-receive
    "1e1a570d5a561f26b28792ba6e7d270efbae69b3",  // hooks/fleet.git/pre-receive
    "9b1479b36b8fd7e8fb318760efd5091d4b7fd927",  // hooks/slices.git/pre-receive
    "2e577f10fe0d51fe391f08207c6e99dbda788810",  // hooks/status.git/post-receive
    "77300aa4e9e6a1ba8916f96d560dfdec465b16bf",  // hooks/status.git/pre-receive
    "40e852ee16e8fbd6ea1ebea58c35f84ae30e2af8",  // hooks/status.git/post-receive
    "f8bbfab1c6f42faf7eed71b396779b5515b323da",  // hooks/status.git/post-receive
    "f89ffe90fb0559fc590436d19851225798884150",  // hooks/status.git/pre-receive
  ]

  /// Where a hook is on this machine.
  func path(_ place: Place) -> String { "\(hub.root)/\(place.path)" }

  /// What stands at a place.
  func state(_ place: Place) throws(PosixError) -> State {
    let path = path(place)
    guard let bytes = try Files.readIfPresent(path, limit: 1 << 20) else { return .missing }
    if bytes == Array((EmbeddedFiles.file(place.source)?.text ?? "").utf8) {
      return .current(isExecutable: Files.isExecutable(path))
    }
    if Self.released.contains(ObjectID.hash(.blob, bytes).hex) { return .other }
    let lines = GitProgram.text(bytes)
      .split(separator: "\n", omittingEmptySubsequences: false)
    if lines.dropFirst().first?.hasPrefix("# kubectl fleet:") == true { return .edited }
    return .foreign(lines.prefix(3).map(String.init))
  }

  /// Writes our hook.
  func install(_ place: Place) throws(PosixError) {
    try HubCreation.installHook(place.name, of: place.repository, hub)
  }

  /// The error about a hook that is not replaced; nil for one that may be.
  func objection(_ place: Place, isForced: Bool) throws(PosixError) -> CommandError? {
    switch try state(place) {
    case .missing, .current, .other: return nil
    case .edited:
      if isForced { return nil }
      return CommandError(
        "'\(path(place))' is ours, but somebody has changed it", hints: ["replace it: add --force"])
    case .foreign(let lines):
      return CommandError(
        "'\(path(place))' is not a hook of kubectl fleet",
        notes: ["it begins with"]
          + lines.map { "  | \($0)" },
        hints: ["put it away first: mv '\(path(place))' '\(path(place)).old'"])
    }
  }
}
