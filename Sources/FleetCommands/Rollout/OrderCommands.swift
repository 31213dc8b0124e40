// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Rollouts

/// `kubectl fleet rollout pause`.
struct PauseCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Release nothing more until 'resume'.")

  @OptionGroup var order: OrderOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    try order.give(.pause, in: context)
  }
}

/// `kubectl fleet rollout resume`.
struct ResumeCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Go on after a pause.",
    discussion:
      "Where the policy has paused, the clusters that have failed are not counted any more.")

  @OptionGroup var order: OrderOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    try order.give(.resume, in: context)
  }
}

/// `kubectl fleet rollout approve`.
struct ApproveCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Approve the step that a rollout waits for.")

  @OptionGroup var order: OrderOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    try order.give(.approve, in: context)
  }
}

/// `kubectl fleet rollout promote`.
struct PromoteCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote",
    abstract: "Pass the stage now, whatever it waits for.",
    discussion: "Clusters of it that have failed are not counted any more.")

  @Flag(help: "Pass all stages: release to every cluster that is left.")
  var full = false

  @OptionGroup var order: OrderOptions
  @OptionGroup var confirm: ConfirmOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    try order.give(.promote, isFull: full, in: context) { board, id in
      guard full, !confirm.yes else { return nil }
      let facts = board.rollout(id).map { RolloutFacts($0).total }
      let left = facts.map { $0.size - $0.released } ?? 0
      return "release \(Wording.quoted(id)) to \(Wording.count(left, "more cluster")) at once?"
    }
  }
}

/// `kubectl fleet rollout abort`.
struct AbortCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "abort",
    abstract: "End a rollout: its clusters go back to their last good version.",
    discussion: "The version is held back until another one is pushed, or 'retry'.")

  @Flag(help: "Leave what is released as it is.")
  var keep = false

  @OptionGroup var order: OrderOptions
  @OptionGroup var confirm: ConfirmOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    try order.give(.abort, keeps: keep, in: context) { board, id in
      if confirm.yes { return nil }
      let count = Wording.count(board.released(by: id) ?? 0, "cluster")
      return keep
        ? "end \(Wording.quoted(id)) and leave the new version on \(count)?"
        : "end \(Wording.quoted(id)) and take \(count) back to the last good version?"
    }
  }
}

/// `kubectl fleet rollout undo`.
struct UndoCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Go back from a rollout, also from one that has ended, on all its clusters at once.")

  @OptionGroup var order: OrderOptions
  @OptionGroup var confirm: ConfirmOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    try order.give(.undo, in: context) { board, id in
      if confirm.yes { return nil }
      guard let count = board.released(by: id) else {
        return "take every cluster back to what it had before \(Wording.quoted(id))?"
      }
      return "end \(Wording.quoted(id)) and take \(Wording.count(count, "cluster")) back to the "
        + "last good version?"
    }
  }
}

/// `kubectl fleet rollout retry`.
struct RetryCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Release a version again that is held since its rollout has failed.",
    discussion: "A new rollout begins with the first stage.")

  @OptionGroup var order: OrderOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    try order.give(.retry, in: context)
  }
}
