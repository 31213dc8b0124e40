// SPDX-License-Identifier: Apache-2.0

import GitObjects

/// A signature with a secret that both sides know: HMAC with SHA-256 (RFC 2104).
package enum HMAC {
  private static let blockSize = 64

  /// The 64 hexadecimal digits for a text.
  package static func sha256(_ text: [UInt8], key: [UInt8]) -> String {
    var block = key
    if block.count > blockSize { block = digest(key) }
    block += [UInt8](repeating: 0, count: blockSize - block.count)
    let inner = digest(block.map { $0 ^ 0x36 } + text)
    return Hexadecimal.text(digest(block.map { $0 ^ 0x5c } + inner))
  }

  private static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var digest = SHA256()
    digest.update(bytes)
    return digest.finalize()
  }
}
