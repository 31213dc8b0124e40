// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree

/// Failures in a row, and how long is waited after them.
///
/// After the first there is no pause: one lost packet is nothing. Then it is twice the base, four times and so
/// on, at most an hour, less up to a quarter that the cluster's name decides: when a hub comes back,
/// not all of its sites come at once.
struct BackOff: Sendable, Hashable {
  /// The longest pause, in seconds: whatever the clock does, nobody is locked out for longer.
  static let longest: Int64 = 3600

  private(set) var failures: Int64 = 0
  /// When it failed last, in seconds since 1970 by the site's clock.
  private(set) var failedAt: Int64 = 0

  init() {}

  /// Reads what `json` wrote; anything else is no failure.
  init(_ json: JSONValue?) {
    failures = min(max(json?["failures"]?.integer ?? 0, 0), 64)
    failedAt = json?["at"]?.integer ?? 0
  }

  var json: JSONValue {
    .object(["failures": .integer(failures), "at": .integer(failedAt)])
  }

  mutating func fail(at now: Int64) {
    failures = min(failures + 1, 64)
    failedAt = now
  }

  /// Seconds from the last failure to the next try; `base` 0 says that there are no pauses.
  func pause(base: Int, cluster: String) -> Int64 {
    guard failures > 1, base > 0 else { return 0 }
    let start = min(Int64(base), Self.longest)
    let whole = min(start << min(failures - 1, 12), Self.longest)
    let spread = SyncProgram.jitter(of: "\(cluster) \(failures)", upTo: Int(whole / 4))
    return whole - Int64(spread)
  }

  /// Seconds that are left of the pause; 0 when it is over. A failure in the future is one of a clock that was
  /// wrong, and counts for nothing.
  func remaining(at now: Int64, base: Int, cluster: String) -> Int64 {
    let (age, overflow) = now.subtractingReportingOverflow(failedAt)
    guard !overflow, age >= 0 else { return 0 }
    return max(0, pause(base: base, cluster: cluster) - age)
  }
}

/// What a site remembers of one hub.
struct HubMemory: Sendable, Hashable {
  let url: String
  /// When its descriptor was found good, in seconds since 1970.
  var descriptorAt: Int64 = 0
  /// Failed fetches.
  var fetch = BackOff()
  /// Failed pushes of the status.
  var push = BackOff()
  /// A slice of it that was too old; nobody has to be told again.
  var passedOver: ObjectID?
  /// Fetches in a row that were cut.
  var cuts: Int64 = 0
  /// When it was found to offer no slice in pieces, in seconds since 1970.
  var noPiecesAt: Int64 = 0

  init(url: String) { self.url = url }

  /// Reads an entry of `site.json`; nil when it has no URL.
  init?(_ json: JSONValue) {
    guard let url = json["url"]?.string else { return nil }
    self.url = url
    descriptorAt = json["descriptorAt"]?.integer ?? 0
    fetch = BackOff(json["fetch"])
    push = BackOff(json["push"])
    passedOver = json["passedOver"]?.string.flatMap { ObjectID(hex: $0) }
    cuts = max(0, json["cuts"]?.integer ?? 0)
    noPiecesAt = json["noPiecesAt"]?.integer ?? 0
  }

  var json: JSONValue {
    .object([
      "url": .string(url), "descriptorAt": .integer(descriptorAt), "fetch": fetch.json,
      "push": push.json, "passedOver": passedOver.map { .string($0.hex) } ?? .null,
      "cuts": .integer(cuts), "noPiecesAt": .integer(noPiecesAt),
    ])
  }
}

extension [HubMemory] {
  /// What is remembered of a hub; setting it for one that is not in the list changes nothing.
  subscript(_ hub: HubAddress) -> HubMemory {
    get { first { $0.url == hub.url } ?? HubMemory(url: hub.url) }
    set {
      guard let place = firstIndex(where: { $0.url == hub.url }) else { return }
      self[place] = newValue
    }
  }

  /// The same of these hubs alone, in their order.
  func following(_ hubs: [HubAddress]) -> [HubMemory] { hubs.map { self[$0] } }
}
