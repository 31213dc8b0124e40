// SPDX-License-Identifier: Apache-2.0

import SliceFormat

extension RolloutRun {
  /// What the reports say of the new trees of a released member.
  private struct Reading {
    var isReady = true
    var isReverted = false
    /// The position of the move that has an error; nil when none has.
    var error: Int?
    /// The position of the first move that is not Ready.
    var unready: Int?
  }

  /// Marks a member that is not released yet.
  mutating func waiting(_ index: Int, _ policy: StagePolicy) -> MemberMark {
    let member = members[index]
    guard !state.skipped.contains(index), let seen = observations.clusters[member.cluster],
      !seen.isPaused
    else { return .skipped }
    var mark = MemberMark.pending
    mark.isClosed = seen.isClosed
    mark.isForgiven = state.forgiven.contains(index)
    if !member.isNew {
      mark.isUnready = member.moves.contains { move in
        guard move.fallback != nil else { return false }
        guard let bundle = seen.bundles[move.bundle] else { return true }
        return !Self.isAvailable(bundle)
      }
    }
    if mark.isUnready, !mark.isForgiven {
      mark.isUnavailable = true
      // One that was never heard of is waited for from its release on.
      if policy.whenDisconnected == .expected,
        let contact = seen.contact
      {
        let silentFrom = HubTime.after(
          contact, seconds: rules.disconnectedAfter)
        mark.isUnavailable = now < silentFrom
        look(at: silentFrom)
      }
    }
    return mark
  }

  /// Follows a released member: from what was remembered and what is seen now to its phase.
  mutating func follow(_ index: Int, _ policy: StagePolicy, releasedAt: Int64) -> MemberMark {
    let name = members[index].cluster
    let before = memory.clusters[index]
    guard !state.skipped.contains(index), let seen = observations.clusters[name], !seen.isPaused
    else {
      if before?.phase != .skipped {
        memory.clusters[index] = RolloutMemory.Cluster(phase: .skipped, since: now)
      }
      return .skipped
    }
    let reading = read(seen, of: index)
    let isSilent = isSilent(seen, since: releasedAt)
    var entry = before ?? begin(index, releasedAt: releasedAt)

    if !reading.isReady {
      entry.readySince = nil
    } else if entry.readySince == nil, !isSilent || policy.minSuccessTime <= 0 {
      // The soak of a cluster that is not heard of begins when it is back.
      entry.readySince = now
    }
    if reading.error == nil {
      entry.errorSince = nil
    } else if entry.errorSince == nil {
      entry.errorSince = now
    }

    let base = max(releasedAt, entry.backSince ?? releasedAt)
    let deadline = HubTime.after(base, seconds: policy.progressDeadline)
    let phase = nextPhase(
      of: &entry, reading, policy, isSilent: isSilent, contact: seen.contact, deadline: deadline)
    if phase == .disconnected {
      entry.wasDisconnected = true
      entry.readySince = nil
    }
    if phase != entry.phase {
      entry.phase = phase
      entry.since = now
      entry.message = message(phase, reading, seen, of: index)
    }
    if before != entry { memory.clusters[index] = entry }
    lookAgain(
      at: entry, policy, contact: seen.contact ?? releasedAt,
      deadline: HubTime.after(
        max(releasedAt, entry.backSince ?? releasedAt), seconds: policy.progressDeadline))
    return mark(entry, index, policy)
  }

  /// What is remembered of a member of which nothing is: it was released just now, or the memory was lost.
  private func begin(_ index: Int, releasedAt: Int64) -> RolloutMemory.Cluster {
    var entry = RolloutMemory.Cluster(phase: .progressing, since: now)
    guard releasedAt < now else { return entry }
    // A deadline in the past would fail a cluster that was away with good reason.
    entry.backSince = now
    if state.succeeded.contains(index) { entry.phase = .succeeded }
    return entry
  }

  /// The phase of a released member.
  private func nextPhase(
    of entry: inout RolloutMemory.Cluster, _ reading: Reading, _ policy: StagePolicy,
    isSilent: Bool, contact: Int64?, deadline: Int64
  ) -> ClusterPhase {
    if let readySince = entry.readySince {
      if entry.phase == .succeeded { return .succeeded }
      if HubTime.has(policy.minSuccessTime, passedSince: readySince, at: now) { return .succeeded }
    }
    if reading.isReverted { return .failed }
    if let errorSince = entry.errorSince, !isSilent,
      HubTime.has(rules.failedAfter, passedSince: errorSince, at: now)
    {
      return .failed
    }
    switch entry.phase {
    case .failed, .timedOut: return entry.phase
    case .succeeded, .skipped:
      // A silent cluster that had Succeeded was Ready when it was heard of last.
      if entry.phase == .succeeded, reading.isReady { return .succeeded }
      entry.backSince = now
      return isSilent ? .disconnected : .progressing
    case .disconnected where !isSilent:
      entry.backSince = now
      return .progressing
    case .disconnected, .progressing, .pending: break
    }
    if isSilent {
      return policy.whenDisconnected == .normal && now >= deadline ? .timedOut : .disconnected
    }
    // A cluster that was not heard of since its deadline may be Ready by now, or away: it is one of both before
    // `disconnectedAfter` is over.
    let isHeard = policy.whenDisconnected == .normal || (contact ?? .min) >= deadline
    return !reading.isReady && now >= deadline && isHeard ? .timedOut : .progressing
  }

  /// The mark of a released member.
  private func mark(
    _ entry: RolloutMemory.Cluster, _ index: Int, _ policy: StagePolicy
  ) -> MemberMark {
    var mark = MemberMark(phase: entry.phase)
    mark.isReady = entry.readySince != nil || entry.phase == .succeeded
    mark.isBack = entry.wasDisconnected
    mark.isForgiven = entry.phase != .succeeded && state.forgiven.contains(index)
    switch entry.phase {
    case .progressing: mark.isUnavailable = !mark.isReady
    case .failed, .timedOut: mark.isUnavailable = true
    case .disconnected: mark.isUnavailable = policy.whenDisconnected != .expected
    case .pending, .succeeded, .skipped: break
    }
    if mark.isForgiven { mark.isUnavailable = false }
    return mark
  }

  /// Notes when time alone will change the phase of a member.
  private mutating func lookAgain(
    at entry: RolloutMemory.Cluster, _ policy: StagePolicy, contact: Int64, deadline: Int64
  ) {
    if entry.phase == .succeeded { return }
    if let since = entry.readySince {
      look(at: HubTime.after(since, seconds: policy.minSuccessTime))
    }
    if let since = entry.errorSince, entry.phase != .failed {
      look(at: HubTime.after(since, seconds: rules.failedAfter))
    }
    switch entry.phase {
    case .progressing:
      if entry.readySince == nil { look(at: deadline) }
      look(at: HubTime.after(contact, seconds: rules.disconnectedAfter))
    case .disconnected where policy.whenDisconnected == .normal: look(at: deadline)
    case .disconnected, .failed, .timedOut, .pending, .succeeded, .skipped: break
    }
  }

  /// Whether a cluster was not heard of for `disconnectedAfter`; one that never was counts from `since` on.
  func isSilent(_ seen: ClusterObservation, since: Int64) -> Bool {
    HubTime.has(
      rules.disconnectedAfter, passedSince: seen.contact ?? since, at: now)
  }

  /// Whether a bundle works: Modified is drift, not a failure.
  static func isAvailable(_ bundle: ClusterObservation.Bundle) -> Bool {
    !bundle.isReverted && (bundle.state == .ready || bundle.state == .modified)
  }

  /// Holds the reports of a released member against its new trees.
  private func read(_ seen: ClusterObservation, of index: Int) -> Reading {
    var reading = Reading()
    // What a site says of an earlier release is not about these trees.
    let hasActed = state.releasedBy[index].map { seen.release >= $0 } ?? false
    let moves = members[index].moves
    for position in moves.indices {
      let bundle = seen.bundles[moves[position].bundle]
      let isDone =
        if let target = moves[position].target {
          bundle.map { $0.tree == target && Self.isAvailable($0) } ?? false
        } else {
          bundle == nil && hasActed
        }
      if isDone { continue }
      reading.isReady = false
      if reading.unready == nil { reading.unready = position }
      guard let bundle else { continue }
      if bundle.isReverted, hasActed {
        reading.isReverted = true
        reading.unready = position
      }
      let isTarget = moves[position].target != nil && bundle.tree == moves[position].target
      if bundle.state == .errApplied, hasActed || isTarget {
        if reading.error == nil { reading.error = position }
      }
    }
    return reading
  }

  /// Why a member is in its phase, in the site's words.
  private func message(
    _ phase: ClusterPhase, _ reading: Reading, _ seen: ClusterObservation, of index: Int
  ) -> String {
    guard phase == .failed || phase == .timedOut else { return "" }
    let position = phase == .failed && !reading.isReverted ? reading.error : reading.unready
    guard let position, position < members[index].moves.count else { return "" }
    let bundle = seen.bundles[members[index].moves[position].bundle]
    return bundle?.message ?? ""
  }
}
