// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// From where a cluster takes the images of a registry, or of a part of it (ours).
package struct RegistryMirror: Sendable, Hashable {
  /// The beginning of image names: a registry (`docker.io`) or a registry and a path, without `/` at the
  /// end; whole parts between `/` count.
  package let from: Located<String>
  /// What stands there instead, without `/` at the end.
  package let to: Located<String>

  /// Makes a mirror.
  package init(from: Located<String>, to: Located<String>) {
    self.from = from
    self.to = to
  }

  /// Reads the entries of `registryMirrors`; wrong ones are reported and left out.
  static func list(_ spec: FieldReader, findings: inout Findings) -> [RegistryMirror] {
    var mirrors: [RegistryMirror] = []
    for entry in spec.objects("registryMirrors") {
      guard let from = side("from", entry, findings: &findings),
        let to = side("to", entry, findings: &findings)
      else { continue }
      if let first = mirrors.first(where: { $0.from.value == from.value }) {
        findings.error(
          "same-name",
          "\(Wording.quoted(from.value)) is mirrored twice, only the first would count",
          at: from.span, notes: [Finding.Note("the first is here", at: first.from.span)])
        continue
      }
      mirrors.append(RegistryMirror(from: from, to: to))
    }
    return mirrors
  }

  private static func side(
    _ name: String, _ entry: FieldReader, findings: inout Findings
  ) -> Located<String>? {
    guard let written = entry.string(name) else {
      if !entry.has(name) || entry.value(name)?.string == "" {
        findings.error(
          "missing-field", "a registry mirror needs '\(name)'", at: entry.node?.span,
          hints: ["for example {from: docker.io, to: registry.example.com/hub}"])
      }
      return nil
    }
    var text = written.value
    while text.utf8.last == UInt8(ascii: "/") { text.removeLast() }
    let scheme = ["https://", "http://", "oci://"].first { text.hasPrefix($0) }
    let isName = text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy(isAllowed)
    }
    guard scheme == nil, isName else {
      let rest = scheme.map { String(text.dropFirst($0.utf8.count)) }
      findings.error(
        "bad-registry", "\(Wording.quoted(written.value)) is no beginning of an image name",
        at: written.span,
        hints: [
          rest.map { "leave the '\(scheme ?? "")' out: \(name): \(PrintableText.escape($0))" }
            ?? "write a registry, or a registry and a path: 'registry.example.com/hub'"
        ])
      return nil
    }
    return Located(text, at: written.span)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "-"), UInt8(ascii: ":"):
      true
    default: false
    }
  }
}
