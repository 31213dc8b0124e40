// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import GitObjects
import Rendering
import SliceFormat
import Targeting

/// Makes the trees of all bundle deployments out of what was planned.
struct DeploymentMaker<Reader: ObjectReader> {
  let files: SourceFiles
  let reader: Reader
  let writer: any ObjectWriter
  let inventory: Inventory
  let engine: RenderEngine
  let secretRule: HubSettings.PlaintextSecrets
  let progress: (String) -> Void

  /// Renders, shapes and writes; what is wrong with some clusters only goes to `local`.
  func make(
    _ planned: [PlannedBundle], findings: inout Findings, local: inout Findings
  ) throws(CompileFailure) -> [CompiledBundle] {
    let renderer = BundleRenderer(
      inventory: inventory, engine: engine, loader: BlobLoader(reader))
    let texts = try renderer.render(planned, local: &local)
    var bundles: [CompiledBundle] = []
    var collected = findings
    defer { findings = collected }
    let readers = planned.map {
      ManifestLoader(bundle: $0.bundle.source, files: files, reader: reader)
    }
    let scopes = try objects { () throws(ObjectAccessError) in
      try self.scopes(planned, texts, readers, findings: &collected)
    }
    for (index, bundle) in planned.enumerated() {
      progress("writing bundle \(Wording.number(index + 1)) of \(Wording.number(planned.count))")
      let compiled = try objects { () throws(ObjectAccessError) in
        try make(bundle, texts[index], readers[index], scopes, findings: &collected)
      }
      bundles.append(compiled)
    }
    SliceConflicts.check(bundles, inventory: inventory, scopes: scopes, findings: &collected)
    return bundles
  }

  /// The kinds that the fleet itself defines; only texts that speak of definitions are read for it.
  private func scopes(
    _ planned: [PlannedBundle], _ texts: [[RenderedText]], _ readers: [ManifestLoader<Reader>],
    findings: inout Findings
  ) throws(ObjectAccessError) -> ScopeCatalog {
    var scopes = ScopeCatalog()
    for (index, bundle) in planned.enumerated() {
      for (input, text) in zip(bundle.inputs, texts[index]) {
        for kind in try readers[index].definitions(of: input, text, bundle, findings: &findings) {
          scopes.define(group: kind.group, kind: kind.kind, scope: kind.scope)
        }
      }
    }
    return scopes
  }

  private func make(
    _ planned: PlannedBundle, _ texts: [RenderedText], _ loader: ManifestLoader<Reader>,
    _ scopes: ScopeCatalog, findings: inout Findings
  ) throws(ObjectAccessError) -> CompiledBundle {
    var variants: [CompiledBundle.Variant] = []
    var places: [Int?] = []
    var byTree: [ObjectID: Int] = [:]
    let maker = VariantMaker(writer: writer, scopes: scopes, secretRule: secretRule)
    for (input, text) in zip(planned.inputs, texts) {
      if case .failed = text {
        places.append(nil)
        continue
      }
      let variant: CompiledBundle.Variant
      if input.isRenderedAtSite {
        variant = try maker.siteRendered(input, planned, loader)
      } else {
        let manifests = try loader.manifests(of: input, text, planned, findings: &findings)
        variant = try maker.make(input, manifests, findings: &findings)
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
    return CompiledBundle(
      source: planned.bundle.source, targets: planned.bundle.targets,
      matcher: planned.bundle.matcher, variants: variants, assignment: assignment, failed: failed)
  }
}
