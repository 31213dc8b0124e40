// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Testing

/// Cases V01–V09 of Fleet's own authors, and what stands in their fixtures without an id or without an
/// assertion (derived from `internal/cmd/controller/target/builder.go`).
@Suite("values as Fleet makes them")
struct ConformanceTests {
  @Test("V01: labels stand in the places of global.fleet.clusterLabels")
  func labels() {
    var customer = Customer(
      """
      namespace: default
      helm:
        releaseName: labels
        values:
          clusterName: global.fleet.clusterLabels.name
          customStruct:
            - name: global.fleet.clusterLabels.name
              key1: value1
              key2: value2
            - element1: global.fleet.clusterLabels.envType
            - element2: global.fleet.clusterLabels.name
      """, clusters: Customer.cluster("local", "name: local, envType: dev"))
    #expect(
      customer.values() == """
        clusterName: local
        customStruct:
        - key1: value1
          key2: value2
          name: local
        - element1: dev
        - element2: local

        """)
    #expect(customer.text == "")
  }

  /// The world of TestProcessTemplateValues.
  static let cluster = """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: Cluster
    metadata:
      name: my-cluster
      namespace: dev-clusters
      labels:
        name: local
        envType: dev
        really-long-label-name-with-many-many-characters-in-it: foobar
      annotations:
        testAnnotation: test
    spec:
      templateValues:
        topLevel: foo
        nested: {secondTier: {thirdTier: bar}}
        items: [one, two]
        list: [alpha, beta, omega]
    """

  @Test(
    "one template after the other",
    arguments: [
      ("V02", #"clusterName: "${ .ClusterLabels.name }""#, "clusterName: local"),
      ("V03", #"a: "${ .ClusterAnnotations.testAnnotation }""#, "a: test"),
      ("V04", #"a: "${ .ClusterNamespace }""#, "a: dev-clusters"),
      ("V05", #"a: "${ .ClusterName }""#, "a: my-cluster"),
      (
        "V06",
        "a: kubernets.io/cluster/${ index .ClusterLabels "
          + "\"really-long-label-name-with-many-many-characters-in-it\" }",
        "a: kubernets.io/cluster/foobar"
      ),
      (
        "V07",
        """
        missingLabel: |-
              ${ if hasKey .ClusterLabels "missing" }${ .ClusterLabels.missing }${ else }missing${ end}
        """, "missingLabel: missing"
      ),
      ("V08", #"a: [{name: "${ .ClusterValues.topLevel }"}]"#, "a:\n- name: foo"),
      (
        "V09", #"a: [{element2: "${ .ClusterValues.nested.secondTier.thirdTier }"}]"#,
        "a:\n- element2: bar"
      ),
      (
        "a key", #"a: [{"element3_${ .ClusterLabels.envType }": "${ .ClusterLabels.name }"}]"#,
        "a:\n- element3_dev: local"
      ),
      ("upper", #"a: "${ .ClusterValues.topLevel | upper }_test""#, "a: FOO_test"),
      ("join", #"a: '${ .ClusterValues.list | join "," }'"#, "a: alpha,beta,omega"),
      // Not asserted there: plain text, so the list becomes one.
      ("list", "list: ${ list 1 2 3 | toJson }", "list:\n- 1\n- 2\n- 3"),
      // Not asserted there: the block stays a text, and the trim marker eats the break behind `|-`, so
      // what follows stands on the line of the indicator; the first loop puts the break back.
      (
        "listb",
        """
        listb: |-
              ${- range $key, $val := .ClusterLabels }
              - name: ${ $key }
                value: ${ $val | quote }
              ${- end}
        """,
        """
        listb: |-
          - name: envType
            value: "dev"
          - name: name
            value: "local"
          - name: really-long-label-name-with-many-many-characters-in-it
            value: "foobar"
        """
      ),
    ])
  func templates(id: String, values: String, expected: String) {
    var customer = Customer(
      "helm:\n  values:\n    \(values)\n", clusters: ConformanceTests.cluster)
    #expect(customer.values() == expected + "\n")
    #expect(customer.text == "")
  }

  @Test("templateValues become maps and lists")
  func templateValues() {
    var customer = Customer(
      """
      helm:
        templateValues:
          mapData: |
            ${- range $key := .ClusterValues.items }
            "${ $key }":
              nested: "true"
            ${- end}
          listData: |
            ${- range $key := .ClusterValues.items }
            - "${ $key }":
              nested: "true"
            ${- end}
      """, clusters: ConformanceTests.cluster)
    #expect(
      customer.values() == """
        listData:
        - nested: "true"
          one: null
        - nested: "true"
          two: null
        mapData:
          one:
            nested: "true"
          two:
            nested: "true"

        """)
    #expect(customer.text == "")
  }

  /// The world of TestDisablePreProcessFlag….
  static let testCluster = """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: Cluster
    metadata: {name: test-cluster, namespace: test-namespace, labels: {testLabel: test-label-value}}
    spec: {templateValues: {someKey: someValue}}
    """

  @Test(
    "disablePreProcess",
    arguments: [
      (
        "enabled",
        """
        disablePreProcess: true
          values:
            clusterName: "${ .ClusterName }"
            clusterContext: "${ .Values.someKey }"
            templateFn: '${ index .ClusterLabels "testLabel" }'
            syntaxError: "${ non_existent_function }"
        """,
        """
        clusterContext: ${ .Values.someKey }
        clusterName: ${ .ClusterName }
        syntaxError: ${ non_existent_function }
        templateFn: ${ index .ClusterLabels "testLabel" }
        """
      ),
      (
        "enabled, labels and templateValues",
        """
        disablePreProcess: true
          values: {a: global.fleet.clusterLabels.testLabel, b: "${ .X }"}
          templateValues: {b: "${ .ClusterName }"}
        """, "a: test-label-value\nb: ${ .X }"
      ),
      (
        "disabled",
        """
        disablePreProcess: false
          templateValues: {overridden: "something_templated"}
          values: {clusterName: "${ .ClusterName }", overridden: ""}
        """, "clusterName: test-cluster\noverridden: something_templated"
      ),
      ("missing", "values: {clusterName: \"${ .ClusterName }\"}", "clusterName: test-cluster"),
    ])
  func disablePreProcess(id: String, helm: String, expected: String) {
    var customer = Customer("helm:\n  \(helm)\n", clusters: ConformanceTests.testCluster)
    let parts = customer.values()?.split(separator: "\n").map { line in
      // A text that only looks like YAML is quoted in the result.
      line.replacing(#/'(\$\{.*\})'$/#) { $0.1 }.replacing(#/"(\$\{.*\})"$/#) { $0.1 }
    }
    #expect(parts?.joined(separator: "\n") == expected)
    #expect(customer.text == "")
  }
}
