// SPDX-License-Identifier: Apache-2.0

package import Compiling
package import Diagnostics
import GitObjects
import Posix
import Targeting

/// What the pusher reads: the words of pre-receive and post-receive.
package enum HookOutput {
  /// The text about a reviewed push, whether it is accepted or not.
  ///
  /// - Parameters:
  ///   - review: what was found out.
  ///   - warnings: what the machine that rendered has to say.
  ///   - isPush: whether somebody pushes; else the last block does not speak of a push.
  ///   - source: the bytes of a file of the pushed tree, to show lines.
  package static func text(
    _ review: Review, warnings: [String], isPush: Bool = true,
    source: @escaping (String) -> [UInt8]?
  ) -> String {
    var blocks: [String] = []
    let findings = FindingRenderer(source: source).text(review.findings)
    if !findings.isEmpty { blocks.append(findings) }
    if !warnings.isEmpty { blocks.append(text(warnings: warnings)) }
    if let radius = review.radiusText { blocks.append(radius) }
    if review.hiddenWarnings > 0 {
      let count = Wording.count(review.hiddenWarnings, "warning")
      blocks.append("hint: \(count) about unchanged files: kubectl fleet check\n")
    }
    if !review.isAcceptable {
      let errors = review.findings.count { $0.severity == .error }
      blocks.append(
        isPush
          ? refusal(review)
          : "error: refused: \(Wording.count(errors, "error")); nothing was changed\n")
    }
    return blocks.joined(separator: "\n")
  }

  /// What the machine that renders has to say; it changes nothing about a push.
  package static func text(warnings: [String]) -> String {
    warnings.map { Wording.wrap("warning: " + $0, indent: "         ") + "\n" }.joined()
  }

  /// The last block of a refused push: what happened, and how to see it earlier.
  private static func refusal(_ review: Review) -> String {
    let errors = review.findings.filter { $0.severity == .error }
    let files = Set(errors.compactMap(\.path)).intersection(review.changedPaths)
    let what = Wording.count(errors.count, "error")
    let place =
      files.isEmpty
      ? ""
      : " in \(Wording.number(files.count)) of "
        + Wording.count(review.changedPaths.count, "changed file")
    return Wording.wrap(
      "error: push refused: \(what)\(place); nothing was changed", indent: "       ")
      + "\nhint: look before you push: kubectl fleet check, kubectl fleet plan\n"
  }

  /// The text about refs that may not be moved.
  package static func text(refusing findings: [Finding]) -> String {
    FindingRenderer { _ in nil }.text(findings)
      + "\nerror: push refused; nothing was changed\n"
  }

  /// The text about a failure of the hub itself.
  package static func text(failure: HubError, program: String) -> String {
    var lines = [
      Wording.wrap("error: \(program) failed: \(failure.description)", indent: "       ")
    ]
    if failure.isTemporary {
      lines.append("hint: try again in a moment")
    } else {
      lines.append("hint: this is not a fault in your change; tell the hub's administrator")
    }
    if let hint = failure.hint {
      lines.append(Wording.wrap("hint: for the administrator: \(hint)", indent: "      "))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Says what is being done when it takes more than a second, at most once a second.
package final class Progress {
  private let start = MonotonicClock.milliseconds()
  private var last: Int64 = 0
  private let show: (String) -> Void

  /// Makes a reporter that writes lines to standard error.
  package convenience init() {
    self.init { StandardStream.error.line($0) }
  }

  /// Makes a reporter that gives its lines to a function.
  package init(show: @escaping (String) -> Void) {
    self.show = show
  }

  /// Takes note of the next step.
  package func step(_ what: String) {
    let elapsed = MonotonicClock.milliseconds() - start
    guard elapsed - last >= 1000 else { return }
    last = elapsed
    show("\(what) …")
  }
}
