// SPDX-License-Identifier: Apache-2.0

/// SHA-1 (FIPS 180-4), the digest by which Git names its objects.
///
/// Not for security: Git's names identify what is already trusted.
package struct SHA1 {
  private var state = State()
  private var blocks = MessageBlocks()

  private struct State {
    var a: UInt32 = 0x6745_2301
    var b: UInt32 = 0xefcd_ab89
    var c: UInt32 = 0x98ba_dcfe
    var d: UInt32 = 0x1032_5476
    var e: UInt32 = 0xc3d2_e1f0
  }

  /// Makes a digest of nothing yet.
  package init() {}

  /// Adds bytes to the message.
  package mutating func update(_ bytes: some Collection<UInt8>) {
    let direct: Void? = bytes.withContiguousStorageIfAvailable {
      update(UnsafeRawBufferPointer($0))
    }
    if direct == nil { Array(bytes).withUnsafeBytes { update($0) } }
  }

  /// Adds bytes to the message.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var state = state
    blocks.add(bytes) { Self.compress($0, $1, &state) }
    self.state = state
  }

  /// The 20 bytes of the digest; the value is used up.
  package consuming func finalize() -> [UInt8] {
    var state = state
    blocks.finish(bigEndian: true) { Self.compress($0, $1, &state) }
    var digest: [UInt8] = []
    digest.reserveCapacity(20)
    for word in [state.a, state.b, state.c, state.d, state.e] {
      withUnsafeBytes(of: word.bigEndian) { digest.append(contentsOf: $0) }
    }
    return digest
  }

  /// The digest of a message that is there as a whole.
  package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var digest = SHA1()
    digest.update(bytes)
    return digest.finalize()
  }

  private static func compress(_ start: UnsafeRawPointer, _ count: Int, _ state: inout State) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
      guard let w = words.baseAddress else { return }
      var block = start
      for _ in 0..<count {
        for index in 0..<16 {
          w[index] = UInt32(
            bigEndian: block.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
        }
        for index in 16..<80 {
          w[index] = rotate(w[index &- 3] ^ w[index &- 8] ^ w[index &- 14] ^ w[index &- 16], 1)
        }
        var (a, b, c, d, e) = (state.a, state.b, state.c, state.d, state.e)
        // Five steps at once, so that nothing is moved from one variable to the next.
        var index = 0
        while index < 20 {
          e = e &+ rotate(a, 5) &+ (d ^ (b & (c ^ d))) &+ 0x5a82_7999 &+ w[index]
          b = rotate(b, 30)
          d = d &+ rotate(e, 5) &+ (c ^ (a & (b ^ c))) &+ 0x5a82_7999 &+ w[index &+ 1]
          a = rotate(a, 30)
          c = c &+ rotate(d, 5) &+ (b ^ (e & (a ^ b))) &+ 0x5a82_7999 &+ w[index &+ 2]
          e = rotate(e, 30)
          b = b &+ rotate(c, 5) &+ (a ^ (d & (e ^ a))) &+ 0x5a82_7999 &+ w[index &+ 3]
          d = rotate(d, 30)
          a = a &+ rotate(b, 5) &+ (e ^ (c & (d ^ e))) &+ 0x5a82_7999 &+ w[index &+ 4]
          c = rotate(c, 30)
          index &+= 5
        }
        while index < 80 {
          if index >= 40, index < 60 {
            e = e &+ rotate(a, 5) &+ majority(b, c, d) &+ 0x8f1b_bcdc &+ w[index]
            b = rotate(b, 30)
            d = d &+ rotate(e, 5) &+ majority(a, b, c) &+ 0x8f1b_bcdc &+ w[index &+ 1]
            a = rotate(a, 30)
            c = c &+ rotate(d, 5) &+ majority(e, a, b) &+ 0x8f1b_bcdc &+ w[index &+ 2]
            e = rotate(e, 30)
            b = b &+ rotate(c, 5) &+ majority(d, e, a) &+ 0x8f1b_bcdc &+ w[index &+ 3]
            d = rotate(d, 30)
            a = a &+ rotate(b, 5) &+ majority(c, d, e) &+ 0x8f1b_bcdc &+ w[index &+ 4]
            c = rotate(c, 30)
          } else {
            let k: UInt32 = index < 40 ? 0x6ed9_eba1 : 0xca62_c1d6
            e = e &+ rotate(a, 5) &+ (b ^ c ^ d) &+ k &+ w[index]
            b = rotate(b, 30)
            d = d &+ rotate(e, 5) &+ (a ^ b ^ c) &+ k &+ w[index &+ 1]
            a = rotate(a, 30)
            c = c &+ rotate(d, 5) &+ (e ^ a ^ b) &+ k &+ w[index &+ 2]
            e = rotate(e, 30)
            b = b &+ rotate(c, 5) &+ (d ^ e ^ a) &+ k &+ w[index &+ 3]
            d = rotate(d, 30)
            a = a &+ rotate(b, 5) &+ (c ^ d ^ e) &+ k &+ w[index &+ 4]
            c = rotate(c, 30)
          }
          index &+= 5
        }
        state.a &+= a
        state.b &+= b
        state.c &+= c
        state.d &+= d
        state.e &+= e
        block = block.advanced(by: 64)
      }
    }
  }

  @inline(__always)
  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word &<< count | word &>> (32 &- count)
  }

  @inline(__always)
  private static func majority(_ x: UInt32, _ y: UInt32, _ z: UInt32) -> UInt32 {
    (x & y) | (z & (x | y))
  }
}

extension ObjectID {
  /// The id that Git gives to an object of this type with this content.
  package static func hash(_ kind: ObjectKind, _ content: [UInt8]) -> ObjectID {
    var digest = SHA1()
    digest.update("\(kind.rawValue) \(content.count)\0".utf8)
    digest.update(content)
    // 20 bytes are always an id.
    return ObjectID(bytes: digest.finalize()) ?? .zero
  }
}
