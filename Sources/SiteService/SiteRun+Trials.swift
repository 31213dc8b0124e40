// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import Posix
import Reconciling
import SliceFormat

/// Watching what was applied lately, and going back.
///
/// What a bundle goes back to is a ref of the cache, what it never goes forward to by itself stands in
/// `site.json`, and both are written before they are acted upon: a run that is killed anywhere is
/// continued by the next one, which asks the same questions again.
extension SiteRun {
  /// Applies what the hub tells, but for bundles whose tree was refused; when the trial of one fails by
  /// that, it goes back in the same run.
  mutating func applyOnTrial(
    _ told: SliceContent, _ cache: SliceCache
  ) throws(PosixError) -> Finding {
    guard case .bundles(let wanted) = told else {
      state.trials = [:]
      state.refused = [:]
      return try apply(told)
    }
    // Without a state folder the cluster itself remembers.
    if isFresh, state.refused.isEmpty { remember() }
    var slice = try withoutRefused(wanted, cache)
    var finding = try apply(.bundles(slice))
    if try watch(slice, finding, cache) {
      // Before anything is taken back: the next run must not go forward again.
      state.isOnItsWay = true
      try save()
      trustsRecord = false
      slice = try withoutRefused(wanted, cache)
      finding = try apply(.bundles(slice))
    }
    for bundle in slice.bundles where bundle.objection != nil {
      // Nobody can tell any more which tree it is that it keeps.
      finding.trees[bundle.name] = nil
    }
    if isSliceNew { try cache.forgetGood(except: wanted.bundles.map(\.name)) }
    return finding
  }

  /// The slice with the good trees in the place of refused ones. A refused tree is forgotten when the hub
  /// tells another one, or that somebody has ordered to try again since.
  private mutating func withoutRefused(
    _ wanted: DesiredSlice, _ cache: SliceCache
  ) throws(PosixError) -> DesiredSlice {
    state.refused = state.refused.filter { name, refusal in
      guard wanted[name]?.tree == refusal.tree else { return false }
      guard wanted.retries.letsGo(name, refusedWith: refusal.mark) else { return true }
      log.note("bundle '\(name)' is tried again, as the hub was ordered")
      return false
    }
    var slice = wanted
    for (name, refusal) in state.refused.byName {
      guard var bundle = wanted[name] else { continue }
      if let good = cache.good(name), good != refusal.tree,
        let before = try cache.bundle(name, good)
      {
        slice.replace(before.sparing(bundle))
      } else {
        bundle.objection =
          "\(Self.short(refusal.tree)) was refused (\(refusal.reason)) and the tree before is lost:"
          + " it keeps what it has"
        slice.replace(bundle)
      }
    }
    slice.refused = state.refused
    return slice
  }

  /// Takes in how the watched bundles are; true when one of them has to go back now.
  private mutating func watch(
    _ slice: DesiredSlice, _ finding: Finding, _ cache: SliceCache
  ) throws(PosixError) -> Bool {
    let reports = Dictionary(
      finding.bundles.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    state.trials = state.trials.filter { slice[$0.key]?.tree == $0.value.tree }
    var questions: [GateRunner.Question] = []
    for bundle in slice.bundles {
      guard state.refused[bundle.name] == nil, let report = reports[bundle.name] else { continue }
      if cache.good(bundle.name) == bundle.tree {
        // Killed between the ref and the state, a run left the trial open.
        if state.trials[bundle.name]?.isOpen ?? false {
          state.trials[bundle.name]?.outcome = .passed
        }
        continue
      }
      guard let watch = bundle.descriptor.watch else {
        if report.state.isAvailable { try cache.keepGood(bundle.tree, bundle.name) }
        continue
      }
      var trial = state.trials[bundle.name] ?? Trial(bundle.tree, since: now.seconds)
      if trial.isOpen {
        trial.pass(to: clock, report.state)
        questions += trial.dueGates(watch).map {
          GateRunner.Question(bundle: bundle.name, gate: $0)
        }
      }
      state.trials[bundle.name] = trial
    }
    measure(questions)
    var isUndone = false
    for bundle in slice.bundles {
      guard let watch = bundle.descriptor.watch, let report = reports[bundle.name],
        let trial = state.trials[bundle.name], trial.isOpen
      else { continue }
      switch trial.verdict(watch, message: report.message) {
      case .watching: break
      case .good:
        try cache.keepGood(bundle.tree, bundle.name)
        state.trials[bundle.name]?.outcome = .passed
      case .failed(let reason):
        if try undo(bundle, watch, reason, cache) { isUndone = true }
      }
    }
    return isUndone
  }

  /// Asks gate programs and notes what they say.
  private mutating func measure(_ questions: [GateRunner.Question]) {
    if questions.isEmpty { return }
    let runner = GateRunner(
      cluster: options.cluster, configFile: options.gateConfig, variables: Environment.all)
    for (question, measurement) in zip(questions, runner.measure(questions)) {
      let (bundle, gate) = (question.bundle, question.gate)
      let before = state.trials[bundle]?.gates[gate.name]?.phase
      state.trials[bundle]?.note(measurement, gate)
      guard let known = state.trials[bundle]?.gates[gate.name], known.phase != before,
        known.phase == .inconclusive
      else { continue }
      log.warning("bundle '\(bundle)': \(known.message)")
    }
  }

  /// Refuses the tree of a bundle, where there is a tree to go back to.
  private mutating func undo(
    _ bundle: DesiredBundle, _ watch: BundleWatch, _ reason: String, _ cache: SliceCache
  ) throws(PosixError) -> Bool {
    let name = bundle.name
    guard watch.undoes else {
      state.trials[name]?.outcome = .failed(reason)
      log.warning("bundle '\(name)' fails: \(reason); its policy leaves going back to the hub")
      return false
    }
    guard let good = cache.good(name), try cache.bundle(name, good) != nil else {
      state.trials[name]?.outcome = .failed(reason)
      log.error("bundle '\(name)' fails: \(reason); there is nothing to go back to")
      exit = max(exit, .failed)
      return false
    }
    log.error("bundle '\(name)' goes back to \(Self.short(good)): \(reason)")
    exit = max(exit, .failed)
    state.trials[name] = nil
    state.refused[name] = RefusedTree(
      tree: bundle.tree, epoch: state.accepted?.age.epoch ?? 0,
      release: state.accepted?.age.release ?? 0, at: now.seconds, reason: reason)
    return true
  }

  /// Adds to a status what trials have come to.
  func addTrials(to report: inout StatusReport) {
    for index in report.bundles.indices {
      let name = report.bundles[index].name
      let own = report.bundles[index].message
      let word: String
      if let refusal = state.refused[name] {
        report.bundles[index].isReverted = true
        // The reason first: the hub shows the beginning.
        word =
          "went back: \(refusal.reason); refused \(Self.short(refusal.tree)) of release"
          + " \(refusal.release)"
      } else if case .failed(let reason) = state.trials[name]?.outcome {
        word = "failed: \(reason)"
      } else {
        continue
      }
      report.bundles[index].message = StatusReport.cut(own.isEmpty ? word : "\(word); \(own)")
    }
    report.metrics = state.trials.byName.flatMap { $0.value.metrics(bundle: $0.key) }
  }

  /// The first digits of a tree, as people compare them.
  private static func short(_ tree: ObjectID) -> String { String(tree.hex.prefix(12)) }
}
