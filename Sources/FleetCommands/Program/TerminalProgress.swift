// SPDX-License-Identifier: Apache-2.0

import Posix

/// Says on the terminal what is being done when it takes more than a second; gone again at the end.
final class TerminalProgress {
  private let start = MonotonicClock.milliseconds()
  private let context: CommandContext
  private var isShown = false

  /// Makes a reporter; without a terminal it says nothing.
  init(_ context: CommandContext) {
    self.context = context
  }

  deinit { clear() }

  /// Takes note of the next step.
  func step(_ what: String) {
    guard context.isTerminal(.error), MonotonicClock.milliseconds() - start > 1000 else { return }
    context.report("\r\u{1b}[K\(what) …")
    isShown = true
  }

  /// Takes the line away, before something else is printed.
  func clear() {
    if isShown { context.report("\r\u{1b}[K") }
    isShown = false
  }
}
