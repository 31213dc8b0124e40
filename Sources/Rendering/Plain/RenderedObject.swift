// SPDX-License-Identifier: Apache-2.0

package import SliceFormat
package import YAMLTree

/// A file of a bundle, as it stands in the repository, or what a program has made of one.
package struct BundleFile: Sendable, Hashable {
  /// The path from the root of the repository: for what was made the path of the template.
  package let path: String
  /// The content.
  package let bytes: [UInt8]
  /// The program that made it; nil for what stands so in the repository.
  package let madeBy: Renderer?

  /// Makes a file.
  package init(path: String, bytes: [UInt8], madeBy: Renderer? = nil) {
    self.path = path
    self.bytes = bytes
    self.madeBy = madeBy
  }
}

/// A manifest as it will be applied.
package struct RenderedObject: Sendable {
  /// Which object it is.
  package let identity: ObjectIdentity
  /// The manifest in canonical YAML.
  package let manifest: [UInt8]
  /// Where its source is written, or what it was made of.
  package let place: ManifestPlace
  /// The API that it wants.
  package let api: ObjectAPI?
  /// The object as it is applied.
  package let root: YAMLNode
  /// Whether it is a `Secret` whose content can be read by whoever reads the repository.
  package let isPlaintextSecret: Bool
}

/// What shapes the manifests of a bundle on some clusters; equal options give equal bytes.
package struct RenderOptions: Sendable, Hashable {
  /// The bundle's name, for the label that marks its objects.
  package var bundle: String
  /// The namespace that all objects are forced into (Fleet: `namespace`).
  package var namespace: String?
  /// The namespace of objects that name none (Fleet: `defaultNamespace`).
  package var defaultNamespace: String
  /// Where images come from instead.
  package var mirrors = ImageMirrors([])

  /// Makes options.
  package init(bundle: String, namespace: String?, defaultNamespace: String) {
    self.bundle = bundle
    self.namespace = namespace
    self.defaultNamespace = defaultNamespace
  }

  /// The namespace for objects whose scope only the site knows.
  package var effectiveNamespace: String { namespace ?? defaultNamespace }
}
