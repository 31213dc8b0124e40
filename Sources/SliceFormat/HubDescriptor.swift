// SPDX-License-Identifier: Apache-2.0

internal import JSONTree

/// The `hub.json` that sites read: which layout they find, and which epoch it is.
package struct HubDescriptor: Sendable, Hashable {
  /// Where a cluster's slice is.
  package enum Layout: String, Sendable, Hashable {
    /// `slices.git`, a ref per cluster.
    case refs
  }

  /// Why a descriptor cannot be used; the sentence goes on after "the hub's 'hub.json'".
  package enum Refusal: Error, Hashable {
    case damaged
    case format(Int64)
    case layout(String)
  }

  /// The layout.
  package let layout: Layout
  /// Raised after a restore from a backup, so that sites take older releases again.
  package let epoch: Int
  /// Whether sites that come from an older epoch may remove whatever their slices lack.
  package let opensEpoch: Bool

  /// Makes a descriptor.
  package init(layout: Layout = .refs, epoch: Int = 1, opensEpoch: Bool = false) {
    self.layout = layout
    self.opensEpoch = opensEpoch
    self.epoch = epoch
  }

  /// The file's bytes.
  package var json: [UInt8] {
    var members = [
      JSONMember("format", .integer(Int64(SliceLayout.format))),
      JSONMember("layout", .string(layout.rawValue)), JSONMember("epoch", .integer(Int64(epoch))),
    ]
    if opensEpoch { members.append(JSONMember(Self.openMember, .bool(true))) }
    return JSONWriter.pretty(.object(members))
  }

  private static let openMember = "removalsAllowed"

  /// Reads the file.
  package init(json bytes: [UInt8]) throws(Refusal) {
    guard let json = JSONParser.parse(bytes), let format = json["format"]?.integer else {
      throw .damaged
    }
    guard format == SliceLayout.format else { throw .format(format) }
    guard let word = json["layout"]?.string else { throw .damaged }
    guard let layout = Layout(rawValue: word) else { throw .layout(word) }
    guard let epoch = json["epoch"]?.integer, epoch > 0 else { throw .damaged }
    self.init(
      layout: layout, epoch: Int(clamping: epoch),
      opensEpoch: json[Self.openMember]?.bool ?? false)
  }
}
