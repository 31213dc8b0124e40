// SPDX-License-Identifier: Apache-2.0

import Posix
import Reconciling

extension SiteClock {
  /// This moment: the boot by the kernel's own id of it.
  static func now() -> SiteClock {
    let bytes = try? Files.read("/proc/sys/kernel/random/boot_id", limit: 1024)
    let boot = String(decoding: (bytes ?? []).prefix { $0 > 0x20 }, as: UTF8.self)
    return SiteClock(
      boot: boot, steady: MonotonicClock.milliseconds() / 1000, wall: Timestamp.now().seconds)
  }
}
