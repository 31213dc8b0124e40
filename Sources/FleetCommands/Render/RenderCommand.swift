// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compiling
import Diagnostics
import FleetModel
import GitObjects
import Rendering
import SliceFormat

/// `kubectl fleet render`: what a directory deploys, without a hub.
struct RenderCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Print what a directory deploys to a cluster, without a hub.",
    discussion: """
      The directory is a bundle: plain YAML, a chart or a kustomization, with or without a \
      fleet.yaml, in a fleet repository or anywhere else. Its targets do not count, its \
      customizations do. The output is YAML that kubectl reads; what else there is to say goes to \
      standard error. Fleet's verbs for this are 'fleet apply -o -' and 'fleet test'.
      """)

  @Argument(
    help: ArgumentHelp("The directory of the bundle.", valueName: "dir"), completion: .directory)
  var directory: String = "."

  @Option(
    help: ArgumentHelp(
      "Render for this cluster of the repository, or for one of this name.", valueName: "name"))
  var cluster: String?

  @Option(
    name: [.customShort("l"), .long],
    help: ArgumentHelp("A label of the cluster; may be given again.", valueName: "key=value"))
  var label: [String] = []

  @Option(
    help: ArgumentHelp("The Kubernetes version of the cluster.", valueName: "version"))
  var kubeVersion: String?

  func run(in context: CommandContext) throws -> ExitStatus {
    let place = try RenderPlace.find(context.absolute(directory), in: context)
    let progress = TerminalProgress(context)
    let objects = place.objects
    let compiler = Compiler(
      reader: objects, writer: objects, branch: "main",
      engine: DeskRendering.engine(in: context, progress: progress), progress: progress.step)
    var findings = Findings()
    let (files, documents) = try failing { try compiler.read(place.tree, findings: &findings) }
    let subject = try wanted(documents)
    let preview = BundlePreview(
      directory: place.path, cluster: subject, groups: documents.groups,
      gitRepo: BundlePreview.source(of: place.path, among: documents.gitRepos, files: files))
    // What is wrong elsewhere in the repository is no matter of this directory.
    let compilation = try failing {
      try compiler.compile(files, preview.documents, isPreview: true)
    }
    progress.clear()
    return try report(compilation, objects, subject, in: context)
  }

  private func report(
    _ compilation: Compilation, _ objects: LayeredObjects, _ cluster: Cluster,
    in context: CommandContext
  ) throws(CommandError) -> ExitStatus {
    let findings = compilation.findings.sorted
    let text = FindingRenderer(source: compilation.sourceLines(objects)).text(findings)
    if !text.isEmpty { context.report(text + "\n") }
    if findings.contains(where: { $0.severity == .error }) { return .findings }
    var printer = ManifestPrinter()
    for bundle in compilation.bundles {
      guard let index = bundle.assignment.first ?? nil else {
        context.report(
          "bundle \(Wording.quoted(bundle.source.name)) does not go to cluster "
            + "\(Wording.quoted(cluster.name)): 'doNotDeploy'\n")
        continue
      }
      let variant = bundle.variants[index]
      try printer.add(variant, of: bundle, objects)
      if let rendering = variant.descriptor.rendering {
        context.report(
          Wording.wrap(
            "note: " + RenderedAtSite.remark(bundle.source.name, rendering)
              + ", so its manifests are not known here", indent: "      ") + "\n")
      }
    }
    context.print(printer.bytes)
    return .done
  }

  /// The cluster that is rendered for: of the inventory, with labels added, or made up.
  private func wanted(_ documents: FleetDocuments) throws(CommandError) -> Cluster {
    var labels: [String: String] = [:]
    for text in label {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw CommandError(
          "'\(text)' is no label", hints: ["write it like 'region=eu'"], status: .usage)
      }
      labels[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    let known = cluster.flatMap { name in documents.clusters.first { $0.name == name } }
    if let cluster, known == nil, label.isEmpty, !documents.clusters.isEmpty {
      throw NameLookup.missing(
        "cluster", cluster, among: documents.clusters.map(\.name),
        list: "kubectl fleet get clusters")
    }
    return Cluster.madeUp(
      from: known, name: cluster ?? "example", labels: labels, kubernetesVersion: kubeVersion)
  }
}
