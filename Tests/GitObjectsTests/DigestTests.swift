// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Testing

@Suite("Digests") struct DigestTests {
  static let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)

  @Test(
    "SHA-1 gives the digests of the standard",
    arguments: [
      ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
      ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
      ),
    ])
  func sha1(text: String, digest: String) {
    #expect(Hexadecimal.text(SHA1.hash(Array(text.utf8))) == digest)
  }

  @Test(
    "SHA-256 gives the digests of the standard",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func sha256(text: String, digest: String) {
    #expect(SHA256.hex(Array(text.utf8)) == digest)
  }

  @Test(
    "MD5 gives the digests of RFC 1321",
    arguments: [
      ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
      ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
      (
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
        "57edf4a22be3c955ac49da2e2107b67a"
      ),
    ])
  func md5(text: String, digest: String) {
    #expect(MD5.hex(Array(text.utf8)) == digest)
  }

  @Test("a million letters give the digests of the standards")
  func long() {
    #expect(
      Hexadecimal.text(SHA1.hash(Self.million)) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
    #expect(
      SHA256.hex(Self.million)
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    #expect(MD5.hex(Self.million) == "7707d6ae4e027c70eea2a935c2296f21")
  }

  @Test(
    "pieces of any length give the digest of the whole", arguments: [1, 3, 55, 63, 64, 65, 200])
  func pieces(length: Int) {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var sha1 = SHA1()
    var sha256 = SHA256()
    for start in stride(from: 0, to: bytes.count, by: length) {
      let piece = Array(bytes[start..<min(bytes.count, start + length)])
      sha1.update(piece)
      sha256.update(piece)
    }
    #expect(sha1.finalize() == SHA1.hash(bytes))
    #expect(Hexadecimal.text(sha256.finalize()) == SHA256.hex(bytes))
  }

  @Test("objects get the ids that git gives them")
  func objectIDs() {
    #expect(ObjectID.hash(.tree, []) == .emptyTree)
    #expect(
      ObjectID.hash(.blob, Array("hello\n".utf8)).hex == "ce013625030ba8dba906f756967f9e9ca394464a")
  }
}
