// SPDX-License-Identifier: Apache-2.0

import Customising
import FleetModel
import Testing

@Suite("values of a cluster")
struct HelmValuesTests {
  private func values(
    _ helm: String, labels: String = "x: \"123\"", spec: String = "{}"
  ) -> (values: String?, isConstant: Bool?, text: String) {
    var customer = Customer(
      "helm:\n  \(helm)\n",
      clusters: "{apiVersion: fleet/v1, kind: Cluster, metadata: {name: a, labels: {\(labels)}}, "
        + "spec: \(spec)}\n")
    let values = customer.values()
    return (values, customer.helm?.isConstant, customer.text)
  }

  @Test(
    "what a template gives is read as YAML, unless quotes stand around it",
    arguments: [
      ("a number", "\"123\"", "a: 123"), ("a boolean", "\"true\"", "a: true"),
      ("a text", "abc", "a: abc"), ("nothing", "\"\"", "a: null"),
    ])
  func types(id: String, label: String, expected: String) {
    let plain = values("values: {a: \"${ .ClusterLabels.x }\"}", labels: "x: \(label)")
    #expect(plain.values == expected + "\n")
    // The quotes of the value itself: fleet.yaml's own quotes are gone by then.
    let quoted = values("values: {a: \"${ .ClusterLabels.x | quote }\"}", labels: "x: \(label)")
    let text = label.filter { $0 != "\"" }
    #expect(quoted.values == (text == "abc" ? "a: abc\n" : "a: \"\(text)\"\n"))
    #expect(plain.text + quoted.text == "")
  }

  @Test(
    "structure can be injected",
    arguments: [
      ("a list", "values: {a: \"${ list 1 2 | toJson }\"}", "a:\n- 1\n- 2"),
      ("a map", "values: {a: '${ dict \"b\" .ClusterName | toJson }'}", "a:\n  b: a"),
      ("a key", "values: {\"${ .ClusterName }-x\": 1}", "a-x: 1"),
      ("more keys", "values: {a: '${ printf \"1\\nb%s 2\" \":\" }'}", "a: 1\nb: 2"),
      // go-yaml writes quotes around it because of the `: ` in it.
      ("a text in quotes", "values: {a: '${ print \"1\\nb: 2\" }'}", "a: \"1 b: 2\""),
      (
        "variables go on in the order of the text",
        "values: {a: \"${ $v := 7 }x\", b: \"${ $v }\"}",
        "a: x\nb: 7"
      ),
    ])
  func structure(id: String, helm: String, expected: String) {
    let result = values(helm)
    #expect(result.text == "")
    #expect(result.values == expected + "\n")
  }

  @Test(
    "cluster values are what JSON makes of them, as in Fleet",
    arguments: [
      ("3", "3"), ("1000000", "1e+06"), ("123456", "123456"), ("0.5", "0.5"), ("true", "true"),
      ("\"3\"", "3"), ("12345678", "1.2345678e+07"),
    ])
  func numbers(value: String, printed: String) {
    let text = values(
      "values: {a: \"x ${ .ClusterValues.num }\"}", spec: "{templateValues: {num: \(value)}}")
    #expect(text.values == "a: x \(printed)\n")
  }

  @Test("labels of Rancher's own machinery are hidden, those that select clusters are not")
  func hiddenLabels() {
    let result = values(
      "values: {a: \"${ .ClusterLabels | toJson }\", b: global.fleet.clusterLabels.a.cattle.io/x}",
      labels:
        "a.cattle.io/x: \"1\", fleet.cattle.io/y: \"2\", management.cattle.io/z: \"3\", "
        + "kubectl.kubernetes.io/w: \"4\", cattle.io: \"5\", v: \"6\"")
    #expect(
      result.values == """
        a:
          cattle.io: "5"
          fleet.cattle.io/y: "2"
          management.cattle.io/z: "3"
          v: "6"
        b: ""

        """)
  }

  @Test("a cluster without labels gets its templates evaluated, too")
  func noLabels() {
    #expect(values("values: {a: \"${ .ClusterName }\"}", labels: "").values == "a: a\n")
    #expect(
      values("values: {a: '${ if hasKey .ClusterLabels \"x\" }1${ else }2${ end }'}", labels: "")
        .values == "a: 2\n")
  }

  @Test("digests")
  func digests() {
    let result = values(
      """
      values:
          a: '${ sha1sum "abc" }'
          b: '${ "abc" | sha256sum }'
          c: '${ sha512sum "abc" }'
          d: '${ sha512sum (repeat 112 "a") | trunc 16 }'
      """)
    #expect(
      result.values == """
        a: a9993e364706816aba3e25717850c26c9cd0d89d
        b: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
        c: ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f
        d: c01d080efd492776

        """)
  }

  @Test(
    "what does not depend on the cluster is known to be constant",
    arguments: [
      ("values: {a: 1}", true), ("values: {a: $x}", true),
      ("values: {a: \"${ 1 }\"}", false),
      ("values: {\"${ 1 }\": a}", false),
      ("values: {a: [{b: global.fleet.clusterLabels.x}]}", false),
      ("values: {a: [global.fleet.clusterLabels.x]}", true),
      ("values: {a: xglobal.fleet.clusterLabels.x}", true),
      ("templateValues: {a: \"1\"}", true), ("templateValues: {a: \"${ 1 }\"}", false),
      ("{disablePreProcess: true, values: {a: \"${ 1 }\"}, templateValues: {a: \"${ 1 }\"}}", true),
      ("releaseName: a", true),
    ])
  func constant(helm: String, expected: Bool) {
    let result = values(helm)
    #expect(result.isConstant == expected)
    #expect(result.values != nil && result.text == "")
  }

  @Test("equal values are equal bytes, however they are written")
  func canonical() {
    let one = values("values: {b: 1.0, a: {d: [1, x], c: \"y\", e: 1e3, f: null}}")
    let two = values("values: {a: {f: ~, e: 1000.0, c: 'y', d: [0x1, \"x\"]}, b: 1}")
    #expect(one.values == two.values)
    #expect(
      one.values == """
        a:
          c: "y"
          d:
          - 1
          - x
          e: 1000
          f: null
        b: 1

        """)
    #expect(values("releaseName: a").values == "{}\n")
  }

  @Test("what templateValues give is not looked at again, and an empty text is null")
  func templateValues() {
    #expect(
      values(
        """
        values: {a: 1, b: {c: 1}}
          templateValues:
            b: "${`${ .X }`}"
            c: "${ .ClusterLabels.x }"
            d: ""
            e: "[${ .ClusterLabels.x }, '${ .ClusterLabels.x }']"
        """
      ).values == """
        a: 1
        b: ${ .X }
        c: 123
        d: null
        e:
        - 123
        - "123"

        """)
  }
}
