// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// How a site renders a bundle whose values stand in its cluster: `render` in `bundle.json`.
///
/// The files are in the bundle deployment's `chart/`, the values that the hub knows in `values.yaml`.
package struct SiteRendering: Sendable, Hashable {
  /// An object of the cluster that holds values.
  package struct Source: Sendable, Hashable {
    /// The kind of such an object.
    package enum Kind: String, Sendable, Hashable {
      case configMap = "ConfigMap"
      case secret = "Secret"
    }

    /// The kind.
    package var kind: Kind
    /// The name.
    package var name: String
    /// The namespace; empty for the release's.
    package var namespace: String
    /// The key that holds the values; empty for `values.yaml`.
    package var key: String

    /// Makes a source.
    package init(kind: Kind, name: String, namespace: String = "", key: String = "") {
      self.kind = kind
      self.name = name
      self.namespace = namespace
      self.key = key
    }
  }

  /// A registry, or the beginning of image names, and what stands there instead.
  package struct Mirror: Sendable, Hashable {
    /// What is replaced.
    package var from: String
    /// What stands there instead.
    package var to: String

    /// Makes a mirror.
    package init(from: String, to: String) {
      self.from = from
      self.to = to
    }
  }

  /// The only renderer of this format.
  package static let helm = "helm"

  /// The release's name.
  package var release: String
  /// The release's namespace, for objects that name none too.
  package var namespace: String
  /// Whether all objects are put into that namespace (Fleet: `namespace`).
  package var forcesNamespace = false
  /// The folder of the chart in `chart/`; empty for `chart/` itself.
  package var chartFolder = ""
  /// The Kubernetes version that templates see; nil for helm's own.
  package var kubeVersion: String?
  /// The API versions that templates see besides helm's own.
  package var apiVersions: [String] = []
  /// Whether values are not checked against the chart's schema.
  package var skipsSchemaValidation = false
  /// Whether functions of clock and chance give fixed results (`helm.pin`); else a call is refused.
  package var pins = false
  /// Whether the chart may not ask the name service (Fleet: `disableDNS`).
  package var disablesDNS = false
  /// Whether the chart's `crds/` are rendered.
  package var includesDefinitions = true
  /// The values of the cluster, in the order of merging: a later one wins.
  package var sources: [Source] = []
  /// The folder of a kustomization in `chart/` that gets the chart's output; nil when there is none.
  package var kustomizeFolder: String?
  /// Where images come from; the first that fits counts.
  package var mirrors: [Mirror] = []

  /// Makes a rendering.
  package init(release: String, namespace: String) {
    self.release = release
    self.namespace = namespace
  }

  /// The member of `bundle.json`; what says nothing is left out.
  var json: JSONValue {
    var members: [JSONMember] = [
      JSONMember("renderer", .string(Self.helm)),
      JSONMember("release", .string(release)),
      JSONMember("namespace", .string(namespace)),
    ]
    func add(_ name: String, _ isSaid: Bool, _ value: @autoclosure () -> JSONValue) {
      if isSaid { members.append(JSONMember(name, value())) }
    }
    add("forceNamespace", forcesNamespace, .bool(true))
    add("chartFolder", !chartFolder.isEmpty, .string(chartFolder))
    if let kubeVersion { add("kubeVersion", true, .string(kubeVersion)) }
    add("apiVersions", !apiVersions.isEmpty, .array(apiVersions.map { .string($0) }))
    add("skipSchemaValidation", skipsSchemaValidation, .bool(true))
    add("pin", pins, .bool(true))
    add("disableDNS", disablesDNS, .bool(true))
    add("includeCRDs", includesDefinitions, .bool(true))
    add("valuesFrom", !sources.isEmpty, .array(sources.map(\.json)))
    if let kustomizeFolder { add("kustomizeFolder", true, .string(kustomizeFolder)) }
    add(
      "mirrors", !mirrors.isEmpty,
      .array(mirrors.map { .object(["from": .string($0.from), "to": .string($0.to)]) }))
    return .object(members)
  }

  init(_ members: DescriptorMembers) throws(BundleDescriptor.Refusal) {
    guard try members.text("renderer") == Self.helm else { throw .malformed("renderer") }
    self.init(release: try members.text("release"), namespace: try members.text("namespace"))
    forcesNamespace = try members.flag("forceNamespace")
    chartFolder = try Self.folder(members, "chartFolder")
    let version = try members.text("kubeVersion")
    kubeVersion = version.isEmpty ? nil : version
    apiVersions = try members.words("apiVersions")
    skipsSchemaValidation = try members.flag("skipSchemaValidation")
    pins = try members.flag("pin")
    disablesDNS = try members.flag("disableDNS")
    includesDefinitions = try members.flag("includeCRDs")
    for item in try members.list("valuesFrom") {
      sources.append(try Source(DescriptorMembers(item)))
    }
    if members.has("kustomizeFolder") {
      kustomizeFolder = try Self.folder(members, "kustomizeFolder")
    }
    for item in try members.list("mirrors") {
      let mirror = DescriptorMembers(item)
      mirrors.append(Mirror(from: try mirror.text("from"), to: try mirror.text("to")))
    }
  }

  /// A path below `chart/`; it must not lead out of it.
  private static func folder(
    _ members: DescriptorMembers, _ name: String
  ) throws(BundleDescriptor.Refusal) -> String {
    let path = try members.text(name)
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard path.isEmpty || parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
      throw .malformed(name)
    }
    return path
  }
}

extension SiteRendering.Source {
  /// The key that is read.
  package var effectiveKey: String { key.isEmpty ? "values.yaml" : key }

  /// The object that holds the values; `fallback` is the namespace where the source names none.
  package func identity(namespace fallback: String) -> ObjectIdentity {
    ObjectIdentity(
      group: "", kind: kind.rawValue, namespace: namespace.isEmpty ? fallback : namespace,
      name: name)
  }

  fileprivate var json: JSONValue {
    var members = [JSONMember("kind", .string(kind.rawValue)), JSONMember("name", .string(name))]
    if !namespace.isEmpty { members.append(JSONMember("namespace", .string(namespace))) }
    if !key.isEmpty { members.append(JSONMember("key", .string(key))) }
    return .object(members)
  }

  fileprivate init(_ members: DescriptorMembers) throws(BundleDescriptor.Refusal) {
    guard let kind = Kind(rawValue: try members.text("kind")) else {
      throw .malformed("valuesFrom")
    }
    let (name, namespace) = (try members.text("name"), try members.text("namespace"))
    // They become arguments of kubectl.
    guard !name.isEmpty, ObjectIdentity.isSafe(name: name), ObjectIdentity.isSafe(name: namespace)
    else { throw .malformed("valuesFrom") }
    self.init(kind: kind, name: name, namespace: namespace, key: try members.text("key"))
  }
}
