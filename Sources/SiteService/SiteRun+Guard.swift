// SPDX-License-Identifier: Apache-2.0

import ClusterAccess
import Diagnostics
import Posix
import Reconciling
import SliceFormat

/// The site's own guard against a slice that takes away what no budget of the hub has judged.
extension SiteRun {
  /// What judging a slice came to.
  enum Judgement {
    case passes
    /// It takes away too much: why.
    case refused(String)
    /// Nobody can tell: nothing is known here, and the target cannot be asked.
    case unknown(TargetError)
  }

  /// Whether a slice that came may take the place of the accepted one.
  ///
  /// The accepted slice says what is there, without asking the target; where it is lost, or where more goes than the
  /// hub has allowed, the record of the target decides.
  mutating func judge(
    _ candidate: SiteState.Accepted, _ word: RemovalWord, _ content: SliceContent,
    _ cache: SliceCache
  ) throws(PosixError) -> Judgement {
    if options.removals.allowsAll { return .passes }
    let wanted: DesiredSlice
    switch content {
    case .bundles(let slice): wanted = slice
    case .tombstone(.remove): wanted = DesiredSlice([])
    case .tombstone(.keep): return .passes
    }
    if let known = state.accepted, !state.isUnjudged,
      let before = try acceptedRecord(known, cache),
      excess(wanted, over: before, allowance(candidate, word, after: known.mark, known)) == nil
    {
      return .passes
    }
    let recorded: Inventory
    do throws(TargetError) {
      recorded = try targetMemory().inventory
    } catch {
      return .unknown(error)
    }
    let mark = state.isUnjudged ? recorded.mark : state.accepted?.mark ?? recorded.mark
    let allowed = allowance(
      candidate, word, after: mark, state.isUnjudged ? nil : state.accepted)
    guard let excess = excess(wanted, over: recorded, allowed) else { return .passes }
    let age = candidate.age
    return .refused(
      "release \(age.release) of epoch \(age.epoch) is refused: it \(excess.message)")
  }

  /// Judges a slice that is about to be accepted, or was before the target could be asked. Where nobody can tell, the
  /// target is left alone in this run.
  mutating func judged(
    _ candidate: SiteState.Accepted, _ word: RemovalWord, _ content: SliceContent,
    _ cache: SliceCache
  ) throws(PosixError) -> Judgement {
    let judgement = try judge(candidate, word, content, cache)
    switch judgement {
    case .passes: state.isUnjudged = false
    case .refused: break
    case .unknown(let error):
      // Without an accepted slice there is nothing to stay with.
      if state.accepted == nil { state.isUnjudged = true }
      targetError = error
    }
    return judgement
  }

  /// Says that a slice is refused for what it takes away.
  mutating func refuseRemovals(_ reason: String) {
    fail(reason)
    log.note("hint: if this is meant: fleet-sync --allow-removals, once")
  }

  /// What the hub allows between what is here and a slice.
  private func allowance(
    _ candidate: SiteState.Accepted, _ word: RemovalWord, after mark: RemovalMark?,
    _ known: SiteState.Accepted?
  ) -> RemovalGuard.Allowance {
    let epoch = mark?.epoch ?? known?.age.epoch
    guard let tally = word.tally else {
      // A hub that does not count never did: its budgets have judged, as they always have.
      return mark == nil ? .everything : .tally(RemovalTally())
    }
    if let epoch, epoch != candidate.age.epoch {
      return word.opensEpoch ? .everything : .tally(RemovalTally())
    }
    return .tally(tally.since(mark?.tally ?? RemovalTally()))
  }

  private func excess(
    _ wanted: DesiredSlice, over recorded: Inventory, _ allowance: RemovalGuard.Allowance
  ) -> RemovalGuard.Excess? {
    RemovalGuard.excess(
      wanted, over: recorded, allowance: allowance, limit: options.removals.limit)
  }

  /// What the accepted slice has put on the target; nil when it cannot be read.
  private func acceptedRecord(
    _ known: SiteState.Accepted, _ cache: SliceCache
  ) throws(PosixError) -> Inventory? {
    switch try read(known.commit, cache) {
    case .slice(_, .bundles(let slice), _):
      RemovalGuard.record(slice, cluster: options.cluster)
    case .slice(_, .tombstone, _): Inventory(cluster: options.cluster)
    case .refused, .damaged: nil
    }
  }
}

extension SiteState.Accepted {
  /// What is recorded of the slice on the target.
  var mark: RemovalMark? { tally.map { RemovalMark(epoch: age.epoch, tally: $0) } }
}

/// What a run is told about removals.
struct RemovalOptions: Sendable, Hashable {
  /// How much may go that the hub has not allowed.
  var limit = RemovalGuard.Limit.standard
  /// Whether a person lets everything through.
  var allowsAll = false

  /// Reads `--removal-limit`: a number, or a share with `%`.
  static func limit(_ text: String) throws(UsageError) -> RemovalGuard.Limit {
    let isShare = text.hasSuffix("%")
    guard let number = Int(isShare ? text.dropLast() : text[...]), number >= 0,
      number <= (isShare ? 100 : 1_000_000)
    else {
      throw UsageError(
        "'\(PrintableText.escape(text))' is no '--removal-limit'",
        hint: "write a number of objects, or a share like 25%")
    }
    return isShare ? .share(number) : .count(number)
  }
}
