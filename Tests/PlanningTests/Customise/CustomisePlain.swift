// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport

extension CustomiseTests {
  /// Plain YAML, which bundles there are, and who gets what.
  static let plain: [Case] = [
    Case(
      id: "plain",
      clusters: ["store-0001"],
      files: [
        "apps/web/fleet.yaml": "defaultNamespace: retail\n",
        "apps/web/deployment.yaml": Sample.deployment,
        "apps/web/sub/config.json":
          #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"json","namespace":"other"}}"#,
        "apps/web/overlays/unused/config.yaml": Sample.config("unused", "nothing"),
        "apps/web/README.md": "no manifest\n",
        "apps/web/.fleetignore": "*.tmp.yaml\n",
        "apps/web/draft.tmp.yaml": "not: [even\n",
        "apps/loose/config.yaml": Sample.config("loose", "a bundle without fleet.yaml"),
      ]),
    Case(
      id: "overlays",
      files: [
        "apps/web/fleet.yaml": """
        defaultNamespace: retail
        yaml:
          overlays: [all]
        targetCustomizations:
          - name: america
            clusterGroup: america
            yaml:
              overlays: [america, json]

        """,
        "apps/web/deployment.yaml": Sample.deployment,
        "apps/web/config.yaml": Sample.config("words", "base"),
        "apps/web/overlays/all/config.yaml": Sample.config("words", "replaced for all"),
        "apps/web/overlays/america/added.yaml": Sample.config("added", "only in America"),
        "apps/web/overlays/america/deployment_patch.yaml": """
        spec:
          replicas: 2
          template:
            spec:
              containers:
                - name: web
                  resources: {limits: {memory: 64Mi}}
                - name: log
                  $patch: delete

        """,
        "apps/web/overlays/json/config_patch.yaml":
          #"[{"op":"add","path":"/data/state","value":"a JSON Patch"}]"#,
      ]),
    Case(
      id: "options-files",
      files: [
        "gitrepos/shop.yaml": """
        apiVersion: fleet.cattle.io/v1alpha1
        kind: GitRepo
        metadata:
          name: shop
        spec:
          bundles:
            - base: apps/till
              options: eu.yaml
            - base: apps/till
              options: us/options.yaml
            - base: apps/plain
          targets:
            - clusterGroup: stores

        """,
        "apps/till/config.yaml": Sample.config("till", "both"),
        "apps/till/eu.yaml": """
        namespace: till-eu
        targetCustomizations:
          - clusterGroup: america
            doNotDeploy: true

        """,
        "apps/till/us/options.yaml": "namespace: till-us\nname: till-us\n",
        "apps/plain/config.yaml": Sample.config("plain", "listed without options"),
        "apps/not-listed/config.yaml": Sample.config("not-listed", "goes nowhere"),
      ]),
    Case(id: "first-match", files: modes("FirstMatch")),
    Case(id: "all-matches", files: modes("AllMatches")),
    Case(
      id: "target-namespace",
      clusters: ["store-0001"],
      files: [
        "gitrepos/shop.yaml": """
        apiVersion: fleet.cattle.io/v1alpha1
        kind: GitRepo
        metadata:
          name: shop
        spec:
          paths: [apps/*]
          targetNamespace: forced-by-gitrepo
          targets:
            - clusterGroup: stores

        """,
        "apps/web/fleet.yaml": "name: web\nnamespace: mine\ndefaultNamespace: also-mine\n",
        "apps/web/config.yaml": Sample.config("web", "says"),
      ]),
    Case(
      id: "namespaces",
      files: [
        "apps/default/fleet.yaml": "name: default\n",
        "apps/default/config.yaml": Sample.config("a", "no namespace anywhere"),
        "apps/defaulted/fleet.yaml": """
        name: defaulted
        defaultNamespace: retail
        targetCustomizations:
          - clusterGroup: america
            defaultNamespace: trade

        """,
        "apps/defaulted/config.yaml": Sample.config("b", "as the bundle says"),
        "apps/defaulted/own.yaml":
          "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: own}\n",
        "apps/forced/fleet.yaml": """
        name: forced
        namespace: forced
        targetCustomizations:
          - clusterGroup: america
            namespace: "-"

        """,
        "apps/forced/config.yaml":
          "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d, namespace: own}\n",
      ]),
    Case(
      id: "override-targets",
      files: [
        "apps/web/fleet.yaml": "name: web\noverrideTargets:\n- clusterGroup: america\n",
        "apps/web/config.yaml": Sample.config("web", "America only"),
      ]),
    Case(
      id: "mirrors",
      files: [
        "clusters/store-0001.yaml": """
        apiVersion: fleet.cattle.io/v1alpha1
        kind: Cluster
        metadata:
          name: store-0001
          labels: {env: store, region: eu, size: big}
        spec:
          registryMirrors:
            - {from: docker.io, to: "cache.store-0001.example.com:5000/hub"}
            - {from: ghcr.io/acme/web, to: cache.store-0001.example.com/web}

        """,
        "groups/stores.yaml": """
        apiVersion: fleet.cattle.io/v1alpha1
        kind: ClusterGroup
        metadata:
          name: stores
        spec:
          selector: {matchLabels: {env: store}}
          registryMirrors:
            - {from: docker.io, to: mirror.example.com/hub}
            - {from: ghcr.io, to: mirror.example.com/github}

        """,
        "apps/web/fleet.yaml": "name: web\n",
        "apps/web/deployment.yaml": Sample.deployment,
      ]),
  ]

  /// One bundle whose customizations overlap.
  private static func modes(_ mode: String) -> [String: String] {
    Sample.chart("apps/till").merging([
      "apps/till/fleet.yaml": """
      name: till
      defaultNamespace: retail
      helm:
        values:
          colour: grey
          extra: {list: [base], map: {a: 1, b: 2}}
      targetCustomizationMode: \(mode)
      targetCustomizations:
        - name: size
          clusterSelector: {matchLabels: {size: small}}
          helm:
            values: {tills: 1, extra: {map: {b: small}}}
        - name: region
          clusterGroup: america
          defaultNamespace: trade
          helm:
            values: {colour: red, extra: {list: [america], map: {c: 3}}}
        - name: rest
          clusterSelector: {}
          helm:
            values: {tills: 9}

      """
    ]) { $1 }
  }
}
