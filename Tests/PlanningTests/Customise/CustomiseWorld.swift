// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import FleetTestSupport
import GitObjects
import Planning
import Rendering
import Targeting

/// Two shops that differ in everything that a bundle can ask a cluster for, and bundles of a test's own.
final class CustomiseWorld {
  private let store = InMemoryObjects()

  /// The fleet without bundles.
  static let fleet: [String: String] = [
    "clusters/store-0001.yaml": """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: Cluster
    metadata:
      name: store-0001
      labels: {env: store, region: eu, size: big}
      annotations: {manager: "Ms Köln"}
    spec:
      kubernetesVersion: v1.29.4
      templateValues: {tills: 3, host: s1.example.com, zones: [a, b]}

    """,
    "clusters/store-0002.yaml": """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: Cluster
    metadata:
      name: store-0002
      labels: {env: store, region: us, size: small}
      annotations: {manager: "Mr York"}
    spec:
      kubernetesVersion: v1.31.0
      templateValues: {tills: 1, host: s2.example.com, zones: [c]}

    """,
    "groups/stores.yaml": SampleFleet.group("stores", label: "env", value: "store"),
    "groups/america.yaml": SampleFleet.group("america", label: "region", value: "us"),
    "gitrepos/shop.yaml": """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: GitRepo
    metadata:
      name: shop
    spec:
      paths:
        - apps/*
      targets:
        - clusterGroup: stores

    """,
  ]

  /// Compiles the fleet with these files; archives are files of any bytes.
  func compile(
    _ files: [String: String], archives: [String: [UInt8]] = [:], engine: RenderEngine? = nil
  ) throws -> Compilation {
    let all = Self.fleet.merging(files) { $1 }.mapValues { Array($0.utf8) }
      .merging(archives) { $1 }
      .filter { !$0.value.isEmpty }
    let root = try MemoryTree(
      all.sorted { $0.key < $1.key }.map { (path: $0.key, bytes: $0.value) }, in: store
    ).root
    return try Compiler(
      reader: store, writer: store, branch: "main",
      engine: engine ?? RenderEngine(cacheFolder: nil)
    ).compile(root)
  }

  /// What is found, and the whole slice of these clusters, file by file.
  func text(_ compilation: Compilation, _ clusters: [String]) throws -> String {
    var result = PlanningTests.text(compilation.findings.sorted)
    guard let slices = compilation.slices else { return result + "# no slices\n" }
    for cluster in clusters {
      result += "# \(cluster)\n"
      guard let slice = try PlanTree.slice(of: cluster, in: slices, reader: store) else {
        result += "not in the plan\n"
        continue
      }
      result += try text(of: slice, "")
    }
    return result
  }

  private func text(of tree: ObjectID, _ prefix: String) throws -> String {
    var text = ""
    for entry in try store.tree(tree) {
      let path = prefix + String(decoding: entry.name, as: UTF8.self)
      if entry.mode == .directory {
        text += try self.text(of: entry.id, path + "/")
      } else {
        let bytes = try store.blob(entry.id, limit: 1 << 20)
        text += "## \(path)\n" + String(decoding: bytes, as: UTF8.self)
        if bytes.last != 0x0a { text += "\n" }
      }
    }
    return text
  }
}

/// Small charts and manifests.
enum Sample {
  /// A chart with one config map that shows release, namespace and the values `colour` and `tills`.
  static func chart(_ folder: String, name: String = "till", version: String = "1.0.0") -> [String:
    String]
  {
    Dictionary(
      uniqueKeysWithValues: chartFiles(name: name, version: version).map {
        (folder + "/" + $0.path, $0.text)
      })
  }

  /// The files of the chart.
  static func chartFiles(
    name: String = "till", version: String = "1.0.0"
  ) -> [(path: String, text: String)] {
    [
      ("Chart.yaml", "apiVersion: v2\nname: \(name)\nversion: \(version)\n"),
      ("values.yaml", "colour: grey\ntills: 0\nextra: {}\n"),
      (
        "templates/config.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-\(name)
        data:
          chart: {{ .Chart.Name }}-{{ .Chart.Version }}
          release: {{ .Release.Name }} in {{ .Release.Namespace }}
          colour: {{ .Values.colour | quote }}
          tills: {{ .Values.tills | quote }}
          {{- range $key, $value := .Values.extra }}
          {{ $key }}: {{ $value | toJson | quote }}
          {{- end }}

        """
      ),
    ]
  }

  /// A config map without a namespace.
  static func config(_ name: String, _ data: String) -> String {
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \(name)\ndata:\n  says: \(data)\n"
  }

  /// A deployment with an init container and a container.
  static let deployment = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 1
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          initContainers:
            - name: wait
              image: busybox:1.36
          containers:
            - name: web
              image: ghcr.io/acme/web:1.0@sha256:0123456789012345678901234567890123456789012345678901234567890123
              ports: [{containerPort: 80}]
            - name: log
              image: registry.example.com/log:2

    """
}
