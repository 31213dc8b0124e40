// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compiling
import Diagnostics
import FleetModel
import GitObjects
import GitStore
import Planning
import Rendering
import SliceFormat
import Targeting

/// `kubectl fleet show`: prints the manifests of a cluster.
struct ShowCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print the manifests that a cluster gets.",
    discussion: """
      Renders the files as they are now, or '--commit REV', or with '--released' what the hub tells \
      the cluster to run. The output is YAML that kubectl reads.
      """)

  @Argument(help: ArgumentHelp("The cluster.", valueName: "cluster"))
  var cluster: String

  @Option(
    name: [.customShort("b"), .long], help: ArgumentHelp("Only this bundle.", valueName: "name"))
  var bundle: String?

  @Flag(help: "Show what the hub has released instead of what the repository says.")
  var released = false

  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var hub: HubOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    released ? try showReleased(in: context) : try showCompiled(in: context)
  }

  private func showCompiled(in context: CommandContext) throws -> ExitStatus {
    let view = try repository.view(in: context)
    let compilation = view.compilation
    let lookup = NameLookup(compilation)
    let position = try lookup.cluster(cluster)
    let name = compilation.inventory.clusters[position].name
    var bundles = compilation.bundles.filter { $0.assignment[position] != nil }
    if let bundle {
      let workspace = compilation.inventory.clusters[position].workspace
      let wanted = try lookup.bundle(bundle, workspace: workspace)
      bundles = bundles.filter { $0.source.name == wanted.source.name }
      if bundles.isEmpty { throw Self.notOn(name, wanted.source.name) }
    }
    let errors = compilation.findings.sorted.filter { $0.severity == .error }
    if !errors.isEmpty {
      // Half a slice looks like a whole one, so nothing is printed.
      context.report(
        FindingRenderer(source: compilation.sourceLines(view.objects)).text(errors) + "\n")
      throw CommandError("the fleet does not compile, so there is nothing to show")
    }
    var printer = ManifestPrinter()
    var isAllKnown = true
    for bundle in bundles {
      guard let index = bundle.assignment[position] else { continue }
      try printer.add(bundle.variants[index], of: bundle, view.objects)
      let descriptor = bundle.variants[index].descriptor
      sayRenderedAtSite(descriptor, in: context)
      isAllKnown = isAllKnown && descriptor.rendering == nil
    }
    finish(printer, name, isAllKnown: isAllKnown, in: context)
    return .done
  }

  private func showReleased(in context: CommandContext) throws -> ExitStatus {
    guard repository.commit == nil else {
      throw CommandError("'--commit' and '--released' cannot both be given", status: .usage)
    }
    let view = try ReleasedView.open(hub, repository.folder, in: context)
    let wanted = NameLookup.bare(cluster)
    guard let slice = try view.slice(of: wanted) else {
      throw NameLookup.missing(
        "released cluster", wanted, among: try view.clusterNames(), list: "kubectl fleet status")
    }
    var deployments = try failing { try view.store.tree(slice) }
      .filter { $0.mode == .directory }
      .map { (name: String(decoding: $0.name, as: UTF8.self), tree: $0.id) }
    if let bundle {
      let name = NameLookup.bare(bundle)
      let names = deployments.map(\.name)
      deployments = deployments.filter { $0.name == name }
      if deployments.isEmpty {
        throw CommandError(
          "bundle \(Wording.quoted(name)) is not released to cluster \(Wording.quoted(wanted))",
          hints: names.isEmpty ? [] : ["it has \(Wording.list(names, most: 9))"])
      }
    }
    var printer = ManifestPrinter()
    var isAllKnown = true
    for deployment in deployments {
      for manifest in try DeployedBundle.manifests(deployment.tree, view.store) {
        printer.add(manifest.bytes, bundle: deployment.name, place: nil)
      }
      for hook in try DeployedBundle.hooks(deployment.tree, view.store) {
        printer.add(hook.bytes, bundle: deployment.name, place: hook.phase.words)
      }
      if let descriptor = try DeployedBundle.descriptor(deployment.tree, view.store) {
        sayRenderedAtSite(descriptor, in: context)
        isAllKnown = isAllKnown && descriptor.rendering == nil
      }
    }
    finish(printer, wanted, isAllKnown: isAllKnown, in: context)
    return .done
  }

  private func sayRenderedAtSite(_ descriptor: BundleDescriptor, in context: CommandContext) {
    guard let rendering = descriptor.rendering else { return }
    context.report(RenderedAtSite.note(descriptor.name, rendering))
  }

  private func finish(
    _ printer: ManifestPrinter, _ cluster: String, isAllKnown: Bool, in context: CommandContext
  ) {
    if printer.bytes.isEmpty, isAllKnown {
      context.report("nothing is deployed to cluster \(Wording.quoted(cluster))\n")
    }
    context.print(printer.bytes)
  }

  private static func notOn(_ cluster: String, _ bundle: String) -> CommandError {
    CommandError(
      "bundle \(Wording.quoted(bundle)) does not go to cluster \(Wording.quoted(cluster))",
      hints: ["kubectl fleet explain \(bundle) \(cluster)"])
  }
}

/// Puts manifests one below the other, each with a comment that says where it is from.
struct ManifestPrinter {
  /// The text so far.
  private(set) var bytes: [UInt8] = []

  /// Adds a manifest.
  mutating func add(_ manifest: [UInt8], bundle: String, place: String?) {
    let comment = "---\n# bundle \(bundle)" + (place.map { ", \(PrintableText.escape($0))" } ?? "")
    bytes += comment.utf8
    bytes.append(0x0a)
    bytes += manifest
  }
}

extension ManifestPrinter {
  /// Adds the objects of a variant and its hooks.
  mutating func add(
    _ variant: CompiledBundle.Variant, of bundle: CompiledBundle, _ reader: some ObjectReader
  ) throws(CommandError) {
    for manifest in try DeployedBundle.manifests(variant.tree, reader) {
      let place = variant.objects.firstIndex(of: manifest.identity).map { variant.places[$0] }
      add(manifest.bytes, bundle: bundle.source.name, place: place?.shown)
    }
    for hook in try DeployedBundle.hooks(variant.tree, reader) {
      add(hook.bytes, bundle: bundle.source.name, place: hook.phase.words)
    }
  }
}

extension HookPhase {
  /// What people call it.
  var words: String {
    switch self {
    case .pre: "hook before the objects"
    case .post: "hook after the objects"
    }
  }
}

/// A bundle deployment as it stands in a slice.
enum DeployedBundle {
  /// The options.
  static func descriptor(
    _ tree: ObjectID, _ reader: some ObjectReader
  ) throws(CommandError) -> BundleDescriptor? {
    try failing {
      guard
        let file = try reader.tree(tree).first(where: { $0.name == SliceLayout.descriptorFile })
      else { return nil }
      return BundleDescriptor(
        json: try reader.blob(file.id, limit: SliceLayout.descriptorLimit))
    }
  }

  /// The hooks, in the order in which they run.
  static func hooks(
    _ tree: ObjectID, _ reader: some ObjectReader
  ) throws(CommandError) -> [(phase: HookPhase, bytes: [UInt8])] {
    try failing {
      guard let folder = try reader.tree(tree).first(where: { $0.name == SliceLayout.hooksFolder })
      else { return [] }
      var hooks: [(phase: HookPhase, bytes: [UInt8])] = []
      let phases = try reader.tree(folder.id)
      for phase in HookPhase.allCases {
        guard let own = phases.first(where: { $0.name == Array(phase.rawValue.utf8) }) else {
          continue
        }
        for entry in try reader.tree(own.id) {
          hooks.append((phase, try reader.blob(entry.id, limit: SliceLayout.manifestLimit)))
        }
      }
      return hooks
    }
  }

  /// The manifests, in the order of their identities.
  static func manifests(
    _ tree: ObjectID, _ reader: some ObjectReader
  ) throws(CommandError) -> [(identity: ObjectIdentity, bytes: [UInt8])] {
    try failing {
      guard
        let folder = try reader.tree(tree).first(where: { $0.name == SliceLayout.objectsFolder })
      else { return [] }
      return try reader.tree(folder.id).compactMap { entry in
        guard let identity = ObjectIdentity(fileName: entry.name) else { return nil }
        return (identity, try reader.blob(entry.id, limit: SliceLayout.manifestLimit))
      }.sorted { $0.identity < $1.identity }
    }
  }
}
