// SPDX-License-Identifier: Apache-2.0

import CheckFormat
import Diagnostics
import Extensions
import JSONTree
import Testing

@Suite("What check programs read and write")
struct CheckFormatTests {
  @Test("the request is what the contract shows")
  func request() throws {
    let input = Sample.input(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\ndata: {k: v}\n",
      definitions: "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n")
    #expect(
      String(decoding: input.bytes, as: UTF8.self)
        == #"{"format":1,"bundles":[{"name":"pos","workspace":"fleet-default","gitRepo":"shops","#
        + #""path":"apps/pos","clusters":{"count":2,"sample":["store-1","store-2"]},"#
        + #""kubernetesVersions":["v1.29.4"],"objects":[{"apiVersion":"v1","kind":"ConfigMap","#
        + #""namespace":"shop","name":"a","path":"apps/pos/web.yaml","line":2,"manifest":"#
        + #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"shop"},"#
        + #""data":{"k":"v"}}}]}],"customResourceDefinitions":"#
        + #"[{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition"}]}"#)
    let read = try CheckRequest(try #require(JSONParser.parse(input.bytes)))
    #expect(read.bytes == input.bytes)
  }

  @Test("the answer reads as it was written")
  func answer() throws {
    let answer = CheckAnswer(
      findings: [
        CheckAnswer.Finding(
          severity: .warning, code: "a-b", message: "m", bundle: "pos", workspace: "w",
          object: CheckAnswer.ObjectName(
            apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "a"), pointer: "/data/k",
          hints: ["h"]),
        CheckAnswer.Finding(severity: .error, code: "", message: "n"),
      ], summary: "s")
    #expect(
      String(decoding: answer.bytes, as: UTF8.self)
        == #"{"format":1,"summary":"s","findings":[{"severity":"warning","code":"a-b","message":"m","#
        + #""bundle":"pos","workspace":"w","object":{"apiVersion":"v1","kind":"ConfigMap","#
        + #""namespace":"shop","name":"a"},"pointer":"/data/k","hints":["h"]},"#
        + #"{"severity":"error","code":"","message":"n","hints":[]}]}"# + "\n")
    #expect(try CheckAnswer(try #require(JSONParser.parse(answer.bytes))) == answer)
  }

  @Test(
    "a request that cannot be read says why",
    arguments: [
      (#"{}"#, CheckRequest.Refusal.malformed("format")),
      (#"[]"#, .malformed("format")),
      (#"{"format":2,"bundles":[]}"#, .format(2)),
      (#"{"format":1}"#, .malformed("bundles")),
      (#"{"format":1,"bundles":[{"objects":[]}]}"#, .malformed("bundles[].name")),
      (#"{"format":1,"bundles":[{"name":"a"}]}"#, .malformed("bundles[].objects")),
      (#"{"format":1,"bundles":[{"name":"a","objects":[{}]}]}"#, .malformed("bundles[].objects[]")),
    ])
  func refusals(_ text: String, _ refusal: CheckRequest.Refusal) throws {
    let json = try Sample.json(text)
    #expect(throws: refusal) { try CheckRequest(json) }
  }
}
