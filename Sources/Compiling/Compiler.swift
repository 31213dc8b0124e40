// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import FleetModel
package import GitObjects
import Planning
import Rendering
import SliceFormat
import Targeting
import YAMLTree

/// Compiles a source tree: files → documents → matches → manifests → the tree of all slices.
///
/// The result is a function of the tree, the hub's branch and the format number, and of nothing else:
/// no clock, no environment, no order of a dictionary.
package struct Compiler<Reader: ObjectReader> {
  private let reader: Reader
  private let writer: any ObjectWriter
  private let branch: String
  private let secretRule: (HubSettings) -> HubSettings.PlaintextSecrets
  private let progress: (String) -> Void

  /// Makes a compiler.
  ///
  /// - Parameters:
  ///   - reader: gives the objects of the source tree.
  ///   - writer: takes the objects of the plan.
  ///   - branch: the hub's branch, `main`; a GitRepo may name no other.
  ///   - secretRule: the rule about plaintext Secrets that counts, given the settings in the tree.
  ///   - progress: is told what is being done; called often, it has to be quick.
  package init(
    reader: Reader, writer: any ObjectWriter, branch: String,
    secretRule: @escaping (HubSettings) -> HubSettings.PlaintextSecrets = \.plaintextSecrets,
    progress: @escaping (String) -> Void = { _ in }
  ) {
    self.reader = reader
    self.writer = writer
    self.branch = branch
    self.secretRule = secretRule
    self.progress = progress
  }

  /// Compiles the source tree with this root.
  ///
  /// What is wrong with the source are findings; the slices are nil then. Throws when an object cannot
  /// be read or written.
  package func compile(_ root: ObjectID) throws(ObjectAccessError) -> Compilation {
    var findings = Findings()
    progress("reading the files")
    let files = try SourceFiles(root: root, reader: reader, findings: &findings)
    let documents = try DocumentReader(files: files, reader: reader).read(findings: &findings)
    let inventory = Inventory(
      clusters: documents.clusters, groups: documents.groups, findings: &findings)
    progress("matching \(Wording.count(inventory.clusters.count, "cluster"))")
    let sources = try bundleSources(documents, files, findings: &findings)
    var scopes = ScopeCatalog()
    for source in sources {
      for kind in source.manifests.definitions {
        scopes.define(group: kind.group, kind: kind.kind, scope: kind.scope)
      }
    }
    let rule = secretRule(documents.hub)
    var bundles: [CompiledBundle] = []
    for (index, source) in sources.enumerated() {
      progress(
        "rendering bundle \(index + 1) of \(sources.count) for "
          + Wording.count(inventory.clusters.count, "cluster"))
      bundles.append(try compile(source, inventory, scopes, rule, findings: &findings))
    }
    SliceConflicts.check(bundles, inventory: inventory, scopes: scopes, findings: &findings)
    var slices: ObjectID?
    if !findings.hasErrors {
      progress("writing \(Wording.count(inventory.clusters.count, "slice"))")
      slices = try PlanTree.write(rows(bundles, inventory), to: writer)
    }
    return Compilation(
      findings: findings, files: files, documents: documents, inventory: inventory,
      bundles: bundles, slices: slices)
  }

  private func bundleSources(
    _ documents: FleetDocuments, _ files: SourceFiles, findings: inout Findings
  ) throws(ObjectAccessError) -> [BundleSource] {
    let bundleReader = BundleReader(files: files, reader: reader)
    var sources: [BundleSource] = []
    let roots = PayloadRoots.of(documents.gitRepos)
    for link in files.links where PayloadRoots.reach(link, roots) {
      findings.add(BundleSource.refusal(ofLink: link))
    }
    for gitRepo in documents.gitRepos {
      gitRepo.checkSource(
        aliases: documents.hub.aliases.map(\.value), branch: branch, findings: &findings)
      let layout = BundleLayout(
        paths: gitRepo.paths.map(\.value), files: candidates(for: gitRepo, files))
      sources += try bundleReader.bundles(of: gitRepo, layout: layout, findings: &findings)
    }
    var first: [String: BundleSource] = [:]
    var unique: [BundleSource] = []
    for source in sources {
      let key = "\(source.workspace)/\(source.name)"
      if let other = first[key] {
        findings.error(
          "same-name", "there are two bundles \(Wording.quoted(source.name))", at: source.nameSpan,
          notes: [
            Finding.Note(
              "the other one is the directory '\(other.path)' of GitRepo '\(other.gitRepo.name)'",
              at: other.nameSpan)
          ],
          hints: ["give one of them another 'name:' in its fleet.yaml"])
        continue
      }
      first[key] = source
      unique.append(source)
    }
    return unique.sorted {
      if $0.workspace != $1.workspace {
        return $0.workspace.precedesInBytes($1.workspace)
      }
      return $0.name.precedesInBytes($1.name)
    }
  }

  /// The files that can belong to bundles of a GitRepo: those below its paths as far as they are no
  /// patterns. Most files of a large fleet are clusters, and those need not be looked at.
  private func candidates(for gitRepo: GitRepo, _ files: SourceFiles) -> [String] {
    var folders = Set<String>()
    for path in gitRepo.paths.compactMap({ BundleLayout.normalized($0.value) }) {
      let plain = path.split(separator: "/").prefix { GoPattern.isPlain(String($0)) }
      if plain.isEmpty { return files.files.map(\.path) }
      folders.insert(plain.joined(separator: "/"))
    }
    var paths = Set<String>()
    for folder in folders { paths.formUnion(files.files(below: folder).map(\.path)) }
    return paths.sorted { $0.precedesInBytes($1) }
  }

  private func compile(
    _ source: BundleSource, _ inventory: Inventory, _ scopes: ScopeCatalog,
    _ secretRule: HubSettings.PlaintextSecrets, findings: inout Findings
  ) throws(ObjectAccessError) -> CompiledBundle {
    let targets = BundleTargets(
      name: source.name, fleetYAML: source.options, gitRepo: source.gitRepo)
    let matcher = TargetMatcher(targets, in: inventory)
    var variants: [CompiledBundle.Variant] = []
    var byShape: [VariantShape: Int] = [:]
    var byDecision: [TargetDecision: Int] = [:]
    var assignment = [Int?](repeating: nil, count: inventory.clusters.count)
    for cluster in matcher.deployed {
      let decision = matcher.decision(for: cluster)
      if let known = byDecision[decision] {
        assignment[cluster] = known
        continue
      }
      guard case .deployed(let target, let customizations) = decision else { continue }
      let options = matcher.options(target: target, customizations: customizations)
      let shape = VariantShape(source, options)
      let index: Int
      if let known = byShape[shape] {
        index = known
      } else {
        index = variants.count
        variants.append(try variant(source, shape, scopes, secretRule, findings: &findings))
        byShape[shape] = index
      }
      byDecision[decision] = index
      assignment[cluster] = index
    }
    if variants.isEmpty {
      // A bundle that goes nowhere is checked all the same.
      let shape = VariantShape(source, targets.options)
      _ = source.manifests.render(shape.render, scopes: scopes, findings: &findings)
    }
    return CompiledBundle(
      source: source, targets: targets, matcher: matcher, variants: variants,
      assignment: assignment)
  }

  private func variant(
    _ source: BundleSource, _ shape: VariantShape, _ scopes: ScopeCatalog,
    _ secretRule: HubSettings.PlaintextSecrets, findings: inout Findings
  ) throws(ObjectAccessError) -> CompiledBundle.Variant {
    let objects = source.manifests.render(shape.render, scopes: scopes, findings: &findings)
    var entries: [TreeEntry] = []
    for object in objects {
      if let finding = SecretRule.finding(object, secretRule) { findings.add(finding) }
      let name = object.identity.fileName
      guard name.utf8.count <= 4000 else {
        findings.error("manifest-name", "the names of the object are too long", at: object.place)
        continue
      }
      entries.append(TreeEntry(name, .file, try writer.write(.blob, object.manifest)))
    }
    let tree = try writer.writeTree([
      TreeEntry(
        name: SliceLayout.descriptorFile, mode: .file,
        id: try writer.write(.blob, shape.descriptor.json)),
      TreeEntry(
        name: SliceLayout.objectsFolder, mode: .directory, id: try writer.writeTree(entries)),
    ])
    return CompiledBundle.Variant(
      descriptor: shape.descriptor, objects: objects.map(\.identity), places: objects.map(\.place),
      tree: tree)
  }

  private func rows(_ bundles: [CompiledBundle], _ inventory: Inventory) -> [SliceRow] {
    inventory.clusters.enumerated().map { position, cluster in
      var deployments: [SliceRow.Deployment] = []
      for bundle in bundles {
        guard let variant = bundle.assignment[position] else { continue }
        deployments.append(
          SliceRow.Deployment(
            bundle: bundle.source.name, tree: bundle.variants[variant].tree))
      }
      return SliceRow(cluster: cluster.name, deployments: deployments)
    }
  }
}

/// Everything that the deployment of a bundle depends on besides its manifests.
struct VariantShape: Hashable {
  let render: RenderOptions
  let descriptor: BundleDescriptor

  /// Where neither `namespace` nor `defaultNamespace` is set, Fleet deploys to `default`.
  static let fallbackNamespace = "default"

  init(_ source: BundleSource, _ options: BundleOptions) {
    render = RenderOptions(
      bundle: source.name, namespace: options.namespace?.value,
      defaultNamespace: options.defaultNamespace?.value ?? Self.fallbackNamespace)
    descriptor = BundleDescriptor(
      name: source.name, gitRepo: "\(source.workspace)/\(source.gitRepo.name)",
      namespace: render.effectiveNamespace,
      createsNamespace: options.createsNamespace ?? true,
      keepResources: options.keepsResources, deletesDefinitions: options.deletesDefinitions)
  }
}
