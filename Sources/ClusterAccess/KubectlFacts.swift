// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Reconciling
package import SliceFormat

/// What a look at the facts of a cluster found.
package struct FactsLook: Sendable {
  /// The facts, in the order of their names.
  package let facts: [SiteFact]
  /// Why there are not more; nil when nothing was refused.
  package let objection: String?
}

extension KubectlTarget {
  /// A line a node and three JSON texts in it: whole nodes would be twenty times as much, most of it images.
  private static let template =
    "jsonpath={range .items[*]}{.status.nodeInfo}{\"\\t\"}{.status.capacity}{\"\\t\"}{.metadata.labels}{\"\\n\"}{end}"

  /// Asks for what the server and the nodes tell about the cluster: two calls. It needs the right to list nodes;
  /// without it there is what the server tells everybody.
  package func facts() throws(TargetError) -> FactsLook {
    let version = try kubectl.run(["get", "--raw", "/version"])
    if !version.succeeded, KubectlOutput.saysUnreachable(version.errors) {
      throw .unreachable(version.unreachableMessage)
    }
    let nodes = try kubectl.run(["get", "nodes", "-o", Self.template])
    if !nodes.succeeded, KubectlOutput.saysUnreachable(nodes.errors) {
      throw .unreachable(nodes.unreachableMessage)
    }
    let refused = [version, nodes].first { !$0.succeeded }
    return FactsLook(
      facts: NodeFacts.facts(
        version: version.succeeded ? version.json : nil,
        nodes: nodes.succeeded ? Self.nodes(nodes.bytes) : nil),
      objection: refused.map { KubectlOutput.reason($0.errors, file: "") })
  }

  private static func nodes(_ output: [UInt8]) -> [NodeFacts.Node] {
    output.split(separator: 10).map { line in
      let parts = line.split(separator: 9, omittingEmptySubsequences: false)
        .map { JSONParser.parse(Array($0)) ?? .null }
      let labels = (parts.count > 2 ? parts[2].members : nil) ?? []
      return NodeFacts.Node(
        info: parts.first ?? .null, capacity: parts.count > 1 ? parts[1] : .null,
        labels: Dictionary(
          labels.compactMap { label in label.value.string.map { (label.name, $0) } },
          uniquingKeysWith: { $1 }))
    }
  }
}
