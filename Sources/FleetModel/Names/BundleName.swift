// SPDX-License-Identifier: Apache-2.0

import GitObjects

/// The names that Fleet gives to bundles; the same input has the same name in Fleet and here.
///
/// Rule: `internal/names/name.go` of Rancher Fleet. MD5 only makes names differ, it protects nothing.
package enum BundleName {
  /// The longest name of a Helm release.
  package static let maximumLength = 53

  /// The default name of a bundle: from its GitRepo's name and its path in the repository.
  package static func `default`(gitRepo: String, path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    return helmReleaseName(([Substring(gitRepo)] + parts).joined(separator: "/"))
  }

  /// Shortens a text to `count` bytes: a cut, `-` and five digits of its MD5.
  ///
  /// When the cut ends with `-`, no second one is added; when `count` has no room for the digits, the
  /// text is only cut. Text is cut between bytes; a character that would be split is dropped.
  package static func limit(_ text: String, to count: Int) -> String {
    let bytes = Array(text.utf8)
    if bytes.count <= count { return text }
    if count <= 6 { return String(decodingDroppingBroken: bytes.prefix(max(0, count))) }
    let cut = bytes.prefix(count - 6)
    let separator = cut.last == UInt8(ascii: "-") ? "" : "-"
    return String(decodingDroppingBroken: cut) + separator + hex(text, digits: 5)
  }

  /// A name that is good for a Helm release and as a DNS label, at most 53 bytes.
  ///
  /// Upper case and characters other than letters, digits and `-` are replaced, and eight digits of
  /// the MD5 keep such names apart. A `/` becomes `-` without that. What leaves nothing that can be a
  /// name becomes 24 digits of the MD5.
  package static func helmReleaseName(_ text: String) -> String {
    var name = String(text.unicodeScalars.map { $0 == "/" ? "-" : Character($0) })
    if name != name.lowercased() || name.utf8.contains(where: { !isAllowed($0) }) {
      name += "-" + hex(name, digits: 8)
    }
    var cleaned: [UInt8] = []
    for byte in name.lowercased().utf8 {
      let next = isAllowed(byte) ? byte : dash
      if next == dash, cleaned.last ?? dash == dash { continue }
      cleaned.append(next)
    }
    if cleaned.last == dash { cleaned.removeLast() }
    if cleaned.isEmpty { return hex(text, digits: 24) }
    return limit(String(decoding: cleaned, as: UTF8.self), to: maximumLength)
  }

  private static let dash = UInt8(ascii: "-")

  private static func isAllowed(_ byte: UInt8) -> Bool {
    (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
      || byte == dash
  }

  private static func hex(_ text: String, digits: Int) -> String {
    String(MD5.hex(Array(text.utf8)).prefix(digits))
  }
}

extension String {
  fileprivate init(decodingDroppingBroken bytes: some Collection<UInt8>) {
    var kept = Array(bytes)
    while let last = kept.last, last >= 0x80, String(validating: kept, as: UTF8.self) == nil {
      kept.removeLast()
    }
    self = String(decoding: kept, as: UTF8.self)
  }
}
