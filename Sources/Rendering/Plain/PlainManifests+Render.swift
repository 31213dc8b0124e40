// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import SliceFormat
import YAMLTree

extension PlainManifests {
  /// The manifests as they are applied: namespace set, owner marked, in canonical YAML.
  ///
  /// Rules (Fleet): `namespace` forces every object into it and refuses cluster-scoped ones;
  /// `defaultNamespace` is for objects that name none. An object whose scope the hub cannot know
  /// keeps no namespace; the site gives it the bundle's.
  package func render(
    _ options: RenderOptions, scopes: ScopeCatalog, findings: inout Findings
  ) -> [RenderedObject] {
    var seen: [ObjectIdentity: ManifestPlace] = [:]
    var result: [RenderedObject] = []
    for source in sources {
      guard let namespace = namespace(of: source, options, scopes, &findings) else { continue }
      let identity = ObjectIdentity(
        group: source.group, kind: source.kind, namespace: namespace, name: source.name)
      if let first = seen[identity] {
        findings.error(
          "duplicate-object", "\(identity.display) is in this bundle twice", at: source.place,
          notes: [first.note("the first one is")])
        continue
      }
      seen[identity] = source.place
      var root = shaped(source.root, namespace, options.bundle)
      if !options.mirrors.isEmpty, let rewritten = options.mirrors.rewrite(root) {
        root = rewritten
      }
      result.append(
        RenderedObject(
          identity: identity, manifest: YAMLEmitter.emit(root), place: source.place,
          api: ObjectAPI(source.root, at: source.place), root: root,
          isPlaintextSecret: Self.isPlaintextSecret(source)))
    }
    return result.sorted { $0.identity < $1.identity }
  }

  /// The namespace to write, empty for none, nil when the object is refused.
  private func namespace(
    of source: Source, _ options: RenderOptions, _ scopes: ScopeCatalog, _ findings: inout Findings
  ) -> String? {
    switch scopes.scope(group: source.group, kind: source.kind) {
    case .cluster:
      if let forced = options.namespace {
        findings.error(
          "cluster-scoped-object",
          "\(source.kind) '\(source.name)' belongs to no namespace, but 'namespace: \(forced)' "
            + "forces all objects of the bundle into one",
          at: source.place,
          hints: ["use 'defaultNamespace: \(forced)' in fleet.yaml instead of 'namespace:'"])
        return nil
      }
      return ""
    case .namespaced:
      return options.namespace ?? source.namespace ?? options.defaultNamespace
    case nil:
      return options.namespace.map { source.namespace == nil ? "" : $0 } ?? source.namespace ?? ""
    }
  }

  private func shaped(_ root: YAMLNode, _ namespace: String, _ bundle: String) -> YAMLNode {
    var metadata = root["metadata"] ?? .mapping([])
    if namespace.isEmpty {
      metadata.remove("namespace")
    } else {
      metadata.set("namespace", to: .string(namespace))
    }
    var labels = metadata["labels"] ?? .mapping([])
    if labels.pairs == nil { labels = .mapping([]) }
    labels.set(SliceLayout.ownerLabel, to: .string(bundle))
    metadata.set("labels", to: labels)
    var result = root
    result.set("metadata", to: metadata)
    return result
  }

  private static func isPlaintextSecret(_ source: Source) -> Bool {
    guard source.kind == "Secret", source.group.isEmpty else { return false }
    // A SOPS file is still a Secret, but its values are ciphertext.
    if source.root["sops"]?["mac"] != nil { return false }
    return ["data", "stringData"].contains { key in
      source.root[key]?.pairs.map { !$0.isEmpty } ?? false
    }
  }
}
