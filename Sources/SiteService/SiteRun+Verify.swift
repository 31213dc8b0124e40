// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree
import Posix
import Reconciling
import SliceFormat

extension SiteRun {
  /// What reading a slice from the cache came to.
  enum Reading {
    case slice(SiteState.Accepted, SliceContent, RemovalWord)
    case refused(SliceRefusal)
    case damaged
  }

  /// What there is to apply.
  private enum Choice {
    case slice(SliceContent)
    case nothing
    case damaged
  }

  /// The slice to apply: the one that came, if it may follow the one that was accepted, else that one;
  /// nil when there is none. A damaged cache is fetched again.
  mutating func acceptedSlice(_ cache: SliceCache) throws(PosixError) -> SliceContent? {
    var choice = try choose(cache)
    // After one vain try there is nothing in it that could be damaged, and the pauses count again.
    if case .damaged = choice, cache.incoming() != nil || cache.accepted() != nil {
      log.warning("'\(folder.slices)' is damaged and is fetched again")
      tellLost(try cache.resetKeepingGood())
      try fetch(cache, atOnce: true)
      choice = try choose(cache)
    }
    switch choice {
    case .slice(let content): return content
    case .nothing: return nil
    case .damaged:
      fail("the slice is lost until the hub can be reached", .tryAgain)
      return nil
    }
  }

  /// Says what a bundle cannot go back to any more.
  func tellLost(_ bundles: [String]) {
    for name in bundles {
      log.warning("the version that bundle '\(name)' could go back to is lost with it")
    }
  }

  /// The state was lost and the cache was not: what was accepted must not be forgotten. False when the cache is
  /// damaged.
  mutating func recallAccepted(_ cache: SliceCache) throws(PosixError) -> Bool {
    guard state.accepted == nil, let commit = cache.accepted() else { return true }
    switch try read(commit, cache) {
    case .slice(let accepted, _, _): state.accepted = accepted
    case .refused: break
    case .damaged: return false
    }
    return true
  }

  private mutating func choose(_ cache: SliceCache) throws(PosixError) -> Choice {
    guard try recallAccepted(cache) else { return .damaged }
    if let incoming = cache.incoming(), incoming != state.accepted?.commit {
      switch try read(incoming, cache) {
      case .damaged: return .damaged
      case .refused(let refusal):
        fail(refusal.message)
        try cache.refuseIncoming()
      case .slice(let candidate, let content, let word):
        if let known = state.accepted, candidate.age < known.age {
          fail(SliceRefusal.older(candidate.age, than: known.age).message)
          try cache.refuseIncoming()
        } else {
          switch try judged(candidate, word, content, cache) {
          case .refused(let reason):
            refuseRemovals(reason)
            try cache.refuseIncoming()
          case .unknown where state.accepted != nil: break
          case .passes, .unknown:
            try accept(candidate, cache)
            return .slice(content)
          }
        }
      }
    }
    guard let accepted = state.accepted else { return .nothing }
    switch try read(accepted.commit, cache) {
    case .damaged: return .damaged
    case .refused(let refusal):
      fail(refusal.message)
      return .nothing
    case .slice(let accepted, let content, let word):
      if state.isUnjudged, case .refused(let reason) = try judged(accepted, word, content, cache) {
        refuseRemovals(reason)
        return .nothing
      }
      if cache.accepted() != accepted.commit { try cache.accept(accepted.commit) }
      return .slice(content)
    }
  }

  private mutating func accept(
    _ candidate: SiteState.Accepted, _ cache: SliceCache
  ) throws(PosixError) {
    // A hub that published again after a crash makes other commits of the same trees.
    if candidate.tree != state.accepted?.tree || candidate.age != state.accepted?.age {
      log.note("took release \(candidate.age.release) of epoch \(candidate.age.epoch)")
    }
    state.accepted = candidate
    state.settled = nil
    state.isOnItsWay = true
    isSliceNew = true
    try save()
    try cache.accept(candidate.commit)
  }

  func read(_ commit: ObjectID, _ cache: SliceCache) throws(PosixError) -> Reading {
    guard let loaded = try cache.load(commit) else { return .damaged }
    do throws(SliceRefusal) {
      let slice = try loaded.get()
      let head = try SliceCommit(slice.commit, cluster: options.cluster)
      var content = try SliceContent.assemble(slice.entries, blobs: slice.blobs) {
        JSONParser.parse($0, limits: .machine)
      }
      content.retries = head.retries
      return .slice(
        SiteState.Accepted(
          commit: commit, tree: head.tree, source: head.source, age: head.age,
          tally: head.removals.tally), content, head.removals)
    } catch {
      return .refused(error)
    }
  }
}
