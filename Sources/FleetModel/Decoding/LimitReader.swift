// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// Reads our own numbers and shares, which have no second meaning for what is negative or above all.
struct LimitReader {
  private let fields: FieldReader

  init(_ fields: FieldReader) { self.fields = fields }

  /// A number or a share; nil when it is negative or a share above `most` in a million, which is reported.
  func limit(
    _ name: String, most: Int? = 1_000_000, findings: inout Findings
  ) -> Located<Quantity>? {
    guard let limit = fields.quantity(name) else {
      if let number = fields.integer(name), let span = fields.value(name)?.span {
        findings.error(
          "bad-limit", "'\(name)' cannot be negative, found \(number)", at: span)
      }
      return nil
    }
    if let most, case .share(let parts) = limit.value, parts > most {
      findings.error(
        "bad-limit", "'\(name)' is more than all: \(Wording.quoted(limit.value.text))",
        at: limit.span, hints: ["write 100% or less"])
      return nil
    }
    return limit
  }
}

extension FieldReader {
  /// A whole number that is not negative and fits; nil when it is not, which is reported.
  func wholeNumber(_ name: String, findings: inout Findings) -> Int? {
    guard let number = integer(name) else { return nil }
    guard (0...Int64(Int32.max)).contains(number) else {
      findings.error(
        "bad-limit",
        number < 0
          ? "'\(name)' cannot be negative, found \(number)"
          : "'\(name)' is too large, found \(number)", at: value(name)?.span)
      return nil
    }
    return Int(number)
  }

  /// The seconds of a duration that is not nothing; nil when it is, which is reported.
  func positiveDuration(_ name: String, findings: inout Findings) -> Located<Int>? {
    guard let duration = duration(name) else { return nil }
    guard duration.value > 0 else {
      findings.error("bad-duration", "'\(name)' cannot be nothing", at: duration.span)
      return nil
    }
    return duration
  }
}
