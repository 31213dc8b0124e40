// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// Puts the output of Helm first into the resources of a kustomization, as Fleet does
/// (`internal/helmdeployer/kustomize`).
enum KustomizationEdit {
  /// The file in the kustomization's folder that has the output of Helm.
  static let manifests = "fleet-manifests.yaml"

  /// Whether the kustomization names the file already; then Fleet leaves it as it is.
  static func names(manifestsIn root: YAMLNode) -> Bool {
    (root["resources"]?.items ?? []).contains { $0.string == manifests }
  }

  /// The text with the file as the first resource: one line or word more where that can be done, else
  /// the whole file written anew.
  static func withManifests(_ text: [UInt8], root: YAMLNode) -> [UInt8] {
    if names(manifestsIn: root) { return text }
    var wanted = root
    wanted.set(
      "resources", to: .sequence([.string(manifests)] + (root["resources"]?.items ?? [])))
    if let edited = inserted(text, root: root) {
      var findings = Findings()
      let read = YAMLParser.parse(edited, path: "", findings: &findings)
      if !findings.hasErrors, read.first?.root.isSame(as: wanted) ?? false { return edited }
    }
    return YAMLEmitter.emit(wanted)
  }

  private static func inserted(_ text: [UInt8], root: YAMLNode) -> [UInt8]? {
    guard let list = root["resources"] else {
      let end: [UInt8] = text.last == 0x0a || text.isEmpty ? [] : [0x0a]
      return text + end + Array("resources:\n- \(manifests)\n".utf8)
    }
    guard let first = list.items?.first, first.span.start.offset <= text.count else { return nil }
    let offset = first.span.start.offset
    let lineStart = (text[..<offset].lastIndex(of: 0x0a) ?? -1) + 1
    let lead = text[lineStart..<offset]
    let indent = lead.prefix { $0 == 0x20 }
    if lead.dropFirst(indent.count).first == UInt8(ascii: "-") {
      return text[..<lineStart] + indent + Array("- \(manifests)\n".utf8) + text[lineStart...]
    }
    return text[..<offset] + Array("\(manifests), ".utf8) + text[offset...]
  }
}
