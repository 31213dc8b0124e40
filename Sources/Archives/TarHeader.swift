// SPDX-License-Identifier: Apache-2.0

/// One 512-byte header of a tar file.
///
/// Source: POSIX.1-2001 `pax` (ustar and its extended headers), and GNU tar's long names.
struct TarHeader {
  /// What follows the header.
  enum Kind {
    case file, folder, extended, globalExtended, longName, longLink, link, other
  }

  static let size = 512

  let kind: Kind
  let path: [UInt8]
  let length: Int

  /// Nil for a block of zeros, which ends the archive, and where a careless writer left it out.
  init?(_ block: [UInt8]) throws(ArchiveError) {
    if block.isEmpty { return nil }
    guard block.count == Self.size else { throw .truncated }
    if block.allSatisfy({ $0 == 0 }) { return nil }
    try Self.checkSum(block)
    let isUstar = block[257..<262].elementsEqual("ustar".utf8)
    let name = Self.text(block[0..<100])
    // GNU tar uses the prefix's place for other things and says so with a blank.
    let prefix = isUstar && block[262] == 0 ? Self.text(block[345..<500]) : []
    path = prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    guard let length = Self.number(block[124..<136]) else {
      throw .damaged("the size of a file cannot be read")
    }
    self.length = length
    switch block[156] {
    case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): kind = .file
    case UInt8(ascii: "5"): kind = .folder
    case UInt8(ascii: "1"), UInt8(ascii: "2"): kind = .link
    case UInt8(ascii: "x"): kind = .extended
    case UInt8(ascii: "g"): kind = .globalExtended
    case UInt8(ascii: "L"): kind = .longName
    case UInt8(ascii: "K"): kind = .longLink
    default: kind = .other
    }
  }

  private static func checkSum(_ block: [UInt8]) throws(ArchiveError) {
    guard let wanted = number(block[148..<156]) else {
      throw .damaged("it is no tar file")
    }
    var sum = 0
    var signed = 0
    for (index, byte) in block.enumerated() {
      let value = (148..<156).contains(index) ? UInt8(ascii: " ") : byte
      sum += Int(value)
      // Some old programs added the bytes as signed numbers.
      signed += Int(Int8(bitPattern: value))
    }
    if wanted != sum, wanted != signed { throw .damaged("it is no tar file") }
  }

  /// The bytes up to the first NUL.
  static func text(_ field: ArraySlice<UInt8>) -> [UInt8] {
    Array(field.prefix { $0 != 0 })
  }

  /// An octal number, or a large binary one behind a byte of 0x80; nil for anything else.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if field.first == 0x80 {
      var value = 0
      for byte in field.dropFirst() {
        guard value < 1 << 48 else { return nil }
        value = value << 8 | Int(byte)
      }
      return value
    }
    let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
    var value = 0
    for digit in digits {
      guard (0x30...0x37).contains(digit) else { return nil }
      value = value << 3 | Int(digit - 0x30)
    }
    return value
  }

  /// The path and the size that an extended header gives to the next file.
  static func extended(
    _ bytes: [UInt8]
  ) throws(ArchiveError) -> (path: [UInt8]?, length: Int?) {
    var path: [UInt8]?
    var length: Int?
    var rest = bytes[...]
    while !rest.isEmpty, rest.first != 0 {
      guard let space = rest.firstIndex(of: 0x20),
        let count = Int(String(decoding: rest[..<space], as: UTF8.self)),
        count > space - rest.startIndex + 1, count <= rest.count,
        let equals = rest[space...].firstIndex(of: UInt8(ascii: "=")),
        equals < rest.startIndex + count
      else { throw .damaged("an extended header cannot be read") }
      let end = rest.startIndex + count
      let key = String(decoding: rest[(space + 1)..<equals], as: UTF8.self)
      let value = rest[(equals + 1)..<max(equals + 1, end - 1)]
      switch key {
      case "path": path = Array(value)
      case "size":
        guard let size = Int(String(decoding: value, as: UTF8.self)), size >= 0 else {
          throw .damaged("the size of a file cannot be read")
        }
        length = size
      case _ where key.hasPrefix("GNU.sparse."):
        throw .damaged("it holds a file with gaps, which is not supported")
      default: break
      }
      rest = rest[end...]
    }
    return (path, length)
  }
}
