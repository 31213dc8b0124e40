// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport

extension CustomiseTests {
  /// Charts and their values.
  static let charts: [Case] = [
    Case(
      id: "chart-values",
      files: Sample.chart("apps/till").merging([
        "apps/till/fleet.yaml": """
        name: till
        namespace: retail
        helm:
          values:
            colour: "${ .ClusterLabels.region }"
            tills: ${ .ClusterValues.tills }
            extra:
              legacy: global.fleet.clusterLabels.size
              manager: ${ .ClusterAnnotations.manager | quote }
              "key-${ .ClusterName }": ${ .ClusterNamespace }
              replaced: by templateValues
              file: from values
          valuesFiles: [values/base.yaml, values/more.yaml]
          templateValues:
            zones: |
              ${- range .ClusterValues.zones }
              - zone-${ . }
              ${- end }
        targetCustomizations:
          - name: america
            clusterGroup: america
            helm:
              values: {extra: {customized: true}}

        """,
        "apps/till/values/base.yaml": "extra: {file: from base, list: [1, 2]}\n",
        "apps/till/values/more.yaml": "extra: {list: [3], more: \"${ .ClusterValues.host }\"}\n",
        "apps/till/templates/zones.yaml": """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: zones
        data:
          zones: {{ .Values.zones | toJson | quote }}

        """,
      ]) { $1 }),
    Case(
      id: "chart-values-raw",
      clusters: ["store-0001"],
      files: Sample.chart("apps/till").merging([
        "apps/till/fleet.yaml": """
        name: till
        helm:
          disablePreProcess: true
          values:
            colour: "${ .ClusterLabels.region }"
            extra: {legacy: global.fleet.clusterLabels.size}

        """
      ]) { $1 }),
    Case(
      id: "chart-by-customization",
      archives: {
        [
          "apps/till/.fleet/charts/till-1.0.0.tgz": try ChartArchive.bytes(
            "till", Sample.chartFiles(version: "1.0.0")),
          "apps/till/.fleet/charts/till-2.0.0.tgz": try ChartArchive.bytes(
            "till", Sample.chartFiles(version: "2.0.0")),
        ]
      },
      files: [
        "apps/till/fleet.yaml": """
        name: till
        helm:
          repo: https://charts.example.com
          chart: till
          version: ^1.0
        targetCustomizations:
          - name: america
            clusterGroup: america
            helm: {version: 2.0.0}

        """,
        "apps/till/fleet.lock": """
        charts:
        - chart: till
          repo: https://charts.example.com
          version: ^1.0
          resolved: 1.0.0
          archive: .fleet/charts/till-1.0.0.tgz
          digest: DIGEST(apps/till/.fleet/charts/till-1.0.0.tgz)
        - chart: till
          repo: https://charts.example.com
          version: 2.0.0
          resolved: 2.0.0
          archive: .fleet/charts/till-2.0.0.tgz
          digest: DIGEST(apps/till/.fleet/charts/till-2.0.0.tgz)

        """,
      ]),
    Case(
      id: "release-name",
      files: Sample.chart("charts/till").merging([
        "apps/named/fleet.yaml": """
        name: named
        helm:
          chart: ../../charts/till
          releaseName: front
        targetCustomizations:
          - clusterGroup: america
            helm: {releaseName: "-"}

        """,
        "apps/a.very.long_Name.of-a-bundle/fleet.yaml": "helm: {chart: ../../charts/till}\n",
      ]) { $1 }),
    Case(
      id: "chart-namespaces",
      files: Sample.chart("apps/till").merging([
        "apps/till/fleet.yaml": """
        name: till
        namespace: forced
        targetCustomizations:
          - clusterGroup: america
            namespace: "-"
            defaultNamespace: defaulted

        """,
        "apps/till/templates/other.yaml":
          "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: of-the-chart}\n",
      ]) { $1 }),
    Case(
      id: "chart-capabilities",
      files: Sample.chart("apps/till").merging([
        "apps/till/fleet.yaml": "name: till\n",
        "apps/till/templates/facts.yaml": """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: facts
        data:
          kubernetes: {{ .Capabilities.KubeVersion.Version | quote }}
          new: {{ semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version | quote }}
          found: {{ lookup "v1" "Namespace" "" "default" | toJson | quote }}
          upgrade: {{ .Release.IsUpgrade | quote }}

        """,
      ]) { $1 }),
    Case(
      id: "hooks",
      clusters: ["store-0001"],
      files: Sample.chart("apps/till").merging([
        "apps/till/fleet.yaml": "name: till\nnamespace: retail\n",
        "apps/till/templates/hooks.yaml": [
          hook("migrate", "pre-install,pre-upgrade", weight: "5"),
          hook("backup", "pre-upgrade", weight: "-1"),
          hook("notify", "post-install,post-upgrade"),
          hook("smoke", "test"),
          hook("goodbye", "pre-delete"),
        ].joined(separator: "---\n"),
      ]) { $1 }),
    Case(
      id: "crds",
      clusters: ["store-0001"],
      files: Sample.chart("apps/till").merging([
        "apps/till/fleet.yaml": "name: till\ndefaultNamespace: retail\n",
        "apps/till/crds/printer.yaml": definition,
        "apps/till/templates/printer.yaml":
          "apiVersion: acme.example.com/v1\nkind: Printer\nmetadata: {name: {{ .Release.Name }}}\n",
        "apps/user/fleet.yaml": "name: user\ndependsOn: [{name: till}]\n",
        "apps/user/printer.yaml":
          "apiVersion: acme.example.com/v1\nkind: Printer\nmetadata: {name: second}\n",
      ]) { $1 }),
    Case(
      id: "templates-beside-plain",
      files: [
        "apps/mixed/fleet.yaml": """
        name: mixed
        namespace: retail
        helm:
          values: {shop: "${ .ClusterName }"}

        """,
        "apps/mixed/plain.yaml": Sample.config("plain", "as it is"),
        "apps/mixed/templates/made.yaml": """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-made
        data:
          shop: {{ .Values.shop }}

        """,
        "apps/mixed/templates/_helpers.tpl": "{{ define \"unused\" }}{{ end }}\n",
      ]),
    Case(
      id: "values-from",
      files: Sample.chart("apps/till").merging([
        "apps/till/fleet.yaml": """
        name: till
        namespace: retail
        helm:
          values: {colour: "${ .ClusterLabels.region }"}
          valuesFrom:
            - secretKeyRef: {name: password, namespace: vault, key: till.yaml}
            - configMapKeyRef: {name: settings}
        targetCustomizations:
          - clusterGroup: america
            helm:
              valuesFrom:
                - configMapKeyRef: {name: america}

        """
      ]) { $1 }),
  ]

  /// A job that is a hook of a chart.
  private static func hook(_ name: String, _ hooks: String, weight: String? = nil) -> String {
    """
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: \(name)
      annotations:
        helm.sh/hook: \(hooks)
    \(weight.map { "    helm.sh/hook-weight: \"\($0)\"\n" } ?? "")spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: run, image: "busybox:1.36"}]

    """
  }

  private static let definition = """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: printers.acme.example.com
    spec:
      group: acme.example.com
      scope: Namespaced
      names: {kind: Printer, plural: printers}
      versions:
        - name: v1
          served: true
          storage: true
          schema: {openAPIV3Schema: {type: object}}

    """
}
