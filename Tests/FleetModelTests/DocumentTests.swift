// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Testing
import YAMLTree

@Suite("documents of a fleet repository")
struct DocumentTests {
  @Test("a cluster has a name, a workspace, labels and our own fields")
  func cluster() throws {
    var reading = Reading()
    reading.file(
      "clusters/a.yaml",
      """
      apiVersion: fleet.cattle.io/v1alpha1
      kind: Cluster
      metadata:
        name: store-0001
        labels: {tier: edge, region: eu}
      spec:
        templateValues: {replicas: 2}
        kubernetesVersion: v1.31.4+k3s1
        whenRemoved: remove
      ---
      apiVersion: fleet/v1
      kind: Cluster
      metadata: {name: ship.7, namespace: ships}
      """)
    #expect(reading.text == "")
    let clusters = reading.documents.clusters
    #expect(clusters.map(\.name) == ["store-0001", "ship.7"])
    #expect(clusters.map(\.workspace) == ["fleet-default", "ships"])
    let first = try #require(clusters.first)
    #expect(first.labels.entries.map(\.key) == ["region", "tier"])
    #expect(first.labels["tier"] == "edge")
    #expect(first.kubernetesVersion?.value == "v1.31.4+k3s1")
    #expect(first.whenRemoved == .remove)
    #expect(first.templateValues?["replicas"] != nil)
    #expect(clusters.last?.whenRemoved == nil)
  }

  @Test("clusters and groups name mirrors and APIs, the hub names checks")
  func ownFields() throws {
    var reading = Reading()
    reading.file(
      "clusters/a.yaml",
      """
      apiVersion: fleet/v1
      kind: Cluster
      metadata: {name: a}
      spec:
        apiVersions: [monitoring.coreos.com/v1, cert-manager.io/v1/Issuer]
        registryMirrors:
          - {from: docker.io/library, to: "registry.eu:5000/hub/"}
          - {from: quay.io, to: registry.eu}
      ---
      apiVersion: fleet/v1
      kind: ClusterGroup
      metadata: {name: g}
      spec:
        selector: {}
        registryMirrors: [{from: ghcr.io, to: mirror}]
      ---
      apiVersion: fleet/v1
      kind: Hub
      spec:
        unknownKinds: warn
        checks: [{name: schema}, {name: policy, warnOnly: true}]
      """)
    #expect(reading.text == "")
    let cluster = try #require(reading.documents.clusters.first)
    #expect(
      cluster.apiVersions.map(\.value) == ["monitoring.coreos.com/v1", "cert-manager.io/v1/Issuer"])
    #expect(
      cluster.registryMirrors.map { "\($0.from.value) \($0.to.value)" }
        == ["docker.io/library registry.eu:5000/hub", "quay.io registry.eu"])
    #expect(reading.documents.groups.first?.registryMirrors.map(\.from.value) == ["ghcr.io"])
    let hub = reading.documents.hub
    #expect(hub.unknownKinds == .warn && FleetDocuments().hub.unknownKinds == .refuse)
    #expect(hub.checks.map(\.name.value) == ["schema", "policy"])
    #expect(hub.checks.map(\.warnsOnly) == [false, true])
  }

  @Test("what cannot be a mirror, an API or a check is told")
  func wrongOwnFields() {
    #expect(
      Reading.complaints(
        about: """
          apiVersion: fleet/v1
          kind: Cluster
          metadata: {name: a}
          spec:
            apiVersions: [v1, "a/b/c", "x.io/v1/Y/z"]
            registryMirrors:
              - {from: "https://docker.io", to: a}
              - {from: a, to: "b c"}
              - {from: a, to: b}
              - {from: a, to: c}
              - {from: a}
          ---
          apiVersion: fleet/v1
          kind: Hub
          spec:
            unknownKinds: no-way
            checks: [{}, {name: A}, {name: fleet-check-a},
              {name: b}, {name: b}]
          """)
          == """
          error: f.yaml:5:17: 'v1' is no 'group/version' or 'group/version/Kind'
             5 |   apiVersions: [v1, "a/b/c", "x.io/v1/Y/z"]
               |                 ^^
          hint: for example 'monitoring.coreos.com/v1' or
                'monitoring.coreos.com/v1/PodMonitor'
          error: f.yaml:5:21: 'a/b/c' is no 'group/version' or
                 'group/version/Kind'
             5 |   apiVersions: [v1, "a/b/c", "x.io/v1/Y/z"]
               |                     ^^^^^^^
          hint: for example 'monitoring.coreos.com/v1' or
                'monitoring.coreos.com/v1/PodMonitor'
          error: f.yaml:5:30: 'x.io/v1/Y/z' is no 'group/version' or
                 'group/version/Kind'
             5 |   apiVersions: [v1, "a/b/c", "x.io/v1/Y/z"]
               |                              ^^^^^^^^^^^^^
          hint: for example 'monitoring.coreos.com/v1' or
                'monitoring.coreos.com/v1/PodMonitor'
          error: f.yaml:7:14: 'https://docker.io' is no beginning of an image name
             7 |     - {from: "https://docker.io", to: a}
               |              ^^^^^^^^^^^^^^^^^^^
          hint: leave the 'https://' out: from: docker.io
          error: f.yaml:8:21: 'b c' is no beginning of an image name
             8 |     - {from: a, to: "b c"}
               |                     ^^^^^
          hint: write a registry, or a registry and a path:
                'registry.example.com/hub'
          error: f.yaml:10:14: 'a' is mirrored twice, only the first would count
            10 |     - {from: a, to: c}
               |              ^
          note: f.yaml:9:14: the first is here
          error: f.yaml:11:7: a registry mirror needs 'to'
            11 |     - {from: a}
               |       ^^^^^^^^^
          hint: for example {from: docker.io, to: registry.example.com/hub}
          error: f.yaml:16:17: 'spec.unknownKinds' has the unknown value 'no-way'
            16 |   unknownKinds: no-way
               |                 ^^^^^^
          hint: it can be 'refuse', 'warn', 'allow'
          error: f.yaml:17:12: a check needs a 'name'
            17 |   checks: [{}, {name: A}, {name: fleet-check-a},
               |            ^^
          error: f.yaml:17:23: the check name 'A' may not have the character 'A'
            17 |   checks: [{}, {name: A}, {name: fleet-check-a},
               |                       ^
          error: f.yaml:17:34: the check name 'fleet-check-a' begins with
                 'fleet-check-'
            17 |   checks: [{}, {name: A}, {name: fleet-check-a},
               |                                  ^^^^^^^^^^^^^
          hint: write 'name: a'
          error: f.yaml:18:23: the check 'b' is listed twice
            18 |     {name: b}, {name: b}]
               |                       ^
          note: f.yaml:18:12: the first is here

          """)
  }

  @Test("everything that is wrong with a file is told at its own place")
  func severalProblems() {
    #expect(
      Reading.complaints(
        about: """
          apiVersion: fleet/v1
          kind: Cluster
          metadata: {name: Store_1, labels: {region: eu west}}
          ---
          apiVersion: fleet/v1
          kind: Cluster
          metadata:
            name: store-1
            namespace: 5
            labels:
              ok: "1"
              tier: 1
              edge: true
          spec:
            kubernetesVersion: latest
            whenRemoved: delete
            agentNamespace: x
            tempalteValues: {}
          """)
          == """
          error: f.yaml:3:18: the cluster name 'Store_1' may not have the
                 character 'S'
             3 | metadata: {name: Store_1, labels: {region: eu west}}
               |                  ^^^^^^^
          hint: a name has lower-case letters, digits and '-', like 'store-0001'
          error: f.yaml:3:44: the label value 'eu west' may not have a space
             3 | metadata: {name: Store_1, labels: {region: eu west}}
               |                                            ^^^^^^^
          hint: a value has at most 63 letters, digits, '-', '_' and '.', like
                'eu-west'
          error: f.yaml:9:14: expected a string for 'metadata.namespace', found
                 the number 5
             9 |   namespace: 5
               |              ^
          hint: quote it: namespace: "5"
          error: f.yaml:12:11: expected a string for 'metadata.labels.tier', found
                 the number 1
            12 |     tier: 1
               |           ^
          hint: quote it: tier: "1"
          error: f.yaml:13:11: expected a string for 'metadata.labels.edge', found
                 the boolean true
            13 |     edge: true
               |           ^^^^
          hint: quote it: edge: "true"
          error: f.yaml:15:22: 'latest' is no Kubernetes version
            15 |   kubernetesVersion: latest
               |                      ^^^^^^
          hint: write it as 'v1.31.4'
          error: f.yaml:16:16: 'spec.whenRemoved' has the unknown value 'delete'
            16 |   whenRemoved: delete
               |                ^^^^^^
          hint: it can be 'keep', 'remove'
          warning: f.yaml:17:3: 'spec.agentNamespace' has no effect here: there is
                   no agent
            17 |   agentNamespace: x
               |   ^^^^^^^^^^^^^^
          error: f.yaml:18:3: unknown field 'tempalteValues' in 'spec'
            18 |   tempalteValues: {}
               |   ^^^^^^^^^^^^^^
          hint: did you mean 'templateValues'?

          """)
  }

  @Test("what Kubernetes writes into an export is accepted with warnings")
  func export() {
    #expect(
      Reading.complaints(
        about: """
          apiVersion: fleet.cattle.io/v1alpha1
          kind: ClusterGroup
          metadata: {name: eu, uid: 1f, resourceVersion: "7"}
          spec: {selector: {}}
          status: {clusterCount: 3}
          """)
          == """
          warning: f.yaml:3:22: 'metadata.uid' has no effect here: Kubernetes
                   writes it
             3 | metadata: {name: eu, uid: 1f, resourceVersion: "7"}
               |                      ^^^
          warning: f.yaml:3:31: 'metadata.resourceVersion' has no effect here:
                   Kubernetes writes it
             3 | metadata: {name: eu, uid: 1f, resourceVersion: "7"}
               |                               ^^^^^^^^^^^^^^^
          warning: f.yaml:5:1: 'status' has no effect here: a status is reported,
                   not declared
             5 | status: {clusterCount: 3}
               | ^^^^^^

          """)
  }

  @Test(
    "apiVersion and kind decide what a document is",
    arguments: [
      (
        "apiVersion: apps/v1\nkind: Deployment\n---\nkind: Service\n",
        """
        warning: f.yaml:2:7: not read: the kind 'Deployment' is not one of ours
           2 | kind: Deployment
             |       ^^^^^^^^^^

        """
      ),
      ("a: 1\n", "warning: f.yaml: not read: the document has no 'apiVersion' and 'kind'\n"),
      ("- a\n", "warning: f.yaml: not read: the document has no 'apiVersion' and 'kind'\n"),
      ("# nothing\n", ""),
      (
        "kind: Cluster\n",
        """
        error: f.yaml:1:7: the Cluster has no 'apiVersion'
           1 | kind: Cluster
             |       ^^^^^^^
        hint: write 'apiVersion: fleet/v1'

        """
      ),
      (
        "apiVersion: fleet/v1\nkind: GitRepoo\n",
        """
        error: f.yaml:2:7: 'fleet/v1' has no kind 'GitRepoo'
           2 | kind: GitRepoo
             |       ^^^^^^^^
        hint: did you mean 'GitRepo'?

        """
      ),
      (
        "apiVersion: fleet.cattle.io/v2\nkind: Cluster\n",
        """
        error: f.yaml:1:13: the apiVersion 'fleet.cattle.io/v2' is unknown
           1 | apiVersion: fleet.cattle.io/v2
             |             ^^^^^^^^^^^^^^^^^^
        hint: write 'fleet/v1' or 'fleet.cattle.io/v1alpha1'

        """
      ),
      (
        "apiVersion: fleet.cattle.io/v1alpha1\nkind: Hub\n",
        """
        error: f.yaml:1:13: the kind 'Hub' is not Fleet's, it is ours
           1 | apiVersion: fleet.cattle.io/v1alpha1
             |             ^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write 'apiVersion: fleet/v1'

        """
      ),
      (
        "apiVersion: fleet.cattle.io/v1alpha1\nkind: Freeze\n",
        """
        error: f.yaml:1:13: the kind 'Freeze' is not Fleet's, it is ours
           1 | apiVersion: fleet.cattle.io/v1alpha1
             |             ^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write 'apiVersion: fleet/v1'

        """
      ),
      (
        "apiVersion: fleet.cattle.io/v1alpha1\nkind: ImageScan\n",
        """
        warning: f.yaml:2:7: the kind 'ImageScan' has no effect here: images are
                 not scanned
           2 | kind: ImageScan
             |       ^^^^^^^^^

        """
      ),
      (
        "apiVersion: fleet/v1\nkind: Cluster\n",
        """
        error: f.yaml:2:1: the cluster has no 'metadata.name'
           2 | kind: Cluster
             | ^^^^

        """
      ),
    ])
  func kinds(text: String, expected: String) {
    #expect(Reading.complaints(about: text) == expected)
  }

  @Test("the hub's settings and the budget have defaults")
  func defaults() {
    let documents = FleetDocuments()
    #expect(documents.hub.whenClusterRemoved == .keep)
    #expect(documents.hub.plaintextSecrets == .warn)
    #expect(documents.budget.deletionLimit(of: "Namespace") == 0)
    #expect(documents.budget.deletionLimit(of: "PersistentVolumeClaim") == 0)
    #expect(documents.budget.deletionLimit(of: "CustomResourceDefinition") == 0)
    #expect(documents.budget.deletionLimit(of: "ConfigMap") == nil)
    #expect(documents.budget.clustersChanged == nil)
  }

  @Test("the hub's settings and the budget are read, a second one is refused")
  func settings() {
    var reading = Reading()
    reading.file(
      "policy/hub.yaml",
      """
      apiVersion: fleet/v1
      kind: Hub
      spec: {aliases: [https://git/x], whenClusterRemoved: remove, plaintextSecrets: refuse}
      ---
      apiVersion: fleet/v1
      kind: Budget
      spec:
        deletions: {Namespace: 2, ConfigMap: 50, default: 5}
        clustersChanged: 30%
        clustersRemoved: 0
      """)
    #expect(reading.text == "")
    let hub = reading.documents.hub
    let budget = reading.documents.budget
    #expect(hub.aliases.map(\.value) == ["https://git/x"])
    #expect(hub.whenClusterRemoved == .remove)
    #expect(hub.plaintextSecrets == .refuse)
    let kinds = ["Namespace", "PersistentVolumeClaim", "ConfigMap", "Secret"]
    #expect(kinds.map { budget.deletionLimit(of: $0) } == [2, 0, 50, 5])
    #expect(budget.clustersChanged?.value.text == "30%")
    #expect(budget.clustersRemoved?.value == .count(0))
    reading.file(
      "policy/more.yaml",
      """
      apiVersion: fleet/v1
      kind: Budget
      spec: {clustersChanged: -1, deletions: {Secret: -2, Pod: "3"}}
      """)
    #expect(
      reading.text == """
        error: policy/more.yaml:2:1: there can be only one Budget
           2 | kind: Budget
             | ^^^^
        note: policy/hub.yaml:6:1: the first is here
        error: policy/more.yaml:3:25: a budget cannot be negative, found -1
           3 | spec: {clustersChanged: -1, deletions: {Secret: -2, Pod: "3"}}
             |                         ^^
        error: policy/more.yaml:3:49: a budget cannot be negative, found -2
           3 | spec: {clustersChanged: -1, deletions: {Secret: -2, Pod: "3"}}
             |                                                 ^^
        error: policy/more.yaml:3:58: expected a whole number for
               'spec.deletions.Pod', found the string '3'
           3 | spec: {clustersChanged: -1, deletions: {Secret: -2, Pod: "3"}}
             |                                                          ^^^
        hint: remove the quotes: Pod: 3

        """)
  }

  @Test("a group without selector is empty, and says so")
  func group() {
    #expect(
      Reading.complaints(about: "apiVersion: fleet/v1\nkind: ClusterGroup\nmetadata: {name: eu}\n")
        == """
        warning: f.yaml:3:18: the cluster group 'eu' has no selector: it is
                 empty
           3 | metadata: {name: eu}
             |                  ^^
        hint: for every cluster write 'selector: {}'

        """)
  }

  @Test("a selector that Kubernetes would refuse is refused")
  func selectors() {
    #expect(
      Reading.complaints(
        about: """
          apiVersion: fleet/v1
          kind: ClusterGroup
          metadata: {name: eu}
          spec:
            selector:
              matchLabels: {a_: x, b: y z}
              matchExpressions:
                - {key: a, operator: In}
                - {key: a, operator: NotIn, values: []}
                - {key: a, operator: Exists, values: [x]}
                - {key: a, operator: exists}
                - {operator: Exists}
                - {key: a}
                - {key: a, operator: In, values: [1]}
                - {key: a, operator: DoesNotExist, values: []}
          """)
          == """
          error: f.yaml:6:19: the label key 'a_' may not end with '_'
             6 |     matchLabels: {a_: x, b: y z}
               |                   ^^
          error: f.yaml:6:29: the label value 'y z' may not have a space
             6 |     matchLabels: {a_: x, b: y z}
               |                             ^^^
          error: f.yaml:8:28: the operator 'In' needs 'values'
             8 |       - {key: a, operator: In}
               |                            ^^
          error: f.yaml:9:28: the operator 'NotIn' needs 'values'
             9 |       - {key: a, operator: NotIn, values: []}
               |                            ^^^^^
          error: f.yaml:10:36: the operator 'Exists' takes no 'values'
            10 |       - {key: a, operator: Exists, values: [x]}
               |                                    ^^^^^^
          error: f.yaml:11:28: 'spec.selector.matchExpressions[3].operator' has
                 the unknown value 'exists'
            11 |       - {key: a, operator: exists}
               |                            ^^^^^^
          hint: did you mean 'Exists'?
          error: f.yaml:12:9: a requirement needs a 'key'
            12 |       - {operator: Exists}
               |         ^^^^^^^^^^^^^^^^^^
          error: f.yaml:13:9: a requirement needs an 'operator'
            13 |       - {key: a}
               |         ^^^^^^^^
          hint: it can be 'In', 'NotIn', 'Exists', 'DoesNotExist'
          error: f.yaml:14:41: expected a string for
                 'spec.selector.matchExpressions[6].values[0]', found the number 1
            14 |       - {key: a, operator: In, values: [1]}
               |                                         ^
          hint: quote it: values: "1"

          """)
  }
}
