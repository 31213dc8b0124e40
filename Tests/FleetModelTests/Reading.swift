// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import YAMLTree

/// A file of a fleet repository as a test writes it, and what is said about it.
struct Reading {
  private(set) var findings = Findings()
  private(set) var documents = FleetDocuments()
  private var sources: [String: String] = [:]

  /// Reads a file outside of bundles.
  mutating func file(_ path: String, _ text: String) {
    sources[path] = text
    let parsed = YAMLParser.parse(Array(text.utf8), path: path, findings: &findings)
    documents.add(parsed.map(\.root), path: path, findings: &findings)
  }

  /// Reads the options of a bundle.
  mutating func options(_ text: String, _ path: String = "apps/pos/fleet.yaml") -> FleetYAML {
    sources[path] = text
    let parsed = YAMLParser.parse(Array(text.utf8), path: path, findings: &findings)
    guard let root = parsed.first?.root else { return FleetYAML() }
    return FleetYAML(root, path: path, findings: &findings)
  }

  /// Hands the bag to a check.
  mutating func check(_ body: (FleetDocuments, inout Findings) -> Void) {
    body(documents, &findings)
  }

  /// Everything that is said, as people read it.
  var text: String {
    let renderer = FindingRenderer { path in sources[path].map { Array($0.utf8) } }
    return findings.sorted.map { renderer.text([$0]) }.joined()
  }

  /// What is said about one `fleet.yaml`.
  static func complaints(aboutOptions text: String) -> String {
    var reading = Reading()
    _ = reading.options(text)
    return reading.text
  }

  /// What is said about one other file.
  static func complaints(about text: String, path: String = "f.yaml") -> String {
    var reading = Reading()
    reading.file(path, text)
    return reading.text
  }
}
