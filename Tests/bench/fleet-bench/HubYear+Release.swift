// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
import HubService
import SliceFormat

/// What pushes and the hub write of a simulated rollout.
extension HubYear {
  /// A commit with one small change, as a person makes it.
  mutating func commitSource(_ title: String) throws {
    let blob = try fleet.write(.blob, Array("change: \(title) \(clock.seconds)\n".utf8))
    let tree = try fleet.writeTree([TreeEntry("change.yaml", .file, blob)])
    let old = try fleet.reference("refs/heads/main")
    let commit = Commit(
      tree: tree, parents: old.map { [$0] } ?? [], author: author, message: title + "\n")
    try fleet.updateReference(
      "refs/heads/main", to: try fleet.write(.commit, commit.content), expecting: old ?? .zero,
      message: "")
  }

  /// The tree of a bundle in a version and variant: a descriptor and three manifests, of which one changes.
  private mutating func bundleTree(
    _ bundle: Int, _ version: Int, _ variant: Int, to pack: PackWriter
  ) throws -> ObjectID {
    let key = [bundle, version, variant]
    if let known = manifests[key] { return known }
    func manifest(_ kind: String, _ text: String) -> [UInt8] {
      Array(
        """
        apiVersion: v1
        kind: \(kind)
        metadata:
          name: bundle-\(bundle)
          namespace: retail
          labels: {app: bundle-\(bundle), kubectl-fleet.io/bundle: bundle-\(bundle)}
        data:
          text: "\(text)"

        """.utf8)
    }
    let objects = try pack.writeTree([
      TreeEntry(
        "ConfigMap~retail~a.yaml", .file,
        try pack.write(.blob, manifest("ConfigMap", "version \(version) of variant \(variant)"))),
      TreeEntry("Secret~retail~b.yaml", .file, try pack.write(.blob, manifest("Secret", "same"))),
      TreeEntry("Service~retail~c.yaml", .file, try pack.write(.blob, manifest("Service", "same"))),
    ])
    let tree = try pack.writeTree([
      TreeEntry(
        "bundle.json", .file,
        try pack.write(.blob, Array(#"{"format":1,"name":"bundle-\#(bundle)"}"#.utf8))),
      TreeEntry("objects", .directory, objects),
    ])
    manifests[key] = tree
    return tree
  }

  /// A state and its publication, in which these clusters get another slice.
  mutating func releaseAll(_ clusters: [Int], _ title: String) throws {
    release += 1
    let pack = PackWriter(objectDirectory: fleet.objectDirectory)
    var shards: [String: [TreeEntry]] = [:]
    var trees: [ObjectID] = []
    var slicesOfNow: [[Int]: ObjectID] = [:]
    for (index, name) in names.enumerated() {
      let variant = index % settings.variants
      let key = versions[index] + [variant]
      let tree: ObjectID
      if let other = slicesOfNow[key] {
        tree = other
      } else {
        tree = try pack.writeTree(
          versions[index].enumerated().map { bundle, version in
            TreeEntry(
              "bundle-\(bundle)", .directory,
              try bundleTree(bundle, version, variant, to: pack))
          })
        slicesOfNow[key] = tree
      }
      trees.append(tree)
      shards[Shard.name(of: name), default: []].append(TreeEntry(name, .directory, tree))
    }
    let top = try shards.map { TreeEntry($0.key, .directory, try pack.writeTree($0.value)) }
    let root = try pack.writeTree([
      TreeEntry("released", .directory, try pack.writeTree(top)),
      TreeEntry(
        "state.json", .file, try pack.write(.blob, Array("{\"release\":\(release)}\n".utf8))),
    ])
    let commit = Commit(
      tree: root, parents: lastState.map { [$0] } ?? [], author: author,
      message: "release \(release): \(title)\n\nRelease: \(release)\n")
    let id = try pack.write(.commit, commit.content)
    try pack.finish()
    try fleet.refresh()
    try fleet.updateReference(
      HubLayout.Ref.state, to: id, expecting: lastState ?? .zero, message: "")
    lastState = id

    let published = PackWriter(objectDirectory: slices.objectDirectory)
    let known = slices
    let copier = ObjectCopier(from: fleet, to: published) { known.hasObject($0) }
    var refs: [PackedRefs.Change] = []
    for index in clusters {
      try copier.copy(trees[index])
      let slice = Commit(
        tree: trees[index], parents: [], author: author,
        message: "slice \(names[index])\n\nCluster: \(names[index])\nRelease: \(release)\n")
      refs.append(
        PackedRefs.Change(
          HubLayout.Ref.slicePrefix + names[index], try published.write(.commit, slice.content)))
    }
    try published.finish()
    try PackedRefs.update(gitDirectory: hub.slices, refs)
    try slices.refresh()
    clock.stamp(hub)
  }
}
