// SPDX-License-Identifier: Apache-2.0

package import GitObjects
package import JSONTree
package import SliceFormat

/// A tree from which a site went back by itself, and which it does not apply again while the hub tells it.
package struct RefusedTree: Sendable, Hashable {
  /// The tree of the bundle.
  package let tree: ObjectID
  /// The epoch and the release with which it was told.
  package let epoch: Int64
  package let release: Int64
  /// When it was refused, in seconds since 1970 by the site's clock; for people.
  package let at: Int64
  /// Why.
  package let reason: String

  /// Makes a record.
  package init(tree: ObjectID, epoch: Int64, release: Int64, at: Int64, reason: String) {
    self.tree = tree
    self.epoch = epoch
    self.release = release
    self.at = at
    self.reason = reason
  }

  /// The release with which it was told, to compare with those of orders.
  package var mark: RetryMarks.Mark {
    RetryMarks.Mark(epoch: Int(clamping: epoch), release: Int(clamping: release))
  }

  /// The record of a bundle as files have it.
  package func json(bundle: String) -> JSONValue {
    .object([
      "bundle": .string(bundle), "tree": .string(tree.hex), "epoch": .integer(epoch),
      "release": .integer(release), "at": .integer(at), "reason": .string(reason),
    ])
  }

  /// Reads records, by bundle; what makes no sense is left out.
  package static func read(_ json: JSONValue?) -> [String: RefusedTree] {
    var result: [String: RefusedTree] = [:]
    for item in json?.items ?? [] {
      guard let bundle = item["bundle"]?.string,
        let tree = item["tree"]?.string.flatMap({ ObjectID(hex: $0) })
      else { continue }
      result[bundle] = RefusedTree(
        tree: tree, epoch: item["epoch"]?.integer ?? 0, release: item["release"]?.integer ?? 0,
        at: item["at"]?.integer ?? 0, reason: item["reason"]?.string ?? "")
    }
    return result
  }
}
