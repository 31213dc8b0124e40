// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import HubService
import Posix

/// Where the hub is: a folder of this machine, or a URL that git understands.
struct HubLocation: Hashable {
  /// What `fleet.git`, `slices.git` and `status.git` are below of.
  let base: String
  /// How it was found, for messages: `--hub`, `$FLEET_HUB` …
  let origin: String

  /// Makes a location of what somebody wrote; `…/fleet.git` stands for the folder around it.
  ///
  /// - Parameter folder: what a relative path counts from.
  init(_ text: String, origin: String, folder: String) {
    var base = text
    if base.hasPrefix("file://") { base.removeFirst("file://".count) }
    while base.utf8.count > 1, base.hasSuffix("/") { base.removeLast() }
    for suffix in ["/fleet.git", ":fleet.git"] where base.hasSuffix(suffix) {
      base.removeLast(suffix == "/fleet.git" ? suffix.count : suffix.count - 1)
    }
    self.base = Self.isPath(base) ? CommandContext.absolute(base, from: folder) : base
    self.origin = origin
  }

  /// The hub as a folder of this machine; nil for one that is reached by a URL.
  var layout: HubLayout? { Self.isPath(base) ? HubLayout(root: base) : nil }

  /// The URL of the repository that people push to.
  var fleet: String { base.hasSuffix(":") ? "\(base)fleet.git" : "\(base)/fleet.git" }

  /// The URL of the repository of the slices.
  var slices: String { base.hasSuffix(":") ? "\(base)slices.git" : "\(base)/slices.git" }

  /// Whether git would take the text as a path: no scheme, and no `host:path`.
  ///
  /// Source: git-fetch(1), "GIT URLS": a colon before the first slash makes it ssh.
  private static func isPath(_ text: String) -> Bool {
    if text.contains("://") { return false }
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return true }
    return text.utf8[..<colon].contains(UInt8(ascii: "/"))
  }

  /// Finds the hub: the option, `$FLEET_HUB`, `git config fleet.hub`, then the remote `origin`.
  ///
  /// - Parameter repository: asked for the last two; nil where the command runs outside of one.
  static func find(
    _ option: HubOptions, repository: FleetRepository?, in context: CommandContext
  ) throws(CommandError) -> HubLocation {
    if let hub = option.hub {
      return HubLocation(hub, origin: "--hub", folder: context.directory)
    }
    if let hub = context.environment["FLEET_HUB"], !hub.isEmpty {
      return HubLocation(hub, origin: "$FLEET_HUB", folder: context.directory)
    }
    if let repository {
      if let hub = try repository.git.answer(["config", "--get", "fleet.hub"]) {
        return HubLocation(hub, origin: "git config fleet.hub", folder: repository.folder)
      }
      // In the hub itself.
      let (folder, name) = Files.split(repository.folder)
      if repository.isBare, name == "fleet.git" {
        return HubLocation(folder, origin: "this folder", folder: folder)
      }
      if let url = try repository.git.answer(["remote", "get-url", "origin"]) {
        return HubLocation(url, origin: "remote 'origin'", folder: repository.folder)
      }
    }
    throw CommandError(
      "it is not known where the hub is",
      hints: ["add --hub FOLDER-OR-URL", "or once for all: git config fleet.hub FOLDER-OR-URL"],
      status: .usage)
  }

  /// The folder of a hub on this machine, with its three repositories.
  func local() throws(CommandError) -> HubLayout {
    guard let layout else {
      throw CommandError(
        "the hub '\(base)' is not a folder of this machine",
        hints: ["log in where the hub is, or add --hub FOLDER"], status: .usage)
    }
    guard layout.isComplete else {
      throw CommandError(
        "'\(layout.root)' is no hub: it has not all of fleet.git, slices.git and "
          + "status.git",
        notes: origin == "--hub" ? [] : ["the folder is that of \(origin)"],
        hints: ["make one: kubectl fleet init --hub \(layout.root)"])
    }
    return layout
  }
}
