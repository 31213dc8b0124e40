// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import JSONTree

/// JSON between programs: what kubectl prints, what this program wrote for itself. Nobody edits it, so
/// what is wrong with it is not told with a place, only that it is wrong.
package enum MachineJSON {
  /// The value of a text; nil when it is no JSON.
  package static func parse(_ bytes: [UInt8]) -> JSONValue? {
    var findings = Findings()
    return JSONParser.parse(
      bytes, path: "", limits: JSONLimits(maxBytes: 256 << 20), findings: &findings)
  }
}
