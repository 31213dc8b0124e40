// SPDX-License-Identifier: Apache-2.0

import Glibc

extension MonotonicClock {
  /// Does nothing for so many milliseconds, signals or not.
  package static func pause(milliseconds: Int) {
    let end = Self.milliseconds() + Int64(clamping: milliseconds)
    while true {
      let rest = end - Self.milliseconds()
      if rest <= 0 { return }
      usleep(UInt32(clamping: min(rest, 500) * 1000))
    }
  }
}
