// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Posix

/// The lines that a run writes to standard error: nothing when there was nothing to do.
struct SiteLog: Sendable {
  /// Something that was done.
  func note(_ text: String) { write(text) }
  /// Something that somebody should look at.
  func warning(_ text: String) { write("warning: \(text)") }
  /// Something that could not be done.
  func error(_ text: String, hint: String? = nil) {
    write("error: \(text)")
    if let hint { write("hint: \(hint)") }
  }

  private func write(_ text: String) {
    // The hub's and kubectl's words are printed on somebody's terminal.
    StandardStream.error.line(PrintableText.escape(text))
  }
}

/// What a run's exit code says, from the least to the worst.
enum SyncExit: Int32, Sendable, Comparable {
  case done = 0
  /// The hub or the cluster was out of reach.
  case tryAgain = 75
  /// A bundle was not applied, or the slice was refused.
  case failed = 1
  case usage = 64
  case internalError = 70

  private var weight: Int {
    switch self {
    case .done: 0
    case .tryAgain: 1
    case .failed: 2
    case .usage: 3
    case .internalError: 4
    }
  }

  static func < (left: SyncExit, right: SyncExit) -> Bool { left.weight < right.weight }
}
