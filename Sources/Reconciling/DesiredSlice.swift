// SPDX-License-Identifier: Apache-2.0

package import GitObjects
package import SliceFormat

/// One object that a bundle wants on the cluster.
package struct DesiredObject: Sendable, Hashable {
  /// The bundle that it comes from.
  package let bundle: String
  /// What it is and where it ends up.
  package let reference: ObjectReference
  /// The file's name in the slice: `KIND.GROUP~NAMESPACE~NAME.yaml`.
  package var fileName: String { reference.fileName }
  /// The manifest.
  package let manifest: [UInt8]

  /// What it is and where it ends up, without how the namespace came to be known.
  package var identity: ObjectIdentity { reference.identity }

  /// Makes an object from a file of a slice; nil when the file's name is none of the form.
  package init?(bundle: String, bundleNamespace: String, fileName: String, manifest: [UInt8]) {
    guard let identity = ObjectIdentity(fileName: fileName.utf8) else { return nil }
    self.bundle = bundle
    self.reference = ObjectReference(identity: identity, bundleNamespace: bundleNamespace)
    self.manifest = manifest
  }
}

/// One bundle deployment of a slice.
package struct DesiredBundle: Sendable, Hashable {
  /// The bundle's name.
  package let name: String
  /// The tree that holds it.
  package let tree: ObjectID
  /// Whether its objects outlive it (Fleet's `keepResources`).
  package let keepsResources: Bool
  /// Whether definitions of custom resources go with it (Fleet's `deleteCRDResources`).
  package let deletesDefinitions: Bool
  /// Its objects, by key.
  package let objects: [DesiredObject]

  /// Makes a bundle.
  package init(
    name: String, tree: ObjectID, descriptor: BundleDescriptor, objects: [DesiredObject]
  ) {
    self.name = name
    self.tree = tree
    keepsResources = descriptor.keepResources
    deletesDefinitions = descriptor.deletesDefinitions
    self.objects = objects.sorted { $0.reference < $1.reference }
  }
}

/// Everything that a cluster is told to run.
package struct DesiredSlice: Sendable, Hashable {
  /// The bundles, by name.
  package let bundles: [DesiredBundle]

  /// Makes a slice.
  package init(_ bundles: [DesiredBundle]) {
    self.bundles = bundles.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}
