// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import FleetModel
package import GitObjects
import Planning
package import Rendering
import Rollouts
import SliceFormat
import Targeting
import YAMLTree

/// Compiles a source tree: files → documents → matches → manifests → the tree of all slices.
///
/// The result is a function of the tree, the reported facts, the hub's branch and the format number, and of
/// nothing else: no clock, no environment, no order of a dictionary.
package struct Compiler<Reader: ObjectReader> {
  private let reader: Reader
  private let writer: any ObjectWriter
  private let branch: String
  private let engine: RenderEngine
  private let checks: CheckSite
  private let judge: (HubSettings) -> HubSettings
  private let policiesBefore: [String: RolloutStrategy]
  private let facts: ReportedFacts
  private let progress: (String) -> Void

  /// Makes a compiler.
  ///
  /// - Parameters:
  ///   - reader: gives the objects of the source tree.
  ///   - writer: takes the objects of the plan.
  ///   - branch: the hub's branch, `main`; a GitRepo may name no other.
  ///   - engine: runs helm and kustomize.
  ///   - checks: where check programs are; by default none is run.
  ///   - judge: the settings that count, given those in the tree.
  ///   - policiesBefore: the rollout policies of the version before, by name; they count in place of those
  ///     in the tree, so that nobody loosens a rule and uses it in one push.
  ///   - facts: what the hub has taken up of the sites' reports; those count that the Hub of the tree allows.
  ///   - progress: is told what is being done; called often, it has to be quick.
  package init(
    reader: Reader, writer: any ObjectWriter, branch: String, engine: RenderEngine,
    checks: CheckSite = .none, judge: @escaping (HubSettings) -> HubSettings = { $0 },
    policiesBefore: [String: RolloutStrategy] = [:], facts: ReportedFacts = ReportedFacts(),
    progress: @escaping (String) -> Void = { _ in }
  ) {
    self.reader = reader
    self.writer = writer
    self.branch = branch
    self.engine = engine
    self.checks = checks
    self.judge = judge
    self.policiesBefore = policiesBefore
    self.facts = facts
    self.progress = progress
  }

  /// Compiles the source tree with this root.
  ///
  /// What is wrong with the source are findings. Where something is wrong with some clusters only, the
  /// others are compiled all the same; where it is wrong with all, there are no slices.
  package func compile(_ root: ObjectID) throws(CompileFailure) -> Compilation {
    var findings = Findings()
    let (files, documents) = try read(root, findings: &findings, isRendered: true)
    return try compile(files, documents, findings: findings)
  }

  /// The clusters, sources and bundles of the source tree, without anything that has to be rendered: for
  /// those who only want to know what there is.
  package func outline(_ root: ObjectID) throws(CompileFailure) -> Compilation {
    var findings = Findings()
    let (files, declared) = try read(root, findings: &findings)
    let documents = declared.with(facts)
    let inventory = Inventory(
      clusters: documents.clusters, groups: documents.groups, findings: &findings)
    var collected = findings
    let sources = try objects { () throws(ObjectAccessError) in
      try bundleSources(documents, files, findings: &collected)
    }
    let bundles = sources.map { source in
      let bundle = TargetedBundle(source, in: inventory)
      return CompiledBundle(
        source: source, targets: bundle.targets, matcher: bundle.matcher, variants: [],
        assignment: [Int?](repeating: nil, count: inventory.clusters.count), failed: [])
    }
    return Compilation(
      findings: collected, files: files, documents: documents, inventory: inventory,
      bundles: bundles, slices: nil, brokenClusters: [], localFindings: [], renderers: [:])
  }

  /// Reads the documents of the source tree, and lists its files.
  ///
  /// - Parameter isRendered: whether it will be compiled: then programs that render are asked for their
  ///   versions meanwhile, where nobody knows them.
  package func read(
    _ root: ObjectID, findings: inout Findings, isRendered: Bool = false
  ) throws(CompileFailure) -> (files: SourceFiles, documents: FleetDocuments) {
    progress("reading the files")
    var collected = findings
    defer { findings = collected }
    return try objects { () throws(ObjectAccessError) in
      let files = try SourceFiles(root: root, reader: reader, findings: &collected)
      var documents = FleetDocuments()
      try engine.asking(isRendered ? renderers(for: files) : []) { () throws(ObjectAccessError) in
        documents = try DocumentReader(files: files, reader: reader).read(findings: &collected)
      }
      return (files, documents)
    }
  }

  /// The renderers that files make likely.
  private func renderers(for files: SourceFiles) -> [Renderer] {
    var wanted = Set<Renderer>()
    for file in files.files {
      if file.name == "Chart.yaml" { wanted.insert(.helm) }
      if Kustomization.names.contains(where: { file.name == $0 }) { wanted.insert(.kustomize) }
    }
    return Renderer.allCases.filter(wanted.contains)
  }

  /// Compiles files for the clusters and sources that these documents name.
  ///
  /// - Parameters:
  ///   - findings: what was found when the files were read.
  ///   - isPreview: whether bundles go to every cluster, whatever their `overrideTargets` say.
  package func compile(
    _ files: SourceFiles, _ declared: FleetDocuments, findings already: Findings = Findings(),
    isPreview: Bool = false
  ) throws(CompileFailure) -> Compilation {
    let documents = declared.with(facts)
    var findings = already
    var local = Findings()
    let inventory = Inventory(
      clusters: documents.clusters, groups: documents.groups, findings: &findings)
    progress("matching \(Wording.count(inventory.clusters.count, "cluster"))")
    var sources = try objects { () throws(ObjectAccessError) in
      try bundleSources(documents, files, findings: &findings)
    }
    if isPreview { sources = sources.map(\.forEveryCluster) }
    let (planned, dependencies) = try objects { () throws(ObjectAccessError) in
      try plan(
        sources, files, inventory, WatchMaker(documents), isPreview: isPreview,
        findings: &findings, local: &local)
    }
    let maker = DeploymentMaker(
      files: files, reader: reader, writer: writer, inventory: inventory, engine: engine,
      hub: judge(documents.hub), checks: checks, progress: progress)
    let bundles = try maker.make(planned, findings: &findings, local: &local)
    var policies = PlanPolicies()
    if !isPreview {
      policies = try objects { () throws(ObjectAccessError) in
        try self.policies(
          planned, dependencies, documents, files, inventory, findings: &findings)
      }
    }
    var slices: ObjectID?
    var policy: ObjectID?
    let broken = bundles.reduce(into: Set<Int>()) { $0.formUnion($1.failed) }
    if !findings.hasErrors {
      progress("writing \(Wording.count(inventory.clusters.count, "slice"))")
      slices = try objects { () throws(ObjectAccessError) in
        try PlanTree.write(rows(bundles, inventory, without: broken), to: writer)
      }
      policy = try objects { () throws(ObjectAccessError) in
        try PolicyTree.write(policies, to: writer)
      }
    }
    findings.add(contentsOf: local.all)
    return Compilation(
      findings: findings, files: files, documents: documents, inventory: inventory,
      bundles: bundles, slices: slices,
      brokenClusters: Set(broken.map { inventory.clusters[$0].name }),
      localFindings: Set(local.all),
      renderers: engine.versionsUsed, policies: policies, policy: policy)
  }

  /// By which rules the bundles are released.
  private func policies(
    _ planned: [PlannedBundle], _ dependencies: [[ResolvedDependency]],
    _ documents: FleetDocuments, _ files: SourceFiles, _ inventory: Inventory,
    findings: inout Findings
  ) throws(ObjectAccessError) -> PlanPolicies {
    let maker = PolicyMaker(
      documents: documents, inventory: inventory, hub: judge(documents.hub),
      before: policiesBefore)
    let definition = BundleDefinition(
      files: files, reader: reader, renderers: engine.versionsUsed,
      watches: WatchMaker(documents))
    var bundles: [PolicyMaker.Bundle] = []
    for (planned, dependencies) in zip(planned, dependencies) {
      bundles.append(
        PolicyMaker.Bundle(
          targeted: planned.bundle, dependencies: dependencies.map(\.name),
          definition: try definition.digest(of: planned.bundle.source)))
    }
    return maker.make(bundles, findings: &findings)
  }

  /// What every cluster's deployments are made of; and that the bundles that others wait for are there.
  private func plan(
    _ sources: [BundleSource], _ files: SourceFiles, _ inventory: Inventory,
    _ watches: WatchMaker, isPreview: Bool, findings: inout Findings, local: inout Findings
  ) throws(ObjectAccessError) -> ([PlannedBundle], [[ResolvedDependency]]) {
    let planner = DeploymentPlanner(
      files: files, reader: reader, inventory: inventory, watches: watches)
    let targeted = sources.map { source in
      TargetedBundle(source, in: inventory)
    }
    let checked = DependencyCheck.check(targeted.map(\.dependency)) { cluster in
      inventory.clusters[cluster].name
    }
    if !isPreview { findings.add(contentsOf: checked.findings) }
    let dependencies = checked.resolved.map { entries in
      entries.map {
        BundleDescriptor.Dependency(name: $0.name, acceptedStates: $0.acceptedStates)
      }
    }
    var planned: [PlannedBundle] = []
    for (bundle, dependencies) in zip(targeted, dependencies) {
      planned.append(
        try planner.plan(
          bundle, dependencies: dependencies, findings: &findings, local: &local))
    }
    return (planned, checked.resolved)
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
      let layout = BundleLayout(gitRepo, files: candidates(for: gitRepo, files))
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
    var folders = Set(gitRepo.bundles.compactMap(\.directory))
    if folders.contains("") { return files.files.map(\.path) }
    for path in gitRepo.paths.compactMap({ BundleLayout.normalized($0.value) }) {
      let plain = path.split(separator: "/").prefix { GoPattern.isPlain(String($0)) }
      if plain.isEmpty { return files.files.map(\.path) }
      folders.insert(plain.joined(separator: "/"))
    }
    var paths = Set<String>()
    for folder in folders { paths.formUnion(files.files(below: folder).map(\.path)) }
    return paths.sorted { $0.precedesInBytes($1) }
  }

  private func rows(
    _ bundles: [CompiledBundle], _ inventory: Inventory, without broken: Set<Int>
  ) -> [SliceRow] {
    inventory.clusters.enumerated().compactMap { position, cluster in
      if broken.contains(position) { return nil }
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
