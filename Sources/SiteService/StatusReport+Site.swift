// SPDX-License-Identifier: Apache-2.0

import Reconciling
import SliceFormat
import GitObjects

extension StatusReport {
  /// Longer messages are cut: statuses are many, and the site's log has the whole.
  static let messageLimit = 1024

  /// What a site says after a run; counter and time are set when it is written.
  ///
  /// `trees` are the tree ids of the applied slice by bundle.
  init(
    cluster: String, accepted: SiteState.Accepted?, state: BundleState, bundles: [BundleReport],
    trees: [String: String], removed: String?, errors: [String]
  ) {
    self.init(
      cluster: cluster, counter: 0, slice: accepted?.commit.hex ?? "",
      source: accepted?.source ?? "", release: Int(clamping: accepted?.age.release ?? 0), time: "",
      state: state,
      bundles: bundles.map { bundle in
        Bundle(
          name: bundle.name, state: bundle.state, tree: trees[bundle.name] ?? "",
          message: Self.cut(bundle.message))
      }, removed: removed, errors: errors.map { Self.cut($0) })
  }

  /// A message that is not longer than a status may have it.
  static func cut(_ text: String) -> String {
    guard text.utf8.count > messageLimit else { return text }
    return String(decoding: text.utf8.prefix(messageLimit), as: UTF8.self) + "…"
  }
}
