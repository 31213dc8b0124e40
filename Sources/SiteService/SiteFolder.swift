// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Posix
import Reconciling

/// The state folder of a site.
///
/// - `slices.git`: cache of what came from the hub
/// - `site.json`: what this program remembers (`SiteState`)
/// - `status.json`: the status that was written last, for people and monitoring
/// - `lock`: held while a run is on
/// - `work`: manifests for kubectl, its cache; nothing in it is needed again
struct SiteFolder: Sendable {
  private static let limit = 4 << 20

  let path: String

  var slices: String { path + "/slices.git" }
  var outbox: String { path + "/outbox.git" }
  var lock: String { path + "/lock" }
  var work: String { path + "/work" }
  var charts: String { work + "/charts" }
  var rendered: String { work + "/rendered.json" }
  private var statePath: String { path + "/site.json" }
  private var statusPath: String { path + "/status.json" }

  /// The remembered state; nil when there is none or it is damaged.
  func readState() throws(PosixError) -> SiteState? {
    guard let bytes = try Files.readIfPresent(statePath, limit: Self.limit),
      let json = JSONParser.parse(bytes, limits: .machine)
    else { return nil }
    return SiteState(json)
  }

  func write(_ state: SiteState) throws(PosixError) {
    try Files.writeAtomically(statePath, JSONWriter.compact(state.json), mode: 0o600)
  }

  /// The bytes of the status that was written last; nil when there is none.
  func readStatus() throws(PosixError) -> [UInt8]? {
    try Files.readIfPresent(statusPath, limit: Self.limit)
  }

  func writeStatus(_ bytes: [UInt8]) throws(PosixError) {
    try Files.writeAtomically(statusPath, bytes)
  }

  /// Removes half-written files that killed runs left behind; their names begin with a dot.
  func sweep() {
    for entry in (try? Files.entries(in: path)) ?? [] where entry.text.hasPrefix(".") {
      _ = try? Files.remove("\(path)/\(entry.text)")
    }
  }
}
