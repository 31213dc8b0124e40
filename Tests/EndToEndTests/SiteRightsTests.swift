// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Testing

@Suite(
  "the rights that bootstrap gives",
  .enabled(if: KubeServer.isRunning, "no kube-apiserver can be had here"))
struct SiteRightsTests {
  /// Many kinds: shipped namespaces, roles, a definition and its resources, objects of the cluster, and a bundle
  /// with a service account of its own.
  static let files: [String: String] = [
    "clusters/rights.yaml": """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: Cluster
    metadata: {name: rights-1, labels: {env: test}}

    """,
    "gitrepos/apps.yaml": """
    apiVersion: fleet.cattle.io/v1alpha1
    kind: GitRepo
    metadata: {name: apps}
    spec: {paths: [apps/*], targets: [{clusterSelector: {matchLabels: {env: test}}}]}

    """,
    "apps/base/fleet.yaml":
      "name: base\ndefaultNamespace: rights-a\nnamespaceLabels: {team: tills}\n",
    "apps/base/objects.yaml": """
    apiVersion: v1
    kind: Namespace
    metadata: {name: rights-shipped}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: key, namespace: rights-shipped}
    stringData: {key: value}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings}
    data: {currency: EUR}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: old}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: 0
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: registry.example.org/web:1}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: none}
    spec: {podSelector: {}}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: reader}
    rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: reader}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
    subjects: [{kind: ServiceAccount, name: default, namespace: rights-a}]
    ---
    apiVersion: scheduling.k8s.io/v1
    kind: PriorityClass
    metadata: {name: rights-low}
    value: 10
    ---
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: gateways.rights.example.com}
    spec:
      group: rights.example.com
      names: {kind: Gateway, plural: gateways}
      scope: Namespaced
      versions:
        - name: v1
          served: true
          storage: true
          schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
    ---
    apiVersion: rights.example.com/v1
    kind: Gateway
    metadata: {name: front}
    spec: {port: 80}

    """,
    "apps/team/fleet.yaml": "name: team\ndefaultNamespace: rights-team\nserviceAccount: team\n",
    "apps/team/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theirs}\n",
  ]

  @Test("they are enough to apply and prune, and no more")
  func enough() throws {
    let bench = try DeskBench("rights", Self.files)
    let server = bench.server
    let printed = try bench.fleet(
      "bootstrap", "rights-1", "--as", "cronjob", "--image", "registry.example.org/fleet-sync:1",
      "--hub", "https://hub.example.org/fleet", "--namespace", bench.system)
    try #require(printed.code == 0, "\(printed.errors)")
    Golden.check(printed.output, "site/cronjob-rights.yaml")
    // Before Kubernetes 1.21 the same CronJob has another version.
    let isOld = try server.ask("api-versions").contains("batch/v1beta1")
    let manifests =
      isOld
      ? printed.output.replacing("apiVersion: batch/v1\n", with: "apiVersion: batch/v1beta1\n")
      : printed.output
    let made = try server.kubectl(["apply", "-f", "-"], input: manifests)
    let isMade = made.succeeded
    try #require(isMade, "\(String(decoding: made.errorOutput, as: UTF8.self))")
    // Applying once more changes nothing, but for what another client-side apply would.
    let again = try server.kubectl(["apply", "-f", "-"], input: manifests)
    let changed = String(decoding: again.output, as: UTF8.self).split(separator: "\n")
      .filter { !$0.hasSuffix(" unchanged") }
    #expect(changed == [])

    // The team's own account, as its administrator makes it.
    for words in [
      ["create", "namespace", "rights-team"],
      ["create", "serviceaccount", "team", "-n", bench.system],
      [
        "create", "role", "team", "-n", "rights-team", "--resource=configmaps",
        "--verb=get,create,patch,delete",
      ],
      [
        "create", "rolebinding", "team", "-n", "rights-team", "--role=team",
        "--serviceaccount=\(bench.system):team",
      ],
    ] {
      try #require(try server.kubectl(words).succeeded)
    }
    let kubeconfig = try siteKubeconfig(bench)

    let first = try bench.sync("rights-1", kubeconfig: kubeconfig)
    #expect(first == .init(code: 0, output: "", errors: "took release 1 of epoch 1\n"))
    #expect(
      try bench.names(
        "configmaps,deployments,networkpolicies,roles,rolebindings,gateways.rights.example.com",
        "rights-a")
        == [
          "configmap/old", "configmap/settings", "deployment.apps/web",
          "networkpolicy.networking.k8s.io/none",
          "role.rbac.authorization.k8s.io/fleet-sync", "role.rbac.authorization.k8s.io/reader",
          "rolebinding.rbac.authorization.k8s.io/fleet-sync",
          "rolebinding.rbac.authorization.k8s.io/reader", "gateway.rights.example.com/front",
        ])
    #expect(try bench.names("secrets", "rights-shipped") == ["secret/key"])
    #expect(try bench.names("configmaps", "rights-team") == ["configmap/theirs"])
    #expect(
      try server.ask("get", "namespace", "rights-a", "-o", "jsonpath={.metadata.labels.team}")
        == "tills")

    // What is gone from the repository goes, with the same rights.
    var text = try #require(Self.files["apps/base/objects.yaml"])
    for name in ["old", "none", "front", "rights-low", "key"] {
      let documents = text.components("---\n").filter { !$0.contains("{name: \(name)") }
      text = documents.joined(separator: "---\n")
    }
    try bench.hub.clone.write("apps/base/objects.yaml", text)
    try bench.publish("less")
    let second = try bench.sync("rights-1", kubeconfig: kubeconfig)
    #expect(
      second == .init(code: 0, output: "", errors: "took release 2 of epoch 1\nremoved 5 objects\n")
    )
    #expect(try bench.names("configmaps", "rights-a") == ["configmap/settings"])
    #expect(try server.ask("get", "priorityclass", "rights-low", "--ignore-not-found") == "")

    // What a site reports of its cluster.
    let nodes = try bench.run(
      ["kubectl", "--kubeconfig=\(kubeconfig)", "get", "nodes"], in: bench.hub.scratch.path)
    #expect(nodes.code == 0)

    // No more: the secrets of others, of a namespace of its own without secrets too, and nothing of the cluster's.
    for (words, right) in [
      (["get", "secret", "-n", "default", "any"], "secrets"),
      (["get", "secret", "-n", "rights-a", "any"], "secrets"),
      (["get", "secret", "-n", "rights-team", "any"], "secrets"),
      (["get", "configmaps", "-n", "rights-a"], "configmaps"),
      (["delete", "namespace", "rights-a"], "namespaces"),
      (["delete", "clusterrole", "view"], "clusterroles"),
      (["create", "namespace", "rights-other"], "namespaces"),
      (["get", "node", "any"], "nodes"),
      (["--as=system:serviceaccount:\(bench.system):other", "get", "pods"], "serviceaccounts"),
    ] {
      let call = try bench.run(
        ["kubectl", "--kubeconfig=\(kubeconfig)"] + words, in: bench.hub.scratch.path)
      #expect(call.code == 1)
      #expect(
        call.errors.hasPrefix("Error from server (Forbidden): \(right)"),
        "\(words): \(call.errors)")
    }

    let uninstall = try bench.fleet(
      "bootstrap", "rights-1", "--as", "cronjob", "--uninstall", "--namespace", bench.system)
    let removed = try Child.run(
      ["sh"],
      environment: GitFixture.environment([
        "HOME": bench.hub.scratch.path, "KUBECONFIG": server.kubeconfig,
      ]), input: .bytes(Array(uninstall.output.utf8)), timeoutSeconds: 120)
    #expect(removed.succeeded, "\(String(decoding: removed.errorOutput, as: UTF8.self))")
    #expect(
      try bench.names("cronjobs,serviceaccounts,roles,rolebindings", bench.system)
        == ["serviceaccount/team"])
    #expect(try bench.names("roles", "rights-a") == ["role.rbac.authorization.k8s.io/reader"])
    #expect(
      try server.ask("get", "clusterrole", "\(bench.system):fleet-sync", "--ignore-not-found") == ""
    )
    #expect(try bench.names("configmaps", "rights-a") == ["configmap/settings"])
  }

  /// A kubeconfig with a token of the service account, as the pod has it.
  private func siteKubeconfig(_ bench: DeskBench) throws -> String {
    let token = try bench.server.ask("create", "token", "fleet-sync", "-n", bench.system)
    let path = bench.hub.scratch.path + "/site-kubeconfig"
    try Files.writeAtomically(
      path, try Files.read(bench.server.kubeconfig, limit: 1 << 20), mode: 0o600)
    for words in [
      ["set-credentials", "site", "--token=\(token)"], ["set-context", "--current", "--user=site"],
    ] {
      let run = try bench.run(
        ["kubectl", "--kubeconfig=\(path)", "config"] + words, in: bench.hub.scratch.path)
      try #require(run.code == 0, "\(run.errors)")
    }
    return path
  }
}

extension String {
  /// The parts between a separator.
  fileprivate func components(_ separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
