// SPDX-License-Identifier: Apache-2.0

package import GitObjects
import SliceFormat

/// The tree of one bundle on one cluster.
package enum BundleTree {
  /// The files of its objects, which are named after the objects' identities; none where it has no such folder.
  package static func objects(
    of bundle: ObjectID, reader: some ObjectReader
  ) throws(ObjectAccessError) -> [TreeEntry] {
    let folder = try reader.tree(bundle).first {
      $0.name == SliceLayout.objectsFolder && $0.mode == .directory
    }
    guard let folder else { return [] }
    return try reader.tree(folder.id)
  }
}
