// SPDX-License-Identifier: Apache-2.0

package import GitObjects
internal import JSONTree

/// The `bundles/CLUSTER.json` that a hub puts beside `CLUSTER.bundle`: which slice can be had in pieces, and how the
/// whole is known.
package struct SliceBundleHead: Sendable, Hashable {
  /// The slice's commit.
  package let commit: ObjectID
  /// The hub's epoch and the number of the release, so that nobody loads what he would refuse.
  package let epoch: Int64
  package let release: Int64
  /// Bytes of the bundle.
  package let size: Int64
  /// The id of the bundle as a blob of Git: `git hash-object CLUSTER.bundle`.
  package let blob: ObjectID

  /// The folder in the hub, beside `slices.git`.
  package static let folder = "bundles"
  /// More than any slice has.
  package static let sizeLimit: Int64 = 4 << 30

  /// Makes a head.
  package init(commit: ObjectID, epoch: Int64, release: Int64, size: Int64, blob: ObjectID) {
    self.commit = commit
    self.epoch = epoch
    self.release = release
    self.size = size
    self.blob = blob
  }

  /// The file's bytes.
  package var json: [UInt8] {
    JSONWriter.pretty(
      .object([
        "format": .integer(Int64(SliceLayout.format)), "commit": .string(commit.hex),
        "epoch": .integer(epoch), "release": .integer(release), "size": .integer(size),
        "blob": .string(blob.hex),
      ]))
  }

  /// Reads the file; nil when it is none of ours.
  package init?(json bytes: [UInt8]) {
    guard let json = JSONParser.parse(bytes),
      json["format"]?.integer == Int64(SliceLayout.format),
      let commit = json["commit"]?.string.flatMap({ ObjectID(hex: $0) }),
      let epoch = json["epoch"]?.integer, let release = json["release"]?.integer,
      let size = json["size"]?.integer, (1...Self.sizeLimit).contains(size),
      let blob = json["blob"]?.string.flatMap({ ObjectID(hex: $0) })
    else { return nil }
    self.init(commit: commit, epoch: epoch, release: release, size: size, blob: blob)
  }
}
