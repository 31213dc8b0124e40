// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Rendering
import Testing
import YAMLTree

@Suite("APIs of objects")
struct APIReviewTests {
  /// The findings about a marked manifest on clusters `NAME VERSION [DECLARED…]`.
  private func check(
    _ text: MarkedText, on clusters: [String], catalog: KindCatalog = KindCatalog(),
    _ policy: UnknownKindPolicy = .refuse
  ) -> [Finding] {
    var findings = Findings()
    let objects = YAMLParser.parse(text.bytes, path: text.path, findings: &findings)
      .compactMap { ObjectAPI($0.root) }
    let parsed = clusters.map { line in
      let words = line.split(separator: " ").map(String.init)
      return ClusterAPIs(
        cluster: words[0], version: words.count > 1 ? KubernetesVersion(words[1]) : nil,
        declared: Array(words.dropFirst(2)))
    }
    return APIReview(catalog: catalog, unknownKinds: policy)
      .check([APIReview.Usage(objects: objects, clusters: parsed)])
  }

  private func catalog(_ definitions: MarkedText) -> KindCatalog {
    var findings = Findings()
    var catalog = KindCatalog()
    for document in YAMLParser.parse(definitions.bytes, path: "crd.yaml", findings: &findings) {
      if let kind = CustomKind(definition: document.root) { catalog.define(kind) }
    }
    return catalog
  }

  struct Row: CustomTestStringConvertible {
    let type: String
    let clusters: [String]
    let expected: [String]
    init(_ type: String, _ clusters: [String], _ expected: [String]) {
      (self.type, self.clusters, self.expected) = (type, clusters, expected)
    }
    var testDescription: String { "\(type) on \(clusters)" }
  }

  @Test(
    "an API that a cluster does not have is an error, one that will go a warning",
    arguments: [
      Row(
        "extensions/v1beta1 Ingress", ["store-1 v1.29.3+k3s1"],
        [
          "error: a.yaml:1:13: 'extensions/v1beta1' of Ingress is gone since Kubernetes 1.22, cluster 'store-1' has 1.29",
          "hint: write apiVersion: networking.k8s.io/v1",
        ]),
      Row(
        "extensions/v1beta1 Ingress", ["store-1 1.18"],
        [
          "warning: a.yaml:1:13: 'extensions/v1beta1' of Ingress is deprecated since Kubernetes 1.14 and gone in 1.22, cluster 'store-1' has 1.18",
          "hint: write apiVersion: networking.k8s.io/v1beta1",
        ]),
      Row(
        "extensions/v1beta1 Deployment", ["store-1"],
        [
          "warning: a.yaml:1:13: 'extensions/v1beta1' of Deployment is gone since Kubernetes 1.16",
          "hint: write apiVersion: apps/v1",
        ]),
      Row("policy/v1beta1 PodDisruptionBudget", ["store-1"], []),
      Row(
        "policy/v1beta1 PodDisruptionBudget",
        ["a 1.25", "b 1.27", "c 1.26", "d 1.24", "e 1.30", "f 1.25"],
        [
          "error: a.yaml:1:13: 'policy/v1beta1' of PodDisruptionBudget is gone since Kubernetes 1.25, 5 clusters have 1.25 to 1.30",
          "note: the clusters are 'a', 'b', 'c' and 2 more", "hint: write apiVersion: policy/v1",
        ]),
      Row(
        "policy/v1beta1 PodSecurityPolicy", ["store-1 1.25"],
        [
          "error: a.yaml:1:13: 'policy/v1beta1' of PodSecurityPolicy is gone since Kubernetes 1.25, cluster 'store-1' has 1.25",
          "hint: take the object out, nothing replaces it there",
        ]),
      Row(
        "autoscaling/v2 HorizontalPodAutoscaler", ["store-1 1.22"],
        [
          "error: a.yaml:1:13: 'autoscaling/v2' of HorizontalPodAutoscaler comes only with Kubernetes 1.23, cluster 'store-1' has 1.22",
          "hint: write apiVersion: autoscaling/v1",
        ]),
      Row(
        "batch/v1 CronJob", ["store-1 1.20"],
        [
          "error: a.yaml:1:13: 'batch/v1' of CronJob comes only with Kubernetes 1.21, cluster 'store-1' has 1.20",
          "hint: write apiVersion: batch/v1beta1",
        ]),
      Row(
        "batch/v1 CronJob", ["a 1.20", "b 1.25"],
        [
          "error: a.yaml:1:13: 'batch/v1' of CronJob comes only with Kubernetes 1.21, cluster 'a' has 1.20",
          "hint: no version is served by all clusters; let targetCustomizations tell them apart",
        ]),
      Row(
        "policy/v1 PodDisruptionBudget", ["a 1.20", "b 1.20"],
        [
          "error: a.yaml:1:13: 'policy/v1' of PodDisruptionBudget comes only with Kubernetes 1.21, 2 clusters have 1.20",
          "note: the clusters are 'a' and 'b'", "hint: write apiVersion: policy/v1beta1",
        ]),
      Row("apps/v1 Deployment", ["store-1 1.16", "store-2 1.36", "store-3 1.99"], []),
      Row("v1 ConfigMap", ["store-1 1.34"], []),
      Row("events.k8s.io/v1 Event", ["store-1 1.34"], []),
      Row("flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema", ["store-1 1.28"], []),
      Row(
        "flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema", ["store-1 1.32"],
        [
          "error: a.yaml:1:13: 'flowcontrol.apiserver.k8s.io/v1beta3' of FlowSchema is gone since Kubernetes 1.32, cluster 'store-1' has 1.32",
          "hint: write apiVersion: flowcontrol.apiserver.k8s.io/v1",
        ]),
      Row(
        "resource.k8s.io/v1alpha3 ResourceClaim", ["store-1 1.33"], []),
    ])
  func availability(_ row: Row) {
    let words = row.type.split(separator: " ")
    let text = MarkedText("apiVersion: \(words[0])\nkind: \(words[1])\n", path: "a.yaml")
    #expect(lines(check(text, on: row.clusters)) == row.expected)
  }

  @Test(
    "a kind or version that Kubernetes does not have is an error with what was meant",
    arguments: [
      Row(
        "apps/v9 Deployment", ["store-1 1.29"],
        [
          "error: a.yaml:1:13: Kubernetes has no version 'apps/v9' of Deployment",
          "hint: write apiVersion: apps/v1",
        ]),
      Row(
        "apps/v9 Deployment", ["store-1 1.99"],
        [
          "warning: a.yaml:1:13: Kubernetes has no version 'apps/v9' of Deployment",
          "hint: write apiVersion: apps/v1",
        ]),
      Row(
        "apps/v1 Deploymnet", [],
        [
          "error: a.yaml:2:7: 'apps/v1' has no kind 'Deploymnet'",
          "hint: did you mean 'Deployment'?",
        ]),
      Row(
        "v1 Deployment", ["store-1"],
        ["error: a.yaml:2:7: 'v1' has no kind 'Deployment'", "hint: write apiVersion: apps/v1"]),
      Row(
        "v1 Zebra", ["store-1"], ["error: a.yaml:2:7: 'v1' has no kind 'Zebra'"]),
      Row(
        "app/v1 Deployment", ["store-1"],
        ["error: a.yaml:1:13: there is no API group 'app'", "hint: write apiVersion: apps/v1"]),
      Row(
        "autoscalin/v1 Zebra", ["store-1"],
        [
          "error: a.yaml:1:13: there is no API group 'autoscalin'",
          "hint: did you mean 'autoscaling'?",
        ]),
      Row(
        "networking.k8s.oi/v1 Ingress", ["store-1"],
        [
          "error: a.yaml:2:7: nothing in the fleet defines the kind 'Ingress' of 'networking.k8s.oi/v1'",
          "hint: did you mean the group 'networking.k8s.io'?",
          "hint: or declare it in the clusters: apiVersions: [networking.k8s.oi/v1/Ingress]",
        ]),
      Row(
        "monitoring.coreos.com/v1 ServiceMonitor", ["store-1"],
        [
          "error: a.yaml:2:7: nothing in the fleet defines the kind 'ServiceMonitor' of 'monitoring.coreos.com/v1'",
          "hint: let a bundle ship its CustomResourceDefinition",
          "hint: or declare it in the clusters: apiVersions: [monitoring.coreos.com/v1/ServiceMonitor]",
        ]),
      Row(
        "monitoring.coreos.com/v1 ServiceMonitor",
        ["a 1.29 monitoring.coreos.com/v1", "b 1.29 monitoring.coreos.com/v1/ServiceMonitor"], []),
      Row(
        "monitoring.coreos.com/v1 ServiceMonitor",
        ["a 1.29 monitoring.coreos.com/v1", "b 1.29 monitoring.coreos.com/v1/Probe"],
        [
          "error: a.yaml:2:7: nothing in the fleet defines the kind 'ServiceMonitor' of 'monitoring.coreos.com/v1', and cluster 'b' does not declare it",
          "hint: let a bundle ship its CustomResourceDefinition",
          "hint: or declare it in the clusters: apiVersions: [monitoring.coreos.com/v1/ServiceMonitor]",
        ]),
      Row(
        "monitoring.coreos.com/v1 ServiceMonitor", ["a 1.29 monitoring.coreos.com/v1", "b", "c"],
        [
          "error: a.yaml:2:7: nothing in the fleet defines the kind 'ServiceMonitor' of 'monitoring.coreos.com/v1', and 2 of 3 clusters do not declare it",
          "note: the clusters are 'b' and 'c'",
          "hint: let a bundle ship its CustomResourceDefinition",
          "hint: or declare it in the clusters: apiVersions: [monitoring.coreos.com/v1/ServiceMonitor]",
        ]),
    ])
  func unknown(_ row: Row) {
    let words = row.type.split(separator: " ")
    let text = MarkedText("apiVersion: \(words[0])\nkind: \(words[1])\n", path: "a.yaml")
    #expect(lines(check(text, on: row.clusters)) == row.expected)
  }

  static let widget = MarkedText(
    """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.example.org}
    spec:
      group: example.org
      names: {kind: 1️⃣Widget, plural: widgets}
      scope: Namespaced
      versions:
      - {name: v1alpha1, served: false, storage: false}
      - {name: v1beta1, served: true, storage: false, deprecated: true}
      - {name: v1, served: true, storage: true}
    """, path: "crd.yaml")

  @Test(
    "an object of a kind that the fleet defines needs a version that is served",
    arguments: [
      Row("example.org/v1 Widget", ["store-1"], []),
      Row(
        "example.org/v1beta1 Widget", ["store-1"],
        [
          "warning: a.yaml:1:13: 'example.org/v1beta1' of Widget is deprecated by its definition",
          "note: crd.yaml:6:17: the kind is defined here", "hint: write apiVersion: example.org/v1",
        ]),
      Row(
        "example.org/v1alpha1 Widget", ["store-1"],
        [
          "error: a.yaml:1:13: 'example.org/v1alpha1' of Widget is not served, its definition serves 'v1beta1' and 'v1'",
          "note: crd.yaml:6:17: the kind is defined here", "hint: write apiVersion: example.org/v1",
        ]),
      Row(
        "example.org/v2 Widget", ["store-1"],
        [
          "error: a.yaml:1:13: 'example.org/v2' of Widget is not served, its definition serves 'v1beta1' and 'v1'",
          "note: crd.yaml:6:17: the kind is defined here", "hint: write apiVersion: example.org/v1",
        ]),
      Row(
        "example.org/v1 Wigdet", ["store-1"],
        [
          "error: a.yaml:2:7: nothing in the fleet defines the kind 'Wigdet' of 'example.org/v1'",
          "hint: did you mean 'Widget'?",
          "hint: or declare it in the clusters: apiVersions: [example.org/v1/Wigdet]",
        ]),
      Row(
        "example.com/v1 Widget", ["store-1"],
        [
          "error: a.yaml:2:7: nothing in the fleet defines the kind 'Widget' of 'example.com/v1'",
          "hint: did you mean the group 'example.org'?",
          "hint: or declare it in the clusters: apiVersions: [example.com/v1/Widget]",
        ]),
    ])
  func custom(_ row: Row) {
    let words = row.type.split(separator: " ")
    let text = MarkedText("apiVersion: \(words[0])\nkind: \(words[1])\n", path: "a.yaml")
    let findings = check(text, on: row.clusters, catalog: catalog(Self.widget))
    #expect(lines(findings) == row.expected)
  }

  @Test("a definition of the old API with one version counts too")
  func oldDefinition() {
    let text = MarkedText(
      """
      apiVersion: apiextensions.k8s.io/v1beta1
      kind: CustomResourceDefinition
      spec: {group: example.org, version: v1, names: {kind: Widget}}
      """)
    let kind = catalog(text).definition(group: "example.org", kind: "Widget")
    #expect(kind?.versions.map(\.name) == ["v1"])
    #expect(kind?.versions.map(\.isServed) == [true])
  }

  @Test("the policy for unknown kinds can warn or say nothing, but not for Kubernetes' own groups")
  func policy() {
    let text = MarkedText("apiVersion: a.example/v1\nkind: A\n---\napiVersion: v1\nkind: Zebra\n")
    #expect(
      check(text, on: ["s"], .warn).map { "\($0.severity.rawValue) \($0.code)" } == [
        "warning unknown-kind", "error unknown-kind",
      ])
    #expect(check(text, on: ["s"], .allow).map(\.message) == ["'v1' has no kind 'Zebra'"])
  }

  @Test("2,500 clusters with their own rendering of 3 objects give one finding")
  func aggregated() {
    let objects = (1...3).map { line in
      let place = SourcePosition(line: line, column: 1, offset: line)
      let span = SourceSpan(path: "a.yaml", start: place, end: place)
      return ObjectAPI(
        apiVersion: "batch/v1beta1", kind: "CronJob", apiVersionSpan: span, kindSpan: span)
    }
    let usages = (0..<2500).map { index in
      APIReview.Usage(
        objects: objects,
        clusters: [
          ClusterAPIs(
            cluster: "store-\(10_000 + index)",
            version: KubernetesVersion(major: 1, minor: 20 + index % 10))
        ])
    }
    let findings = APIReview(catalog: KindCatalog(), unknownKinds: .refuse).check(usages)
    #expect(
      lines(findings) == [
        "error: a.yaml:1:1: 'batch/v1beta1' of CronJob is gone since Kubernetes 1.25, 1,250 clusters have 1.25 to 1.29",
        "note: the clusters are 'store-10005', 'store-10006', 'store-10007' and 1,247 more",
        "note: 2 more objects of the bundle say so",
        "hint: write apiVersion: batch/v1 where it is served",
      ])
  }

  @Test("the table agrees with the lifecycle of every kind that it has")
  func table() {
    for kind in BuiltInAPIs.kinds {
      for api in BuiltInAPIs.apis(ofKind: kind) {
        if let introduced = api.introduced, let removed = api.removed {
          #expect(introduced < removed, "\(api)")
        }
        if let deprecated = api.deprecated, let removed = api.removed {
          #expect(deprecated < removed, "\(api)")
        }
        if let replacement = api.replacement {
          #expect(BuiltInAPIs.api(apiVersion: replacement, kind: kind) != nil, "\(api)")
        }
      }
    }
    #expect(BuiltInAPIs.kinds.count > 70)
  }
}

/// Findings as `kubectl fleet check` prints them, without the source line and not wrapped.
func lines(_ findings: [Finding]) -> [String] {
  findings.flatMap { finding in
    func place(_ span: SourceSpan?) -> String {
      span.map { "\($0.path):\($0.start.line):\($0.start.column): " } ?? ""
    }
    return ["\(finding.severity.rawValue): \(place(finding.span))\(finding.message)"]
      + finding.notes.map { "note: \(place($0.span))\($0.message)" }
      + finding.hints.map { "hint: \($0)" }
  }
}
