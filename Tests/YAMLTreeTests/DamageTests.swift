// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Testing
import YAMLTree

@Suite("No bytes at all can crash the reader or the renderer")
struct DamageTests {
  /// How often a file is damaged; more in a long run by hand.
  static let rounds = 4000

  @Test("files damaged at random are read or refused with a place inside of the file")
  func random() {
    var random = SeededRandom(seed: 99)
    let pieces =
      [
        "\t", "\n", "\r", " ", "  ", ":", ": ", "- ", "-", "? ", "#", "&a ", "*a", "!", "!!str ",
        "|", "|2\n", ">-\n", "'", "\"",
        "[", "]", "{", "}", "{{", ",", "%", "%YAML 1.1\n", "---\n", "...\n", "<<: ", "@", "`", "\\",
        "\\x", "\u{feff}", "\u{85}",
        "\u{2028}", "ä", "\u{0}", "\u{1b}", "~", "yes", "=",
      ].map { Array($0.utf8) } + [[0xff], [0xc3], [0xf0, 0x9f]]
    let seeds = (SyntaxErrorTests.structure + SyntaxErrorTests.scalars + SyntaxErrorTests.marks).map
    {
      Array($0.text.utf8)
    }
    for round in 0..<Self.rounds {
      var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
      if bytes.count > 200 { bytes = Array(bytes[..<200]) }
      if round % 3 == 0 { bytes += YAMLEmitter.emit(RandomTree.make(&random, depth: 2)) }
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        if Bool.random(using: &random), place < bytes.count {
          bytes.remove(at: place)
        } else {
          bytes.insert(
            contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)], at: place)
        }
      }
      var findings = Findings()
      _ = YAMLParser.parse(bytes, path: "damaged.yaml", findings: &findings)
      for finding in findings.all {
        if let span = finding.span {
          #expect(
            span.start.offset <= span.end.offset && span.end.offset <= bytes.count, "round \(round)"
          )
        }
        #expect(
          !finding.message.contains("did not find") && !finding.message.hasPrefix("found ")
            && !finding.message.hasPrefix("could not"), "round \(round): \(finding.message)")
      }
      let text = FindingRenderer { _ in bytes }.text(findings.all)
      #expect(text.isEmpty == findings.all.isEmpty)
      let isPrintable = text.unicodeScalars.allSatisfy {
        $0 == "\n" || $0 == "\t" || $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value)
      }
      #expect(isPrintable, "round \(round)")
    }
  }
}
