// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// What a pusher allows once, with push options that name the count.
///
/// `-o fleet.allow-delete=Namespace:3`, `-o fleet.allow-changed=2500`, `-o fleet.allow-removed=2`.
/// The number is the confirmation: a push that would do more than it names is refused.
package struct Overrides: Sendable, Hashable {
  /// How many objects of a kind may be deleted.
  package private(set) var deletions: [String: Int] = [:]
  /// How many clusters may change.
  package private(set) var clustersChanged: Int?
  /// How many clusters may leave.
  package private(set) var clustersRemoved: Int?
  /// The options as they were given, in their order, for the audit log.
  package private(set) var given: [String] = []

  /// No overrides.
  package init() {}

  /// Reads push options; an option under `fleet.` that is not understood is an error, others are not
  /// ours.
  package init(pushOptions: [String], findings: inout Findings) {
    for option in pushOptions where option.utf8.starts(with: "fleet.".utf8) {
      let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count == 2 ? parts[1] : ""
      var isUnderstood = false
      switch parts[0] {
      case "fleet.allow-delete":
        let words = value.split(separator: ":", omittingEmptySubsequences: false)
        if words.count == 2, !words[0].isEmpty, let count = Self.count(words[1]) {
          deletions[String(words[0])] = count
          isUnderstood = true
        }
      case "fleet.allow-changed":
        clustersChanged = Self.count(value)
        isUnderstood = clustersChanged != nil
      case "fleet.allow-removed":
        clustersRemoved = Self.count(value)
        isUnderstood = clustersRemoved != nil
      default: break
      }
      if isUnderstood {
        given.append(option)
      } else {
        findings.error(
          "push-option", "the push option '\(PrintableText.escape(option))' is not understood",
          at: nil,
          hints: [
            "-o fleet.allow-delete=KIND:COUNT, -o fleet.allow-changed=COUNT or "
              + "-o fleet.allow-removed=COUNT"
          ])
      }
    }
  }

  private static func count(_ text: Substring) -> Int? {
    guard let number = Int(text), number >= 0, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
    else { return nil }
    return number
  }
}
