// SPDX-License-Identifier: Apache-2.0

import Diagnostics

extension JSONParser {
  /// The value of a text that a program wrote; nil when it is none.
  package static func parse(_ bytes: [UInt8]) -> JSONValue? {
    var quiet = Findings()
    return parse(bytes, path: "", findings: &quiet)
  }
}
