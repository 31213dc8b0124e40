// SPDX-License-Identifier: Apache-2.0

/// A minor release of Kubernetes, such as 1.29; the APIs that a cluster serves depend on no more.
package struct KubernetesVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The first number.
  package let major: Int
  /// The second number.
  package let minor: Int

  /// Makes a version.
  package init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Reads `v1.29.4`, `1.29`, `v1.29.4+k3s1`; nil for anything else.
  package init?(_ text: String) {
    let digits = text.utf8.first == UInt8(ascii: "v") ? text.dropFirst() : text[...]
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 2, let major = Self.number(parts[0]),
      let minor = Self.number(parts[1].prefix { $0 != "+" && $0 != "-" })
    else { return nil }
    self.init(major: major, minor: minor)
  }

  private static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 6,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(text)
  }

  package var description: String { "\(major).\(minor)" }

  package static func < (left: KubernetesVersion, right: KubernetesVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }
}
