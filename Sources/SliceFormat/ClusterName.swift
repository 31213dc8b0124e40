// SPDX-License-Identifier: Apache-2.0

/// The rule for a cluster's name, which names a ref in the hub's repositories.
package enum ClusterName {
  /// Whether the name is one of Kubernetes' own: DNS-1123 subdomain, at most 253 bytes.
  ///
  /// Git's rules for refs hold then too, but for `.lock` at the end.
  package static func isValid(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard !bytes.isEmpty, bytes.count <= 253, !name.hasSuffix(".lock") else { return false }
    var previous = UInt8(ascii: ".")
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
      case UInt8(ascii: "-"): if previous == UInt8(ascii: ".") { return false }
      case UInt8(ascii: "."):
        if previous == UInt8(ascii: ".") || previous == UInt8(ascii: "-") { return false }
      default: return false
      }
      previous = byte
    }
    return previous != UInt8(ascii: ".") && previous != UInt8(ascii: "-")
  }
}
