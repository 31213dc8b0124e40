// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Testing
import YAMLTree

@testable import Rendering

@Suite("patches give what kubectl gives")
struct PatchPeerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let base: String
    let patch: String
    var type = "strategic"
    var isRefused = false
    var testDescription: String { id }
  }

  private static func deployment(_ spec: String, _ more: String = "") -> String {
    "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: \(spec)}}\(more)}"
  }
  private static func template(_ spec: String) -> String { "{spec: {template: {spec: \(spec)}}}" }
  private static let two = deployment(
    "{containers: [{name: a, image: a:1, env: [{name: X, value: '1'}, {name: Y, value: '2'}]}, {name: b, image: b:1}]}"
  )

  @Test(
    "strategic merge follows the keys and directives of the API types",
    arguments: [
      Case(
        id: "container-by-name", base: two, patch: template("{containers: [{name: b, image: b:2}]}")
      ),
      Case(
        id: "new-container", base: two, patch: template("{containers: [{name: c, image: c:1}]}")),
      Case(
        id: "env-by-name", base: two,
        patch: template("{containers: [{name: a, env: [{name: Y, value: '3'}, {name: Z}]}]}")),
      Case(
        id: "delete-item", base: two,
        patch: template("{containers: [{name: a, $patch: delete}]}")),
      Case(
        id: "replace-list", base: two,
        patch: template("{containers: [{name: z, image: z}, {$patch: replace}]}")),
      Case(
        id: "merge-list-directive", base: two,
        patch: template("{containers: [{name: a, $patch: merge}]}"), isRefused: true),
      Case(
        id: "unknown-directive", base: two,
        patch: template("{containers: [{name: a, $patch: remove}]}"), isRefused: true),
      Case(
        id: "no-merge-key", base: two, patch: template("{containers: [{image: a:2}]}"),
        isRefused: true),
      Case(
        id: "replace-map", base: two, patch: template("{$patch: replace, containers: []}")),
      Case(id: "delete-map", base: two, patch: template("{$patch: delete, containers: []}")),
      Case(
        id: "merge-map-directive", base: two, patch: template("{$patch: merge, containers: []}"),
        isRefused: true),
      Case(
        id: "element-order", base: two,
        patch: template(
          "{$setElementOrder/containers: [{name: b}, {name: c}, {name: a}], containers: [{name: c, image: c}]}"
        )),
      Case(
        id: "element-order-without-list", base: two,
        patch: template("{$setElementOrder/containers: [{name: b}, {name: a}]}")),
      Case(
        id: "element-order-misses-an-item", base: two,
        patch: template("{$setElementOrder/containers: [{name: b}], containers: [{name: c}]}"),
        isRefused: true),
      Case(
        id: "retain-keys",
        base: deployment("{volumes: [{name: v, emptyDir: {}}, {name: w, emptyDir: {}}]}"),
        patch: template(
          "{volumes: [{name: v, $retainKeys: [name, hostPath], hostPath: {path: /x}}]}")),
      Case(
        id: "retain-keys-misses-one", base: deployment("{volumes: [{name: v, emptyDir: {}}]}"),
        patch: template("{volumes: [{name: v, $retainKeys: [name], hostPath: {path: /x}}]}"),
        isRefused: true),
      Case(
        id: "null-in-a-new-mapping", base: deployment("{}"),
        patch: template("{securityContext: {runAsUser: 1, fsGroup: null}}")),
      Case(
        id: "null-in-a-new-item-stays", base: two,
        patch: template("{containers: [{name: c, image: null}]}")),
      Case(
        id: "tolerations-are-replaced", base: deployment("{tolerations: [{key: a}, {key: b}]}"),
        patch: template("{tolerations: [{key: c}]}")),
      Case(
        id: "env-from-is-replaced",
        base: deployment("{containers: [{name: a, envFrom: [{configMapRef: {name: x}}]}]}"),
        patch: template("{containers: [{name: a, envFrom: [{secretRef: {name: y}}]}]}")),
      Case(
        id: "container-ports-by-number-alone",
        base: deployment("{containers: [{name: a, ports: [{containerPort: 53, protocol: UDP}]}]}"),
        patch: template("{containers: [{name: a, ports: [{containerPort: 53, protocol: TCP}]}]}")),
      Case(
        id: "port-as-text-is-another",
        base: deployment("{containers: [{name: a, ports: [{containerPort: 53}]}]}"),
        patch: template("{containers: [{name: a, ports: [{containerPort: '53', name: t}]}]}")),
      Case(
        id: "topology-by-key",
        base: deployment(
          "{topologySpreadConstraints: [{topologyKey: zone, maxSkew: 1}, {topologyKey: host}]}"),
        patch: template("{topologySpreadConstraints: [{topologyKey: zone, maxSkew: 2}]}")),
      Case(
        id: "finalizers-are-a-set",
        base: "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, finalizers: [a, b, c]}}",
        patch: "{metadata: {finalizers: [d, b, d]}}"),
      Case(
        id: "delete-from-set",
        base: "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, finalizers: [a, b, c]}}",
        patch: "{metadata: {$deleteFromPrimitiveList/finalizers: [b, x]}}"),
      Case(
        id: "delete-from-set-without-field",
        base: "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, finalizers: [a]}}",
        patch: "{metadata: {$deleteFromPrimitiveList: [a]}}", isRefused: true),
      Case(
        id: "mixed-set",
        base: "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, finalizers: [a]}}",
        patch: "{metadata: {finalizers: [1]}}", isRefused: true),
      Case(
        id: "service-ports-by-port",
        base:
          "{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{port: 80, name: http}, {port: 443}]}}",
        patch: "{spec: {ports: [{port: 443, name: https}, {port: 81}]}}"),
      Case(
        id: "ingress-rules-are-replaced",
        base:
          "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {rules: [{host: a}, {host: b}]}}",
        patch: "{spec: {rules: [{host: c}]}}"),
      Case(
        id: "disruption-selector-is-replaced",
        base:
          "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: p}, spec: {selector: {matchLabels: {a: b}}}}",
        patch: "{spec: {selector: {matchLabels: {c: d}}}}"),
      Case(
        id: "cron-job",
        base:
          "{apiVersion: batch/v1, kind: CronJob, metadata: {name: j}, spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a}]}}}}}}",
        patch:
          "{spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: b}], imagePullSecrets: [{name: s}]}}}}}}"
      ),
      Case(
        id: "webhooks",
        base:
          "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: w}, webhooks: [{name: a, matchConditions: [{name: x}]}, {name: b}]}",
        patch: "{webhooks: [{name: a, matchConditions: [{name: y}]}]}"),
      Case(
        id: "service-account",
        base:
          "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, secrets: [{name: x}], imagePullSecrets: [{name: p}]}",
        patch: "{secrets: [{name: y}], imagePullSecrets: [{name: q}]}"),
      Case(
        id: "role-rules-are-replaced",
        base:
          "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}, rules: [{verbs: [get]}]}",
        patch: "{rules: [{verbs: [list]}]}"),
      Case(
        id: "scalar-for-a-mapping", base: two, patch: "{spec: {template: null, selector: x}}"),
      Case(
        id: "merge-null-and-lists",
        base:
          "{apiVersion: e.com/v1, kind: T, metadata: {name: t}, spec: {a: [1, 2], b: {c: d, e: null}}}",
        patch:
          "{spec: {b: {c: null, n: {x: null, l: [null, {z: null, y: 1}]}}, a: [null, {x: null}]}}",
        type: "merge"),
      Case(
        id: "merge-list-for-a-mapping-keeps-nulls",
        base: "{apiVersion: e.com/v1, kind: T, metadata: {name: t}, spec: {b: {c: d}}}",
        patch: "{spec: {b: [{x: null}]}}", type: "merge"),
      Case(
        id: "json-all-operations",
        base:
          "{apiVersion: e.com/v1, kind: T, metadata: {name: t}, spec: {l: [1, 2], m: {a/b: 1, m~n: 2}}}",
        patch: """
          - {op: add, path: /spec/l/-, value: 3}
          - {op: add, path: /spec/l/0, value: 0}
          - {op: add, path: /spec/l/-1, value: 9}
          - {op: remove, path: /spec/m/a~1b}
          - {op: replace, path: /spec/m/m~0n, value: {x: y}}
          - {op: replace, path: /spec/new, value: 1}
          - {op: copy, from: /spec/m, path: /spec/c}
          - {op: move, from: /spec/c/m~0n/x, path: /spec/l/1}
          - {op: test, path: /spec/l, value: [0, y, 1, 2, 3, 9]}
          - {op: test, path: /spec/gone, value: null}
          """, type: "json"),
      Case(
        id: "json-index-too-large",
        base: "{apiVersion: e.com/v1, kind: T, metadata: {name: t}, spec: {l: [1]}}",
        patch: "[{op: add, path: /spec/l/2, value: 3}]", type: "json", isRefused: true),
      Case(
        id: "json-remove-what-is-not-there",
        base: "{apiVersion: e.com/v1, kind: T, metadata: {name: t}, spec: {l: [1]}}",
        patch: "[{op: remove, path: /spec/k}]", type: "json", isRefused: true),
    ])
  func table(_ entry: Case) throws {
    let base = KubectlPatch.parse(entry.base)
    let patch = KubectlPatch.parse(entry.patch)
    #expect(try KubectlPatch.differences(patch, type: entry.type, bases: [base]) == "")
    let isRefused =
      switch KubectlPatch.ours(patch, type: entry.type, to: base) {
      case .success: false
      case .failure: true
      }
    #expect(isRefused == entry.isRefused)
  }

  @Test("random patches of built-in kinds")
  func randomStrategic() throws {
    var random = SeededRandom()
    for round in 0..<40 {
      let bases = (0..<8).map { _ in RandomPatch.object(&random, isPatch: false) }
      let patch = RandomPatch.object(&random, isPatch: true)
      let different = try KubectlPatch.differences(patch, type: "strategic", bases: bases)
      #expect(different == "", "\(random), round \(round)")
      if !different.isEmpty { break }
    }
  }

  @Test("random merge and JSON patches")
  func randomPlain() throws {
    var random = SeededRandom()
    for round in 0..<15 {
      let bases = (0..<8).map { _ in RandomPatch.custom(&random) }
      let merge = RandomPatch.mergePatch(&random)
      let operations = RandomPatch.operations(&random, for: bases[0])
      let different =
        try KubectlPatch.differences(merge, type: "merge", bases: bases)
        + KubectlPatch.differences(operations, type: "json", bases: bases)
      #expect(different == "", "\(random), round \(round)")
      if !different.isEmpty { break }
    }
  }
}
