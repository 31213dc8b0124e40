// SPDX-License-Identifier: Apache-2.0

package import JSONTree

/// What a check program reads on its standard input: everything that a push would deploy.
package struct CheckRequest: Sendable {
  /// The format that this version writes and reads.
  package static let format: Int64 = 1

  /// A bundle as it is rendered for some clusters; a bundle that is rendered in several ways is there
  /// several times.
  package struct Bundle: Sendable {
    /// The name.
    package var name: String
    /// The workspace.
    package var workspace: String
    /// The GitRepo that brings it.
    package var gitRepo: String
    /// The directory from the root of the repository.
    package var path: String
    /// How many clusters get it.
    package var clusterCount: Int
    /// Some of them.
    package var clusterSample: [String]
    /// The versions of Kubernetes that they declare, as written, none twice.
    package var kubernetesVersions: [String]
    /// The objects.
    package var objects: [Object]

    /// Makes a bundle.
    package init(
      name: String, workspace: String = "", gitRepo: String = "", path: String = "",
      clusterCount: Int = 0, clusterSample: [String] = [], kubernetesVersions: [String] = [],
      objects: [Object] = []
    ) {
      self.name = name
      self.workspace = workspace
      self.gitRepo = gitRepo
      self.path = path
      self.clusterCount = clusterCount
      self.clusterSample = clusterSample
      self.kubernetesVersions = kubernetesVersions
      self.objects = objects
    }
  }

  /// An object.
  package struct Object: Sendable, Hashable {
    /// Group and version.
    package var apiVersion: String
    /// The kind.
    package var kind: String
    /// The namespace; empty for none.
    package var namespace: String
    /// The name.
    package var name: String
    /// The file that it comes from.
    package var path: String
    /// The line in that file, when it is known.
    package var line: Int?
    /// The object itself.
    package var manifest: JSONValue

    /// Makes an object.
    package init(
      apiVersion: String, kind: String, namespace: String, name: String, path: String, line: Int?,
      manifest: JSONValue
    ) {
      self.apiVersion = apiVersion
      self.kind = kind
      self.namespace = namespace
      self.name = name
      self.path = path
      self.line = line
      self.manifest = manifest
    }
  }

  /// The bundles.
  package var bundles: [Bundle]
  /// All CustomResourceDefinitions of the fleet.
  package var definitions: [JSONValue]

  /// Makes a request.
  package init(bundles: [Bundle], definitions: [JSONValue]) {
    self.bundles = bundles
    self.definitions = definitions
  }
}

extension CheckRequest {
  /// The request as it is sent; equal requests are equal bytes.
  package var bytes: [UInt8] {
    JSONWriter.compact(
      .object([
        "format": .integer(Self.format),
        "bundles": .array(bundles.map(\.json)),
        "customResourceDefinitions": .array(definitions),
      ]))
  }

  /// Why a request cannot be read.
  package enum Refusal: Error, Sendable, Hashable {
    /// It is no JSON, or a member has the wrong type: the member's name.
    case malformed(String)
    /// Its format number is not known here.
    case format(Int64)
  }

  /// Reads a request; members that are not known are another version's and left alone.
  package init(_ json: JSONValue) throws(Refusal) {
    guard let format = json["format"]?.integer else { throw .malformed("format") }
    guard format == Self.format else { throw .format(format) }
    guard let items = json["bundles"]?.items else { throw .malformed("bundles") }
    var bundles: [Bundle] = []
    for item in items { bundles.append(try Bundle(item)) }
    self.init(bundles: bundles, definitions: json["customResourceDefinitions"]?.items ?? [])
  }
}

extension CheckRequest.Bundle {
  fileprivate var json: JSONValue {
    .object([
      "name": .string(name),
      "workspace": .string(workspace),
      "gitRepo": .string(gitRepo),
      "path": .string(path),
      "clusters": .object([
        "count": .integer(Int64(clusterCount)),
        "sample": .array(clusterSample.map { .string($0) }),
      ]),
      "kubernetesVersions": .array(kubernetesVersions.map { .string($0) }),
      "objects": .array(objects.map(\.json)),
    ])
  }

  fileprivate init(_ json: JSONValue) throws(CheckRequest.Refusal) {
    guard let name = json["name"]?.string else { throw .malformed("bundles[].name") }
    guard let items = json["objects"]?.items else { throw .malformed("bundles[].objects") }
    var objects: [CheckRequest.Object] = []
    for item in items { objects.append(try CheckRequest.Object(item)) }
    self.init(
      name: name, workspace: json["workspace"]?.string ?? "",
      gitRepo: json["gitRepo"]?.string ?? "", path: json["path"]?.string ?? "",
      clusterCount: Int(clamping: json["clusters"]?["count"]?.integer ?? 0),
      clusterSample: (json["clusters"]?["sample"]?.items ?? []).compactMap(\.string),
      kubernetesVersions: (json["kubernetesVersions"]?.items ?? []).compactMap(\.string),
      objects: objects)
  }
}

extension CheckRequest.Object {
  fileprivate var json: JSONValue {
    var members = [
      JSONMember("apiVersion", .string(apiVersion)), JSONMember("kind", .string(kind)),
      JSONMember("namespace", .string(namespace)), JSONMember("name", .string(name)),
      JSONMember("path", .string(path)),
    ]
    if let line { members.append(JSONMember("line", .integer(Int64(line)))) }
    members.append(JSONMember("manifest", manifest))
    return .object(members)
  }

  fileprivate init(_ json: JSONValue) throws(CheckRequest.Refusal) {
    guard let apiVersion = json["apiVersion"]?.string, let kind = json["kind"]?.string,
      let name = json["name"]?.string, let manifest = json["manifest"], manifest.members != nil
    else { throw .malformed("bundles[].objects[]") }
    self.init(
      apiVersion: apiVersion, kind: kind, namespace: json["namespace"]?.string ?? "", name: name,
      path: json["path"]?.string ?? "", line: json["line"]?.integer.map { Int(clamping: $0) },
      manifest: manifest)
  }
}
