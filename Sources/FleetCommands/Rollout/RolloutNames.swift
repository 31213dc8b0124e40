// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import HubService
import Posix
import Rollouts

/// Finds the rollout that a person means: by its name, by a bundle of it, or because there is only one.
struct RolloutNames {
  let board: RolloutBoard
  let refs: HubRefs

  private var running: [Rollout] { board.fleet.rollouts }

  /// The rollout that is running.
  func running(_ word: String?) throws(CommandError) -> Rollout {
    if let word {
      if let rollout = try known(word) { return rollout }
      if let ended = try RolloutHistory.ending(of: word, before: board.state.id, store: refs.store)
      {
        let age = Age.text(board.now.seconds - ended.step.time.seconds)
        throw CommandError(
          "the rollout \(Wording.quoted(word)) has ended: \(ended.phase.rawValue), \(age) ago",
          hints: ["kubectl fleet rollout history --rollout \(Wording.bare(word))"])
      }
      throw try unknown(word)
    }
    return try only()
  }

  /// The name of the rollout that an order is about.
  func target(_ word: String?, of verb: RolloutOrder.Verb) throws(CommandError) -> String {
    switch verb {
    case .pause, .resume, .approve, .promote, .abort: return try running(word).plan.id
    case .retry: return try held(word)
    case .undo:
      guard let word else {
        if running.count == 1 { return running[0].plan.id }
        throw CommandError(
          "it is not said which rollout to undo",
          hints: ["kubectl fleet rollout undo ROLLOUT", "kubectl fleet rollout history"],
          status: .usage)
      }
      if let rollout = try known(word) { return rollout.plan.id }
      let names = try RolloutHistory.names(before: board.state.id, store: refs.store)
      if names.contains(where: { $0.id == word }) { return word }
      let ofBundle = names.filter { $0.bundles.contains(word) }.map(\.id)
      if let latest = ofBundle.first {
        throw CommandError(
          "no rollout of the bundle \(Wording.quoted(word)) is running",
          hints: ["undo the last one: kubectl fleet rollout undo \(Wording.bare(latest))"])
      }
      throw try unknown(word)
    }
  }

  /// The rollout whose trees are held.
  private func held(_ word: String?) throws(CommandError) -> String {
    let held = board.fleet.held
    func only(_ found: [HeldTrees]) throws(CommandError) -> String? {
      // The last is the one that a person thinks of first.
      let ids = Array(Self.unique(found.map(\.rollout)).reversed())
      if ids.count < 2 { return ids.first }
      throw CommandError(
        "there are \(ids.count) rollouts to try again: \(Wording.quotedList(ids))",
        hints: ["kubectl fleet rollout retry \(Wording.bare(ids[0]))"], status: .usage)
    }
    guard let word else {
      if let id = try only(held) { return id }
      throw CommandError(
        "nothing is held, so there is nothing to try again",
        hints: ["kubectl fleet rollout status"])
    }
    if held.contains(where: { $0.rollout == word }) { return word }
    if let id = try only(held.filter { $0.bundle == word }) { return id }
    // The hub says what is wrong with one that is running, or holds nothing.
    if let rollout = try known(word) { return rollout.plan.id }
    let names = try RolloutHistory.names(before: board.state.id, store: refs.store)
    if names.contains(where: { $0.id == word }) { return word }
    throw try unknown(word)
  }

  /// The one of a name or a bundle that is running; nil when there is none.
  private func known(_ word: String) throws(CommandError) -> Rollout? {
    if let rollout = board.rollout(word) { return rollout }
    let found = running.filter { $0.plan.bundles.contains(word) }
    guard found.count > 1 else { return found.first }
    throw CommandError(
      "there are \(found.count) rollouts of the bundle \(Wording.quoted(word)): "
        + Wording.quotedList(found.map(\.plan.id)), status: .usage)
  }

  private func only() throws(CommandError) -> Rollout {
    if running.count == 1 { return running[0] }
    guard let first = running.first else {
      throw CommandError("no rollout is running", hints: ["kubectl fleet rollout history"])
    }
    throw CommandError(
      "there are \(running.count) rollouts: \(Wording.quotedList(running.map(\.plan.id)))",
      hints: ["say which one, such as \(Wording.bare(first.plan.id))"], status: .usage)
  }

  /// The error about a word that is neither a rollout nor a bundle of one.
  private func unknown(_ word: String) throws(CommandError) -> CommandError {
    let names = try RolloutHistory.names(before: board.state.id, store: refs.store)
    if names.contains(where: { $0.bundles.contains(word) }) {
      return CommandError(
        "no rollout of the bundle \(Wording.quoted(word)) is running",
        hints: ["kubectl fleet rollout history --bundle \(Wording.bare(word))"])
    }
    let words = Self.unique(
      running.flatMap { [$0.plan.id] + $0.plan.bundles } + names.map(\.id))
    return NameLookup.missing(
      "rollout", word, among: words, list: "kubectl fleet rollout history -o name")
  }

  private static func unique(_ words: [String]) -> [String] {
    var seen = Set<String>()
    return words.filter { seen.insert($0).inserted }
  }
}
