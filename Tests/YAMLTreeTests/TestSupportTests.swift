// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Glibc
import Testing

@Suite("The helpers of the tests can be trusted", .serialized)
struct TestSupportTests {
  private func finding(_ message: String, _ offset: Int) -> Finding {
    let position = SourcePosition(line: 1, column: offset + 1, offset: offset)
    return Finding(
      .error, "x", message, at: SourceSpan(path: "test.yaml", start: position, end: position),
      hints: ["h"])
  }

  @Test("numbers are taken out of the text, and counted in lines, columns and bytes")
  func markers() {
    let text = MarkedText("1️⃣ä: 2️⃣x\n3️⃣1: 2")
    #expect(text.text == "ä: x\n1: 2")
    #expect(text.positions["1️⃣"] == SourcePosition(line: 1, column: 1, offset: 0))
    #expect(text.positions["2️⃣"] == SourcePosition(line: 1, column: 4, offset: 4))
    #expect(text.positions["3️⃣"] == SourcePosition(line: 2, column: 1, offset: 6))
    #expect(text.positions.count == 3)
  }

  @Test("findings that are missing, that are too many, or elsewhere, fail a test")
  func expectations() {
    let text = MarkedText("a1️⃣b")
    expect([finding("m", 1)], in: text, are: [.error("1️⃣", "m", hints: ["h"])])
    withKnownIssue { expect([], in: text, are: [.error("1️⃣", "m")]) }
    withKnownIssue { expect([finding("m", 1)], in: text, are: []) }
    withKnownIssue { expect([finding("m", 0)], in: text, are: [.error("1️⃣", "m")]) }
    withKnownIssue { expect([finding("n", 1)], in: text, are: [.error("1️⃣", "m")]) }
    withKnownIssue { expect([finding("m", 1)], in: text, are: [.warning("1️⃣", "m")]) }
    withKnownIssue { expect([finding("m", 1)], in: text, are: [.error("1️⃣", "m", hints: [])]) }
  }

  @Test("a scratch folder is named after the test, and goes away with all that is in it")
  func scratch() throws {
    var path = ""
    do {
      let folder = try ScratchFolder()
      path = folder.path
      #expect(path.contains("/fleet-scratch--."))
      try folder.write("x", to: "a/b/c")
      #expect(symlink("/etc", path + "/a/link") == 0)
      #expect(TestFiles.read(path + "/a/b/c") == [0x78])
    }
    #expect(access(path, F_OK) != 0)
    #expect(access("/etc/passwd", F_OK) == 0)
  }

  @Test("a golden file that is missing or differs fails a test")
  func golden() {
    Golden.check("one\ntwo\n", "test-support/example.txt")
    if getenv("FLEET_RECORD") == nil {
      withKnownIssue { Golden.check("one\nthree\n", "test-support/example.txt") }
      withKnownIssue { Golden.check("one\n", "test-support/no-such-file.txt") }
    }
  }
}
