// SPDX-License-Identifier: Apache-2.0

/// Small fleets that several tests use.
enum Samples {
  /// Five clusters in two groups and two bundles, with a customization and one cluster left out.
  static let shops: [String: String] = [
    "clusters/shops.yaml": """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: Cluster
    metadata: {name: store-1, labels: {env: prod, region: eu}}
    ---
    apiVersion: fleet.cattle.io/v1alpha1
    kind: Cluster
    metadata: {name: store-2, labels: {env: prod, region: eu}}
    ---
    apiVersion: fleet.cattle.io/v1alpha1
    kind: Cluster
    metadata: {name: store-3, labels: {env: prod, region: us}}
    ---
    apiVersion: fleet.cattle.io/v1alpha1
    kind: Cluster
    metadata: {name: dev-1, labels: {env: dev, region: eu}}

    """,
    "clusters/lab.yaml": """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: Cluster
    metadata: {name: lab-1, namespace: lab}

    """,
    "groups/groups.yaml": """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: ClusterGroup
    metadata: {name: eu}
    spec: {selector: {matchLabels: {region: eu}}}
    ---
    apiVersion: fleet.cattle.io/v1alpha1
    kind: ClusterGroup
    metadata: {name: shops, labels: {kind: shop}}
    spec: {selector: {matchLabels: {env: prod}}}

    """,
    "gitrepos/shop.yaml": """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: GitRepo
    metadata: {name: shop}
    spec:
      paths: [apps/*]
      targets:
        - name: shops
          clusterGroup: shops
        - clusterName: dev-1

    """,
    "apps/pos/fleet.yaml": """
    defaultNamespace: retail
    labels: {team: tills}
    targetCustomizations:
      - name: us
        clusterSelector: {matchLabels: {region: us}}
        defaultNamespace: retail-us
      - name: not-in-dev
        clusterName: dev-1
        doNotDeploy: true

    """,
    "apps/pos/pos.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: pos}
    data: {currency: eur}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: pos}
    spec: {ports: [{port: 80}]}

    """,
    "apps/web/web.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: web}

    """,
  ]
}
