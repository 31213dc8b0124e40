// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// A strategy with a name: kind `RolloutPolicy` of `fleet/v1`. The name is unique in the hub.
package struct RolloutPolicyDocument: Sendable {
  /// The name.
  package let name: Located<String>
  /// What it says.
  package let strategy: RolloutStrategy

  /// Reads a document; nil when it has no usable name.
  init?(_ document: FieldReader, findings: inout Findings) {
    guard let metadata = Metadata(document, kind: "rollout policy", findings: &findings) else {
      return nil
    }
    name = metadata.name
    strategy = RolloutStrategy(
      document.object("spec"), span: document.keySpan("spec") ?? metadata.name.span,
      findings: &findings)
  }
}
