// SPDX-License-Identifier: Apache-2.0

import Reconciling
import SliceFormat

/// Reads the version of manifests, and writes the namespace into those that leave it to the site.
///
/// kubectl takes one namespace per call for objects that name none; writing it into them makes one call
/// of what would be one per namespace.
enum ManifestNamespace {
  /// The manifest with its namespace, or nil when it cannot be told that the kind has namespaces, or
  /// when the text is not the hub's canonical YAML: `metadata:` alone on a line.
  static func fill(_ object: DesiredObject) -> [UInt8]? {
    guard object.reference.isNamespaceAssumed, KindOrder.isNamespaced(object.identity) else {
      return nil
    }
    let line = Array("metadata:\n".utf8)
    let manifest = object.manifest
    guard let start = lineStart(of: line, in: manifest) else { return nil }
    let end = start + line.count
    // Two blanks is how the hub indents; another writer's manifest is left to kubectl.
    guard manifest[end...].starts(with: Array("  ".utf8)), end + 2 < manifest.count,
      manifest[end + 2] != UInt8(ascii: " ")
    else { return nil }
    let inserted = Array("  namespace: \"\(object.identity.namespace)\"\n".utf8)
    return Array(manifest[..<end]) + inserted + Array(manifest[end...])
  }

  /// The version of the API that the manifest is written for; where its text does not tell, the group alone
  /// with the version of the core group's kinds.
  static func apiVersion(_ object: DesiredObject) -> String {
    let line = Array("apiVersion:".utf8)
    if let start = lineStart(of: line, in: object.manifest) {
      let text = object.manifest[(start + line.count)...].prefix { $0 != UInt8(ascii: "\n") }
      let isQuote = { (byte: UInt8) in byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }
      let word = text.filter { $0 != UInt8(ascii: " ") && !isQuote($0) }
      if !word.isEmpty { return String(decoding: word, as: UTF8.self) }
    }
    return object.identity.group.isEmpty ? "v1" : object.identity.group + "/v1"
  }

  private static func lineStart(of line: [UInt8], in text: [UInt8]) -> Int? {
    var start = 0
    while start < text.count {
      if text[start...].starts(with: line) { return start }
      guard let newline = text[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      start = newline + 1
    }
    return nil
  }
}
