// SPDX-License-Identifier: Apache-2.0

package import GitObjects
package import GitStore

/// The objects of a plan while it is compiled: written to one pack, and read again for the comparison.
///
/// Trees are kept in memory, because the pack can be read only when it is finished; a blob is never
/// read again. At 10,000 clusters with ten bundles that is about 10 MB.
package final class PlanStore: ObjectReader, ObjectWriter {
  private let pack: PackWriter?
  private let repository: Repository
  private var trees: [ObjectID: [UInt8]] = [:]

  /// Makes a store over a repository; without a pack nothing is written, for a look.
  package init(repository: Repository, pack: PackWriter?) {
    self.repository = repository
    self.pack = pack
  }

  package func write(
    _ kind: ObjectKind, _ content: [UInt8]
  ) throws(ObjectAccessError) -> ObjectID {
    let id = try pack?.write(kind, content) ?? ObjectID.hash(kind, content)
    if kind == .tree { trees[id] = content }
    return id
  }

  package func tree(_ id: ObjectID) throws(ObjectAccessError) -> [TreeEntry] {
    guard let content = trees[id] else { return try repository.tree(id) }
    guard let entries = TreeContent.decode(content) else { throw .malformed(id) }
    return entries
  }

  package func blob(_ id: ObjectID, limit: Int) throws(ObjectAccessError) -> [UInt8] {
    try repository.blob(id, limit: limit)
  }

  package func blobSize(_ id: ObjectID) throws(ObjectAccessError) -> Int {
    try repository.blobSize(id)
  }
}
