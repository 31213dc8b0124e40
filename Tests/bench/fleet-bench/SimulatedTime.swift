// SPDX-License-Identifier: Apache-2.0

@preconcurrency import Glibc
import HubService
import Posix

/// A clock long ago, so that whatever has a time of now is known to be new, and gets the simulated one.
struct SimulatedTime {
  /// Seconds since 1970.
  var seconds: Int64 = 1_577_836_800
  private let start = Timestamp.now().seconds - 60

  var now: Timestamp { Timestamp(seconds: seconds) }

  /// Gives what hub and maintenance wrote the simulated time as its own. The statuses have theirs already.
  func stamp(_ hub: HubLayout) {
    for repository in [hub.fleet, hub.slices] { walk(repository + "/objects") }
    walk(hub.status + "/objects/pack")
    set("\(hub.fleet)/fleet-compacted")
  }

  private func walk(_ folder: String) {
    for entry in (try? Files.entries(in: folder)) ?? [] {
      let path = "\(folder)/\(entry.text)"
      if entry.kind == .directory { walk(path) } else { set(path) }
    }
  }

  private func set(_ path: String) {
    guard let modified = try? Files.attributes(path)?.modified.seconds, modified >= start else {
      return
    }
    let time = timespec(tv_sec: Int(seconds), tv_nsec: 0)
    let times = [time, time]
    utimensat(AT_FDCWD, path, times, 0)
  }
}
