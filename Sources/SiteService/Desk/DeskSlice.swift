// SPDX-License-Identifier: Apache-2.0

package import GitObjects
import JSONTree
package import Reconciling
import SliceFormat

/// Reads bundle deployments where the hub's compiler left them, without a commit and without git.
package enum DeskSlice {
  /// Why there is no slice.
  package struct Failure: Error, Sendable, Hashable {
    /// The sentence.
    package let message: String
  }

  /// The slice of these deployments.
  ///
  /// - Throws: where a deployment is missing, too large, or none.
  package static func read(
    _ deployments: [(bundle: String, tree: ObjectID)], _ reader: some ObjectReader
  ) throws(Failure) -> DesiredSlice {
    var entries: [SliceEntry] = []
    var blobs: [ObjectID: [UInt8]] = [:]
    var total = 0
    func walk(_ tree: ObjectID, _ path: [Substring]) throws(ObjectAccessError) {
      entries.append(SliceEntry(path: path, mode: "040000", id: tree, size: 0))
      for entry in try reader.tree(tree) {
        let name = Substring(String(decoding: entry.name, as: UTF8.self))
        if entry.mode == .directory {
          try walk(entry.id, path + [name])
          continue
        }
        let bytes = try reader.blob(entry.id, limit: SliceEntry.blobLimit)
        total += bytes.count
        guard total <= SliceEntry.totalLimit else {
          throw .failed("the slice has more than 64 MiB")
        }
        blobs[entry.id] = bytes
        entries.append(
          SliceEntry(
            path: path + [name], mode: entry.mode.rawValue, id: entry.id, size: bytes.count))
      }
    }
    do {
      for deployment in deployments { try walk(deployment.tree, [Substring(deployment.bundle)]) }
      switch try SliceContent.assemble(
        entries, blobs: blobs, parse: { JSONParser.parse($0, limits: .machine) })
      {
      case .bundles(let slice): return slice
      case .tombstone: return DesiredSlice([])
      }
    } catch let error as ObjectAccessError {
      throw Failure(message: error.description)
    } catch let error as SliceRefusal {
      throw Failure(message: error.message)
    } catch {
      throw Failure(message: "\(error)")
    }
  }
}
