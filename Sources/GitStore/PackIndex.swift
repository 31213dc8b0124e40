// SPDX-License-Identifier: Apache-2.0

import GitObjects

/// The index of a pack: gitformat-pack(5), version 2.
enum PackIndex {
  /// One object of a pack.
  struct Entry {
    let id: ObjectID
    let offset: UInt64
    let checksum: UInt32
  }

  /// The bytes of the index.
  /// - Parameters:
  ///   - entries: sorted by id.
  ///   - packDigest: the last 20 bytes of the pack.
  static func encode(_ entries: [Entry], packDigest: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + 1024 + entries.count * 28 + 40)
    bytes.append(contentsOf: [0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2])
    var counts = [UInt32](repeating: 0, count: 256)
    for entry in entries { counts[Int(entry.id.firstByte)] += 1 }
    var total: UInt32 = 0
    for count in counts {
      total += count
      append(total, to: &bytes)
    }
    for entry in entries { entry.id.append(to: &bytes) }
    for entry in entries { append(entry.checksum, to: &bytes) }
    // Offsets that need more than 31 bits stand in a table of their own.
    var large: [UInt64] = []
    for entry in entries {
      if entry.offset < 1 << 31 {
        append(UInt32(entry.offset), to: &bytes)
      } else {
        append(UInt32(1) << 31 | UInt32(truncatingIfNeeded: large.count), to: &bytes)
        large.append(entry.offset)
      }
    }
    for offset in large {
      withUnsafeBytes(of: offset.bigEndian) { bytes.append(contentsOf: $0) }
    }
    bytes.append(contentsOf: packDigest)
    bytes.append(contentsOf: SHA1.hash(bytes))
    return bytes
  }

  private static func append(_ value: UInt32, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
