// SPDX-License-Identifier: Apache-2.0

import FleetModel
import JSONTree

extension FactRules {
  /// The file `facts.json` of a plan: so nobody has to read the source to know which facts count.
  var json: [UInt8] {
    JSONWriter.pretty(
      .object([
        "allow": .array(allow.map { .string($0) }), "interval": .integer(Int64(interval)),
      ]))
  }

  /// Reads the file; nil when it is none.
  init?(json bytes: [UInt8]) {
    guard let json = JSONParser.parse(bytes), let allow = json["allow"]?.items,
      let interval = json["interval"]?.integer
    else { return nil }
    self.init(allow: allow.compactMap(\.string), interval: Int(clamping: interval))
  }
}
