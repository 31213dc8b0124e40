// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Tells templates that give nothing but tests: objects that `helm test` runs and that are never applied.
///
/// Such a template may call what it likes (Helm's own examples name test pods with `randAlphaNum`): its
/// output is thrown away. It is recognised by its text alone, so that nothing has to be rendered first.
package enum TestTemplate {
  /// Whether every manifest of a template carries the annotation `helm.sh/hook` with nothing but tests.
  ///
  /// A template that defines others is none: what it defines can be used elsewhere.
  package static func isRecognised(_ bytes: [UInt8]) -> Bool {
    if bytes.contains(text: "define") || !bytes.contains(text: "helm.sh/hook") { return false }
    var hasManifest = false
    var isTest = false
    var found = false
    for line in bytes.split(separator: 0x0a) {
      if line.starts(with: "---".utf8) {
        if hasManifest, !isTest { return false }
        hasManifest = false
        isTest = false
      } else if line.starts(with: "kind:".utf8) || line.starts(with: "kind :".utf8) {
        if hasManifest { return false }
        hasManifest = true
      } else if let events = events(line) {
        if events.isEmpty || !events.allSatisfy(tests.contains) { return false }
        isTest = true
        found = true
      }
    }
    return found && (isTest || !hasManifest)
  }

  private static let tests: Set<String> = ["test", "test-success", "test-failure"]

  /// The events of a line that is the annotation; nil for every other line.
  private static func events(_ line: ArraySlice<UInt8>) -> [String]? {
    let text = String(decoding: line, as: UTF8.self).filter { !" \t\r\"'".contains($0) }
    guard text.hasPrefix("helm.sh/hook:") else { return nil }
    return text.dropFirst("helm.sh/hook:".count).split(separator: ",").map { String($0) }
  }
}
