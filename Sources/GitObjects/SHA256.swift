// SPDX-License-Identifier: Apache-2.0

/// SHA-256 (FIPS 180-4), for the keys of caches.
package struct SHA256 {
  private var state = State()
  private var blocks = MessageBlocks()

  private struct State {
    var a: UInt32 = 0x6a09_e667
    var b: UInt32 = 0xbb67_ae85
    var c: UInt32 = 0x3c6e_f372
    var d: UInt32 = 0xa54f_f53a
    var e: UInt32 = 0x510e_527f
    var f: UInt32 = 0x9b05_688c
    var g: UInt32 = 0x1f83_d9ab
    var h: UInt32 = 0x5be0_cd19
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

  /// The 32 bytes of the digest; the value is used up.
  package consuming func finalize() -> [UInt8] {
    var state = state
    blocks.finish(bigEndian: true) { Self.compress($0, $1, &state) }
    var digest: [UInt8] = []
    digest.reserveCapacity(32)
    for word in [
      state.a, state.b, state.c, state.d, state.e, state.f, state.g, state.h,
    ] {
      withUnsafeBytes(of: word.bigEndian) { digest.append(contentsOf: $0) }
    }
    return digest
  }

  /// The digest as 64 hexadecimal digits; the value is used up.
  package consuming func hex() -> String { hexadecimal(finalize()) }

  /// The digest of a message that is there as a whole, as 64 hexadecimal digits.
  package static func hex(_ bytes: some Collection<UInt8>) -> String {
    var digest = SHA256()
    digest.update(bytes)
    return digest.hex()
  }

  private static func compress(_ start: UnsafeRawPointer, _ count: Int, _ state: inout State) {
    roundConstants.withUnsafeBufferPointer { constants in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
        guard let w = words.baseAddress, let k = constants.baseAddress else { return }
        var block = start
        for _ in 0..<count {
          for index in 0..<16 {
            w[index] = UInt32(
              bigEndian: block.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
          }
          for index in 16..<64 {
            let x = w[index &- 15]
            let y = w[index &- 2]
            let s0 = rotate(x, 7) ^ rotate(x, 18) ^ x &>> 3
            let s1 = rotate(y, 17) ^ rotate(y, 19) ^ y &>> 10
            w[index] = w[index &- 16] &+ s0 &+ w[index &- 7] &+ s1
          }
          var s = state
          for index in 0..<64 {
            let s1 = rotate(s.e, 6) ^ rotate(s.e, 11) ^ rotate(s.e, 25)
            let choice = s.g ^ (s.e & (s.f ^ s.g))
            let t1 = s.h &+ s1 &+ choice &+ k[index] &+ w[index]
            let s0 = rotate(s.a, 2) ^ rotate(s.a, 13) ^ rotate(s.a, 22)
            let t2 = s0 &+ ((s.a & s.b) | (s.c & (s.a | s.b)))
            s = State(
              a: t1 &+ t2, b: s.a, c: s.b, d: s.c, e: s.d &+ t1, f: s.e, g: s.f, h: s.g)
          }
          state.a &+= s.a
          state.b &+= s.b
          state.c &+= s.c
          state.d &+= s.d
          state.e &+= s.e
          state.f &+= s.f
          state.g &+= s.g
          state.h &+= s.h
          block = block.advanced(by: 64)
        }
      }
    }
  }

  @inline(__always)
  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word &>> count | word &<< (32 &- count)
  }

  private static let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1,
    0x923f_82a4, 0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3,
    0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786,
    0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147,
    0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13,
    0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a,
    0x5b9c_ca4f, 0x682e_6ff3, 0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208,
    0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}
