// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import Posix
import SliceFormat

extension SiteRun {
  /// What became of asking one hub.
  private enum Answer {
    /// Its slice may follow the accepted one, or is that one.
    case follows
    /// Its slice may not: why, and whether somebody has to be told.
    case passedOver(String, isNew: Bool)
    /// It works in a way that this program does not know.
    case objection(String)
    case unknownCluster
    case failed(String)
  }

  /// Keeps what is remembered of the hubs that are still asked. A hub that was not told of before has seen no status.
  mutating func rememberHubs() {
    // A stick says nothing about hubs.
    if options.stick != nil { return }
    state.hubs = state.hubs.following(options.hubs)
    guard let hub = options.statusHub, state.hub != hub.url else { return }
    state.hub = hub.url
    state.owesPush = true
  }

  /// Asks the hubs in their order until one has a slice that may follow the accepted one.
  ///
  /// A hub that failed again and again is left alone for a while, and nothing is said about that. `atOnce` asks it
  /// all the same.
  mutating func fetch(_ cache: SliceCache, atOnce: Bool = false) throws(PosixError) {
    if let stick = options.stick { return try fetch(stick, cache) }
    var answers: [(hub: HubAddress, answer: Answer)] = []
    for hub in options.hubs {
      guard atOnce || options.network.asksNow || pause(state.hubs[hub].fetch) == 0 else {
        unusable.insert(hub.url)
        continue
      }
      let answer = try ask(hub, cache)
      note(answer, of: hub)
      answers.append((hub, answer))
      if case .follows = answer { break }
    }
    guard case .follows = answers.last?.answer else { return complain(answers) }
    for (hub, answer) in answers.dropLast() {
      switch answer {
      case .follows, .passedOver(_, isNew: false): break
      case .passedOver(let why, isNew: true): log.note("passed over '\(hub.shown)': \(why)")
      case .objection(let why): log.warning("passed over '\(hub.shown)': \(why)")
      case .unknownCluster:
        log.warning("passed over '\(hub.shown)': it has no slice for cluster '\(options.cluster)'")
      case .failed(let reason):
        log.warning("cannot fetch from '\(hub.shown)': \(hub.redact(reason))")
      }
    }
  }

  private mutating func ask(
    _ hub: HubAddress, _ cache: SliceCache
  ) throws(PosixError) -> Answer {
    if let objection = try descriptorObjection(hub) { return .objection(objection) }
    if let reason = try loadPieces(from: hub, cache) { return .failed(reason) }
    let good = cache.goodBundles()
    let fetch = try cache.fetch(from: .init(hub), cluster: options.cluster)
    noteFetch(fetch, of: hub)
    // git may have found the cache damaged, and then it was made anew.
    tellLost(good.filter { cache.good($0) == nil })
    switch fetch {
    case .unknownCluster: return .unknownCluster
    case .failed(let reason): return .failed(reason)
    case .done: break
    }
    // With one hub there is no choice, and it is verified once, later.
    guard options.hubs.count > 1, try recallAccepted(cache), let incoming = cache.incoming(),
      incoming != state.accepted?.commit
    else { return .follows }
    if state.hubs[hub].passedOver == incoming {
      return .passedOver("its slice is older", isNew: false)
    }
    switch try read(incoming, cache) {
    case .damaged: return .follows
    case .refused(let refusal): return .passedOver(refusal.message, isNew: true)
    case .slice(let candidate, let content, let word):
      guard let known = state.accepted, candidate.age < known.age else {
        guard case .refused(let reason) = try judge(candidate, word, content, cache) else {
          return .follows
        }
        return .passedOver(reason, isNew: true)
      }
      // It stays too old for ever: what is accepted never gets older.
      state.hubs[hub].passedOver = incoming
      return .passedOver(SliceRefusal.older(candidate.age, than: known.age).message, isNew: true)
    }
  }

  private mutating func note(_ answer: Answer, of hub: HubAddress) {
    switch answer {
    case .failed:
      state.hubs[hub].fetch.fail(at: now.seconds)
      unusable.insert(hub.url)
    case .objection:
      state.hubs[hub].fetch = BackOff()
      unusable.insert(hub.url)
    default:
      state.hubs[hub].fetch = BackOff()
      // It may have been asked before, with a damaged cache.
      unusable.remove(hub.url)
    }
  }

  /// No hub had anything to follow: what each of them said. A slice that was refused is said by whoever looks
  /// at it next, but for those that were overwritten by another.
  private mutating func complain(_ answers: [(hub: HubAddress, answer: Answer)]) {
    let lastRefused = answers.lastIndex {
      if case .passedOver = $0.answer { true } else { false }
    }
    for (index, (hub, answer)) in answers.enumerated() {
      switch answer {
      case .follows: break
      case .passedOver(let why, let isNew):
        if index != lastRefused, isNew { log.note("passed over '\(hub.shown)': \(why)") }
      case .objection(let why): fail(why)
      case .unknownCluster:
        fail("the hub has no slice for cluster '\(options.cluster)'", .tryAgain)
      case .failed(let reason):
        // Not in the status: when that can be pushed again, it is not true any more.
        log.error("cannot fetch from '\(hub.shown)': \(hub.redact(reason))")
        exit = max(exit, .tryAgain)
      }
    }
    let wait = options.hubs.map { pause(state.hubs[$0].fetch) }.min() ?? 0
    if !answers.isEmpty, wait > 0 {
      log.note("no hub is asked for the next \(wait) s; --now asks at once")
    }
  }

  private mutating func fetch(_ stick: Stick, _ cache: SliceCache) throws(PosixError) {
    guard Files.exists(stick.file) else {
      log.error("there is no file '\(stick.file)'")
      exit = max(exit, .failed)
      return
    }
    switch try cache.fetch(from: .init(file: stick.file), cluster: options.cluster) {
    case .done: return
    case .unknownCluster:
      log.error("'\(stick.file)' has no slice for cluster '\(options.cluster)'")
    case .failed(let reason): log.error("cannot read '\(stick.file)': \(reason)")
    }
    exit = max(exit, .failed)
  }

  /// Why this program cannot work with a hub; asked over the web once a day while the answer is good.
  private mutating func descriptorObjection(_ hub: HubAddress) throws(PosixError) -> String? {
    let age = now.seconds.subtractingReportingOverflow(state.hubs[hub].descriptorAt).partialValue
    guard !hub.isWeb || age < 0 || age >= HubInquiry.lifetime else { return nil }
    switch try HubInquiry.ask(hub, timeout: options.timeout) {
    case .found(let bytes):
      if let objection = HubInquiry.objection(bytes) { return objection }
    case .absent: break
    case .unreachable: return nil
    }
    if hub.isWeb { state.hubs[hub].descriptorAt = now.seconds }
    return nil
  }

  /// Seconds that a hub is still left alone.
  private func pause(_ backOff: BackOff) -> Int64 {
    backOff.remaining(
      at: now.seconds, base: options.network.backOff, cluster: options.cluster)
  }

  // MARK: the status

  /// The hub that the status can be pushed to now; nil when it is left alone or there is none.
  private var reachableStatusHub: HubAddress? {
    guard let hub = options.statusHub, !unusable.contains(hub.url),
      options.network.asksNow || pause(state.hubs[hub].push) == 0
    else { return nil }
    return hub
  }

  /// Whether the hub has to be told something, and can be.
  var owesReport: Bool {
    state.owesPush ? reachableStatusHub != nil : isHeartbeatDue
  }

  /// Whether an unchanged status is to be pushed again: some hubs see no polls.
  var isHeartbeatDue: Bool {
    let age = now.seconds.subtractingReportingOverflow(state.pushedAt).partialValue
    return options.statusHub != nil && options.heartbeat > 0
      && (age < 0 || age >= Int64(options.heartbeat))
  }

  /// Pushes what the hub has not seen.
  mutating func pushStatus() throws(PosixError) {
    guard state.owesPush, let hub = reachableStatusHub, let bytes = try folder.readStatus() else {
      return
    }
    let outbox = StatusOutbox(
      folder: folder.outbox, cluster: options.cluster, timeout: options.timeout)
    if let reason = try outbox.push(bytes, at: now.seconds, to: hub) {
      log.error("cannot push the status to '\(hub.shown)': \(hub.redact(reason))")
      exit = max(exit, .tryAgain)
      state.hubs[hub].push.fail(at: now.seconds)
      let wait = pause(state.hubs[hub].push)
      if wait > 0 { log.note("no status is pushed for the next \(wait) s; --now pushes at once") }
    } else {
      state.owesPush = false
      state.pushedAt = now.seconds
      state.hubs[hub].push = BackOff()
    }
  }

  /// Puts the status onto the stick, if one is wanted there.
  mutating func writeStick() throws(PosixError) {
    guard let file = options.stick?.statusFile, let bytes = try folder.readStatus() else { return }
    let outbox = StatusOutbox(
      folder: folder.outbox, cluster: options.cluster, timeout: options.timeout)
    if let reason = try outbox.write(bytes, at: now.seconds, to: file) {
      log.error("cannot write the status to '\(file)': \(reason)")
      exit = max(exit, .failed)
    } else {
      log.note("wrote the status to '\(file)'")
    }
  }
}

extension SiteState {
  /// Whether two differ in nothing but whether hubs answered.
  func isSame(as other: SiteState?) -> Bool {
    guard var other else { return false }
    other.hubs = hubs
    return self == other
  }
}
