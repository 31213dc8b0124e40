// SPDX-License-Identifier: Apache-2.0

/// The kinds of events that people can be told; the words of `Event:` trailers in the state's history.
package enum NotifyEvent: String, Sendable, Hashable, CaseIterable {
  case planned, started, stageStarted = "stage-started", released, stagePassed = "stage-passed"
  case awaitingApproval = "awaiting-approval", approved, paused, resumed, promoted
  case gateFailed = "gate-failed", rollingBack = "rolling-back", rolledBack = "rolled-back"
  case halted, aborted, complete, superseded, stragglers, undone, retried, held
  /// Nothing has happened: somebody wants to see that messages arrive.
  case test

  /// `info`, `warning` or `error`: the severity of a message of this kind.
  package var severity: String {
    switch self {
    case .gateFailed, .rollingBack, .halted: "error"
    case .awaitingApproval, .paused, .rolledBack, .aborted, .stragglers, .undone, .held: "warning"
    case .planned, .started, .stageStarted, .released, .stagePassed, .approved, .resumed, .promoted,
      .complete, .superseded, .retried, .test:
      "info"
    }
  }

  /// Whether a receiver that names no events gets it.
  ///
  /// Not what a person has just done by an order, and not every batch of a stage.
  package var isDefault: Bool {
    switch self {
    case .started, .stagePassed, .awaitingApproval, .paused, .gateFailed, .rollingBack, .rolledBack,
      .halted, .aborted, .complete, .superseded, .stragglers, .undone, .test:
      true
    case .planned, .stageStarted, .released, .approved, .resumed, .promoted, .retried, .held: false
    }
  }

  /// Whether it ends what an earlier event of the same rollout has alarmed about.
  ///
  /// A receiver that keeps incidents gets it whatever events it names, else they would stay open for ever.
  package var isClosing: Bool {
    switch self {
    case .approved, .resumed, .promoted, .rolledBack, .aborted, .complete, .superseded, .retried:
      true
    case .planned, .started, .stageStarted, .released, .stagePassed, .awaitingApproval, .paused,
      .gateFailed,
      .rollingBack, .halted, .stragglers, .undone, .held, .test:
      false
    }
  }
}
