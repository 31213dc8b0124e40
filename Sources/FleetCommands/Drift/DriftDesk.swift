// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import GitObjects
import JSONTree
import Rendering
import SliceFormat
import Targeting
import YAMLTree

/// The repository as it is now, compiled, to make edits of drift in it.
struct DriftDesk {
  /// The repository.
  let repository: FleetRepository
  /// What it compiles to.
  let view: FleetView
  private let engine: RenderEngine

  /// Compiles the files as they are now.
  init(_ folder: FolderOptions, in context: CommandContext) throws(CommandError) {
    let repository = try folder.openFiles(in: context)
    let progress = TerminalProgress(context)
    self.repository = repository
    engine = DeskRendering.engine(in: context, progress: progress)
    view = try FleetView(
      repository, version: try repository.version(nil), engine: engine, progress: progress,
      in: context)
    let errors = view.compilation.findings.sorted.filter { $0.severity == .error }
    if !errors.isEmpty {
      context.report(
        FindingRenderer(source: view.compilation.sourceLines(view.objects)).text(errors) + "\n")
      throw CommandError("the fleet does not compile, so nothing was edited")
    }
  }

  /// A place of an object in what the repository compiles to.
  struct Rendering {
    /// The bundle's place in the compilation.
    let bundle: Int
    /// Which of its variants.
    let variant: Int
    /// The object as it is written in the slice: without a namespace where only the site decides.
    let identity: ObjectIdentity
    /// Where it is written.
    let place: ManifestPlace
    /// The manifest.
    let manifest: JSONValue
    /// The clusters that get it and differ, by their places in the inventory.
    var clusters: [Int]
  }

  /// The renderings of the object that differs.
  func renderings(of entry: FoldedDrift) throws(CommandError) -> [Rendering] {
    let compilation = view.compilation
    var result: [Rendering] = []
    for name in entry.clusters {
      guard let position = compilation.inventory.position(of: name) else {
        throw CommandError("cluster \(Wording.quoted(name)) is not in the repository any more")
      }
      let workspace = compilation.inventory.clusters[position].workspace
      guard
        let index = compilation.bundles.firstIndex(where: {
          $0.source.name == entry.bundle && $0.source.workspace == workspace
        }), let variant = compilation.bundles[index].assignment[position]
      else {
        throw CommandError(
          "bundle \(Wording.quoted(entry.bundle)) does not go to cluster \(Wording.quoted(name)) any more"
        )
      }
      if let known = result.firstIndex(where: { $0.bundle == index && $0.variant == variant }) {
        result[known].clusters.append(position)
        continue
      }
      result.append(try rendering(entry, index, variant, position))
    }
    return result
  }

  private func rendering(
    _ entry: FoldedDrift, _ bundle: Int, _ number: Int, _ position: Int
  ) throws(CommandError) -> Rendering {
    let variant = view.compilation.bundles[bundle].variants[number]
    let own = variant.objects.firstIndex { identity in
      identity == entry.identity
        || (identity.namespace.isEmpty
          && identity.inNamespace(variant.descriptor.namespace) == entry.identity)
    }
    guard let own, variant.places.indices.contains(own) else {
      throw CommandError(
        variant.isRenderedAtSite
          ? "it is rendered at the site, so its manifest is not known here"
          : "the repository does not have it any more")
    }
    let identity = variant.objects[own]
    let manifest = try Self.manifests(variant.tree, view.objects)[identity]
    guard let manifest else { throw CommandError("its manifest cannot be read") }
    return Rendering(
      bundle: bundle, variant: number, identity: identity, place: variant.places[own],
      manifest: manifest, clusters: [position])
  }

  /// The manifests of a bundle deployment.
  static func manifests(
    _ tree: ObjectID, _ reader: some ObjectReader
  ) throws(CommandError) -> [ObjectIdentity: JSONValue] {
    var result: [ObjectIdentity: JSONValue] = [:]
    for (identity, bytes) in try DeployedBundle.manifests(tree, reader) {
      var quiet = Findings()
      result[identity] = YAMLParser.parse(bytes, path: "", findings: &quiet).first?.root.json
    }
    return result
  }

  /// The bytes of a file as Git has them; nil when there is none.
  func file(_ path: String) throws(CommandError) -> [UInt8]? {
    guard let file = view.compilation.files.file(at: path) else { return nil }
    return try failing { try view.objects.blob(file.id, limit: SourceLimits.textFile) }
  }

  /// Compiles the repository with other files, in memory.
  func compile(_ changes: [DriftEdit.Change]) throws(CommandError) -> Compilation {
    try failing {
      var tree = view.version.tree
      for change in changes {
        let blob = try view.objects.write(.blob, change.new)
        let names = change.path.split(separator: "/").map { Array($0.utf8) }
        tree = try TreeEdit.put(blob, at: names[...], in: tree, view.objects, view.objects)
      }
      let branch = try repository.hubBranch()
      return try Compiler(
        reader: view.objects, writer: view.objects, branch: branch, engine: engine,
        facts: view.facts
      ).compile(tree)
    }
  }
}
