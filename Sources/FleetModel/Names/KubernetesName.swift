// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// The rules that Kubernetes has for names, labels and values.
///
/// Every check returns nil when the text is good, else what is wrong with it, ready to stand behind
/// the subject: `may not have the character '_'`. Sources: `k8s.io/apimachinery/pkg/util/validation`
/// (RFC 1123 labels and subdomains, qualified names, label values).
package enum KubernetesName {
  /// An RFC 1123 label, as namespaces have it: at most 63 of `a-z 0-9 -`, letters or digits at the ends.
  package static func problem(label text: String) -> String? {
    problem(text, limit: 63) { isLowerAlphanumeric($0) || $0 == dash }
      ?? endProblem(text, isEnd: isLowerAlphanumeric)
  }

  /// An RFC 1123 subdomain: labels with dots between them.
  package static func problem(subdomain text: String, limit: Int = 253) -> String? {
    if let problem = problem(
      text, limit: limit, allows: { isLowerAlphanumeric($0) || $0 == dash || $0 == dot })
    {
      return problem
    }
    if let problem = endProblem(text, isEnd: isLowerAlphanumeric) { return problem }
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      if part.isEmpty { return "may not have two dots side by side" }
      if part.utf8.first == dash { return "may not have '-' after a dot" }
      if part.utf8.last == dash { return "may not have '-' before a dot" }
    }
    return nil
  }

  /// The name of a cluster: a subdomain of at most 63 characters that is also good in a Git ref.
  ///
  /// Git refuses ref components that end with `.lock`; what else it refuses, a subdomain cannot have.
  package static func problem(cluster text: String) -> String? {
    if isPlain(text), text.utf8.allSatisfy({ isLowerAlphanumeric($0) || $0 == dash }) { return nil }
    if let problem = problem(subdomain: text, limit: 63) { return problem }
    return text.hasSuffix(".lock") ? "may not end with '.lock'" : nil
  }

  /// The key of a label or annotation: `name` or `prefix.example.com/name`.
  package static func problem(labelKey text: String) -> String? {
    if isPlain(text) { return nil }
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var name = text
    if parts.count == 2 {
      name = String(parts[1])
      if parts[0].isEmpty { return "has nothing before the '/'" }
      if let problem = problem(subdomain: String(parts[0])) {
        return "has a prefix that \(problem)"
      }
      if name.isEmpty { return "has nothing after the '/'" }
    }
    return problem(name, limit: 63, allows: isLabelCharacter)
      ?? endProblem(name, isEnd: isAlphanumeric)
  }

  /// The value of a label; an empty value is good.
  package static func problem(labelValue text: String) -> String? {
    if text.isEmpty || isPlain(text) { return nil }
    return problem(text, limit: 63, allows: isLabelCharacter)
      ?? endProblem(text, isEnd: isAlphanumeric)
  }

  /// Whether a name is good without a closer look: nearly every one of a large fleet is, and a large
  /// fleet has a hundred thousand of them.
  private static func isPlain(_ text: String) -> Bool {
    guard (1...63).contains(text.utf8.count), let first = text.utf8.first, let last = text.utf8.last
    else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last) && text.utf8.allSatisfy(isLabelCharacter)
  }

  private static let dash = UInt8(ascii: "-")
  private static let dot = UInt8(ascii: ".")

  private static func problem(
    _ text: String, limit: Int, allows: (UInt8) -> Bool
  ) -> String? {
    if text.isEmpty { return "may not be empty" }
    if let bad = text.unicodeScalars.first(where: {
      !$0.isASCII || !allows(UInt8(truncatingIfNeeded: $0.value))
    }) {
      return bad == " "
        ? "may not have a space" : "may not have the character \(Wording.quoted(String(bad)))"
    }
    if text.utf8.count > limit {
      return "may have \(limit) characters at most, it has \(text.utf8.count)"
    }
    return nil
  }

  private static func endProblem(_ text: String, isEnd: (UInt8) -> Bool) -> String? {
    if let first = text.utf8.first, !isEnd(first) {
      return "may not start with '\(Unicode.Scalar(first))'"
    }
    if let last = text.utf8.last, !isEnd(last) {
      return "may not end with '\(Unicode.Scalar(last))'"
    }
    return nil
  }

  private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
    (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLowerAlphanumeric(byte) || (0x41...0x5a).contains(byte)
  }

  private static func isLabelCharacter(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == dash || byte == dot || byte == UInt8(ascii: "_")
  }
}
