// SPDX-License-Identifier: Apache-2.0

import Posix
import Testing

/// Makes tar files byte by byte, also such as no tar would make.
struct TarBytes {
  private(set) var bytes: [UInt8] = []

  /// Adds a header and what follows it.
  mutating func add(
    _ name: String, _ content: String = "", type: Character = "0", prefix: String = "",
    size: [UInt8]? = nil, mode: String = "0000644"
  ) {
    add(name, bytes: Array(content.utf8), type: type, prefix: prefix, size: size)
  }

  mutating func add(
    _ name: String, bytes content: [UInt8], type: Character = "0", prefix: String = "",
    size: [UInt8]? = nil
  ) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: some Collection<UInt8>, at offset: Int) {
      for (index, byte) in text.enumerated() { header[offset + index] = byte }
    }
    put(name.utf8.prefix(100), at: 0)
    put("0000644".utf8, at: 100)
    let octal = String(content.count, radix: 8)
    put(size ?? Array((String(repeating: "0", count: 11 - octal.count) + octal).utf8), at: 124)
    put("00000000000".utf8, at: 136)
    header[156] = type.asciiValue ?? 0
    put("ustar".utf8, at: 257)
    put("00".utf8, at: 263)
    put(prefix.utf8, at: 345)
    put("        ".utf8, at: 148)
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    put((String(repeating: "0", count: 6 - sum.count) + sum + "\0 ").utf8, at: 148)
    bytes += header + content
    bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  /// Adds an extended header for the next file.
  mutating func addExtended(_ records: KeyValuePairs<String, String>) {
    var text = ""
    for (key, value) in records {
      let rest = " \(key)=\(value)\n"
      var length = rest.utf8.count + 1
      while "\(length)".utf8.count + rest.utf8.count != length { length += 1 }
      text += "\(length)\(rest)"
    }
    add("PaxHeaders/x", text, type: "x")
  }

  /// The tar file with its two blocks of zeros.
  var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

  /// What gzip makes of it.
  func compressed() throws -> [UInt8] { try Self.compress(finished) }

  static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
    let result = try Child.run(["gzip", "-nc"], input: .bytes(bytes))
    #expect(result.succeeded)
    return result.output
  }
}
