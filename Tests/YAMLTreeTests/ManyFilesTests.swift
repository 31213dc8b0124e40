// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Testing
import YAMLTree

@Suite("reading many files at once")
struct ManyFilesTests {
  /// Good, broken and empty files in turn, of different lengths.
  private func file(_ number: Int) -> YAMLParser.File {
    let text =
      switch number % 5 {
      case 0: "kind: Cluster\nname: store-\(number)\n"
      case 1: "kind: [Cluster\nname: store-\(number)\n"
      case 2: ""
      case 3: (0...number % 70).map { "key-\($0): \(number)\n" }.joined() + "---\nlast: true\n"
      default: "same: 1\nsame: \(number)\n"
      }
    return YAMLParser.File(path: "clusters/\(number).yaml", bytes: Array(text.utf8))
  }

  private func told(_ documents: [YAMLDocument], _ findings: [Finding]) -> [String] {
    documents.map { "\(String(decoding: YAMLEmitter.emit($0.root), as: UTF8.self)) at \($0.span)" }
      + findings.map { "\($0)" }
  }

  @Test(
    "gives for each what it gives alone, in their order",
    arguments: [0, 1, 63, 64, 127, 128, 129, 1000])
  func same(count: Int) {
    let files = (0..<count).map { file($0) }
    let together = YAMLParser.parse(files) { _, reading in reading }
    #expect(together.count == count)
    for (file, reading) in zip(files, together) {
      var findings = Findings()
      let alone = YAMLParser.parse(file.bytes, path: file.path, findings: &findings)
      #expect(
        told(reading.documents, reading.findings.all) == told(alone, findings.all), "\(file.path)")
    }
  }
}
