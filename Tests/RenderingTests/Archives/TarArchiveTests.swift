// SPDX-License-Identifier: Apache-2.0

import Archives
import FleetTestSupport
import Posix
import Testing

@Suite("Archives")
struct TarArchiveTests {
  private static let small = ArchiveLimits(fileCount: 5, totalBytes: 10_000)

  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let make: @Sendable (inout TarBytes) -> Void
    var files: [String] = []
    var error: String?
    var testDescription: String { id }
  }

  private static let long = String(repeating: "d/", count: 80) + "file.yaml"

  private static let cases: [Case] = [
    Case(
      id: "files in folders",
      make: { tar in
        tar.add("web/", type: "5")
        tar.add("web/Chart.yaml", "name: web\n")
        tar.add("web/templates/a.yaml", "a")
      }, files: ["web/Chart.yaml=name: web\n", "web/templates/a.yaml=a"]),
    Case(id: "an empty archive", make: { _ in }),
    Case(
      id: "needless parts of paths", make: { $0.add("./web//a/./b", "x") }, files: ["web/a/b=x"]),
    Case(
      id: "a prefix", make: { $0.add("b.yaml", "x", prefix: "web/templates") },
      files: ["web/templates/b.yaml=x"]),
    Case(
      id: "the path of an extended header",
      make: { tar in
        tar.addExtended(["mtime": "1.5", "path": "web/größe.yaml"])
        tar.add("web/short", "x")
        tar.add("web/next", "y")
      }, files: ["web/größe.yaml=x", "web/next=y"]),
    Case(
      id: "the size of an extended header",
      make: { tar in
        tar.addExtended(["size": "3"])
        tar.add("web/a", "xyz", size: Array("00000000000".utf8))
      }, files: ["web/a=xyz"]),
    Case(
      id: "a long name of GNU tar",
      make: { tar in
        tar.add("././@LongLink", long + "\0", type: "L")
        tar.add("d/d", "x")
      }, files: [long + "=x"]),
    Case(
      id: "a size in binary",
      make: {
        $0.add("a", "xyz", size: [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3])
      }, files: ["a=xyz"]),
    Case(
      id: "an old header without a type", make: { $0.add("a", "x", type: "\0") }, files: ["a=x"]),
    Case(
      id: "a global header",
      make: { tar in
        tar.add(
          "pax_global_header", "52 comment=0123456789012345678901234567890123456789\n", type: "g")
        tar.add("a", "x")
      }, files: ["a=x"]),
    Case(
      id: "a symbolic link", make: { $0.add("web/link", type: "2") },
      error: "holds the link 'web/link', which is not followed"),
    Case(
      id: "a hard link", make: { $0.add("web/link", type: "1") },
      error: "holds the link 'web/link', which is not followed"),
    Case(
      id: "a device", make: { $0.add("web/null", type: "3") },
      error: "holds 'web/null', which is neither file nor folder"),
    Case(
      id: "a pipe", make: { $0.add("web/pipe", type: "6") },
      error: "holds 'web/pipe', which is neither file nor folder"),
    Case(
      id: "an absolute path", make: { $0.add("/etc/passwd", "x") },
      error: "holds the path '/etc/passwd', which is not allowed"),
    Case(
      id: "a path that leads out", make: { $0.add("web/../../x", "x") },
      error: "holds the path 'web/../../x', which is not allowed"),
    Case(
      id: "an extended path that leads out",
      make: { tar in
        tar.addExtended(["path": "../x"])
        tar.add("web/a", "x")
      }, error: "holds the path '../x', which is not allowed"),
    Case(
      id: "a path with backslashes", make: { $0.add("web\\..\\..\\x", "x") },
      error: "holds the path 'web\\..\\..\\x', which is not allowed"),
    Case(
      id: "a file without a name", make: { $0.add(".", "x") },
      error: "holds the path '.', which is not allowed"),
    Case(
      id: "a file twice",
      make: { tar in
        tar.add("web/a", "x")
        tar.add("./web/a", "y")
      }, error: "holds 'web/a' twice"),
    Case(
      id: "a file that is a folder, too",
      make: { tar in
        tar.add("web/a", "x")
        tar.add("web/a/b", "y")
      }, error: "holds 'web/a' twice"),
    Case(
      id: "a folder that is a file, too",
      make: { tar in
        tar.add("web/a/b", "y")
        tar.add("web/a", "x")
      }, error: "holds 'web/a' twice"),
    Case(
      id: "too many files", make: { tar in for index in 0..<6 { tar.add("f\(index)") } },
      error: "holds more than 5 files"),
    Case(
      id: "a file that is too large",
      make: { tar in
        tar.add("a", String(repeating: "x", count: 10_001))
      }, error: "holds more than 0 MiB"),
    Case(
      id: "files that are too large together",
      make: { tar in
        for index in 0..<3 { tar.add("f\(index)", String(repeating: "x", count: 4000)) }
      }, error: "holds more than 0 MiB"),
    Case(
      id: "an endless name",
      make: { $0.add("x", String(repeating: "y", count: 70_000), type: "L") },
      error: "is damaged: a name in it is too long"),
    Case(
      id: "a size that is no number", make: { $0.add("a", size: Array("zzzzzzzzzzz".utf8)) },
      error: "is damaged: the size of a file cannot be read"),
    Case(
      id: "a file with gaps",
      make: { tar in
        tar.addExtended(["GNU.sparse.major": "1"])
        tar.add("a", "x")
      }, error: "is damaged: it holds a file with gaps, which is not supported"),
    Case(
      id: "an extended header that is none", make: { $0.add("x", "99 path=a\n", type: "x") },
      error: "is damaged: an extended header cannot be read"),
  ]

  private func read(_ bytes: [UInt8], _ limits: ArchiveLimits = small) -> (
    files: [String], error: String?
  ) {
    do throws(ArchiveError) {
      let files = try TarArchive.read(bytes, limits: limits)
      return (files.map { "\($0.path)=\(String(decoding: $0.bytes, as: UTF8.self))" }, nil)
    } catch {
      return ([], error.words)
    }
  }

  @Test("an archive is read, or refused in our words", arguments: cases)
  func reads(_ item: Case) throws {
    var tar = TarBytes()
    item.make(&tar)
    let result = read(try tar.compressed())
    #expect(result.files == item.files)
    #expect(result.error == item.error)
  }

  @Test(
    "what GNU tar makes in each of its formats is read", arguments: ["gnu", "pax", "ustar", "v7"])
  func readsRealArchives(_ format: String) throws {
    let scratch = try ScratchFolder()
    let name = format == "v7" ? "web/templates/a.yaml" : "web/" + Self.long
    try scratch.write("content\n", to: "in/" + name)
    let tar = try Child.run([
      "tar", "czf", "\(scratch.path)/out.tgz", "--format=\(format)", "-C", "\(scratch.path)/in",
      "web",
    ])
    #expect(tar.succeeded)
    let result = read(try #require(TestFiles.read("\(scratch.path)/out.tgz")))
    #expect(result.files == [name + "=content\n"])
    #expect(result.error == nil)
  }

  @Test("several gzip members in a row are one file, and zeros may follow")
  func readsMembers() throws {
    var tar = TarBytes()
    tar.add("a", "first")
    tar.add("b", "second")
    let bytes = tar.finished
    let members =
      try TarBytes.compress(Array(bytes[..<700])) + TarBytes.compress(Array(bytes[700...]))
    #expect(read(members).files == ["a=first", "b=second"])
    #expect(read(members + [0, 0, 0]).files == ["a=first", "b=second"])
    #expect(read(members + [7]).error == "is damaged: something follows after its end")
  }

  @Test("damage is told: no gzip, cut off, a wrong check sum, no tar")
  func tellsDamage() throws {
    var tar = TarBytes()
    tar.add("a", String(repeating: "some text, ", count: 300))
    let good = try tar.compressed()
    #expect(read([]).error == "is no gzip file")
    #expect(read(Array("PK\u{3}\u{4}".utf8)).error == "is no gzip file")
    for count in [2, 11, good.count / 2, good.count - 1] {
      #expect(read(Array(good[..<count])).error == "is damaged: it ends in the middle")
    }
    var flipped = good
    flipped[good.count - 6] ^= 1
    #expect(read(flipped).error == "is damaged: what was compressed cannot be read")
    let text = try TarBytes.compress([UInt8](repeating: 0x41, count: 2000))
    #expect(read(text).error == "is damaged: it is no tar file")
  }

  @Test("a bomb is unpacked no further than the limit")
  func stopsAtBombs() throws {
    // 200 MiB of zeros in 200 KB: as one file, and behind the end.
    let zeros = [UInt8](repeating: 0, count: 200 << 20)
    var large = TarBytes()
    large.add("a", size: Array("01440000000".utf8))
    #expect(read(try TarBytes.compress(large.bytes + zeros)).error == "holds more than 0 MiB")
    var small = TarBytes()
    small.add("a", "x")
    #expect(
      read(try TarBytes.compress(small.bytes + zeros)).error
        == "is damaged: something follows after its last file")
  }
}
