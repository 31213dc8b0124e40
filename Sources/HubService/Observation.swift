// SPDX-License-Identifier: Apache-2.0

package import Posix

/// The digest of the sites' statuses, brought up to date without a rollout service: see `Observing`.
package struct Observation {
  private let observing: Observing

  /// Opens a hub; the caller holds its lock.
  package init(hub: HubLayout) throws(HubError) {
    observing = try Observing(hub: hub)
  }

  /// Brings the digest up to date; false when nothing has changed since the last one.
  package func update(now: Timestamp) throws(HubError) -> Bool {
    try observing.write(try observing.look(now: now), now: now)
  }
}
