// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("what is wrong with values")
struct ProblemTests {
  private func complaints(
    _ fleetYAML: String, _ clusters: [(String, String)] = [("store-0017", "regoin: eu")],
    knowsFiles: Bool = true
  ) -> String {
    var customer = Customer(
      fleetYAML, clusters: clusters.map { Customer.cluster($0.0, $0.1) }.joined(),
      knowsFiles: knowsFiles)
    return customer.everything().text
  }

  @Test("a cluster without the label is named, with the place in the file; the others go on")
  func oneCluster() {
    var customer = Customer(
      """
      namespace: web
      helm:
        values:
          ingress:
            host: shop.${ .ClusterLabels.region }.example.com
      """,
      clusters: Customer.cluster("store-0001", "region: eu")
        + Customer.cluster("store-0017", "regoin: eu")
        + Customer.cluster("store-0018", "region: us"))
    let (values, text) = customer.everything()
    #expect(
      values == [
        "ingress:\n  host: shop.eu.example.com\n", nil, "ingress:\n  host: shop.us.example.com\n",
      ])
    #expect(
      text == """
        error: apps/web/fleet.yaml:5:36: cluster 'store-0017' has no label
               'region'
           5 |       host: shop.${ .ClusterLabels.region }.example.com
             |                                    ^^^^^^
        hint: did you mean 'regoin'?
        hint: or give the cluster the label 'region'

        """)
  }

  @Test("many clusters are told once")
  func manyClusters() {
    let clusters = (1...12).map { ("store-\($0)", "tier: edge") }
    #expect(
      complaints("helm: {values: {a: \"${ .ClusterLabels.region }\"}}\n", clusters) == """
        error: apps/web/fleet.yaml:1:39: 12 clusters have no label 'region':
               store-1, store-2, store-3 and 9 more
           1 | helm: {values: {a: "${ .ClusterLabels.region }"}}
             |                                       ^^^^^^
        hint: where it may be missing, ask first: if hasKey .ClusterLabels
              "region"
        hint: or give the cluster the label 'region'

        """)
  }

  @Test(
    "the column is that of the file, however the text is written there",
    arguments: [
      ("plain", "a: x ${ .ClusterLabels.@r }"),
      ("single quotes", "a: 'it''s ä ${ .ClusterLabels.@r }'"),
      ("double quotes", "a: \"\\t\\u00e4\\\"\\x41${ .ClusterLabels.@r }\""),
      ("a key", "\"${ .ClusterLabels.@r }\": 1"),
      ("a list", "a: [a, \"${ .ClusterLabels.@r }\"]"),
      ("a block", "a: |\n      one\n\n        two ${ .ClusterLabels.@r }\n"),
      ("a block at the end", "a: |-\n      ${ .ClusterLabels.@r }"),
      ("far behind column 80, where Fleet folds", "a: \(words) ${ .ClusterLabels.@r }"),
      ("a folded block: where it begins", "a: @>\n      one\n      ${ .ClusterLabels.r }"),
    ])
  func columns(id: String, values: String) {
    let marked = "helm:\n  values:\n    \(values)\n"
    let before = marked.prefix { $0 != "@" }
    let line = before.count { $0 == "\n" } + 1
    let column = before.reversed().prefix { $0 != "\n" }.count + 1
    let text = complaints(marked.filter { $0 != "@" })
    #expect(
      text.hasPrefix("error: apps/web/fleet.yaml:\(line):\(column): cluster 'store-0017' has"),
      "\(text)")
  }

  private static let words = (1...40).map { "w\($0)" }.joined(separator: " ")

  @Test(
    "without the file at hand the column is exact where nothing is escaped",
    arguments: [
      ("a: x ${ .ClusterLabels.@r }"), ("a: 'ä ${ .ClusterLabels.@r }'"),
      ("a: @'it''s ${ .ClusterLabels.r }'"),
    ])
  func withoutFile(values: String) {
    let marked = "helm:\n  values:\n    \(values)\n"
    let column = marked.prefix { $0 != "@" }.reversed().prefix { $0 != "\n" }.count + 1
    let text = complaints(marked.filter { $0 != "@" }, knowsFiles: false)
    #expect(
      text.hasPrefix("error: apps/web/fleet.yaml:3:\(column): cluster 'store-0017' has"), "\(text)")
  }

  @Test("annotations, values and everything else that is missing")
  func otherKeys() {
    #expect(
      complaints(
        """
        helm:
          templateValues:
            a: ${ .ClusterAnnotations.owner }
        """) == """
          error: apps/web/fleet.yaml:3:31: cluster 'store-0017' has no annotation
                 'owner'
             3 |     a: ${ .ClusterAnnotations.owner }
               |                               ^^^^^
          hint: where it may be missing, ask first: if hasKey .ClusterAnnotations
                "owner"

          """)
    let spec = "{apiVersion: fleet/v1, kind: Cluster, metadata: {name: a}, spec: "
    var customer = Customer(
      "helm: {values: {a: \"${ $.ClusterValues.net.cidr }\", b: \"${ .ClusterLabel.x }\"}}\n",
      clusters: spec + "{templateValues: {net: {mask: 8}}}}\n")
    #expect(
      customer.everything().text == """
        error: apps/web/fleet.yaml:1:44: cluster 'a' has no template value
               'net.cidr'
           1 | helm: {values: {a: "${ $.ClusterValues.net.cidr }", b: "${ .Clus…
             |                                            ^^^^
        hint: where it may be missing, ask first: if hasKey $.ClusterValues.net
              "cidr"

        """)
    #expect(
      complaints("helm: {values: {b: \"${ .ClusterLabel.x }\"}}\n") == """
        error: apps/web/fleet.yaml:1:25: cluster 'store-0017': '.' has no key
               'ClusterLabel'
           1 | helm: {values: {b: "${ .ClusterLabel.x }"}}
             |                         ^^^^^^^^^^^^
        hint: did you mean 'ClusterLabels'?

        """)
  }

  @Test("a template that nobody can read is told once, without a cluster")
  func unreadable() {
    #expect(
      complaints("helm: {values: {a: \"${ .ClusterName | uppper }\"}}\n") == """
        error: apps/web/fleet.yaml:1:39: there is no function 'uppper'
           1 | helm: {values: {a: "${ .ClusterName | uppper }"}}
             |                                       ^^^^^^
        hint: did you mean 'upper'?

        """)
    #expect(
      complaints("helm: {templateValues: {a: \"${ uuidv4 }\"}}\n") == """
        error: apps/web/fleet.yaml:1:32: function 'uuidv4' is refused: its
               result changes with every push, so clusters would be rolled out
               for nothing
           1 | helm: {templateValues: {a: "${ uuidv4 }"}}
             |                                ^^^^^^

        """)
  }

  @Test("a shell's variable is not meant as a template")
  func shell() {
    #expect(
      complaints("helm: {values: {a: \"echo ${HOME} ${ .ClusterName }\"}}\n") == """
        error: apps/web/fleet.yaml:1:28: there is no function 'HOME'
           1 | helm: {values: {a: "echo ${HOME} ${ .ClusterName }"}}
             |                            ^^^^
        hint: '${' begins a template; for the text itself write ${`${HOME}`}
        hint: or set 'helm.disablePreProcess: true' for no templates at all

        """)
    #expect(complaints("helm: {values: {a: \"echo ${`${HOME}`}\"}}\n") == "")
    #expect(
      complaints("helm: {values: {a: \"${1:-x}\"}}\n").hasSuffix(
        """
        hint: '${' begins a template; for the text itself write ${`${1:-x}`}
        hint: or set 'helm.disablePreProcess: true' for no templates at all

        """))
  }

  @Test("what is no YAML behind the templates is told with the line that nobody wrote")
  func notYAML() {
    #expect(
      complaints(
        """
        helm:
          values:
            a: 1
            port: ${ print "[" .ClusterLabels.regoin }
            z: 1
        """)
          == """
          error: apps/web/fleet.yaml:4:5: cluster 'store-0017': the values are no
                 YAML behind the templates: expected ',' or ']' before 'z'
             4 |     port: ${ print "[" .ClusterLabels.regoin }
               |     ^^^^
          note: line 3 of what the templates give is 'z: 1'

          """)
    #expect(
      complaints("helm: {templateValues: {a: \"{${ .ClusterName }\"}}\n") == """
        error: apps/web/fleet.yaml:1:28: cluster 'store-0017': the template
               value 'a' is no YAML: expected ',' or '}' before the end of the
               file
           1 | helm: {templateValues: {a: "{${ .ClusterName }"}}
             |                            ^^^^^^^^^^^^^^^^^^^^
        note: line 1 of what the templates give is '{store-0017'

        """)
    #expect(
      complaints("helm: {values: {a: '${ print \"1\\n--- x\" }'}}\n") == """
        error: apps/web/fleet.yaml:1:17: cluster 'store-0017': the values are no
               YAML behind the templates: a second document begins
           1 | helm: {values: {a: '${ print "1\\n--- x" }'}}
             |                 ^
        note: line 2 of what the templates give is '--- x'

        """)
    #expect(
      complaints("helm: {values: {a: '${ printf \"1\\na%s 2\" \":\" }'}}\n") == """
        error: apps/web/fleet.yaml:1:17: cluster 'store-0017': the values are no
               YAML behind the templates: the key 'a' stands twice in this map
           1 | helm: {values: {a: '${ printf "1\\na%s 2" ":" }'}}
             |                 ^
        note: line 2 of what the templates give is 'a: 2'

        """)
  }

  @Test("a label that is read without a template may be missing, with a warning")
  func references() {
    #expect(
      complaints(
        "helm: {values: {a: global.fleet.clusterLabels.region}}\n",
        [("a", ""), ("b", "region: eu"), ("c", "")]) == """
          warning: apps/web/fleet.yaml:1:20: 2 clusters have no label 'region': a
                   and c; the value is empty there
             1 | helm: {values: {a: global.fleet.clusterLabels.region}}
               |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: give the cluster the label 'region'

          """)
  }

  @Test("values stand in one another 50 levels deep, as in Fleet")
  func depth() {
    let deep: (Int) -> String = { levels in
      "helm: {values: {" + String(repeating: "a: {", count: levels)
        + "b: 1" + String(repeating: "}", count: levels) + "}}\n"
    }
    #expect(complaints(deep(50)) == "")
    #expect(complaints(deep(51)).contains("values stand in one another more than"))
  }
}
