// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Posix
import SliceFormat

/// Loading the first slice, or one that never comes through, in pieces where a web server offers that.
extension SiteRun {
  /// So many fetches in a row that were cut, before a site that has a slice loads a whole one in pieces.
  private static let patience: Int64 = 3
  /// Seconds that "there is none" holds.
  private static let lifetime: Int64 = 86_400

  /// Brings what a hub offers in pieces into the cache, so that a fetch has little left to do. Tells why the line was cut;
  /// nil when git may try.
  mutating func loadPieces(
    from hub: HubAddress, _ cache: SliceCache
  ) throws(PosixError) -> String? {
    let download = SliceDownload(folder)
    let isFirst = cache.incoming() == nil && cache.accepted() == nil
    guard isFirst || state.hubs[hub].cuts >= Self.patience else {
      // Another hub was quicker, or the line is well again.
      if download.isBegun, !state.hubs.contains(where: { $0.cuts >= Self.patience }) {
        try download.discard()
      }
      return nil
    }
    guard hub.isWeb, WebRequest.isPossible, !knowsNone(hub) else { return nil }
    let header = try hub.authorization(cache.git, timeout: options.timeout)
    guard let head = try offer(of: hub, header), cache.incoming() != head.commit,
      state.accepted.map({ $0.age <= SliceAge(epoch: head.epoch, release: head.release) }) ?? true
    else { return nil }
    try download.begin(head)
    let before = download.size
    switch try download.load(
      head, from: hub.piece(options.cluster + ".bundle"), header: header,
      timeout: options.timeout)
    {
    case .useless:
      try forget(download, of: hub)
      return nil
    case .cut(let reason):
      // What gets on is not left alone.
      if download.size > before { state.hubs[hub].fetch = BackOff() }
      return "\(reason); \(download.size) of \(head.size) bytes of the slice are here"
    case .complete: break
    }
    guard try download.isWhole(head, cache), try take(download, cache) else {
      log.warning("what '\(hub.shown)' serves in pieces is no slice for here, and is thrown away")
      try forget(download, of: hub)
      return nil
    }
    try download.discard()
    return nil
  }

  /// Counts what looks like a line that was cut in the middle of a pack.
  mutating func noteFetch(_ fetch: SliceCache.Fetch, of hub: HubAddress) {
    switch fetch {
    case .done, .unknownCluster: state.hubs[hub].cuts = 0
    case .failed(let reason):
      // Those of a hub that was never reached, or did not want to; a cut has many words.
      let others = [
        "unable to access", "does not appear to be", "Authentication failed", "not found",
      ]
      if !others.contains(where: { reason.contains($0) }) {
        state.hubs[hub].cuts = min(state.hubs[hub].cuts + 1, Self.patience)
      }
    }
  }

  /// Fetches from what was loaded, by the rules for any slice; false when it is none that may follow.
  private mutating func take(
    _ download: SliceDownload, _ cache: SliceCache
  ) throws(PosixError) -> Bool {
    guard case .done = try cache.fetch(from: .init(file: download.file), cluster: options.cluster),
      let incoming = cache.incoming(), try recallAccepted(cache),
      case .slice(let candidate, _, _) = try read(incoming, cache),
      state.accepted.map({ $0.age <= candidate.age }) ?? true
    else {
      try cache.refuseIncoming()
      return false
    }
    try cache.noteShallow([incoming])
    return true
  }

  /// What a hub offers in pieces; nil when there is nothing, or nobody answers.
  private mutating func offer(
    of hub: HubAddress, _ header: String?
  ) throws(PosixError) -> SliceBundleHead? {
    let limit = min(options.timeout, 30)
    let result = try WebRequest(hub.piece(options.cluster + ".json"), header: header)
      .run(
        ["--max-time", String(limit), "--write-out", "%{stderr}%{http_code}"], timeout: limit + 5,
        outputLimit: 64 << 10)
    switch result.status {
    case .exit(0):
      if let head = SliceBundleHead(json: result.output) { return head }
      state.hubs[hub].noPiecesAt = now.seconds
    case .exit(22) where WebRequest.isFinal(result.errorOutput):
      state.hubs[hub].noPiecesAt = now.seconds
    default: break
    }
    return nil
  }

  private func knowsNone(_ hub: HubAddress) -> Bool {
    let age = now.seconds.subtractingReportingOverflow(state.hubs[hub].noPiecesAt).partialValue
    return (0..<Self.lifetime).contains(age)
  }

  private mutating func forget(
    _ download: SliceDownload, of hub: HubAddress
  ) throws(PosixError) {
    try download.discard()
    state.hubs[hub].noPiecesAt = now.seconds
  }
}

extension HubAddress {
  /// A file of the folder of bundles, which is beside the slices; without name and password.
  func piece(_ name: String) -> String {
    let base = isRepository ? Files.split(plainURL).folder : plainURL
    return "\(base)/\(SliceBundleHead.folder)/\(name)"
  }
}
