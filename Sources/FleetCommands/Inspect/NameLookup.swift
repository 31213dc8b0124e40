// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import Targeting

/// Finds what a person names, and says what was probably meant when there is no such thing.
struct NameLookup {
  private let compilation: Compilation

  /// Makes a lookup in a compiled version.
  init(_ compilation: Compilation) {
    self.compilation = compilation
  }

  /// The name without the type before it: `store-1` of `cluster.fleet.cattle.io/store-1`.
  static func bare(_ word: String) -> String {
    word.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(word[word.utf8.index(after: $0)...]) }
      ?? word
  }

  /// The position of a cluster in the inventory.
  func cluster(_ word: String) throws(CommandError) -> Int {
    let name = Self.bare(word)
    if let position = compilation.inventory.position(of: name) { return position }
    throw Self.missing(
      "cluster", name, among: compilation.inventory.clusters.map(\.name),
      list: "kubectl fleet get clusters")
  }

  /// The bundle of a name or a directory, in a workspace or in all of them.
  func bundle(_ word: String, workspace: String?) throws(CommandError) -> CompiledBundle {
    let seen = compilation.bundles.filter { workspace == nil || $0.source.workspace == workspace }
    // Where the directory is written, there is no doubt about what is meant.
    let name = seen.first { $0.source.path == word }?.source.name ?? Self.bare(word)
    let found = seen.filter { $0.source.name == name }
    if found.count > 1 {
      throw CommandError(
        "there are \(found.count) bundles \(Wording.quoted(name)), in the workspaces "
          + Wording.quotedList(found.map(\.source.workspace)),
        hints: ["add -n WORKSPACE"], status: .usage)
    }
    if let bundle = found.first { return bundle }
    if compilation.bundle(named: name) != nil, let workspace {
      throw CommandError(
        "there is no bundle \(Wording.quoted(name)) in workspace \(Wording.quoted(workspace))",
        hints: ["kubectl fleet get bundles \(name)"])
    }
    // Fleet's names have the GitRepo and the whole path; people say the last folder.
    let ofFolder = seen.filter { Self.bare($0.source.path) == name }
    if ofFolder.count == 1, let bundle = ofFolder.first {
      throw CommandError(
        "there is no bundle \(Wording.quoted(name))",
        hints: ["did you mean '\(bundle.source.name)', of \(bundle.source.path)?"])
    }
    throw Self.missing(
      "bundle", name, among: seen.map(\.source.name), list: "kubectl fleet get bundles")
  }

  /// The error about a name that nothing has.
  static func missing(
    _ kind: String, _ name: String, among names: [String], list: String
  ) -> CommandError {
    let longer = names.filter { !name.isEmpty && $0.utf8.starts(with: name.utf8) }
    var hint = "see all: \(list)"
    if let nearest = Suggestion.nearest(to: name, among: names) {
      hint = "did you mean '\(nearest)'?"
    } else if !longer.isEmpty {
      hint = "names that begin so: \(Wording.list(longer))"
    }
    return CommandError("there is no \(kind) \(Wording.quoted(name))", hints: [hint])
  }
}
