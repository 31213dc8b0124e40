// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import YAMLTree

/// An object that is applied at one moment of an installation instead of being kept.
package struct HelmHook: Sendable {
  /// The moment.
  package enum Phase: String, Sendable, Hashable, CaseIterable {
    /// Before the objects: `pre-install`, `pre-upgrade`.
    case pre
    /// After them: `post-install`, `post-upgrade`.
    case post
  }

  /// When it is applied.
  package let phase: Phase
  /// Smaller ones come first.
  package let weight: Int
  /// `before-hook-creation`, `hook-succeeded`, `hook-failed`: when the object is deleted again.
  package let deletePolicies: [String]
  /// The object.
  package let manifests: PlainManifests
}

/// What helm has made of a chart, sorted by what becomes of it.
package struct HelmOutput: Sendable {
  /// What is applied and kept: all objects without a hook, and what stands in `crds/`.
  package let objects: PlainManifests
  /// The hooks of an installation in the order in which helm runs them: by phase, weight, kind, name.
  package let hooks: [HelmHook]
  /// The texts of `objects`, by the template that they were made of: what a kustomization is laid over.
  package let objectFiles: [BundleFile]

  /// Reads the output of `HelmRequest.job`; what is wrong in it goes to `findings`.
  ///
  /// Left out are tests, and hooks for deletion and rollback, which one warning names: nothing here
  /// deletes or rolls back by helm. Helm itself leaves out objects of which it does not know the hook, as
  /// helm 2's `crd-install`.
  package init(_ output: [UInt8], chart: ChartFolder, findings: inout Findings) {
    var objects = ManifestReader()
    var objectFiles: [BundleFile] = []
    var found: [Found] = []
    for piece in HelmPieces.split(output) {
      let path = chart.path(ofHelm: piece.source).map { chart.shown($0) } ?? piece.source
      let file = BundleFile(path: path, bytes: Array(piece.text), madeBy: .helm)
      let roots = ManifestReader.documents(of: file, findings: &findings)
      var kept: [YAMLNode] = []
      for root in roots {
        if let hook = Found(root, file: file) { found.append(hook) } else { kept.append(root) }
      }
      for root in kept { objects.add(root, of: file, findings: &findings) }
      if kept.count == roots.count {
        if !kept.isEmpty { objectFiles.append(file) }
      } else if !kept.isEmpty {
        objectFiles.append(
          BundleFile(path: path, bytes: YAMLEmitter.emit(documents: kept), madeBy: .helm))
      }
    }
    self.objects = PlainManifests(objects.sources)
    self.objectFiles = objectFiles
    hooks = Self.hooks(found, findings: &findings)
    Self.warn(of: found, findings: &findings)
  }

  /// A document with the annotation of a hook.
  private struct Found {
    let root: YAMLNode
    let file: BundleFile
    let events: [String]

    init?(_ root: YAMLNode, file: BundleFile) {
      guard let text = Self.annotation("helm.sh/hook", of: root) else { return nil }
      self.root = root
      self.file = file
      events = Self.words(text)
    }

    static func annotation(_ name: String, of root: YAMLNode) -> String? {
      root["metadata"]?["annotations"]?[name]?.scalar?.text
    }

    static func words(_ text: String) -> [String] {
      text.split(separator: ",").map { word in
        String(word.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
          .lowercased()
      }
    }

    var phases: [HelmHook.Phase] {
      HelmHook.Phase.allCases.filter { phase in
        events.contains("\(phase.rawValue)-install") || events.contains("\(phase.rawValue)-upgrade")
      }
    }

    var kind: String { root["kind"]?.string ?? "" }
    var name: String { root["metadata"]?["name"]?.string ?? "" }
    /// Helm, too, reads what is no number as 0.
    var weight: Int { Self.annotation("helm.sh/hook-weight", of: root).flatMap { Int($0) } ?? 0 }
    var deletePolicies: [String] {
      Self.annotation("helm.sh/hook-delete-policy", of: root).map { Self.words($0) } ?? []
    }
  }

  private static func hooks(_ found: [Found], findings: inout Findings) -> [HelmHook] {
    // Helm prints hooks in its order of kinds.
    var ranks: [String: Int] = [:]
    for hook in found where ranks[hook.kind] == nil { ranks[hook.kind] = ranks.count }
    let sorted = found.sorted { left, right in
      if left.weight != right.weight { return left.weight < right.weight }
      let (leftRank, rightRank) = (ranks[left.kind] ?? 0, ranks[right.kind] ?? 0)
      if leftRank != rightRank { return leftRank < rightRank }
      return left.name.precedesInBytes(right.name)
    }
    var read: [PlainManifests] = []
    for hook in sorted {
      var reader = ManifestReader()
      if !hook.phases.isEmpty { reader.add(hook.root, of: hook.file, findings: &findings) }
      read.append(PlainManifests(reader.sources))
    }
    return HelmHook.Phase.allCases.flatMap { phase in
      zip(sorted, read).compactMap { hook, manifests in
        guard hook.phases.contains(phase), !manifests.sources.isEmpty else { return nil }
        return HelmHook(
          phase: phase, weight: hook.weight, deletePolicies: hook.deletePolicies,
          manifests: manifests)
      }
    }
  }

  private static func warn(of found: [Found], findings: inout Findings) {
    let leftOut = found.filter { hook in
      hook.events.contains { $0.hasSuffix("-delete") || $0.hasSuffix("-rollback") }
    }
    guard let first = leftOut.first else { return }
    let names = leftOut.map { hook in
      let events = hook.events.filter { $0.hasSuffix("-delete") || $0.hasSuffix("-rollback") }
      return "\(hook.kind) \(Wording.quoted(hook.name)) (\(events.joined(separator: ", ")))"
    }
    findings.add(
      Finding(
        .warning, "helm-hooks",
        "hooks for deletion and rollback do not run: \(Wording.list(names))", path: first.file.path)
    )
  }
}
