// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import Testing

@Suite("Digests are those of the standards and of the usual programs")
struct DigestTests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test(
    "the examples of RFC 1321",
    arguments: [
      ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
      ("abc", "900150983cd24fb0d6963f7d28e17f72"),
      ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
      ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
      (
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "d174ab98d277d9f5a5611c2c9f419d9f"
      ),
      (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
    ])
  func md5(_ text: String, _ expected: String) {
    #expect(MD5.hex(text.utf8) == expected)
  }

  @Test(
    "the examples of NIST",
    arguments: [
      (
        "", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
      ),
      (
        "abc", "a9993e364706816aba3e25717850c26c9cd0d89d",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
      ),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "a49b2446a02c645bf419f995b67091253a04a259",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
      ),
      (
        String(repeating: "a", count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ])
  func sha(_ text: String, _ sha1: String, _ sha256: String) {
    #expect(hex(SHA1.hash(text.utf8)) == sha1)
    #expect(SHA256.hex(text.utf8) == sha256)
  }

  @Test(
    "random messages of every length up to 300 bytes, as sha1sum, sha256sum and md5sum see them")
  func programs() throws {
    let folder = try ScratchFolder()
    var random = SeededBytes(seed: 7)
    var messages: [[UInt8]] = []
    for length in 0...300 {
      let message = random.bytes(length)
      messages.append(message)
      let name = String(repeating: "0", count: 3 - String(length).count) + String(length)
      #expect(TestFiles.write(message, to: folder.path + "/" + name))
    }
    for (program, digest) in [
      ("sha1sum", { (bytes: [UInt8]) in hex(SHA1.hash(bytes)) }),
      ("sha256sum", { SHA256.hex($0) }), ("md5sum", { MD5.hex($0) }),
    ] {
      let output = try #require(shell("\(program) [0-9]*", in: folder))
      let sums = output.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
      #expect(sums == messages.map(digest), "\(program)")
    }
  }

  @Test("a message given in pieces has the same digest, however it is cut")
  func pieces() {
    var random = SeededBytes(seed: 9)
    for length in [0, 1, 55, 56, 63, 64, 65, 119, 120, 127, 128, 129, 200, 1000] {
      let message = random.bytes(length)
      for size in [1, 3, 7, 63, 64, 65, 100] {
        var sha1 = SHA1()
        var sha256 = SHA256()
        for start in stride(from: 0, to: length, by: size) {
          let piece = message[start..<min(start + size, length)]
          sha1.update(piece)
          sha256.update(piece)
        }
        #expect(sha1.finalize() == SHA1.hash(message), "\(length) by \(size)")
        #expect(sha256.hex() == SHA256.hex(message), "\(length) by \(size)")
      }
    }
  }

  @Test("a copy of an unfinished digest goes its own way")
  func copies() {
    var first = SHA1()
    first.update("ab".utf8)
    var second = first
    first.update("c".utf8)
    second.update("d".utf8)
    #expect(hex(first.finalize()) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(second.finalize() == SHA1.hash("abd".utf8))
  }

  @Test("objects have the ids that Git gives them")
  func objectIDs() {
    #expect(ObjectID.hash(.tree, []) == .emptyTree)
    #expect(ObjectID.hash(.blob, []).hex == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
    #expect(
      ObjectID.hash(.blob, Array("hello\n".utf8)).hex == "ce013625030ba8dba906f756967f9e9ca394464a")
  }
}
