// SPDX-License-Identifier: Apache-2.0

import CheckFormat
package import Diagnostics
import JSONTree
package import YAMLTree

/// Everything that a push would deploy, for check programs: the request, and where its parts are
/// written.
package struct CheckInput: Sendable {
  /// An object and where it is written.
  package struct Object: Sendable {
    /// The manifest; values that are written in a file know where.
    package let root: YAMLNode
    /// Where the object comes from, for what is written in no file.
    package let place: SourceSpan?
    /// The file that it comes from.
    package let path: String

    /// Makes an object.
    package init(root: YAMLNode, place: SourceSpan?, path: String) {
      self.root = root
      self.place = place
      self.path = path
    }
  }

  /// A bundle as it is rendered for some clusters.
  package struct Bundle: Sendable {
    /// The name.
    package var name: String
    /// The workspace.
    package var workspace: String
    /// The GitRepo that brings it.
    package var gitRepo: String
    /// The directory from the root of the repository.
    package var path: String
    /// The names of the clusters that get it, sorted; the first few are told.
    package var clusters: [String]
    /// The versions of Kubernetes that they declare, as written.
    package var kubernetesVersions: [String]
    /// The objects.
    package var objects: [Object]

    /// Makes a bundle.
    package init(
      name: String, workspace: String, gitRepo: String, path: String, clusters: [String],
      kubernetesVersions: [String], objects: [Object]
    ) {
      self.name = name
      self.workspace = workspace
      self.gitRepo = gitRepo
      self.path = path
      self.clusters = clusters
      self.kubernetesVersions = kubernetesVersions
      self.objects = objects
    }
  }

  /// How many names of clusters a request tells.
  private static let sampleSize = 10

  /// The bundles.
  package let bundles: [Bundle]
  /// The request in canonical bytes: equal inputs are equal bytes.
  package let bytes: [UInt8]
  private let index: [String: [Int: [Int]]]

  /// Makes the input of all check programs of a push.
  ///
  /// - Parameters:
  ///   - bundles: each way in which each bundle is rendered, in a stable order.
  ///   - definitions: all CustomResourceDefinitions of the fleet, in a stable order.
  package init(bundles: [Bundle], definitions: [YAMLNode]) {
    self.bundles = bundles
    var index: [String: [Int: [Int]]] = [:]
    var requests: [CheckRequest.Bundle] = []
    for (bundleIndex, bundle) in bundles.enumerated() {
      var objects: [CheckRequest.Object] = []
      for (objectIndex, object) in bundle.objects.enumerated() {
        let request = object.request
        index[Self.key(request.kind, request.name), default: [:]][bundleIndex, default: []]
          .append(objectIndex)
        objects.append(request)
      }
      var versions: [String] = []
      for version in bundle.kubernetesVersions where !versions.contains(version) {
        versions.append(version)
      }
      requests.append(
        CheckRequest.Bundle(
          name: bundle.name, workspace: bundle.workspace, gitRepo: bundle.gitRepo,
          path: bundle.path, clusterCount: bundle.clusters.count,
          clusterSample: Array(bundle.clusters.prefix(Self.sampleSize)),
          kubernetesVersions: versions, objects: objects))
    }
    self.index = index
    bytes = CheckRequest(bundles: requests, definitions: definitions.map(\.json)).bytes
  }

  private static func key(_ kind: String, _ name: String) -> String { "\(kind) \(name)" }

  /// The object that a finding is about, in the first bundle that has it.
  func object(of finding: CheckAnswer.Finding) -> Object? {
    guard let name = finding.object, let places = index[Self.key(name.kind, name.name)] else {
      return nil
    }
    for bundleIndex in places.keys.sorted() {
      let bundle = bundles[bundleIndex]
      guard finding.bundle.isEmpty || bundle.name == finding.bundle,
        finding.workspace.isEmpty || bundle.workspace == finding.workspace
      else { continue }
      for objectIndex in places[bundleIndex] ?? [] {
        let object = bundle.objects[objectIndex]
        let request = object.request
        if name.apiVersion.isEmpty || name.apiVersion == request.apiVersion,
          name.namespace == request.namespace
        {
          return object
        }
      }
    }
    return nil
  }
}

extension CheckInput.Object {
  /// The object as it is told to programs.
  fileprivate var request: CheckRequest.Object {
    let metadata = root["metadata"]
    return CheckRequest.Object(
      apiVersion: root["apiVersion"]?.string ?? "", kind: root["kind"]?.string ?? "",
      namespace: metadata?["namespace"]?.string ?? "", name: metadata?["name"]?.string ?? "",
      path: path, line: place?.start.line, manifest: root.json)
  }

  /// Where a JSON pointer leads to: the value, or the nearest one above it that is written in a file.
  ///
  /// What a program has made stands in no file, whatever lines its values have in the program's output.
  func span(at pointer: String) -> SourceSpan? {
    guard var best = place else { return nil }
    var node = root
    for step in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      if let items = node.items {
        guard let position = Int(step), items.indices.contains(position) else { return best }
        node = items[position]
        if !node.span.path.isEmpty { best = node.span }
        continue
      }
      let name = Self.unescaped(step)
      guard let pair = node.pairs?.first(where: { $0.key.scalar?.text == name }) else {
        return best
      }
      node = pair.value
      if !node.span.path.isEmpty {
        best = node.scalar == nil && !pair.key.span.path.isEmpty ? pair.key.span : node.span
      }
    }
    return best
  }

  /// A step of a pointer: `~1` is `/` and `~0` is `~` (RFC 6901).
  private static func unescaped(_ step: Substring) -> String {
    var result = ""
    var isEscape = false
    for scalar in step.unicodeScalars {
      if isEscape {
        result.unicodeScalars.append(scalar == "1" ? "/" : scalar == "0" ? "~" : scalar)
        isEscape = false
      } else if scalar == "~" {
        isEscape = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
