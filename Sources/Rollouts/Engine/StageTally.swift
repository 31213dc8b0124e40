// SPDX-License-Identifier: Apache-2.0

/// Where a member stands in a step, as far as gates and limits ask.
struct MemberMark {
  /// Its phase.
  var phase: ClusterPhase
  /// Released: it is Ready with the new trees now.
  var isReady = false
  /// Not released: a schedule forbids it now.
  var isClosed = false
  /// Not released: what it runs now is not Ready; it may always be released.
  var isUnready = false
  /// It counts against `maxUnavailable`.
  var isUnavailable = false
  /// It does not count until it has Succeeded.
  var isForgiven = false
  /// It is Progressing after it was Disconnected.
  var isBack = false

  /// Not waited for.
  static let skipped = MemberMark(phase: .skipped)
  /// Not released, and nothing is known of it.
  static let pending = MemberMark(phase: .pending)
}

/// The members of a stage, counted.
struct StageTally {
  /// Members that are waited for: neither skipped nor forgiven.
  var waited = 0
  /// Members that may be released now, and those that wait for a window.
  var open = 0
  var closed = 0
  /// Members that are Progressing, and those of them that are waited for; of these, those that are Ready and those that
  /// have come back.
  var progressing = 0
  var running = 0
  var soaking = 0
  var back = 0
  /// Outcomes.
  var succeeded = 0
  var failed = 0
  var timedOut = 0
  var disconnected = 0
  /// Members that are Ready with the new trees.
  var ready = 0
  /// Members that count against `maxUnavailable`.
  var unavailable = 0
  /// When a member was released last; nil: none was.
  var lastRelease: Int64?

  /// Members that have to have an outcome yet, Disconnected ones aside.
  var unfinished: Int { open + closed + running }

  /// Counts a member in (1) or out (-1).
  mutating func count(_ mark: MemberMark, by sign: Int) {
    if mark.isUnavailable { unavailable += sign }
    if mark.isReady { ready += sign }
    if mark.phase == .progressing { progressing += sign }
    if mark.phase == .skipped || mark.isForgiven { return }
    waited += sign
    switch mark.phase {
    case .pending:
      if mark.isClosed { closed += sign } else { open += sign }
    case .progressing:
      running += sign
      if mark.isReady { soaking += sign }
      if mark.isBack { back += sign }
    case .succeeded: succeeded += sign
    case .failed: failed += sign
    case .timedOut: timedOut += sign
    case .disconnected: disconnected += sign
    case .skipped: break
    }
  }
}
