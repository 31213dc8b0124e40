// SPDX-License-Identifier: Apache-2.0

package import JSONTree

/// Somebody who wants to be told: an entry of the plan's `policy/notifications.json`.
package struct NotificationReceiver: Sendable, Hashable {
  /// The name, unique in a hub: lower case letters, digits and dashes, at most 63.
  package var name: String
  /// `slack` for the program `fleet-notify-slack`.
  package var program: String
  /// The kinds of events that it wants; empty for the usual ones.
  package var events: [String]
  /// The bundles that it cares for, by names or patterns as Go's `path.Match` has them; empty for all.
  package var bundles: [String]
  /// From which severity on: `info`, `warning` or `error`.
  package var severity: String
  /// What the program is told.
  package var settings: JSONValue

  /// Makes a receiver.
  package init(
    name: String, program: String, events: [String] = [], bundles: [String] = [],
    severity: String = "info", settings: JSONValue = .object([JSONMember]())
  ) {
    self.name = name
    self.program = program
    self.events = events
    self.bundles = bundles
    self.severity = severity
    self.settings = settings
  }

  /// Whether it wants an event.
  ///
  /// One that keeps incidents (`pagerduty`) gets every event when it names none, and those that close an incident
  /// always: what it has once opened must not stay open for ever.
  ///
  /// - Parameter severity: that of the message; nil for the usual one of its kind.
  package func matches(
    kind: String, bundles about: [String], severity given: String? = nil
  ) -> Bool {
    let event = NotifyEvent(rawValue: kind)
    let keepsIncidents = program == "pagerduty"
    let isAlways = event == .test || (keepsIncidents && event?.isClosing ?? false)
    if !isAlways {
      let isUsual = keepsIncidents || event?.isDefault ?? true
      guard events.isEmpty ? isUsual : events.contains(kind) else { return false }
      let weight = Self.weight(given ?? event?.severity ?? "error")
      guard weight >= Self.weight(severity) else { return false }
    }
    if bundles.isEmpty || about.isEmpty { return true }
    return bundles.contains { written in
      let pattern = NamePattern(written)
      return about.contains { pattern.matches($0) }
    }
  }

  /// How much a severity weighs; one that is not known weighs most, so that it is heard.
  private static func weight(_ severity: String) -> Int {
    switch severity {
    case "info": 0
    case "warning": 1
    default: 2
    }
  }

  /// Whether a text can be the name of a receiver; it becomes part of a file's name.
  package static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 63 && !name.hasPrefix("-") && name.utf8.allSatisfy(isPlain)
  }

  /// Whether a text can name a program: `fleet-notify-` and it are at most 63 characters.
  package static func isProgram(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 50 && name.utf8.allSatisfy(isPlain)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d
  }
}

extension NotificationReceiver {
  /// Why a list of receivers cannot be read.
  package struct Malformed: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, lower case, no full stop.
    package let description: String
  }

  /// The receiver as it stands in the plan.
  package var json: JSONValue {
    .object([
      "name": .string(name),
      "program": .string(program),
      "events": .array(events.map { .string($0) }),
      "bundles": .array(bundles.map { .string($0) }),
      "severity": .string(severity),
      "settings": settings,
    ])
  }

  /// Reads an entry of `policy/notifications.json`.
  package init(_ json: JSONValue) throws(Malformed) {
    guard let name = json["name"]?.string, Self.isName(name) else {
      throw Malformed(description: "a receiver has no usable 'name'")
    }
    guard let program = json["program"]?.string, Self.isProgram(program) else {
      throw Malformed(description: "the receiver '\(name)' has no usable 'program'")
    }
    func list(_ member: String) throws(Malformed) -> [String] {
      guard let value = json[member], value != .null else { return [] }
      guard let items = value.items else {
        throw Malformed(description: "the receiver '\(name)' has no usable '\(member)'")
      }
      return items.compactMap(\.string)
    }
    self.init(
      name: name, program: program, events: try list("events"), bundles: try list("bundles"),
      severity: json["severity"]?.string ?? "info",
      settings: json["settings"] ?? .object([JSONMember]()))
  }

  /// Reads `policy/notifications.json`: a list, or `{"format": 1, "notifications": […]}`; no name in it twice.
  package static func list(_ bytes: [UInt8]) throws(Malformed) -> [NotificationReceiver] {
    let json = JSONParser.parse(bytes)
    if let format = json?["format"], format != .integer(1) {
      throw Malformed(description: "the receivers have a format that is not known")
    }
    guard let items = json?.items ?? json?["notifications"]?.items else {
      throw Malformed(description: "the receivers are no list")
    }
    var receivers: [NotificationReceiver] = []
    var names = Set<String>()
    for item in items {
      let receiver = try NotificationReceiver(item)
      guard names.insert(receiver.name).inserted else {
        throw Malformed(description: "there are two receivers '\(receiver.name)'")
      }
      receivers.append(receiver)
    }
    return receivers
  }
}
