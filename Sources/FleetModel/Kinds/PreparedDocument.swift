// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import YAMLTree

/// A document as far as it can be read without knowing the others. That is all of a cluster, of which there are
/// many; the other kinds are read when they are added.
package struct PreparedDocument: Sendable {
  /// The value.
  package let root: YAMLNode
  /// What reading came to; nil when it is still to be done.
  let cluster: Reading?

  /// A cluster that was read, or refused.
  struct Reading: Sendable {
    let cluster: Cluster?
    let findings: [Finding]
  }

  /// Reads a document. It needs nothing else, so that many can be read side by side.
  package init(_ root: YAMLNode) {
    self.root = root
    guard !root.isNull, root["kind"]?.string == "Cluster" else {
      cluster = nil
      return
    }
    var findings = Findings()
    let document = FieldReader(root.pairs == nil ? nil : root)
    guard
      case .known(.cluster) = KindRecognition.recognise(document, root: root, findings: &findings)
    else {
      cluster = nil
      return
    }
    SchemaCheck.check(root, against: KnownKind.cluster.schema, findings: &findings)
    let read = Cluster(document, findings: &findings)
    cluster = Reading(cluster: read, findings: findings.all)
  }
}
