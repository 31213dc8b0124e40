// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Rendering
import Testing
import YAMLTree

@Suite("Image mirrors")
struct ImageMirrorTests {
  struct Reference: CustomTestStringConvertible {
    let text: String
    /// Registry, path and suffix with blanks between them; nil for what is no reference.
    let parts: String?
    var testDescription: String { text }
  }

  @Test(
    "a reference has the parts that container runtimes see in it",
    arguments: [
      Reference(text: "nginx", parts: "docker.io library/nginx "),
      Reference(text: "nginx:1.27", parts: "docker.io library/nginx :1.27"),
      Reference(text: "acme/web", parts: "docker.io acme/web "),
      Reference(text: "index.docker.io/acme/web", parts: "docker.io acme/web "),
      Reference(text: "docker.io/nginx", parts: "docker.io library/nginx "),
      Reference(text: "localhost/web:1", parts: "localhost web :1"),
      Reference(text: "localhost:5000/web", parts: "localhost:5000 web "),
      Reference(
        text: "registry.local:5000/a/b__c/d-e.f:v1_2",
        parts: "registry.local:5000 a/b__c/d-e.f :v1_2"),
      Reference(text: "[2001:db8::1]:5000/web:1", parts: "[2001:db8::1]:5000 web :1"),
      Reference(
        text: "ghcr.io/acme/pos@sha256:0123456789abcdef0123456789abcdef",
        parts: "ghcr.io acme/pos @sha256:0123456789abcdef0123456789abcdef"),
      Reference(
        text: "ghcr.io/acme/pos:v1@sha256:0123456789abcdef0123456789abcdef",
        parts: "ghcr.io acme/pos :v1@sha256:0123456789abcdef0123456789abcdef"),
      Reference(text: "Registry/web", parts: "Registry web "),
      Reference(text: "", parts: nil), Reference(text: "acme/Web", parts: nil),
      Reference(text: "acme//web", parts: nil), Reference(text: "web:", parts: nil),
      Reference(text: "web:a b", parts: nil), Reference(text: "web@sha256:12", parts: nil),
      Reference(text: "${IMAGE}", parts: nil), Reference(text: "https://ghcr.io/web", parts: nil),
      Reference(text: "ghcr.io", parts: "docker.io library/ghcr.io "),
      Reference(text: "-a.io/web", parts: nil), Reference(text: "a.io:port/web", parts: nil),
      Reference(text: "web-", parts: nil), Reference(text: "a/b___c", parts: nil),
      Reference(text: "\u{10}.io/web", parts: nil),
    ])
  func reference(_ reference: Reference) {
    let parts = ImageReference(reference.text).map {
      "\($0.registry) \($0.path.joined(separator: "/")) \($0.suffix)"
    }
    #expect(parts == reference.parts)
  }

  struct Rewriting: CustomTestStringConvertible {
    let rules: [(String, String)]
    let image: String
    let result: String?
    init(_ rules: [(String, String)], _ image: String, _ result: String?) {
      (self.rules, self.image, self.result) = (rules, image, result)
    }
    var testDescription: String { "\(rules) \(image)" }
  }

  @Test(
    "the longest prefix wins, then the order; tag and digest stay",
    arguments: [
      Rewriting(
        [("docker.io", "hub.local/docker.io")], "nginx", "hub.local/docker.io/library/nginx"),
      Rewriting(
        [("docker.io", "hub.local:5000")], "docker.io/acme/web:1.2", "hub.local:5000/acme/web:1.2"),
      Rewriting([("docker.io", "hub.local")], "ghcr.io/acme/web", nil),
      Rewriting([("ghcr.io/acme", "hub.local/a")], "ghcr.io/acme/web:1", "hub.local/a/web:1"),
      Rewriting([("ghcr.io/acme", "hub.local/a")], "ghcr.io/acmexyz/web:1", nil),
      Rewriting([("ghcr.io/acme/", "hub.local/a/")], "ghcr.io/acme/web:1", "hub.local/a/web:1"),
      Rewriting(
        [("ghcr.io", "one.local"), ("ghcr.io/acme", "two.local")], "ghcr.io/acme/web",
        "two.local/web"),
      Rewriting(
        [("ghcr.io", "one.local"), ("ghcr.io", "two.local")], "ghcr.io/acme/web",
        "one.local/acme/web"),
      Rewriting([("nginx", "hub.local/proxy")], "docker.io/library/nginx:1", "hub.local/proxy:1"),
      Rewriting(
        [("docker.io", "hub.local")], "nginx:1@sha256:0123456789abcdef0123456789abcdef",
        "hub.local/library/nginx:1@sha256:0123456789abcdef0123456789abcdef"),
      Rewriting([("docker.io", "docker.io/mirror")], "docker.io/mirror/library/nginx", nil),
      Rewriting([("ghcr.io", "hub.local"), ("hub.local", "other.local")], "hub.local/web", nil),
      Rewriting([("hub.local/old", "hub.local")], "hub.local/old/web", "hub.local/web"),
      Rewriting([("localhost:5000", "hub.local")], "localhost:5000/web", "hub.local/web"),
      Rewriting([("localhost:5000", "hub.local")], "localhost/web", nil),
      Rewriting([("docker.io", "hub.local")], "$(IMAGE)", nil),
      Rewriting([("docker.io", "no-registry")], "nginx", nil), Rewriting([], "nginx", nil),
    ])
  func rewriting(_ table: Rewriting) {
    let mirrors = ImageMirrors(table.rules.map { (from: $0.0, to: $0.1) })
    let result = mirrors.rewrite(table.image)
    #expect(result == table.result)
    if let result { #expect(mirrors.rewrite(result) == nil, "a second time changes nothing") }
  }

  @Test("what cannot be a rule is told in words")
  func problems() {
    #expect(ImageMirrors.problem(from: "ghcr.io/acme") == nil)
    #expect(
      ImageMirrors.problem(from: "ghcr.io:x") == "'ghcr.io:x' cannot begin the name of an image")
    #expect(ImageMirrors.problem(from: "") == "'' cannot begin the name of an image")
    #expect(ImageMirrors.problem(to: "hub.local:5000/a") == nil)
    #expect(ImageMirrors.problem(to: "acme/mirror") == "'acme/mirror' names no registry")
    #expect(
      ImageMirrors.problem(to: "https://hub.local")
        == "'https://hub.local' cannot begin the name of an image")
  }

  @Test("a cluster's own rules come first, then those of its groups by name")
  func effective() {
    let own = [ImageMirrors.Rule(from: "ghcr.io", to: "site.local")]
    let groups = [
      (name: "west", rules: [ImageMirrors.Rule(from: "docker.io", to: "west.local")]),
      (
        name: "eu",
        rules: [
          ImageMirrors.Rule(from: "docker.io", to: "eu.local"),
          ImageMirrors.Rule(from: "ghcr.io", to: "eu.local"),
        ]
      ),
    ]
    let mirrors = ImageMirrors.effective(own: own, groups: groups)
    #expect(mirrors == ImageMirrors.effective(own: own, groups: groups.reversed()))
    #expect(mirrors.rewrite("nginx") == "eu.local/library/nginx")
    #expect(mirrors.rewrite("ghcr.io/acme/web") == "site.local/acme/web")
  }

  private func rewritten(_ text: String) -> String? {
    var findings = Findings()
    let root = YAMLParser.parse(Array(text.utf8), path: "a.yaml", findings: &findings).first?.root
    let mirrors = ImageMirrors([(from: "docker.io", to: "m.io")])
    return root.flatMap { mirrors.rewrite($0) }.map {
      String(decoding: YAMLEmitter.emit($0), as: UTF8.self)
    }
  }

  static let pod = """
    containers:
    - name: web
      image: nginx
      args:
      - nginx
      env:
      - name: IMAGE
        value: nginx
    - name: other
      image: quay.io/x
    ephemeralContainers:
    - image: debug:1
    initContainers:
    - image: "init:1"
    volumes:
    - name: data
      image:
        reference: data:1
    """
  static let podRewritten = """
    containers:
    - name: web
      image: m.io/library/nginx
      args:
      - nginx
      env:
      - name: IMAGE
        value: nginx
    - name: other
      image: quay.io/x
    ephemeralContainers:
    - image: m.io/library/debug:1
    initContainers:
    - image: m.io/library/init:1
    volumes:
    - name: data
      image:
        reference: m.io/library/data:1
    """

  struct Place: CustomTestStringConvertible {
    let kind: String
    /// The keys from the root to the pod's specification.
    let keys: [String]
    var testDescription: String { kind }
  }

  @Test(
    "all images of a pod are rewritten, wherever the pod stands",
    arguments: [
      Place(kind: "Pod", keys: ["spec"]), Place(kind: "PodTemplate", keys: ["template", "spec"]),
      Place(kind: "Deployment", keys: ["spec", "template", "spec"]),
      Place(kind: "StatefulSet", keys: ["spec", "template", "spec"]),
      Place(kind: "DaemonSet", keys: ["spec", "template", "spec"]),
      Place(kind: "ReplicaSet", keys: ["spec", "template", "spec"]),
      Place(kind: "ReplicationController", keys: ["spec", "template", "spec"]),
      Place(kind: "Job", keys: ["spec", "template", "spec"]),
      Place(kind: "CronJob", keys: ["spec", "jobTemplate", "spec", "template", "spec"]),
      Place(kind: "Rollout", keys: ["spec", "template", "spec"]),
      Place(kind: "MPIJob", keys: ["spec", "replicas", "worker", "template", "spec"]),
      Place(kind: "Launcher", keys: ["spec", "podTemplate", "spec"]),
    ])
  func everywhere(_ place: Place) {
    func manifest(_ pod: String) -> String {
      var text = "kind: \(place.kind)\n"
      for (depth, key) in place.keys.enumerated() {
        text += String(repeating: "  ", count: depth) + key + ":\n"
      }
      let indent = String(repeating: "  ", count: place.keys.count)
      return text + pod.split(separator: "\n").map { indent + $0 + "\n" }.joined()
    }
    #expect(rewritten(manifest(Self.pod)) == manifest(Self.podRewritten))
  }

  @Test(
    "what is no image of a pod stays as it is",
    arguments: [
      "kind: ConfigMap\ndata:\n  image: nginx\n",
      "kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - image: quay.io/x\n",
      "kind: Deployment\nspec:\n  template:\n    spec:\n      containers: none\n",
      "kind: Widget\nspec:\n  image: nginx\n  containers:\n  - image: nginx\n",
      "kind: CustomResourceDefinition\nspec:\n  template:\n    spec:\n      containers:\n      - image: nginx\n",
      "kind: Pod\nspec:\n  containers:\n  - image: 1\n", "kind: Pod\n", "- nginx\n",
    ])
  func untouched(_ text: String) {
    #expect(rewritten(text) == nil)
  }

  @Test("the new image keeps the place of the old one")
  func place() throws {
    var findings = Findings()
    let text = "kind: Pod\nspec:\n  containers:\n  - image: nginx\n"
    let root = try #require(
      YAMLParser.parse(Array(text.utf8), path: "a.yaml", findings: &findings).first?.root)
    let image = ImageMirrors([(from: "docker.io", to: "m.io")]).rewrite(root)?["spec"]?[
      "containers"]?.items?.first?["image"]
    #expect(image?.span.start.line == 4)
    #expect(image?.span.start.column == 12)
  }
}
