// SPDX-License-Identifier: Apache-2.0

/// Sprig's encodings.
enum EncodingFunctions {
  static func run(_ call: Call) throws -> GoValue {
    let text = call.bytes(0)
    switch call.name {
    case "b64enc": return .string(encode(text, base64, bits: 6, group: 4))
    case "b32enc": return .string(encode(text, base32, bits: 5, group: 8))
    case "b64dec": return .string(decode(text, base64, bits: 6, group: 4, name: "base64"))
    case "b32dec": return .string(decode(text, base32, bits: 5, group: 8, name: "base32"))
    case "adler32sum":
      var (low, high): (UInt32, UInt32) = (1, 0)
      for byte in text {
        low = (low + UInt32(byte)) % 65521
        high = (high + low) % 65521
      }
      return .text(String(high << 16 | low))
    case "toJson", "mustToJson":
      return .string(try GoJSON.write(call[0], escapesHTML: true, isPretty: false, call.budget))
    case "toRawJson", "mustToRawJson":
      return .string(try GoJSON.write(call[0], escapesHTML: false, isPretty: false, call.budget))
    case "toPrettyJson", "mustToPrettyJson":
      return .string(try GoJSON.write(call[0], escapesHTML: true, isPretty: true, call.budget))
    case "fromJson":
      var reader = GoJSON.Reader(text, call.budget)
      return try reader.run() ?? .null
    case "mustFromJson":
      var reader = GoJSON.Reader(text, call.budget)
      guard let value = try reader.run() else { throw Failure("'mustFromJson' got no JSON") }
      return value
    default: throw call.unknown
    }
  }

  private static let base64 = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let base32 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  private static func encode(
    _ text: GoString, _ alphabet: [UInt8], bits: Int, group: Int
  ) -> GoString {
    var result: GoString = []
    var (store, count) = (0, 0)
    for byte in text {
      store = (store << 8 | Int(byte)) & 0xffff
      count += 8
      while count >= bits {
        count -= bits
        result.append(alphabet[(store >> count) & (alphabet.count - 1)])
      }
    }
    if count > 0 { result.append(alphabet[(store << (bits - count)) & (alphabet.count - 1)]) }
    while result.count % group != 0 { result.append(UInt8(ascii: "=")) }
    return result
  }

  /// Sprig gives Go's error text in place of what cannot be decoded; so does this.
  private static func decode(
    _ text: GoString, _ alphabet: [UInt8], bits: Int, group: Int, name: String
  ) -> GoString {
    let input = text.filter { $0 != 0x0a && $0 != 0x0d }
    var result: GoString = []
    var (store, count) = (0, 0)
    let body = input.prefix { $0 != UInt8(ascii: "=") }
    for (index, byte) in body.enumerated() {
      guard let value = alphabet.firstIndex(of: byte) else { return broken(name, index) }
      store = (store << bits | value) & 0xffff
      count += bits
      if count >= 8 {
        count -= 8
        result.append(UInt8((store >> count) & 0xff))
      }
    }
    let padding = input.dropFirst(body.count)
    let fits = input.count % group == 0 && padding.count < group && count < bits
    guard fits, padding.allSatisfy({ $0 == UInt8(ascii: "=") }) else {
      return broken(name, body.count)
    }
    return result
  }

  private static func broken(_ name: String, _ place: Int) -> GoString {
    Array("illegal \(name) data at input byte \(place)".utf8)
  }
}
