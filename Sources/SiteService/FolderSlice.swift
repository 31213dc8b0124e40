// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Reconciling
import SliceFormat
import YAMLTree

/// A slice as manifests alone, for a folder that something else applies.
///
/// - Labels and annotations of a namespace are written into its manifest, which is added to the first
///   bundle that wants them when no bundle ships it.
/// - Hooks become ordinary objects: nobody waits for them and nobody runs them again, which is said.
/// - A namespace does not go with its bundle, unless its manifest does.
struct FolderSlice {
  /// The slice.
  let slice: DesiredSlice
  /// What is not done as it is asked for: a sentence each.
  let warnings: [String]

  init(_ wanted: DesiredSlice) {
    var warnings: [String] = []
    let names = Set(wanted.bundles.map(\.name))
    var wishes: [String: NamespaceSettings] = [:]
    let united = wanted.namespaceWishes(touched: names, recorded: Inventory(cluster: ""))
    for (claim, settings) in united.sorted(by: { $0.key < $1.key }) {
      var all = wishes[claim.namespace] ?? NamespaceSettings(namespace: claim.namespace)
      all.labels.merge(settings.labels) { first, _ in first }
      all.annotations.merge(settings.annotations) { first, _ in first }
      wishes[claim.namespace] = all
    }
    var bundles: [DesiredBundle] = []
    for bundle in wanted.bundles {
      var objects = bundle.objects.map { object in
        Self.namespace(of: object).flatMap { wishes.removeValue(forKey: $0) }
          .flatMap { Self.labelled(object, $0) } ?? object
      }
      var seen = Set(objects.map(\.identity))
      let hooks = bundle.hooks.map(\.object).filter { seen.insert($0.identity).inserted }
      if !hooks.isEmpty {
        let count = hooks.count == 1 ? "1 hook is" : "\(hooks.count) hooks are"
        warnings.append(
          "bundle '\(bundle.name)': \(count) written as objects; a folder neither orders nor runs them"
        )
      }
      objects += hooks
      bundles.append(bundle.asManifests(objects))
    }
    var slice = DesiredSlice(
      bundles.map { bundle in
        guard let asked = wanted[bundle.name], !asked.namespaceSettings.isEmpty,
          let settings = wishes.removeValue(forKey: asked.namespace)
        else { return bundle }
        return bundle.asManifests(bundle.objects + [Self.manifest(settings, for: bundle)])
      })
    slice.refused = wanted.refused
    slice.mark = wanted.mark
    self.slice = slice
    self.warnings = warnings
  }

  /// The name of the namespace that an object is.
  private static func namespace(of object: DesiredObject) -> String? {
    object.identity.group.isEmpty && object.identity.kind == "Namespace"
      ? object.identity.name : nil
  }

  private static func labelled(
    _ object: DesiredObject, _ settings: NamespaceSettings
  ) -> DesiredObject? {
    var findings = Findings()
    let documents = YAMLParser.parse(object.manifest, path: object.fileName, findings: &findings)
    guard let root = documents.first?.root, root.pairs != nil else { return nil }
    return DesiredObject(
      bundle: object.bundle, bundleNamespace: "", identity: object.identity,
      manifest: YAMLEmitter.emit(root.overlaid(with: node(settings))),
      treatment: object.treatment)
  }

  private static func manifest(
    _ settings: NamespaceSettings, for bundle: DesiredBundle
  ) -> DesiredObject {
    let owner = NamespaceSettings(
      namespace: settings.namespace, labels: [SliceLayout.ownerLabel: bundle.name])
    return DesiredObject(
      bundle: bundle.name, bundleNamespace: "",
      identity: ObjectIdentity(
        group: "", kind: "Namespace", namespace: "", name: settings.namespace),
      manifest: YAMLEmitter.emit(node(settings).overlaid(with: node(owner))))
  }

  private static func node(_ settings: NamespaceSettings) -> YAMLNode {
    var metadata: [(String, YAMLNode)] = []
    for (name, texts) in [
      ("annotations", settings.annotations), ("labels", settings.labels),
    ] where !texts.isEmpty {
      let sorted = texts.byName
      metadata.append((name, .mapping(sorted.map { ($0.key, .string($0.value)) })))
    }
    metadata.append(("name", .string(settings.namespace)))
    return .mapping([
      ("apiVersion", .string("v1")), ("kind", .string("Namespace")),
      ("metadata", .mapping(metadata)),
    ])
  }
}
