// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport

extension CustomiseTests {
  /// Kustomizations, alone and behind charts.
  static let kustomizations: [Case] = [
    Case(
      id: "kustomize",
      clusters: ["store-0001"],
      files: [
        "apps/web/fleet.yaml": "name: web\nnamespace: retail\n",
        "apps/web/kustomization.yaml": """
        resources: [deployment.yaml]
        namePrefix: shop-
        labels:
          - pairs: {team: tills}
        configMapGenerator:
          - name: settings
            literals: [colour=red]
            files: [menu.txt]

        """,
        "apps/web/menu.txt": "coffee\n",
        "apps/web/deployment.yaml": Sample.deployment,
        "apps/web/not-named.yaml": Sample.config("not-named", "kustomize decides"),
      ]),
    Case(
      id: "kustomize-by-customization",
      files: [
        "apps/web/fleet.yaml": """
        name: web
        defaultNamespace: retail
        kustomize: {dir: overlays/eu}
        targetCustomizations:
          - clusterGroup: america
            kustomize: {dir: ./overlays/us}

        """,
        "apps/web/base/kustomization.yaml": "resources: [config.yaml]\n",
        "apps/web/base/config.yaml": Sample.config("words", "base"),
        "apps/web/overlays/eu/kustomization.yaml": "resources: [../../base]\nnameSuffix: -eu\n",
        "apps/web/overlays/us/kustomization.yml": """
        resources: [../../base]
        patches:
          - target: {kind: ConfigMap, name: words}
            patch: |-
              - {op: replace, path: /data/says, value: patched}

        """,
      ]),
    Case(
      id: "helm-then-kustomize",
      files: Sample.chart("apps/till/chart").merging([
        "apps/till/fleet.yaml": """
        name: till
        namespace: retail
        helm:
          chart: chart
          releaseName: front
          values: {colour: "${ .ClusterLabels.region }"}
        kustomize: {dir: eu}
        targetCustomizations:
          - clusterGroup: america
            kustomize: {dir: us}

        """,
        "apps/till/eu/kustomization.yaml": "commonAnnotations: {from: europe}\n",
        "apps/till/us/kustomization.yaml": """
        resources: [more.yaml]
        patches:
          - target: {kind: ConfigMap, name: front-till}
            patch: |-
              - {op: add, path: /data/patched, value: "yes"}

        """,
        "apps/till/us/more.yaml": Sample.config("more", "beside the chart"),
        "apps/till/chart/templates/hook.yaml": """
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: migrate
          annotations: {helm.sh/hook: pre-install}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: run, image: "busybox:1.36"}]

        """,
      ]) { $1 }),
    Case(
      id: "values-from-then-kustomize",
      clusters: ["store-0001"],
      files: Sample.chart("apps/till/chart").merging([
        "apps/till/fleet.yaml": """
        name: till
        namespace: retail
        helm:
          chart: chart
          valuesFrom: [{secretKeyRef: {name: password}}]
        kustomize: {dir: layer}

        """,
        "apps/till/layer/kustomization.yaml": "namePrefix: site-\n",
      ]) { $1 }),
  ]

  /// What the site is told besides manifests.
  static let edge: [Case] = [
    Case(
      id: "edge",
      files: [
        "gitrepos/shop.yaml": """
        apiVersion: fleet.cattle.io/v1alpha1
        kind: GitRepo
        metadata:
          name: shop
        spec:
          paths: [apps/*]
          serviceAccount: of-the-gitrepo
          keepResources: true
          correctDrift: {enabled: true}
          targets:
            - clusterGroup: stores

        """,
        "apps/base/fleet.yaml": "name: base\nlabels: {tier: base}\n",
        "apps/base/config.yaml": Sample.config("base", "first"),
        "apps/web/fleet.yaml": """
        name: web
        namespace: retail
        serviceAccount: deployer
        deleteNamespace: true
        deleteCRDResources: true
        namespaceLabels: {team: tills}
        namespaceAnnotations: {note: "of the bundle"}
        correctDrift: {enabled: true, force: true}
        ignore:
          conditions: [{type: Active, status: "False"}]
        diff:
          comparePatches:
            - apiVersion: apps/v1
              kind: Deployment
              name: web
              jsonPointers: [/spec/replicas]
              operations: [{op: remove, path: /metadata/labels/x}]
        dependsOn:
          - selector: {matchLabels: {tier: base}}
            acceptedStates: [Ready, Modified]
        targetCustomizations:
          - clusterGroup: america
            serviceAccount: "-"
            deleteNamespace: false
            createNamespace: false
            keepResources: false
            namespaceLabels: {region: america}
            ignore:
              conditions: [{type: Slow}]

        """,
        "apps/web/deployment.yaml": Sample.deployment,
      ])
  ]
}
