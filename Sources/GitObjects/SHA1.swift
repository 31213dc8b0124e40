// SPDX-License-Identifier: Apache-2.0

/// SHA-1 as Git uses it, to name objects and to close packs; not for security.
///
/// Source: FIPS 180-4. Feed any number of pieces, then call `finalize` once.
package struct SHA1: Sendable {
  private var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
    0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0
  )
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  /// Makes a digest of nothing.
  package init() { pending.reserveCapacity(64) }

  /// The 20 bytes of one piece.
  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var digest = SHA1()
    digest.update(bytes)
    return digest.finalize()
  }

  /// Adds bytes.
  package mutating func update(_ bytes: some Collection<UInt8>) {
    if bytes.withContiguousStorageIfAvailable({ update(UnsafeRawBufferPointer($0)) }) == nil {
      Array(bytes).withUnsafeBytes { update($0) }
    }
  }

  /// Adds bytes from memory.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var offset = 0
    if !pending.isEmpty {
      let wanted = min(64 - pending.count, bytes.count)
      pending.append(contentsOf: bytes[..<wanted])
      offset = wanted
      guard pending.count == 64 else { return }
      pending.withUnsafeBytes { Self.compress(&state, $0, from: 0) }
      pending.removeAll(keepingCapacity: true)
    }
    while bytes.count - offset >= 64 {
      Self.compress(&state, bytes, from: offset)
      offset += 64
    }
    pending.append(contentsOf: bytes[offset...])
  }

  /// The 20 bytes of all pieces.
  package mutating func finalize() -> [UInt8] {
    let bitCount = length &* 8
    var tail: [UInt8] = [0x80]
    tail.append(
      contentsOf: repeatElement(0, count: (119 - pending.count) % 64))
    withUnsafeBytes(of: bitCount.bigEndian) { tail.append(contentsOf: $0) }
    tail.withUnsafeBytes { update($0) }
    var result: [UInt8] = []
    result.reserveCapacity(20)
    for word in [state.0, state.1, state.2, state.3, state.4] {
      withUnsafeBytes(of: word.bigEndian) { result.append(contentsOf: $0) }
    }
    return result
  }

  private static func compress(
    _ state: inout (UInt32, UInt32, UInt32, UInt32, UInt32), _ bytes: UnsafeRawBufferPointer,
    from offset: Int
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
      for index in 0..<16 {
        words[index] = UInt32(
          bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 4 * index, as: UInt32.self))
      }
      for index in 16..<80 {
        let mixed = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
        words[index] = mixed << 1 | mixed >> 31
      }
      var (a, b, c, d, e) = state
      @inline(__always) func step(_ f: UInt32, _ k: UInt32, _ word: UInt32) {
        let next = (a << 5 | a >> 27) &+ f &+ e &+ k &+ word
        e = d
        d = c
        c = b << 30 | b >> 2
        b = a
        a = next
      }
      for index in 0..<20 { step((b & c) | (~b & d), 0x5a82_7999, words[index]) }
      for index in 20..<40 { step(b ^ c ^ d, 0x6ed9_eba1, words[index]) }
      for index in 40..<60 { step((b & c) | (b & d) | (c & d), 0x8f1b_bcdc, words[index]) }
      for index in 60..<80 { step(b ^ c ^ d, 0xca62_c1d6, words[index]) }
      state.0 &+= a
      state.1 &+= b
      state.2 &+= c
      state.3 &+= d
      state.4 &+= e
    }
  }
}

extension ObjectID {
  /// The id that Git gives to an object.
  package static func hash(_ kind: ObjectKind, _ content: [UInt8]) -> ObjectID {
    var digest = SHA1()
    digest.update(Array("\(kind.rawValue) \(content.count)\0".utf8))
    digest.update(content)
    return ObjectID(bytes: digest.finalize()) ?? .zero
  }
}
