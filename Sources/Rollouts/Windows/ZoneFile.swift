// SPDX-License-Identifier: Apache-2.0

/// Why the bytes of a zone file can't be used.
package enum ZoneFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// They don't begin as a zone file does.
  case notAZoneFile
  /// They end too early, or say something impossible.
  case damaged

  package var description: String {
    switch self {
    case .notAZoneFile: "is no zone file"
    case .damaged: "is a damaged zone file"
    }
  }
}

extension ZoneRules {
  /// Reads a file of the zone database, `/usr/share/zoneinfo/Europe/Berlin`: TZif of any version.
  ///
  /// Source: RFC 8536. Leap seconds are left out: POSIX time has none.
  package init(file bytes: [UInt8]) throws(ZoneFileError) {
    var reader = ZoneFileReader(bytes: bytes)
    let header = try reader.header()
    if header.version == 0 {
      self = try reader.rules(header, wide: 4, rule: nil)
      return
    }
    // The first block is for readers that know no other; the second has the same with eight bytes for a moment.
    try reader.skip(header.size(wide: 4))
    let second = try reader.header()
    var end = reader
    try end.skip(second.size(wide: 8))
    self = try reader.rules(second, wide: 8, rule: try end.footer())
  }
}

private struct ZoneFileReader {
  let bytes: [UInt8]
  var index = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  struct Header {
    var version: UInt8
    var isUTCount = 0
    var isStandardCount = 0
    var leapCount = 0
    var timeCount = 0
    var typeCount = 0
    var characterCount = 0

    func size(wide: Int) -> Int {
      timeCount * (wide + 1) + typeCount * 6 + characterCount + leapCount * (wide + 4)
        + isStandardCount + isUTCount
    }
  }

  mutating func header() throws(ZoneFileError) -> Header {
    guard bytes.count - index >= 44, Array(bytes[index..<(index + 4)]) == Array("TZif".utf8) else {
      throw .notAZoneFile
    }
    var header = Header(version: bytes[index + 4])
    index += 20
    header.isUTCount = try count()
    header.isStandardCount = try count()
    header.leapCount = try count()
    header.timeCount = try count()
    header.typeCount = try count()
    header.characterCount = try count()
    guard (1...256).contains(header.typeCount) else { throw .damaged }
    return header
  }

  mutating func skip(_ count: Int) throws(ZoneFileError) {
    guard count <= bytes.count - index else { throw .damaged }
    index += count
  }

  mutating func rules(
    _ header: Header, wide: Int, rule: PosixZone?
  ) throws(ZoneFileError) -> ZoneRules {
    guard header.size(wide: wide) <= bytes.count - index else { throw .damaged }
    var moments: [Int64] = []
    moments.reserveCapacity(header.timeCount)
    for _ in 0..<header.timeCount {
      let moment = signed(wide)
      if let last = moments.last, last >= moment { throw .damaged }
      moments.append(moment)
    }
    let types = bytes[index..<(index + header.timeCount)].map { Int($0) }
    index += header.timeCount
    var offsets: [Int] = []
    for _ in 0..<header.typeCount {
      let offset = Int(signed(4))
      // Twenty-five hours either way is what the format allows.
      guard abs(offset) <= 93_600 else { throw .damaged }
      offsets.append(offset)
      index += 2
    }
    guard types.allSatisfy({ $0 < offsets.count }) else { throw .damaged }
    return ZoneRules(
      transitions: moments, offsets: types.map { offsets[$0] }, first: offsets[0], rule: rule)
  }

  /// The line after the data; nil when it is empty: the last offset holds.
  func footer() throws(ZoneFileError) -> PosixZone? {
    let rest = bytes[index...]
    guard rest.first == 0x0a, let end = rest.dropFirst().firstIndex(of: 0x0a) else {
      throw .damaged
    }
    let line = rest[(rest.startIndex + 1)..<end]
    if line.isEmpty { return nil }
    guard let rule = PosixZone(line) else { throw .damaged }
    return rule
  }

  private mutating func count() throws(ZoneFileError) -> Int {
    let value = Int(UInt32(truncatingIfNeeded: signed(4)))
    guard value <= 100_000 else { throw .damaged }
    return value
  }

  private mutating func signed(_ width: Int) -> Int64 {
    var value: UInt64 = 0
    for byte in bytes[index..<(index + width)] { value = value << 8 | UInt64(byte) }
    index += width
    return width == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
  }
}
