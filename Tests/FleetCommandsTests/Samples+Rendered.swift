// SPDX-License-Identifier: Apache-2.0

extension Samples {
  /// Four shops and a bundle of each form: a chart with values of each shop, plain YAML with an overlay,
  /// a kustomization, a chart whose values stand in the cluster.
  static let rendered: [String: String] = [
    "clusters/shops.yaml": (1...4).map { number in
      """
      apiVersion: fleet.cattle.io/v1alpha1
      kind: Cluster
      metadata:
        name: store-\(number)
        labels: {env: prod, region: \(number == 4 ? "us" : "eu"), tills: "\(number == 3 ? 0 : number)"}

      """
    }.joined(separator: "---\n"),
    "gitrepos/shop.yaml": """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: GitRepo
    metadata: {name: shop}
    spec:
      paths: [apps/*]
      targets: [{name: shops, clusterSelector: {matchLabels: {env: prod}}}]

    """,
    "apps/till/fleet.yaml": """
    name: till
    defaultNamespace: retail
    helm:
      values:
        tills: ${ .ClusterLabels.tills }
    targetCustomizations:
      - name: us
        clusterSelector: {matchLabels: {region: us}}
        helm: {values: {currency: usd}}

    """,
    "apps/till/Chart.yaml": "apiVersion: v2\nname: till\nversion: 1.0.0\n",
    "apps/till/values.yaml": "currency: eur\ntills: 1\n",
    "apps/till/templates/till.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: till}
    data: {tills: "{{ .Values.tills }}", currency: {{ .Values.currency }}}
    {{ if .Values.tills }}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: till}
    spec: {ports: [{port: 80}]}
    {{ end }}

    """,
    "apps/till/templates/migrate.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: migrate
      annotations: {helm.sh/hook: "pre-install,pre-upgrade"}

    """,
    "apps/lights/fleet.yaml": """
    name: lights
    defaultNamespace: retail
    yaml: {overlays: [bright]}

    """,
    "apps/lights/lights.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: lights}
    data: {level: "3"}

    """,
    "apps/lights/overlays/bright/lights_patch.yaml": "data: {level: \"9\"}\n",
    "apps/web/fleet.yaml": "name: web\ndefaultNamespace: web\nkustomize: {dir: prod}\n",
    "apps/web/base/kustomization.yaml": "resources: [web.yaml]\n",
    "apps/web/base/web.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: web}

    """,
    "apps/web/prod/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-\n",
    "apps/db/fleet.yaml": """
    name: db
    defaultNamespace: data
    helm:
      valuesFrom:
        - secretKeyRef: {name: db-values}

    """,
    "apps/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
    "apps/db/templates/db.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: db}
    data: {size: "{{ .Values.size }}"}

    """,
  ]
}
