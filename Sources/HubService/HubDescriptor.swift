// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Posix
import SliceFormat

/// The `hub.json` that sites read: which layout they find, and which epoch it is.
package struct HubDescriptor: Sendable, Hashable {
  /// Where a cluster's slice is.
  package enum Layout: String, Sendable, Hashable {
    /// `slices.git`, a ref per cluster.
    case refs
  }

  /// The layout.
  package let layout: Layout
  /// Raised after a restore from a backup, so that sites take older releases again.
  package let epoch: Int

  /// Makes a descriptor.
  package init(layout: Layout = .refs, epoch: Int = 1) {
    self.layout = layout
    self.epoch = epoch
  }

  /// The file's bytes.
  package var json: [UInt8] {
    JSONWriter.pretty(
      .object([
        "format": .integer(Int64(SliceLayout.format)), "layout": .string(layout.rawValue),
        "epoch": .integer(Int64(epoch)),
      ]))
  }

  /// Reads the file of a hub; a missing one is epoch 1 of the only layout.
  package static func read(_ hub: HubLayout) throws(HubError) -> HubDescriptor {
    let bytes = try HubError.wrap { try Files.readIfPresent(hub.descriptor, limit: 1 << 16) }
    guard let bytes else { return HubDescriptor() }
    guard let json = JSONParser.parse(bytes), let epoch = json["epoch"]?.integer, epoch > 0,
      let layout = json["layout"]?.string.flatMap(Layout.init(rawValue:))
    else {
      throw HubError(
        "'\(hub.descriptor)' cannot be understood",
        hint: "restore it from a backup, or run 'kubectl fleet doctor'")
    }
    return HubDescriptor(layout: layout, epoch: Int(clamping: epoch))
  }

  /// Writes the file.
  package func write(to hub: HubLayout) throws(HubError) {
    try HubError.wrap { try Files.writeAtomically(hub.descriptor, json) }
  }
}
