// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Planning
import Targeting

extension Review {
  /// The blast radius and how it is released, as a person reads it; nil when errors stand in the way.
  ///
  /// Where clusters have errors of their own, the first line says that it leaves them out.
  package var radiusText: String? {
    guard let radius else { return nil }
    let broken = compilation.brokenClusters.sorted { $0.precedesInBytes($1) }
    let text =
      radius.text()
      + rollouts.map { Wording.wrap("  " + $0.text, indent: "    ") + "\n" }.joined()
    if broken.isEmpty { return text }
    let rest = compilation.inventory.clusters.count - broken.count
    return Wording.wrap(
      "without \(Wording.list(broken)), for the other \(Wording.count(rest, "cluster")):",
      indent: "  ") + "\n" + text
  }
}
