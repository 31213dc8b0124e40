// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Testing

/// A hub, a site, and the server that it syncs into.
struct ClusterBench {
  typealias Bundle = HandmadeHub.Bundle

  let word: String
  let server: KubeServer
  let hub: HandmadeHub
  let site: TestSite

  init(_ word: String) throws {
    self.word = word
    server = try #require(KubeServer.shared)
    hub = try HandmadeHub()
    site = try TestSite(
      hub.path,
      target: ["--kubeconfig", server.kubeconfig, "--inventory-namespace", "inventory-\(word)"])
  }

  /// `kind/name` of what is there of some kinds in the test's namespace, sorted.
  func objects(_ kinds: String) throws -> [String] {
    try server.ask("get", kinds, "-n", word, "-o", "name").split(separator: "\n")
      .map(String.init)
      .filter { !$0.contains("kube-root-ca") && !$0.contains("/default") }.sorted()
  }

  /// Runs the site with a kubectl that writes its calls down, and tells them.
  func countingCalls(_ check: (TestSite.Run) throws -> Void) throws -> [String] {
    let real = try #require(Child.find("kubectl"))
    try site.scratch.write(
      "#!/bin/sh\necho \"$*\" >>'\(site.path)/calls'\nexec '\(real)' \"$@\"\n",
      to: "bin/kubectl")
    try site.scratch.write("", to: "calls")
    _ = try Child.run(["chmod", "+x", "\(site.path)/bin/kubectl"])
    let path = "\(site.path)/bin:" + (HandmadeHub.environment["PATH"] ?? "")
    try check(site.sync(environment: ["PATH": path]))
    return TestSite.text(try Files.read(site.path + "/calls", limit: 1 << 20))
      .split(separator: "\n").map(String.init)
  }

  func map(_ name: String, _ value: String, namespace: String? = nil) -> (String, String) {
    let namespace = namespace ?? word
    return (
      "ConfigMap~\(namespace)~\(name)",
      """
      apiVersion: v1
      data:
        value: "\(value)"
      kind: ConfigMap
      metadata:
        labels:
          kubectl-fleet.io/bundle: test
        name: \(name)
        namespace: \(namespace)

      """
    )
  }

  func bundle(
    _ name: String, _ objects: [(String, String)], options: String = ""
  ) -> Bundle {
    Bundle(name, Dictionary(objects, uniquingKeysWith: { $1 }), options: options)
  }

  /// Twelve objects of many kinds: a definition, a resource of it, a namespace, workloads …
  func everything(replicas: Int) -> [(String, String)] {
    let definition = """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata:
        labels: \(Self.labels)
        name: tills.\(word).example.com
      spec:
        group: \(word).example.com
        names: {kind: Till, plural: tills, singular: till}
        scope: Namespaced
        versions:
        - name: v1
          served: true
          storage: true
          schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}

      """
    let template = """
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: web, image: "example.com/web:1"}]}
      """
    func object(_ api: String, _ kind: String, _ name: String, _ rest: String) -> String {
      "apiVersion: \(api)\nkind: \(kind)\nmetadata: {name: \(name), namespace: \(word), labels: \(Self.labels)}\n\(rest)\n"
    }
    return [
      (
        "CustomResourceDefinition.apiextensions.k8s.io~~tills.\(word).example.com", definition
      ),
      (
        "Namespace~~\(word)",
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(word), labels: \(Self.labels)}\n"
      ),
      // Its kind is not known to the hub: the namespace is the bundle's.
      (
        "Till.\(word).example.com~~front",
        "apiVersion: \(word).example.com/v1\nkind: Till\nmetadata: {name: front, labels: \(Self.labels)}\nspec: {lane: 1}\n"
      ),
      map("settings", "1"),
      (
        "Secret~\(word)~key", object("v1", "Secret", "key", "stringData: {a: b}")
      ),
      ("ServiceAccount~\(word)~web", object("v1", "ServiceAccount", "web", "")),
      (
        "Role.rbac.authorization.k8s.io~\(word)~web",
        object("rbac.authorization.k8s.io/v1", "Role", "web", "rules: []")
      ),
      (
        "RoleBinding.rbac.authorization.k8s.io~\(word)~web",
        object(
          "rbac.authorization.k8s.io/v1", "RoleBinding", "web",
          "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}")
      ),
      (
        "Service~\(word)~web",
        object("v1", "Service", "web", "spec: {selector: {app: web}, ports: [{port: 80}]}")
      ),
      (
        "Deployment.apps~\(word)~web",
        object("apps/v1", "Deployment", "web", "spec:\n  replicas: \(replicas)\n" + template)
      ),
      (
        "StatefulSet.apps~\(word)~db",
        object(
          "apps/v1", "StatefulSet", "db", "spec:\n  replicas: 0\n  serviceName: web\n" + template)
      ),
      (
        "Ingress.networking.k8s.io~\(word)~web",
        object(
          "networking.k8s.io/v1", "Ingress", "web",
          "spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}")
      ),
    ]
  }

  /// In a bundle of format 2: what somebody changed is put back.
  static let corrects = #""correctDrift":{"enabled":true,"force":false}"#

  /// As the hub writes them on every object.
  static let labels = "{kubectl-fleet.io/bundle: test}"

  static let kinds =
    "configmaps,secrets,serviceaccounts,roles,rolebindings,services,deployments,statefulsets,ingresses"
}
