// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Rendering
import SliceFormat

/// What is said about a Secret that everybody who can read the repository can read.
enum SecretRule {
  static func finding(_ object: RenderedObject, _ rule: HubSettings.PlaintextSecrets) -> Finding? {
    guard object.isPlaintextSecret, rule != .allow else { return nil }
    return Finding(
      rule == .refuse ? .error : .warning, "plaintext-secret",
      "the Secret '\(PrintableText.escape(object.identity.name))' stands in the repository in "
        + "plain text",
      at: object.place,
      hints: rule == .refuse
        ? ["encrypt it for the sites that need it, or let 'policy/' allow it first"]
        : ["encrypt it for the sites that need it; whoever can read the repository can read it"],
      showsSource: false)
  }
}
