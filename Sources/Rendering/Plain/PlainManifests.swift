// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import SliceFormat
import YAMLTree

/// The manifests of a bundle of plain YAML, read once and then rendered per distinct options.
package struct PlainManifests: Sendable {
  /// An object as it is written, before namespace and labels.
  struct Source: Sendable {
    var root: YAMLNode
    var group: String
    var kind: String
    var place: ManifestPlace
    var name: String
    var namespace: String?
  }

  let sources: [Source]

  /// A kind that a CustomResourceDefinition among the manifests defines.
  package struct Definition: Sendable, Hashable {
    /// The group.
    package let group: String
    /// The kind.
    package let kind: String
    /// Where its objects live.
    package let scope: ScopeCatalog.Scope
  }

  /// The kinds that the bundle's own CustomResourceDefinitions define.
  package private(set) var definitions: [Definition] = []

  /// No manifests.
  package static let none = PlainManifests([])

  /// These manifests and others.
  package func adding(_ other: PlainManifests) -> PlainManifests {
    other.sources.isEmpty ? self : PlainManifests(sources + other.sources)
  }

  /// Reads the files of a bundle; what is wrong in them goes to `findings`.
  ///
  /// Files end in `.yaml`, `.yml` or `.json`; a `List` stands for its items. Every object needs
  /// `apiVersion`, `kind` and `metadata.name`, where Fleet silently drops one without a kind.
  package init(files: [BundleFile], findings: inout Findings) {
    var reader = ManifestReader()
    for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      reader.add(file, findings: &findings)
    }
    self.init(reader.sources)
  }

  init(_ sources: [Source]) {
    self.sources = sources
    for source in sources
    where source.kind == "CustomResourceDefinition" && source.group == "apiextensions.k8s.io" {
      let spec = source.root["spec"]
      if let group = spec?["group"]?.string, let kind = spec?["names"]?["kind"]?.string {
        let isCluster = spec?["scope"]?.string == "Cluster"
        definitions.append(
          Definition(group: group, kind: kind, scope: isCluster ? .cluster : .namespaced))
      }
    }
  }
}
