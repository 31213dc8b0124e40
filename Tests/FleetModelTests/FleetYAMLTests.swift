// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import SliceFormat
import Testing
import YAMLTree

@Suite("fleet.yaml")
struct FleetYAMLTests {
  @Test("what is built is read without a word")
  func built() throws {
    var reading = Reading()
    let options = reading.options(
      """
      name: pos
      labels: {team: shop}
      defaultNamespace: shop
      keepResources: true
      helm: {}
      kustomize:
      paused: false
      dependsOn: []
      targetCustomizationMode: AllMatches
      targetCustomizations:
        - clusterSelector: {matchLabels: {tier: high}}
          namespace: high
        - name: stop
          clusterName: store-1
          doNotDeploy: true
          optional: true
      overrideTargets:
        - clusterGroup: eu
      """)
    #expect(reading.text == "")
    #expect(options.name?.value == "pos")
    #expect(options.labels["team"] == "shop")
    #expect(options.options.defaultNamespace?.value == "shop")
    #expect(options.options.keepsResources)
    #expect(options.mode == .allMatches)
    #expect(options.targets.map(\.name) == ["target000", "stop"])
    #expect(options.targets.map(\.doNotDeploy) == [false, true])
    #expect(options.targets.map(\.isOptional) == [false, true])
    #expect(options.targets.first?.options.namespace?.value == "high")
    #expect(options.overrideTargets?.map { $0.criteria.clusterGroup?.value } == ["eu"])
  }

  @Test("an empty overrideTargets is not the same as none")
  func emptyOverride() {
    var reading = Reading()
    #expect(reading.options("overrideTargets: []").overrideTargets?.count == 0)
    #expect(reading.options("overrideTargets:").overrideTargets == nil)
    #expect(reading.options("{}").overrideTargets == nil)
  }

  @Test("the article's example is read without a word, values are merged")
  func edgeRetail() throws {
    let text = """
      # fleet.yaml - Controls deployment behavior
      defaultNamespace: retail-apps
      helm:
        releaseName: edge-pos-app
        values:
          image:
            tag: v2.4.1
          replicaCount: 1
      rollout:
        autoPartitionSize: 25
        partitions:
          - name: canary
            maxUnavailable: 1
            clusterSelector:
              matchLabels:
                rollout-wave: canary
          - name: production
            maxUnavailable: 10%
            clusterGroup: retail-fleet
      targetCustomizations:
        - name: high-traffic-stores
          clusterSelector:
            matchLabels:
              traffic-tier: high
          helm:
            values:
              replicaCount: 3
      """
    var reading = Reading()
    let options = reading.options(text)
    #expect(reading.text == "")
    #expect(options.rolloutStrategy?.autoPartitionSize?.value == .count(25))
    #expect(
      options.rolloutStrategy?.partitions?.map { $0.name?.value } == ["canary", "production"])
    #expect(
      options.rolloutStrategy?.partitions?.map { $0.maxUnavailable?.value.text } == ["1", "10%"])
    let base = try #require(options.options.helm?.values)
    let custom = try #require(options.targets.first?.options.helm?.values)
    let values = base.overlaid(with: custom)
    #expect(values["image"]?["tag"]?.string == "v2.4.1")
    #expect(values["replicaCount"]?.scalar?.text == "3")
  }

  @Test("rollout and rolloutStrategy are one, and only one can be given")
  func rolloutTwice() {
    #expect(
      Reading.complaints(
        aboutOptions:
          "rolloutStrategy: {maxUnavailable: 1}\nrollout: {maxNew: 2, maxUnavailabel: x}\n")
          == """
          error: apps/pos/fleet.yaml:2:1: 'rollout' and 'rolloutStrategy' are the
                 same, only one can be given
             2 | rollout: {maxNew: 2, maxUnavailabel: x}
               | ^^^^^^^
          note: apps/pos/fleet.yaml:1:1: the other one is here
          error: apps/pos/fleet.yaml:2:22: unknown field 'maxUnavailabel' in
                 'rollout'
             2 | rollout: {maxNew: 2, maxUnavailabel: x}
               |                      ^^^^^^^^^^^^^^
          hint: did you mean 'maxUnavailable'?

          """)
  }

  @Test("types are checked as Kubernetes checks them")
  func types() {
    #expect(
      Reading.complaints(
        aboutOptions: """
          keepResources: "true"
          defaultNamespace: [a]
          labels: [a]
          name: Pos
          targetCustomizationMode: firstMatch
          targetCustomizations: {}
          targets: [x, null]
          keepResource: true
          """)
          == """
          error: apps/pos/fleet.yaml:1:16: expected true or false for
                 'keepResources', found the string 'true'
             1 | keepResources: "true"
               |                ^^^^^^
          hint: remove the quotes: keepResources: true
          error: apps/pos/fleet.yaml:2:19: expected a string for
                 'defaultNamespace', found a list
             2 | defaultNamespace: [a]
               |                   ^^^
          hint: for example defaultNamespace: text
          error: apps/pos/fleet.yaml:3:9: expected a mapping for 'labels', found a
                 list
             3 | labels: [a]
               |         ^^^
          hint: a mapping has lines 'name: value'
          error: apps/pos/fleet.yaml:4:7: the bundle name 'Pos' may not have the
                 character 'P'
             4 | name: Pos
               |       ^^^
          hint: a name has lower-case letters, digits and '-', like
                'point-of-sale'
          error: apps/pos/fleet.yaml:5:26: 'targetCustomizationMode' has the
                 unknown value 'firstMatch'
             5 | targetCustomizationMode: firstMatch
               |                          ^^^^^^^^^^
          hint: did you mean 'FirstMatch'?
          error: apps/pos/fleet.yaml:6:23: expected a list for
                 'targetCustomizations', found a mapping
             6 | targetCustomizations: {}
               |                       ^^
          hint: the items of a list begin with '- '
          error: apps/pos/fleet.yaml:7:11: expected a mapping for 'targets[0]',
                 found the string 'x'
             7 | targets: [x, null]
               |           ^
          hint: a mapping has lines 'name: value'
          error: apps/pos/fleet.yaml:7:14: expected a value for 'targets[1]',
                 found nothing
             7 | targets: [x, null]
               |              ^^^^
          error: apps/pos/fleet.yaml:8:1: unknown field 'keepResource' in
                 fleet.yaml
             8 | keepResource: true
               | ^^^^^^^^^^^^
          hint: did you mean 'keepResources'?

          """)
  }

  @Test("'targets' in fleet.yaml is not what people think")
  func targets() {
    #expect(
      Reading.complaints(aboutOptions: "targets: [{clusterSelector: {}}]\n") == """
        warning: apps/pos/fleet.yaml:1:1: 'targets' in fleet.yaml selects no
                 clusters, it counts as customizations
           1 | targets: [{clusterSelector: {}}]
             | ^^^^^^^
        hint: write 'targetCustomizations' to customise, 'overrideTargets' to
              select

        """)
  }

  @Test("dependencies need a name or a selector, and states that exist: Q07, Q08")
  func dependencies() {
    #expect(
      Reading.complaints(
        aboutOptions:
          "dependsOn:\n  - {name: a, acceptedStates: [InvalidState, ready, Ready]}\n  - {}\n")
          == """
          error: apps/pos/fleet.yaml:2:32: 'dependsOn[0].acceptedStates[0]' has
                 the unknown state 'InvalidState'
             2 |   - {name: a, acceptedStates: [InvalidState, ready, Ready]}
               |                                ^^^^^^^^^^^^
          hint: the states are Ready, NotReady, Pending, OutOfSync, Modified,
                WaitApplied, ErrApplied
          error: apps/pos/fleet.yaml:2:46: 'dependsOn[0].acceptedStates[1]' has
                 the unknown state 'ready'
             2 |   - {name: a, acceptedStates: [InvalidState, ready, Ready]}
               |                                              ^^^^^
          hint: did you mean 'Ready'?
          hint: the states are Ready, NotReady, Pending, OutOfSync, Modified,
                WaitApplied, ErrApplied
          error: apps/pos/fleet.yaml:3:5: 'dependsOn[1]' needs a 'name' or a
                 'selector'
             3 |   - {}
               |     ^^

          """)
  }

  @Test(
    "a dependency is good enough in the accepted states",
    arguments: [
      ("Q01", .ready, [], true), ("Q02", .modified, [], false), ("Q03", .notReady, [], false),
      ("Q04", .modified, [.ready, .modified], true),
      ("Q05", .notReady, [.ready, .modified], false),
      ("Q06", .waitApplied, [.waitApplied], true),
    ] as [(String, BundleState, [BundleState], Bool)])
  func accepted(id: String, state: BundleState, states: [BundleState], expected: Bool) {
    #expect(state.isAccepted(by: states) == expected)
  }

  @Test("every option is read, at the top and in a customization, without a word")
  func allOptions() throws {
    let options = """
      defaultNamespace: a
      namespace: b
      serviceAccount: deployer
      createNamespace: false
      deleteNamespace: true
      deleteCRDResources: true
      keepResources: true
      namespaceLabels: {pod-security.kubernetes.io/enforce: baseline}
      namespaceAnnotations: {example.com/owner: shop}
      kustomize: {dir: overlays/edge}
      yaml: {overlays: [edge]}
      ignore: {conditions: [{type: Ready, status: "False"}]}
      diff: {comparePatches: [{apiVersion: v1, kind: Service, name: a, jsonPointers: [/spec]}]}
      correctDrift: {enabled: true, force: true}
      helm:
        chart: ./chart
        repo: https://charts.example.com
        version: ">=1.0"
        releaseName: pos
        values: {a: 1}
        valuesFiles: [values.yaml]
        valuesFrom: [{secretKeyRef: {name: s}}]
        templateValues: {b: "${ .ClusterName }"}
        disablePreProcess: true
        skipSchemaValidation: true
        disableDependencyUpdate: true
        pin: true
      """
    let lines = options.split(separator: "\n")
    var reading = Reading()
    let read = reading.options(
      options + "\ntargetCustomizations:\n  - clusterName: x\n"
        + lines.map { "    \($0)\n" }.joined())
    #expect(reading.text == "")
    for entry in [read.options, try #require(read.targets.first).options] {
      #expect(entry.namespace?.value == "b")
      #expect(entry.serviceAccount?.value == "deployer")
      #expect(entry.createsNamespace == false)
      #expect(entry.deletesNamespace && entry.deletesDefinitions && entry.keepsResources)
      #expect(entry.ignoredConditions.map { $0["type"] } == ["Ready"])
      #expect(entry.comparePatches.map(\.key) == ["v1|Service||a"])
      #expect(entry.correctDrift?.isForced == true)
      let helm = try #require(entry.helm)
      #expect(helm.chart?.value == "./chart" && helm.version?.value == ">=1.0")
      #expect(helm.valuesFiles.map(\.value) == ["values.yaml"])
      #expect(helm.valuesFrom == [ValuesFrom(secret: .init(name: "s"))])
      #expect(helm.disablesTemplates && helm.pins)
      #expect(helm.skipsSchemaValidation && helm.disablesDependencyUpdate)
    }
  }

  @Test("names are checked where they are written; '-' takes one back in a customization")
  func names() {
    var reading = Reading()
    let options = reading.options(
      """
      serviceAccount: Deployer
      helm:
        releaseName: Pos
        valuesFrom: [{}, {configMapKeyRef: {key: a}}]
      namespaceLabels: {a b: c}
      targetCustomizations:
        - {clusterName: a, namespace: "-", defaultNamespace: "-", serviceAccount: "-",
           helm: {releaseName: "-"}}
      """)
    #expect(
      reading.text == """
        error: apps/pos/fleet.yaml:1:17: the service account 'Deployer' may not
               have the character 'D'
           1 | serviceAccount: Deployer
             |                 ^^^^^^^^
        error: apps/pos/fleet.yaml:3:16: the release name 'Pos' may not have the
               character 'P'
           3 |   releaseName: Pos
             |                ^^^
        error: apps/pos/fleet.yaml:4:16: an entry of 'valuesFrom' needs
               'configMapKeyRef' or 'secretKeyRef'
           4 |   valuesFrom: [{}, {configMapKeyRef: {key: a}}]
             |                ^^
        error: apps/pos/fleet.yaml:4:21: 'configMapKeyRef' needs a 'name'
           4 |   valuesFrom: [{}, {configMapKeyRef: {key: a}}]
             |                     ^^^^^^^^^^^^^^^
        error: apps/pos/fleet.yaml:5:19: the label key 'a b' may not have a
               space
           5 | namespaceLabels: {a b: c}
             |                   ^^^
        hint: a key is a name or a domain and a name, like 'example.com/tier'

        """)
    let custom = options.targets.first?.options
    #expect(custom?.resets == [.namespace, .defaultNamespace, .serviceAccount])
    #expect(custom?.namespace == nil && custom?.helm?.resetsReleaseName == true)
  }

  @Test("files with values are laid over the values beside them, then come customizations")
  func valuesFiles() throws {
    var reading = Reading()
    var fleetYAML = reading.options(
      """
      helm: {values: {a: 1, b: 1, c: 1, list: [1, 2]}, valuesFiles: [one, two]}
      targetCustomizations:
        - clusterName: x
          helm: {values: {c: 3, d: 3, e: null}, valuesFiles: [three]}
      """)
    #expect(fleetYAML.valuesFiles.map(\.value) == ["one", "two", "three"])
    let files = [
      "one": "{b: 2, list: [3]}", "two": "{b: 22, e: 2}", "three": "{d: 33}",
    ]
    fleetYAML.foldValuesFiles { file in
      var findings = Findings()
      let text = Array((files[file.value] ?? "").utf8)
      return YAMLParser.parse(text, path: file.value, findings: &findings).first?.root
    }
    let custom = try #require(fleetYAML.targets.first).options
    let merged = try #require(fleetYAML.options.merged(with: custom).helm)
    #expect(merged.valuesFiles.isEmpty)
    let values = try #require(merged.values)
    #expect(
      String(decoding: YAMLEmitter.emit(values), as: UTF8.self) == """
        a: 1
        b: 22
        c: 3
        list:
        - 3
        e: null
        d: 33

        """)
    #expect(values["b"]?.span.path == "two")
  }
}
