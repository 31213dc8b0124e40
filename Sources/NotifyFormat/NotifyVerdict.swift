// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree

/// How an attempt to deliver a message has ended.
package enum NotifyVerdict: Sendable, Hashable {
  /// The receiver has it, or there was nothing to tell it.
  case delivered
  /// It may work later: after so many seconds when the receiver has said so.
  case again(reason: String, retryAfter: Int?)
  /// It never will: the message goes to the dead letters.
  case refused(reason: String)
}

extension NotifyVerdict {
  /// The exit code of a program that has delivered.
  package static let deliveredCode: Int32 = 0
  /// The exit code of a program that the receiver has refused for good.
  package static let refusedCode: Int32 = 1
  /// The exit code of a program that wants to be started again later: `EX_TEMPFAIL` of sysexits.h.
  package static let againCode: Int32 = 75

  /// The longest wait that a receiver may ask for, in seconds: a day.
  package static let longestWait = 86_400
  /// The longest reason, in characters.
  private static let longestReason = 300

  /// What an exit code and the output of a program mean.
  ///
  /// Any code but 0 and 1 means again: a program that is broken may be mended, and nothing is lost.
  package init(exitCode: Int, output: [UInt8], errorOutput: [UInt8]) {
    switch exitCode {
    case Int(Self.deliveredCode): self = .delivered
    case Int(Self.refusedCode):
      self = .refused(reason: Self.reason(errorOutput) ?? "the program gave no reason")
    default:
      self = .again(
        reason: Self.reason(errorOutput) ?? "the program ended with exit code \(exitCode)",
        retryAfter: Self.retryAfter(output))
    }
  }

  /// What the program writes to standard output: `{"retryAfter":30}` and a line break, or nothing.
  package var output: [UInt8] {
    guard case .again(_, let seconds?) = self else { return [] }
    let json = JSONValue.object(["retryAfter": .integer(Int64(seconds))])
    return JSONWriter.compact(json) + [0x0a]
  }

  /// The exit code that says this.
  package var exitCode: Int32 {
    switch self {
    case .delivered: Self.deliveredCode
    case .again: Self.againCode
    case .refused: Self.refusedCode
    }
  }

  /// Why it was not delivered; nil when it was.
  package var reason: String? {
    switch self {
    case .delivered: nil
    case .again(let reason, _), .refused(let reason): reason
    }
  }

  private static func retryAfter(_ output: [UInt8]) -> Int? {
    guard let json = JSONParser.parse(output), let seconds = json["retryAfter"]?.integer,
      seconds >= 0
    else { return nil }
    return min(Int(clamping: seconds), longestWait)
  }

  /// The first line that says something, safe to print.
  private static func reason(_ bytes: [UInt8]) -> String? {
    let lines = bytes.split(separator: 0x0a).map { PrintableText.escape(bytes: $0) }
    return lines.first { !$0.isEmpty }.map(shortened)
  }

  /// A text of somebody else, safe to print and not longer than 300 characters.
  package static func shortened(_ text: String) -> String {
    NotifyMessage.cut(PrintableText.escape(text), to: longestReason)
  }
}
