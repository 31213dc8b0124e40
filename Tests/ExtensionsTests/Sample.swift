// SPDX-License-Identifier: Apache-2.0

import CheckFormat
import Diagnostics
import Extensions
import JSONTree
import Posix
import Testing
import YAMLTree

/// Values that several tests need.
enum Sample {
  /// The documents of a text.
  static func documents(_ text: String, path: String = "apps/pos/web.yaml") -> [YAMLNode] {
    var findings = Findings()
    let documents = YAMLParser.parse(Array(text.utf8), path: path, findings: &findings)
    #expect(findings.all.isEmpty, "\(findings.all)")
    return documents.map(\.root)
  }

  /// A JSON value.
  static func json(_ text: String) throws -> JSONValue {
    try #require(JSONParser.parse(Array(text.utf8)), "\(text)")
  }

  /// The JSON that Kubernetes makes of a manifest.
  static func json(yaml text: String) throws -> JSONValue {
    try #require(documents(text).first).json
  }

  /// One bundle with the objects of a file, for two clusters.
  static func input(_ text: String, definitions: String = "") -> CheckInput {
    let objects = documents(text).map { root in
      CheckInput.Object(root: root, place: root["kind"]?.span, path: root.span.path)
    }
    return CheckInput(
      bundles: [
        CheckInput.Bundle(
          name: "pos", workspace: "fleet-default", gitRepo: "shops", path: "apps/pos",
          clusters: ["store-1", "store-2"], kubernetesVersions: ["v1.29.4", "v1.29.4"],
          objects: objects)
      ], definitions: documents(definitions, path: "crd.yaml"))
  }

  static let deployment = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      namespace: shop
      labels:
        a/b: c
    spec:
      replicas: many
      template:
        spec:
          containers:
          - name: web
            image: nginx
    """

  /// Findings as people read them, without the source line and not wrapped.
  static func lines(_ findings: [Finding]) -> [String] {
    findings.flatMap { finding in
      func place(_ span: SourceSpan?, _ path: String? = nil) -> String {
        span.map { "\($0.path):\($0.start.line):\($0.start.column): " } ?? path.map { "\($0): " }
          ?? ""
      }
      return [
        "\(finding.severity.rawValue): \(place(finding.span, finding.path))\(finding.message)"
      ]
        + finding.notes.map { "note: \(place($0.span))\($0.message)" }
        + finding.hints.map { "hint: \($0)" }
    }
  }
}
