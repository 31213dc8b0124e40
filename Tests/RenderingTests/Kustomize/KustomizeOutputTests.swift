// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import GitObjects
import Rendering
import Testing

@Suite("kustomizations become manifests")
struct KustomizeOutputTests {
  private static let base = """
    --- base/kustomization.yaml
    resources:
    - deployment.yaml
    - service.yaml
    configMapGenerator:
    - name: settings
      literals:
      - level=info
      files:
      - app.conf
    --- base/app.conf
    port = 80
    --- base/deployment.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 1
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
          - name: web
            image: registry.example.com/web:1
            envFrom:
            - configMapRef: {name: settings}
    --- base/service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector: {app: web}
      ports:
      - port: 80

    """

  private static let overlay = """
    --- overlays/prod/kustomization.yaml
    resources:
    - ../../base
    components:
    - ../../components/monitored
    namePrefix: prod-
    images:
    - name: registry.example.com/web
      newTag: "2"
    labels:
    - pairs: {stage: prod}
    configMapGenerator:
    - name: settings
      behavior: merge
      literals: [level=warn]
    patches:
    - path: replicas.yaml
    - target: {kind: Service}
      patch: |
        - op: replace
          path: /spec/ports/0/port
          value: 8080
    patchesStrategicMerge:
    - |
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec: {template: {spec: {containers: [{name: log, image: log:1}]}}}
    replacements:
    - source: {kind: Service, name: web, fieldPath: "spec.ports.0.port"}
      targets:
      - select: {kind: Deployment}
        fieldPaths: ["spec.template.metadata.annotations.port"]
        options: {create: true}
    --- overlays/prod/replicas.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 3
    --- components/monitored/kustomization.yaml
    apiVersion: kustomize.config.k8s.io/v1alpha1
    kind: Component
    patches:
    - target: {kind: Deployment}
      patch: |
        - op: add
          path: /spec/template/metadata/annotations
          value: {prometheus.io/scrape: "true"}
    --- unrelated.txt
    nobody reads this

    """

  private static let charted = """
    apiVersion: v1
    kind: Secret
    metadata:
      name: from-helm
    stringData: {a: b}

    """

  @Test("a base, an overlay, a component, generators, images, patches of three kinds, replacements")
  func overlay() throws {
    let bundle = KustomizeBundle(Self.base + Self.overlay)
    Golden.check(try bundle.output("base"), "kustomize/base.yaml")
    Golden.check(try bundle.output("overlays/prod"), "kustomize/prod.yaml")
  }

  @Test("the output of Helm is the first resource, in whatever way the resources are written")
  func afterHelm() throws {
    let files = """
      --- map.yaml
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: a
      --- kustomization.yaml

      """
    for (id, text) in [
      ("block", "# first\nresources:\n# the map\n- map.yaml\nnamePrefix: p-\n"),
      ("indented", "namePrefix: p-\nresources:\n    - map.yaml\n"),
      ("flow", "namePrefix: p-\nresources: [map.yaml]\n"),
      ("flow-root", "{namePrefix: p-, resources: [map.yaml]}\n"),
      ("none", "namePrefix: p-\npatches: []"),
      ("null", "namePrefix: p-\nresources:\n"),
      ("flow-root-none", "{namePrefix: p-}\n"),
      ("listed", "namePrefix: p-\nresources: [map.yaml, fleet-manifests.yaml]\n"),
    ] {
      var findings = Findings()
      let bundle = KustomizeBundle(files + text)
      let request = try #require(try bundle.request("", findings: &findings))
      let job = request.job(manifests: Array(Self.charted.utf8))
      let edited = try #require(
        try job.folder.files().first { $0.path == "kustomization.yaml" })
      Golden.check(
        String(decoding: edited.bytes, as: UTF8.self), "kustomize/after-helm-\(id).yaml")
      let output = try bundle.output(manifests: Self.charted)
      let names = output.split(separator: "\n").filter { $0.hasPrefix("  name: ") }
      let wanted =
        text.contains("map.yaml")
        ? ["  name: p-a", "  name: p-from-helm"] : ["  name: p-from-helm"]
      #expect(names.map(String.init) == wanted, "\(id)")
    }
  }

  @Test("a kustomization that names fleet-manifests.yaml builds without a chart too")
  func withoutHelm() throws {
    let bundle = KustomizeBundle(
      "--- kustomization.yaml\nresources: [fleet-manifests.yaml]\nconfigMapGenerator: [{name: c}]\n"
    )
    #expect(
      try bundle.output() == """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: c-6ct58987ht

        """)
  }

  @Test("deprecated fields work: bases, commonLabels, vars, patchesJson6902")
  func deprecated() throws {
    let bundle = KustomizeBundle(
      Self.base + """
        --- kustomization.yaml
        bases: [base]
        commonLabels: {team: shop}
        patchesJson6902:
        - target: {group: apps, version: v1, kind: Deployment, name: web}
          path: patch.json
        vars:
        - name: SERVICE
          objref: {kind: Service, name: web, apiVersion: v1}
        --- patch.json
        [{"op": "add", "path": "/spec/template/spec/containers/0/args", "value": ["$(SERVICE)"]}]

        """)
    Golden.check(try bundle.output(), "kustomize/deprecated.yaml")
  }

  @Test("the same bytes from another folder, with another locale, zone and home")
  func elsewhere() throws {
    var findings = Findings()
    let bundle = KustomizeBundle(Self.base + Self.overlay)
    let job = try #require(try bundle.request("overlays/prod", findings: &findings)).job()
    let here = try KustomizeBundle.run(job)
    let there = try KustomizeBundle.run(
      job, folder: "another/folder with blanks",
      environment: ["LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Tokyo"])
    #expect(here == there)
    guard case .output(let bytes) = here else {
      Issue.record("kustomize failed")
      return
    }
    #expect(bytes.count > 500)
  }

  @Test("the key changes with what the kustomization leads to, and with nothing else")
  func key() throws {
    func key(_ change: (inout [String: String]) -> Void, _ manifests: String? = nil) throws
      -> [UInt8]
    {
      var files = KustomizeBundle(Self.base + Self.overlay).files
      change(&files)
      var findings = Findings()
      let request = try KustomizeBundle(files).request("overlays/prod", findings: &findings)
      return try #require(request).job(manifests: manifests.map { Array($0.utf8) }).key
    }
    let first = try key { _ in }
    #expect(try key { $0["unrelated.txt"] = "x" } == first)
    #expect(try key { $0["unrelated.txt"] = nil } == first)
    #expect(try key({ _ in }, "") == first)
    #expect(try key({ _ in }, Self.charted) != first)
    for path in [
      "base/app.conf", "base/kustomization.yaml", "base/service.yaml",
      "overlays/prod/replicas.yaml", "components/monitored/kustomization.yaml",
    ] {
      #expect(try key { $0[path, default: ""] += "# changed\n" } != first, "\(path)")
    }
    // What a plugin reads nobody knows.
    let plugin =
      "\ntransformers:\n- |-\n  apiVersion: builtin\n  kind: PrefixTransformer\n  metadata: {name: x}\n"
    let open = try key { $0["overlays/prod/kustomization.yaml", default: ""] += plugin }
    let changed = try key {
      $0["overlays/prod/kustomization.yaml", default: ""] += plugin
      $0["unrelated.txt"] = "x"
    }
    #expect(open != changed)
  }

  @Test("kustomizations are found by their three names")
  func find() {
    let paths = ["kustomization.yaml", "a/Kustomization", "a/kustomization.yml", "b/x.yaml"]
    #expect(Kustomization.find(in: paths, directory: "") == ["kustomization.yaml"])
    #expect(
      Kustomization.find(in: paths, directory: "a") == ["a/kustomization.yml", "a/Kustomization"])
    #expect(Kustomization.find(in: paths, directory: "b").isEmpty)
  }
}
