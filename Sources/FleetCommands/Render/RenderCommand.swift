// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compiling
import Diagnostics
import FleetModel
import GitObjects
import HubService
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
      "Render for this cluster of the repository, or for one of this name.",
      valueName: "cluster"))
  var cluster: String?

  @Option(
    name: [.customShort("l"), .long],
    help: ArgumentHelp("A label of the cluster; may be given again.", valueName: "key=value"))
  var label: [String] = []

  @Option(
    help: ArgumentHelp("The Kubernetes version of the cluster.", valueName: "version"))
  var kubeVersion: String?

  func run(in context: CommandContext) throws -> ExitStatus {
    let labels = try self.labels()
    try checkOptions()
    let place = try RenderPlace.find(directory, in: context)
    let progress = TerminalProgress(context)
    let objects = place.objects
    let engine = DeskRendering.engine(in: context, progress: progress)
    let compiler = Compiler(
      reader: objects, writer: objects, branch: "main", engine: engine, progress: progress.step)
    var findings = Findings()
    let (files, declared) = try failing { try compiler.read(place.tree, findings: &findings) }
    let facts = try place.repository.flatMap { repository throws(CommandError) in
      try HubRefs.knownFacts(repository, in: context)
    }
    let documents = declared.with(facts.reported)
    if place.isRoot, !documents.clusters.isEmpty || !documents.gitRepos.isEmpty {
      throw CommandError(
        "this is the root of a fleet repository, which is no bundle",
        hints: [
          "name the directory of a bundle, see 'kubectl fleet get bundles'",
          "what a cluster gets of all bundles: kubectl fleet show CLUSTER",
        ], status: .usage)
    }
    let subject = try wanted(documents, labels: labels)
    let preview = BundlePreview(
      directory: place.path, cluster: subject.cluster, groups: documents.groups,
      gitRepo: BundlePreview.source(of: place.path, among: documents.gitRepos, files: files))
    // What is wrong elsewhere in the repository is no matter of this directory.
    let compilation = try failing {
      try compiler.compile(files, preview.documents, isPreview: true)
    }
    progress.clear()
    context.report(HookOutput.text(warnings: engine.warnings))
    return try report(compilation, objects, subject, in: context)
  }

  /// The cluster that is rendered for.
  private struct Subject {
    let cluster: Cluster
    /// Whether nobody wrote it down.
    let isMadeUp: Bool
  }

  private func report(
    _ compilation: Compilation, _ objects: LayeredObjects, _ subject: Subject,
    in context: CommandContext
  ) throws(CommandError) -> ExitStatus {
    let findings = compilation.findings.sorted
    if compilation.bundles.isEmpty, findings.allSatisfy({ $0.code == "no-bundle" }) {
      throw CommandError(
        "there is nothing to deploy in \(Wording.quoted(directory)): no manifests, no chart, "
          + "no kustomization")
    }
    let text = FindingRenderer(source: compilation.sourceLines(objects)).text(findings)
    if !text.isEmpty { context.report(text + "\n") }
    let errors = findings.filter { $0.severity == .error }
    if !errors.isEmpty {
      if subject.isMadeUp, errors.contains(where: { $0.code == "missing-key" }) {
        context.report(
          "note: cluster \(Wording.quoted(subject.cluster.name)) is made up\n"
            + "hint: give it labels with '-l KEY=VALUE', or take one of yours: --cluster NAME\n")
      }
      return .findings
    }
    var printer = ManifestPrinter()
    for bundle in compilation.bundles {
      guard let index = bundle.assignment.first ?? nil else {
        context.report(
          "bundle \(Wording.quoted(bundle.source.name)) does not go to cluster "
            + "\(Wording.quoted(subject.cluster.name)): 'doNotDeploy'\n")
        continue
      }
      let variant = bundle.variants[index]
      try printer.add(variant, of: bundle, objects)
      if let rendering = variant.descriptor.rendering {
        context.report(RenderedAtSite.note(bundle.source.name, rendering))
      } else if variant.objects.isEmpty, variant.hooks.isEmpty {
        context.report("bundle \(Wording.quoted(bundle.source.name)) deploys nothing\n")
      }
    }
    context.print(printer.bytes)
    return .done
  }

  /// The labels that are given.
  private func labels() throws(CommandError) -> [String: String] {
    var labels: [String: String] = [:]
    for text in label {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw CommandError(
          "\(Wording.quoted(text)) is no label", hints: ["write it like 'region=eu'"],
          status: .usage)
      }
      let (key, value) = (String(text[..<equals]), String(text[text.index(after: equals)...]))
      if let problem = KubernetesName.problem(labelKey: key) {
        throw CommandError("the label key \(Wording.quoted(key)) \(problem)", status: .usage)
      }
      if let problem = KubernetesName.problem(labelValue: value) {
        throw CommandError("the label value \(Wording.quoted(value)) \(problem)", status: .usage)
      }
      labels[key] = value
    }
    return labels
  }

  private func checkOptions() throws(CommandError) {
    if let cluster, let problem = KubernetesName.problem(cluster: cluster) {
      throw CommandError(
        "the cluster name \(Wording.quoted(cluster)) \(problem)", status: .usage)
    }
    if let kubeVersion, !Cluster.isKubernetesVersion(kubeVersion) {
      throw CommandError(
        "\(Wording.quoted(kubeVersion)) is no Kubernetes version",
        hints: ["write it like 'v1.31.4'"], status: .usage)
    }
  }

  /// The cluster that is rendered for: of the inventory, with labels added, or made up.
  private func wanted(
    _ documents: FleetDocuments, labels: [String: String]
  ) throws(CommandError) -> Subject {
    let known = cluster.flatMap { name in documents.clusters.first { $0.name == name } }
    if let cluster, known == nil, labels.isEmpty, !documents.clusters.isEmpty {
      throw NameLookup.missing(
        "cluster", cluster, among: documents.clusters.map(\.name),
        list: "kubectl fleet get clusters")
    }
    return Subject(
      cluster: Cluster.madeUp(
        from: known, name: cluster ?? "example", labels: labels, kubernetesVersion: kubeVersion),
      isMadeUp: known == nil)
  }
}
