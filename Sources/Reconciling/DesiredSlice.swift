// SPDX-License-Identifier: Apache-2.0

package import GitObjects
package import SliceFormat

/// One bundle deployment of a slice.
package struct DesiredBundle: Sendable, Hashable {
  /// The bundle's name.
  package let name: String
  /// The tree that holds it.
  package let tree: ObjectID
  /// What the site is told besides the manifests.
  package let descriptor: BundleDescriptor
  /// Its objects, by key; none while `chart` waits to be rendered.
  package private(set) var objects: [DesiredObject]
  /// Its hooks, in the order of running.
  package private(set) var hooks: [DesiredHook]
  /// What the site renders; nil when there is nothing to render, or not any more.
  package private(set) var chart: SiteChart?
  /// Why nothing about the bundle may be changed: it keeps what it has; nil when it is applied.
  package var objection: String?

  /// Makes a bundle.
  package init(
    name: String, tree: ObjectID, descriptor: BundleDescriptor, objects: [DesiredObject],
    hooks: [DesiredHook] = [], chart: SiteChart? = nil
  ) {
    self.name = name
    self.tree = tree
    self.descriptor = descriptor
    self.objects = objects.sorted { $0.reference < $1.reference }
    self.hooks = hooks.sorted { $0.precedes($1) }
    self.chart = chart
  }

  /// Whether its objects outlive it (Fleet's `keepResources`).
  package var keepsResources: Bool { descriptor.keepResources }
  /// Whether definitions of custom resources go with it (Fleet's `deleteCRDResources`).
  package var deletesDefinitions: Bool { descriptor.deletesDefinitions }
  /// The namespace of objects that name none.
  package var namespace: String {
    descriptor.namespace.isEmpty ? "default" : descriptor.namespace
  }
  /// What is said about that namespace.
  package var namespaceSettings: NamespaceSettings {
    NamespaceSettings(
      namespace: namespace, labels: descriptor.namespaceLabels,
      annotations: descriptor.namespaceAnnotations)
  }

  /// The bundle with objects in the place of what only a cluster can do: hooks to run, wishes for its
  /// namespace.
  package func asManifests(_ objects: [DesiredObject]) -> DesiredBundle {
    var descriptor = self.descriptor
    descriptor.namespaceLabels = [:]
    descriptor.namespaceAnnotations = [:]
    descriptor.deletesNamespace = false
    var bundle = DesiredBundle(
      name: name, tree: tree, descriptor: descriptor, objects: objects, chart: chart)
    bundle.objection = objection
    return bundle
  }

  /// The bundle with those objects of a bad version that must not go back with it, as that has them
  /// (`rollbackExempt`). What a chart gives that the site renders is not known here, and goes back.
  package func sparing(_ bad: DesiredBundle) -> DesiredBundle {
    let patterns = bad.descriptor.watch?.exempt ?? []
    if patterns.isEmpty { return self }
    func isExempt(_ object: DesiredObject) -> Bool {
      let reference = object.reference
      // As the manifest says it, which is what the hub compares too.
      let identity =
        reference.isNamespaceAssumed ? reference.identity.inNamespace("") : reference.identity
      return patterns.contains { $0.matches(identity) }
    }
    var bundle = self
    bundle.objects =
      (objects.filter { !isExempt($0) } + bad.objects.filter(isExempt))
      .sorted { $0.reference < $1.reference }
    return bundle
  }

  /// The bundle with what the site rendered.
  package func rendered(objects: [DesiredObject], hooks: [DesiredHook]) -> DesiredBundle {
    var bundle = self
    // Plain manifests beside the chart came with the slice.
    bundle.objects = (self.objects + objects).sorted { $0.reference < $1.reference }
    bundle.hooks = hooks.sorted { $0.precedes($1) }
    bundle.chart = nil
    return bundle
  }
}

/// What a site renders by itself: the files and values of a bundle deployment.
package struct SiteChart: Sendable, Hashable {
  /// A file below `chart/`.
  package struct File: Sendable, Hashable {
    /// The path below `chart/`.
    package let path: String
    /// The blob.
    package let id: ObjectID
    /// The content.
    package let bytes: [UInt8]

    /// Makes a file.
    package init(path: String, id: ObjectID, bytes: [UInt8]) {
      self.path = path
      self.id = id
      self.bytes = bytes
    }
  }

  /// How.
  package let rendering: SiteRendering
  /// The values that the hub knows, YAML.
  package let values: [UInt8]
  /// The files, by path.
  package let files: [File]

  /// Makes a chart.
  package init(rendering: SiteRendering, values: [UInt8], files: [File]) {
    self.rendering = rendering
    self.values = values
    self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }
}

/// Labels and annotations that bundles want on a namespace.
package struct NamespaceSettings: Sendable, Hashable {
  /// The namespace.
  package var namespace: String
  /// Its labels.
  package var labels: [String: String]
  /// Its annotations.
  package var annotations: [String: String]

  /// Makes settings.
  package init(
    namespace: String, labels: [String: String] = [:], annotations: [String: String] = [:]
  ) {
    self.namespace = namespace
    self.labels = labels
    self.annotations = annotations
  }

  /// Whether nothing is wanted.
  package var isEmpty: Bool { labels.isEmpty && annotations.isEmpty }
}

/// Everything that a cluster is told to run.
package struct DesiredSlice: Sendable, Hashable {
  /// The bundles, by name.
  package private(set) var bundles: [DesiredBundle]
  /// The trees that are not applied although they are told, by bundle; recorded with the rest. nil of somebody who
  /// does not know of any: what is recorded stays.
  package var refused: [String: RefusedTree]?
  /// Which bundles are to be tried again, with whatever was refused of them before.
  package var retries = RetryMarks()
  /// What the hub had taken away until this slice; recorded too.
  package var mark: RemovalMark?

  /// Makes a slice.
  package init(_ bundles: [DesiredBundle]) {
    self.bundles = bundles.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// The bundle of a name; nil when there is none.
  package subscript(_ name: String) -> DesiredBundle? { bundles.first { $0.name == name } }

  /// Puts a bundle in the place of the one with its name.
  package mutating func replace(_ bundle: DesiredBundle) {
    guard let index = bundles.firstIndex(where: { $0.name == bundle.name }) else { return }
    bundles[index] = bundle
  }
}
