// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import GitObjects
package import Rollouts

/// The tree `policy/` of a plan.
package enum PolicyTree {
  /// Writes the tree; nil when the policies say nothing, and the plan has no such folder.
  package static func write(
    _ policies: PlanPolicies, to writer: any ObjectWriter
  ) throws(ObjectAccessError) -> ObjectID? {
    let files = policies.files
    if files.isEmpty { return nil }
    var top: [TreeEntry] = []
    var folders: [String: [TreeEntry]] = [:]
    for file in files {
      let id = try writer.write(.blob, file.bytes)
      let parts = file.path.split(separator: "/", maxSplits: 1).map(String.init)
      if parts.count == 2 {
        folders[parts[0], default: []].append(TreeEntry(parts[1], .file, id))
      } else {
        top.append(TreeEntry(file.path, .file, id))
      }
    }
    // The order of writing shows in a pack, so it is not left to the dictionary.
    for (name, entries) in folders.byName {
      top.append(TreeEntry(name, .directory, try writer.writeTree(entries)))
    }
    return try writer.writeTree(top)
  }

  /// Reads the tree; policies that say nothing for a plan without one, nil when a newer version wrote it.
  package static func read(
    _ tree: ObjectID?, from reader: some ObjectReader
  ) throws(ObjectAccessError) -> PlanPolicies? {
    guard let tree else { return PlanPolicies() }
    var known: [String: [TreeEntry]] = ["": try reader.tree(tree)]
    return try PlanPolicies { (path) throws(ObjectAccessError) -> [UInt8]? in
      let parts = path.split(separator: "/").map { Array($0.utf8) }
      guard let name = parts.last else { return nil }
      let folder = parts.count == 2 ? parts[0] : []
      let key = String(decoding: folder, as: UTF8.self)
      if known[key] == nil {
        let entry = known[""]?.first { $0.name == folder && $0.mode == .directory }
        known[key] =
          try entry.map { (entry) throws(ObjectAccessError) in
            try reader.tree(entry.id)
          } ?? []
      }
      guard let file = known[key]?.first(where: { $0.name == name && $0.mode == .file }) else {
        return nil
      }
      return try reader.blob(file.id, limit: SourceLimits.anyFile)
    }
  }
}
