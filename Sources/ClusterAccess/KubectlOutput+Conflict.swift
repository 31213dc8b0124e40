// SPDX-License-Identifier: Apache-2.0

import Diagnostics

extension KubectlOutput {
  /// Whether errors say that another manager has a field.
  static func saysConflict(_ errors: String) -> Bool {
    errors.split(separator: "\n").contains { $0.contains("Apply failed with ") }
  }

  /// Whether errors say that an object cannot be changed in this way, but made anew.
  static func saysImmutable(_ errors: String) -> Bool {
    [
      "field is immutable", "may not change once set", "Forbidden: updates to ",
      "cannot change roleRef", "Forbidden: may not be updated",
    ].contains { errors.contains($0) }
  }

  /// The conflicts of one object's call in a sentence, with who has the fields; nil when errors tell none.
  ///
  /// kubectl writes `Apply failed with 1 conflict: conflict with "helm" using apps/v1: .spec.replicas`, several
  /// fields of a manager in lines `- .spec.replicas` below it, and advice for people at a terminal.
  static func conflict(_ errors: String) -> String? {
    guard let start = errors.firstRange(of: "Apply failed with "),
      let head = errors[start.upperBound...].firstRange(of: ": ")
    else { return nil }
    var managers: [(name: String, fields: [String])] = []
    for line in errors[head.upperBound...].split(separator: "\n") {
      if line.hasPrefix("Please review ") { break }
      if line.hasPrefix("- ") {
        guard let last = managers.indices.last else { return nil }
        managers[last].fields.append(String(line.dropFirst(2)))
        continue
      }
      let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
      guard parts.count >= 3, parts[0].hasPrefix("conflict") else { return nil }
      managers.append((String(parts[1]), []))
      // After the last quote: ` using apps/v1: .spec.replicas`.
      if let rest = parts.last, let colon = rest.firstRange(of: ": ") {
        managers[managers.count - 1].fields.append(String(rest[colon.upperBound...]))
      }
    }
    if managers.isEmpty { return nil }
    let owned = managers.map { manager in
      "\(Wording.list(manager.fields)) \(manager.fields.count == 1 ? "belongs" : "belong")"
        + " to field manager '\(manager.name)'"
    }
    return shortened(
      owned.joined(separator: ", ") + "; 'takeOwnership: true' below 'helm' takes over")
  }
}
