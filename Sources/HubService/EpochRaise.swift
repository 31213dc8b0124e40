// SPDX-License-Identifier: Apache-2.0

import Posix
import SliceFormat

/// Raises the hub's epoch after a restore from a backup.
///
/// Sites refuse a slice that is older than what they have; a restored hub counts its releases from
/// where the backup stood. A higher epoch makes whatever it says newer again.
package enum EpochRaise {
  /// Raises the epoch by one and publishes all slices anew; tells the new epoch.
  ///
  /// - Parameter allowsRemovals: whether sites may remove whatever their slices lack then; else they refuse what takes
  ///   away much, because the hub does not know what it told them before the restore.
  package static func run(hub: HubLayout, allowsRemovals: Bool = false) throws(HubError) -> Int {
    try HubLock.hold(hub, waitingSeconds: 60) { () throws(HubError) in
      let old = try HubDescriptor.read(hub)
      let new = HubDescriptor(layout: old.layout, epoch: old.epoch + 1, opensEpoch: allowsRemovals)
      try new.write(to: hub)
      // A crash here is mended by the next settlement, which compares with the descriptor.
      _ = try Settlement(hub: hub, progress: Progress()).run(now: Timestamp.now())
      return new.epoch
    }
  }
}
