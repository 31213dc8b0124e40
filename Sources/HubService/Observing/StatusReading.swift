// SPDX-License-Identifier: Apache-2.0

import Posix

/// What the sites have said, for the length of one settlement: read when something first asks, and once.
final class StatusReading {
  private let hub: HubLayout
  private var known: StatusDigest?

  /// The moment at which the settlement looks.
  let now: Timestamp

  init(hub: HubLayout, now: Timestamp) {
    self.hub = hub
    self.now = now
  }

  /// The digest with the statuses that came since it was written.
  func digest() throws(HubError) -> StatusDigest {
    if let known { return known }
    let digest = try StatusDigest.read(hub, now: now)
    known = digest
    return digest
  }
}
