// SPDX-License-Identifier: Apache-2.0

import Posix
package import Rollouts

/// When clusters may be released, by the schedules and freezes of a plan and the time zones of the hub's machine.
package enum HubWindows {
  /// Where the machine has its time zones (tzdata).
  private static let zones = "/usr/share/zoneinfo"
  private static let ownZone = "/etc/localtime"
  private static let zoneLimit = 1 << 20

  /// Reads the rules of a plan.
  package static func read(_ rules: [ScheduleRule]) -> Windows { Windows(rules, zone: zone) }

  /// A moment as a `Freeze` has it, seconds since 1970; without an offset it is one of the machine's own zone. Nil for
  /// anything else.
  package static func moment(_ text: String) -> Int64? {
    FreezeMoment.read(text, zone: zone("") ?? .utc)
  }

  /// The rules of a time zone; of the hub's own for no name. Nil when the machine does not have it.
  private static func zone(_ name: String) -> ZoneRules? {
    if name == "UTC" || name == "Etc/UTC" { return .utc }
    let isName = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .allSatisfy { part in !part.isEmpty && part.first != UInt8(ascii: ".") }
    guard name.isEmpty || isName else { return nil }
    let path = name.isEmpty ? ownZone : "\(zones)/\(name)"
    guard let bytes = try? Files.readIfPresent(path, limit: zoneLimit) else {
      // A machine without a zone of its own runs by UTC.
      return name.isEmpty ? .utc : nil
    }
    return try? ZoneRules(file: bytes)
  }
}

extension Windows {
  /// What cannot be obeyed, for the log.
  package var warnings: [String] {
    problems.map { "\($0.description); nothing is released to its clusters" }
  }
}
