// SPDX-License-Identifier: Apache-2.0

/// Small fleets for tests, as paths and texts.
package enum SampleFleet {
  /// Three shops and a lab; the bundles `base` (a Namespace) and `pos` (Deployment, ConfigMap,
  /// PersistentVolumeClaim) go to the shops, `base` alone to the lab.
  package static let shops: [String: String] = [
    "clusters/store-0001.yaml": cluster("store-0001", labels: ["env": "store", "region": "eu"]),
    "clusters/store-0002.yaml": cluster("store-0002", labels: ["env": "store", "region": "eu"]),
    "clusters/store-0003.yaml": cluster("store-0003", labels: ["env": "store", "region": "us"]),
    "clusters/lab-1.yaml": cluster("lab-1", labels: ["env": "lab", "region": "eu"]),
    "groups/stores.yaml": group("stores", label: "env", value: "store"),
    "groups/labs.yaml": group("labs", label: "env", value: "lab"),
    "gitrepos/shop.yaml": """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: GitRepo
    metadata:
      name: shop
    spec:
      paths:
        - apps/*
      targets:
        - name: stores
          clusterGroup: stores
        - name: labs
          clusterGroup: labs

    """,
    "policy/budget.yaml": """
    apiVersion: fleet/v1
    kind: Budget
    metadata:
      name: default
    spec:
      deletions:
        PersistentVolumeClaim: 0
      clustersRemoved: 0

    """,
    "apps/base/fleet.yaml": "name: base\n",
    "apps/base/namespace.yaml": """
    apiVersion: v1
    kind: Namespace
    metadata:
      name: retail

    """,
    "apps/pos/fleet.yaml": """
    name: pos
    namespace: retail
    targetCustomizations:
      - name: not-in-labs
        clusterGroup: labs
        doNotDeploy: true

    """,
    "apps/pos/config.yaml": configMap("settings", ["currency": "EUR"]),
    "apps/pos/data.yaml": """
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: sales
    spec:
      accessModes:
        - ReadWriteOnce
      resources:
        requests:
          storage: 1Gi

    """,
    "apps/pos/deployment.yaml": """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: pos
    spec:
      replicas: 1
      selector:
        matchLabels:
          app: pos
      template:
        metadata:
          labels:
            app: pos
        spec:
          containers:
            - name: pos
              image: registry.example.com/pos:1.0

    """,
  ]

  /// A cluster.
  package static func cluster(
    _ name: String, labels: [String: String], workspace: String? = nil
  ) -> String {
    """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: Cluster
    metadata:
      name: \(name)
    \(workspace.map { "  namespace: \($0)\n" } ?? "")  labels:
    \(labels.sorted { $0.key < $1.key }.map { "    \($0.key): \($0.value)\n" }.joined())
    """
  }

  /// A group of the clusters with a label.
  package static func group(
    _ name: String, label: String, value: String, workspace: String? = nil
  ) -> String {
    """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: ClusterGroup
    metadata:
      name: \(name)
    \(workspace.map { "  namespace: \($0)\n" } ?? "")spec:
      selector:
        matchLabels:
          \(label): \(value)

    """
  }

  /// The GitRepo `shop`: all bundles in `apps` go to the clusters of `env: store`.
  package static let toStores = """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: GitRepo
    metadata:
      name: shop
    spec:
      paths: [apps/*]
      targets:
        - clusterSelector: {matchLabels: {env: store}}

    """

  /// A GitRepo that brings one directory to all clusters of its workspace.
  package static func gitRepo(_ name: String, path: String, workspace: String? = nil) -> String {
    """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: GitRepo
    metadata:
      name: \(name)
    \(workspace.map { "  namespace: \($0)\n" } ?? "")spec:
      paths:
        - \(path)
      targets:
        - clusterSelector: {}

    """
  }

  /// A ConfigMap.
  package static func configMap(_ name: String, _ data: [String: String]) -> String {
    """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: \(name)
    data:
    \(data.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)\n" }.joined())
    """
  }
}
