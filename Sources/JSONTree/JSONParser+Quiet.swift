// SPDX-License-Identifier: Apache-2.0

import Diagnostics

extension JSONLimits {
  /// For what a program of ours or kubectl wrote: 256 MiB, all objects of a large slice at once.
  package static let machine = JSONLimits(maxBytes: 256 << 20)
}

extension JSONParser {
  /// The value of a text that a program wrote; nil when it is none.
  ///
  /// Nobody edits such a text, so what is wrong with it is not told with a place, only that it is wrong.
  package static func parse(_ bytes: [UInt8], limits: JSONLimits = .standard) -> JSONValue? {
    var quiet = Findings()
    return parse(bytes, path: "", limits: limits, findings: &quiet)
  }
}
