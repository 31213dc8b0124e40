// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Reconciling
import Testing

@testable import ClusterAccess
import SliceFormat

@Suite("what kubectl prints")
struct KubectlOutputTests {
  @Test(
    "an error is brought to what a person needs",
    arguments: [
      (
        "Error from server (NotFound): namespaces \"nope\" not found\n",
        "namespaces \"nope\" not found"
      ),
      (
        "resource mapping not found for name: \"d\" namespace: \"x\" from \"/s/1.yaml\": no matches"
          + " for kind \"Foo\" in version \"example.com/v1\"\nensure CRDs are installed first\n",
        "no matches for kind \"Foo\" in version \"example.com/v1\"; ensure CRDs are installed first"
      ),
      (
        "error: error validating \"/s/1.yaml\": error validating data: ValidationError(Service.spec):"
          + " unknown field \"bogus\" in io.k8s.api.core.v1.ServiceSpec; if you choose to ignore"
          + " these errors, turn validation off with --validate=false\n",
        "ValidationError(Service.spec): unknown field \"bogus\" in io.k8s.api.core.v1.ServiceSpec"
      ),
      (
        "E1121 13:28:07.101230   20695 memcache.go:265] \"Unhandled Error\"\nThe connection to the server"
          + " 127.0.0.1:1 was refused\n", "The connection to the server 127.0.0.1:1 was refused"
      ),
      ("Warning: policy/v1beta1 is deprecated\nerror: broken\n", "broken"),
      ("", "kubectl failed without a word"),
    ])
  func reason(errors: String, reason: String) {
    #expect(KubectlOutput.reason(errors, file: "/s/1.yaml") == reason)
  }

  @Test(
    "a server that does not answer is told from an object's own trouble",
    arguments: [
      ("The connection to the server 127.0.0.1:1 was refused - did you specify", true),
      ("Unable to connect to the server: dial tcp: lookup k: no such host", true),
      ("E1121 13:28:07.101230   2 memcache.go:265] x\nUnable to connect to the server: EOF", true),
      (
        "error: error validating \"1\": error validating data: failed to download openapi: Get"
          + " \"https://127.0.0.1:1/openapi/v2\": dial tcp: connect: connection refused", true
      ),
      (
        "Error from server (InternalError): Internal error occurred: failed calling webhook \"w\":"
          + " Post \"https://w.x.svc/\": dial tcp 10.0.0.1:443: connect: connection refused", false
      ),
      ("error parsing 1.yaml: unexpected EOF", false),
    ])
  func unreachable(errors: String, isUnreachable: Bool) {
    #expect(KubectlOutput.saysUnreachable(errors) == isUnreachable)
  }

  @Test("missing namespaces are found, each once")
  func namespaces() {
    let errors = """
      Error from server (NotFound): namespaces "a" not found
      Error from server (NotFound): configmaps "x" not found
      Error from server (NotFound): namespaces "b" not found
      Error from server (NotFound): namespaces "a" not found
      """
    #expect(KubectlOutput.missingNamespaces(errors) == ["a", "b"])
  }

  @Test(
    "what was applied is told from the names; the same name in two namespaces is all or nothing")
  func split() throws {
    let bundle = try Fixture.bundle(
      "a",
      ["ConfigMap~one~x", "ConfigMap~two~x", "ConfigMap~one~y", "Deployment.apps~one~x"])
    let batch = try #require(KubectlBatch.batches(of: bundle.objects, forces: false).first)
    let (applied, missing) = batch.split(applied: [
      "configmap/x", "configmap/y", "deployment.apps/x",
    ])
    #expect(applied.objects.map(\.identity.key) == ["ConfigMap~one~y", "Deployment.apps~one~x"])
    #expect(missing.objects.map(\.identity.key) == ["ConfigMap~one~x", "ConfigMap~two~x"])
  }

  @Test(
    "a conflict is told with who has the fields",
    arguments: [
      (
        "error: Apply failed with 1 conflict: conflict with \"helm\" using apps/v1: .spec.replicas\n"
          + "Please review the fields above--they currently have other managers. Here\nare the ways\n",
        ".spec.replicas belongs to field manager 'helm'; 'takeOwnership: true' below 'helm' takes over"
      ),
      (
        "error: Apply failed with 3 conflicts: conflicts with \"kubectl\" with subresource \"scale\" using v1:\n"
          + "- .data.a\n- .data.b\nconflict with \"x y\" using v1: .data.c\nPlease review the fields",
        ".data.a and .data.b belong to field manager 'kubectl', .data.c belongs to field manager 'x y'; "
          + "'takeOwnership: true' below 'helm' takes over"
      ),
      ("error: something else", nil),
    ])
  func conflict(errors: String, sentence: String?) {
    #expect(KubectlOutput.conflict(errors) == sentence)
    #expect(KubectlOutput.saysConflict(errors) == (sentence != nil))
  }

  @Test("what servers say is cut between characters")
  func shortened() {
    #expect(KubectlOutput.shortened("abc", limit: 3) == "abc")
    #expect(KubectlOutput.shortened("abcd", limit: 3) == "abc…")
    #expect(KubectlOutput.shortened("abéd", limit: 3) == "ab…")
    #expect(KubectlOutput.shortened("aé日", limit: 4) == "aé…")
  }

  @Test("a namespace is written into manifests of kinds that are known to have one")
  func fill() throws {
    func filled(_ file: String, _ manifest: String) throws -> String? {
      let object = try #require(
        DesiredObject(
          bundle: "a", bundleNamespace: "shop", fileName: file, manifest: Array(manifest.utf8)))
      return ManifestNamespace.fill(object).map { String(decoding: $0, as: UTF8.self) }
    }
    let manifest = """
      apiVersion: v1
      data:
        text: |
          metadata:
            name: no
      kind: ConfigMap
      metadata:
        name: x

      """
    #expect(
      try filled("ConfigMap~~x.yaml", manifest) == """
        apiVersion: v1
        data:
          text: |
            metadata:
              name: no
        kind: ConfigMap
        metadata:
          namespace: "shop"
          name: x

        """)
    #expect(try filled("ConfigMap~other~x.yaml", manifest) == nil)
    #expect(try filled("Till.example.com~~x.yaml", manifest) == nil)
    #expect(try filled("Namespace~~x.yaml", manifest) == nil)
    #expect(try filled("ConfigMap~~x.yaml", "metadata: {name: x}\n") == nil)
    #expect(try filled("ConfigMap~~x.yaml", "metadata:\n    name: x\n") == nil)
  }

  @Test("objects that must be told their namespace are calls of their own")
  func batches() throws {
    let bundle = try Fixture.bundle(
      "a", ["ConfigMap~one~x", "Till.example.com~~t", "Namespace~~shop"], namespace: "shop")
    #expect(
      KubectlBatch.batches(of: bundle.objects, forces: false).map { batch in
        (batch.namespace ?? "-") + ": " + batch.objects.map(\.identity.name).joined(separator: " ")
      } == ["-: x shop", "shop: t"])
  }
}
