// SPDX-License-Identifier: Apache-2.0

internal import GitObjects

/// Names and limits of the files in plans and slices.
package enum SliceLayout {
  /// The number of this format; two neighbouring numbers of hub and site work together.
  package static let format = 1
  /// The newest number of a bundle deployment; 1 is written where nothing says more.
  package static let bundleFormat = 2
  /// The folder of manifests in a bundle deployment.
  package static let objectsFolder = Array("objects".utf8)
  /// The folder of hooks in a bundle deployment; in it a folder for each `HookPhase`.
  package static let hooksFolder = Array("hooks".utf8)
  /// The folder of the files that the site renders.
  package static let chartFolder = Array("chart".utf8)
  /// The file of the values that the hub knows of a bundle that the site renders.
  package static let valuesFile = Array("values.yaml".utf8)
  /// The file of options in a bundle deployment.
  package static let descriptorFile = Array("bundle.json".utf8)
  /// The file that is the whole slice of a removed cluster.
  package static let tombstoneFile = Array("tombstone.json".utf8)
  /// The most bytes that a descriptor or a tombstone may have.
  package static let descriptorLimit = 1 << 20
  /// The most bytes that one manifest may have: what etcd takes, with room for labels.
  package static let manifestLimit = 4 << 20
  /// The label that marks the owner of every object that is applied; its value is the bundle's name.
  package static let ownerLabel = "kubectl-fleet.io/bundle"
}

/// The folder that a cluster is in, so that no Git tree grows with the fleet.
package enum Shard {
  /// The first two hexadecimal digits of the SHA-1 of the cluster's name.
  package static func name(of cluster: String) -> String { name(of: Array(cluster.utf8)) }

  /// The same for a name as it stands in a tree.
  package static func name(of cluster: [UInt8]) -> String {
    let digest = SHA1.hash(cluster)
    let digits = Array("0123456789abcdef".utf8)
    let first = digest.first ?? 0
    return String(decoding: [digits[Int(first >> 4)], digits[Int(first & 15)]], as: UTF8.self)
  }
}
