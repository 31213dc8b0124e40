// SPDX-License-Identifier: Apache-2.0

import ClusterAccess
import GitObjects
import JSONTree
import Posix
import Reconciling
import SliceFormat

/// One run of fleet-sync: fetch, verify, apply, report.
///
/// No step trusts that the one before ran in an earlier, killed run: each asks what is there.
struct SiteRun {
  let options: SyncOptions
  let folder: SiteFolder
  let now: Timestamp
  /// The moment of the run, as trials count time.
  let clock: SiteClock
  let log = SiteLog()
  var state: SiteState
  /// The state as it is on the disk; nil when there is none.
  private var stored: SiteState?
  var exit = SyncExit.done
  /// Hubs that are not told anything in this run: they did not answer, or cannot be understood.
  var unusable: Set<String> = []
  /// Whether the slice was accepted in this run.
  var isSliceNew = false
  /// Whether no run before was killed, or lost the cluster, on its way.
  var trustsRecord: Bool
  /// Why the target is left alone in this run.
  var targetError: TargetError?
  /// Whether nothing is remembered of earlier runs.
  let isFresh: Bool
  /// What the target had recorded before this run, once that was asked.
  private var memory: Reconciliation.Memory?
  /// Whether a look of this run found that nothing was ever applied, and nothing was since.
  private var isTargetBlank = false
  /// What the status says went wrong, beyond single bundles.
  private(set) var errors: [String] = []

  /// Begins a run in a state folder that is locked.
  ///
  /// A site that lost its state cannot read its old status back. So that the hub never sees its counter
  /// fall, it goes on above the clock's seconds, where every site began, and what lies in `status.json`.
  init(
    _ options: SyncOptions, folder: SiteFolder, now: Timestamp, clock: SiteClock, stored: SiteState?
  ) {
    self.options = options
    self.clock = clock
    self.folder = folder
    self.now = now
    self.stored = stored
    isFresh = stored == nil
    trustsRecord = !(stored?.isOnItsWay ?? false)
    state =
      stored
      ?? SiteState(
        cluster: options.cluster,
        counter: max(
          now.seconds,
          (try? folder.readStatus()).flatMap { StatusReport(json: $0) }
            .map { Int64($0.counter) } ?? 0))
    rememberHubs()
  }

  /// Does everything and tells how it went.
  mutating func run() throws(PosixError) -> SyncExit {
    let cache = SliceCache(folder: folder.slices, timeout: options.timeout)
    try fetch(cache)
    if isSettled(cache) {
      try save()
      return exit
    }
    folder.sweep()
    if let told = try acceptedSlice(cache) {
      try report(try applyOnTrial(told, cache))
    } else {
      // Nothing is known: nothing is applied, and above all nothing is removed.
      try report(Finding(state: .pending))
    }
    try writeStick()
    try save()
    cache.tidy()
    return exit
  }

  var kubectl: KubectlTarget {
    KubectlTarget(
      kubeconfig: options.kubeconfig, context: options.context,
      inventoryNamespace: options.inventoryNamespace, folder: folder.work,
      timeout: options.applyTimeout, hookTimeout: options.hookTimeout)
  }

  /// What the target has recorded; asked once in a run, before anything is applied.
  mutating func targetMemory() throws(TargetError) -> Reconciliation.Memory {
    if let memory { return memory }
    let reconciliation = Reconciliation(cluster: options.cluster, takesOver: options.takesOver)
    let found =
      switch options.target {
      case .kubectl: try reconciliation.memory(of: kubectl)
      case .folder(let path): try reconciliation.memory(of: FolderTarget(path: path))
      }
    memory = found
    return found
  }

  /// Takes over what the target remembers, where nothing is remembered here.
  mutating func remember() {
    guard targetError == nil, let memory = try? targetMemory() else { return }
    state.refused = memory.refused
    isTargetBlank = memory.isBlank
  }

  /// Makes the target what a slice says.
  mutating func apply(_ slice: SliceContent) throws(PosixError) -> Finding {
    switch options.target {
    case .kubectl:
      let target = kubectl
      return try reconcile(slice, on: target, renderer(target))
    case .folder(let path):
      return try reconcile(
        asManifests(slice), on: FolderTarget(path: path), renderer(nil))
    }
  }

  /// Whether the last run left nothing to do and nothing has come since: the way of nearly every run
  /// without drift checks, so it starts no child.
  private func isSettled(_ cache: SliceCache) -> Bool {
    guard !options.checksDrift, options.stick == nil, !owesReport, errors.isEmpty,
      !areFactsDue,
      state.isSame(as: stored), !state.trials.values.contains(where: \.isOpen),
      let accepted = state.accepted, let settled = state.settled
    else { return false }
    return settled.commit == accepted.commit && settled.target == options.target.name
      && cache.incoming() == accepted.commit
  }

  /// Logs something that went wrong, for the status too.
  mutating func fail(_ message: String, _ code: SyncExit = .failed) {
    log.error(message)
    if !errors.contains(message) { errors.append(message) }
    exit = max(exit, code)
  }

  // MARK: applying

  /// The slice for a folder; what cannot be done in one is said once, when the slice is taken.
  private func asManifests(_ content: SliceContent) -> SliceContent {
    guard case .bundles(let wanted) = content else { return content }
    let folder = FolderSlice(wanted)
    if isSliceNew { for warning in folder.warnings { log.warning(warning) } }
    return .bundles(folder.slice)
  }

  private mutating func reconcile(
    _ content: SliceContent, on target: some ClusterTarget, _ renderer: HelmSiteRenderer
  ) throws(PosixError) -> Finding {
    let reconciliation = Reconciliation(
      cluster: options.cluster, takesOver: options.takesOver, trustsRecord: trustsRecord)
    var finding = Finding(state: .ready)
    var slice = DesiredSlice([])
    switch content {
    case .bundles(let bundles): slice = bundles
    case .tombstone(let tombstone):
      finding.removed = tombstone
      slice.refused = [:]
    }
    slice.mark = state.accepted?.mark
    finding.trees = Dictionary(
      slice.bundles.map { ($0.name, $0.tree.hex) }, uniquingKeysWith: { $1 })
    var isDone = false
    do throws(TargetError) {
      if let targetError { throw targetError }
      if finding.removed == .keep {
        try reconciliation.forget(on: target)
        state.isOnItsWay = false
        isDone = true
      } else {
        let isBlank = isTargetBlank
        isTargetBlank = false
        var result = try reconciliation.run(
          slice, on: target, renderer: renderer, isBlank: isBlank)
        result.redact { renderer.redact($0) }
        if finding.removed == nil, result.emptied {
          log.warning("the slice has no bundle: everything that was ours is removed")
        }
        tell(result)
        state.isOnItsWay = false
        finding.bundles = result.bundles
        finding.state = .worst(of: result.bundles.map(\.state))
        isDone = finding.state == .ready && result.failures.isEmpty
      }
    } catch {
      finding.state = .waitApplied
      finding.bundles = slice.bundles.map {
        BundleReport(name: $0.name, state: .waitApplied, message: "")
      }
      let message = renderer.redact(error.message)
      if case .unreachable = error {
        fail(message, .tryAgain)
      } else {
        fail(message)
      }
    }
    state.settled =
      isDone
      ? state.accepted.map { SiteState.Settled(commit: $0.commit, target: options.target.name) }
      : nil
    return finding
  }

  private func renderer(_ target: KubectlTarget?) -> HelmSiteRenderer {
    HelmSiteRenderer(
      target, scratch: folder.charts, memory: folder.rendered,
      cache: SliceCache(folder: folder.slices, timeout: options.timeout))
  }

  private mutating func tell(_ result: Reconciliation.Report) {
    for sentence in result.corrected { log.note("put back \(sentence)") }
    for bundle in result.bundles where bundle.state == .errApplied {
      log.error("bundle '\(bundle.name)' is not applied: \(bundle.message)")
      exit = max(exit, .failed)
    }
    for note in result.spared { log.warning(note) }
    for failure in result.failures { fail("cannot remove \(failure)") }
    if result.removedCount > 0 {
      log.note(
        "removed \(result.removedCount == 1 ? "1 object" : "\(result.removedCount) objects")")
    }
    for namespace in result.removedNamespaces { log.note("removed namespace '\(namespace)'") }
  }

  // MARK: reporting

  /// What a run has to say.
  struct Finding {
    var state: BundleState
    var bundles: [BundleReport] = []
    var trees: [String: String] = [:]
    var removed: SliceContent.Tombstone?
  }

  /// Writes the status if it says something new, and pushes what the hub has not seen.
  private mutating func report(_ finding: Finding) throws(PosixError) {
    var report = StatusReport(
      cluster: options.cluster, accepted: state.accepted, state: finding.state,
      bundles: finding.bundles, trees: finding.trees, removed: finding.removed?.rawValue,
      errors: errors)
    addTrials(to: &report)
    addFacts(to: &report)
    let known = try folder.readStatus().flatMap { StatusReport(json: $0) }
    let isNew = known.map { !$0.says(sameAs: report) } ?? true
    if isNew || (isHeartbeatDue && !state.owesPush) || options.stick?.statusFile != nil {
      state.counter = max(state.counter, state.counter &+ 1)
      state.owesPush = true
      // Before the file: a kill in between must not leave a status that nobody pushes.
      try save()
      report.counter = Int(clamping: state.counter)
      report.time = now.rfc3339
      try folder.writeStatus(report.json)
    }
    try pushStatus()
  }

  /// Remembers the state, if it is another than the one on the disk.
  mutating func save() throws(PosixError) {
    if state == stored { return }
    try folder.write(state)
    stored = state
  }
}
