// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import GitObjects
import Rendering
import SliceFormat
import Targeting
import YAMLTree

/// Makes the trees of all bundle deployments out of what was planned.
struct DeploymentMaker<Reader: ObjectReader> {
  let files: SourceFiles
  let reader: Reader
  let writer: any ObjectWriter
  let inventory: Inventory
  let engine: RenderEngine
  /// The settings that count.
  let hub: HubSettings
  let checks: CheckSite
  let progress: (String) -> Void

  /// Renders, shapes and writes; what is wrong with some clusters only goes to `local`.
  func make(
    _ planned: [PlannedBundle], findings: inout Findings, local: inout Findings
  ) throws(CompileFailure) -> [CompiledBundle] {
    var failures = ClusterFailures()
    var bundles: [CompiledBundle] = []
    var collected = findings
    defer { findings = collected }
    let readers = planned.map {
      ManifestLoader(bundle: $0.bundle.source, files: files, reader: reader)
    }
    let memory = DeploymentMemory(
      engine: engine, reader: reader, writer: writer, secretRule: hub.plaintextSecrets,
      isWanted: !keepsObjects)
    var (texts, catalogs) = try prepare(planned, readers, memory, &failures)
    if try memory.isOutdated() {
      // Another helm was installed while the one of before was being called.
      memory.forget()
      failures = ClusterFailures()
      (texts, catalogs) = try prepare(planned, readers, memory, &failures)
    }
    let review = ManifestReview(
      inventory, kinds: catalogs.kinds, unknownKinds: hub.unknownKinds)
    var made: [[[RenderedObject]]] = []
    for (index, bundle) in planned.enumerated() {
      progress("writing bundle \(Wording.number(index + 1)) of \(Wording.number(planned.count))")
      let compiled = try objects { () throws(ObjectAccessError) in
        try make(
          bundle, index, texts[index], readers[index], catalogs.scopes, memory, &failures,
          findings: &collected)
      }
      collected.add(
        contentsOf: review.findings(
          compiled.apis, assignment: bundle.isUnused ? [] : compiled.bundle.assignment))
      bundles.append(compiled.bundle)
      made.append(compiled.objects)
    }
    memory.finish()
    SliceConflicts.check(
      bundles, inventory: inventory, scopes: catalogs.scopes, findings: &collected)
    collected.add(
      contentsOf: CheckRun(site: checks, inventory: inventory).findings(
        hub.checks, bundles: bundles, objects: made, definitions: catalogs.definitions,
        progress: progress))
    local.add(contentsOf: failures.findings(planned, inventory: inventory))
    return bundles
  }

  /// Whether a check program wants to see the objects.
  private var keepsObjects: Bool { !hub.checks.isEmpty && checks.isActive }

  /// Renders what has to be rendered, and finds out what the fleet itself defines.
  private func prepare(
    _ planned: [PlannedBundle], _ readers: [ManifestLoader<Reader>],
    _ memory: DeploymentMemory<Reader>, _ failures: inout ClusterFailures
  ) throws(CompileFailure) -> ([[RenderedText]], Catalogs) {
    let renderer = BundleRenderer(engine: engine, loader: BlobLoader(reader))
    var texts = try memory.recall(planned).map { bundle in
      bundle.map { deployment in deployment.map { .known($0) } ?? RenderedText.none }
    }
    try renderer.render(planned, into: &texts, failures: &failures)
    let catalogs = try objects { () throws(ObjectAccessError) in
      try self.catalogs(planned, texts, readers)
    }
    // Deployments whose kinds live elsewhere by now are made again; they define no kinds themselves.
    var isReshaped = false
    var agrees: [ObjectIdentifier: Bool] = [:]
    for (index, inputs) in texts.enumerated() {
      for (input, text) in inputs.enumerated() {
        guard case .known(let deployment) = text else { continue }
        let id = ObjectIdentifier(deployment.content)
        let isSame = agrees[id] ?? deployment.content.agrees(with: catalogs.scopes)
        agrees[id] = isSame
        if isSame { continue }
        texts[index][input] = .none
        isReshaped = true
      }
    }
    if isReshaped { try renderer.render(planned, into: &texts, failures: &failures) }
    return (texts, catalogs)
  }

  /// What the fleet itself defines.
  private struct Catalogs {
    var scopes = ScopeCatalog()
    var kinds = KindCatalog()
    var definitions: [YAMLNode] = []
  }

  /// The kinds that the fleet itself defines; only texts that speak of definitions are read for it.
  private func catalogs(
    _ planned: [PlannedBundle], _ texts: [[RenderedText]], _ readers: [ManifestLoader<Reader>]
  ) throws(ObjectAccessError) -> Catalogs {
    var catalogs = Catalogs()
    for (index, bundle) in planned.enumerated() {
      for (input, text) in zip(bundle.inputs, texts[index]) {
        guard let manifests = try readers[index].definitions(of: input, text, bundle) else {
          continue
        }
        for kind in manifests.definitions {
          catalogs.scopes.define(group: kind.group, kind: kind.kind, scope: kind.scope)
        }
        for kind in manifests.customKinds { catalogs.kinds.define(kind) }
        catalogs.definitions += manifests.definitionRoots
      }
    }
    return catalogs
  }

  /// A compiled bundle with what is asked about its variants.
  private struct Made {
    var bundle: CompiledBundle
    var apis: [[ObjectAPI]]
    /// Empty where no check program looks at them.
    var objects: [[RenderedObject]]
  }

  private func make(
    _ planned: PlannedBundle, _ number: Int, _ texts: [RenderedText],
    _ loader: ManifestLoader<Reader>, _ scopes: ScopeCatalog,
    _ memory: DeploymentMemory<Reader>, _ failures: inout ClusterFailures,
    findings: inout Findings
  ) throws(ObjectAccessError) -> Made {
    var variants: [CompiledBundle.Variant] = []
    var apis: [[ObjectAPI]] = []
    var kept: [[RenderedObject]] = []
    var places: [Int?] = []
    var byTree: [ObjectID: Int] = [:]
    let maker = VariantMaker(
      writer: writer, scopes: scopes, secretRule: hub.plaintextSecrets)
    for (index, (input, text)) in zip(planned.inputs, texts).enumerated() {
      if case .failed = text {
        places.append(nil)
        continue
      }
      var own = Findings()
      let variant: CompiledBundle.Variant
      var objects: [RenderedObject] = []
      var known: [ObjectAPI]?
      if case .known(let deployment) = text {
        variant = maker.remembered(deployment, input)
        known = deployment.content.apis
        own.add(contentsOf: deployment.content.findings)
        memory.keep(deployment, bundle: number, input: index)
      } else if input.isRenderedAtSite {
        (variant, objects) = try maker.siteRendered(input, planned, loader, findings: &own)
      } else {
        let manifests = try loader.manifests(of: input, text, planned, findings: &own)
        (variant, objects) = try maker.make(input, manifests, findings: &own)
        memory.add(
          variant, objects, of: text, findings: own, scopes: scopes, bundle: number, input: index)
      }
      // What is wrong with files is wrong for all clusters, what values made only for those with them.
      if case .none = text {
        findings.add(contentsOf: own.all)
      } else {
        for finding in own.all { failures.add(finding, bundle: number, input: index) }
        if own.hasErrors, !planned.isUnused {
          places.append(nil)
          continue
        }
      }
      let isNew = byTree[variant.tree] == nil
      if isNew {
        apis.append(known ?? objects.compactMap(\.api))
        kept.append(keepsObjects ? objects : [])
      }
      // A bundle that goes nowhere is checked, and that is all.
      if planned.isUnused { continue }
      if let known = byTree[variant.tree] {
        places.append(known)
      } else {
        byTree[variant.tree] = variants.count
        places.append(variants.count)
        variants.append(variant)
      }
    }
    var failed = planned.failed
    let assignment = planned.assignment.enumerated().map { cluster, input -> Int? in
      guard let input else { return nil }
      if places[input] == nil { failed.insert(cluster) }
      return places[input]
    }
    let bundle = CompiledBundle(
      source: planned.bundle.source, targets: planned.bundle.targets,
      matcher: planned.bundle.matcher, variants: variants, assignment: assignment, failed: failed)
    return Made(bundle: bundle, apis: apis, objects: kept)
  }
}
