// SPDX-License-Identifier: Apache-2.0

package import JSONTree

/// Somebody who wants to be told: an entry of the plan's `policy/notifications.json`.
package struct NotificationReceiver: Sendable, Hashable {
  /// The name, unique in a hub: lower case letters, digits and dashes, at most 63.
  package var name: String
  /// `slack` for the program `fleet-notify-slack`.
  package var program: String
  /// The kinds of events that it wants; empty for the defaults.
  package var events: [String]
  /// The bundles that it cares for, `*` and `?` in them stand for any characters and any one; empty for all.
  package var bundles: [String]
  /// What the program is told.
  package var settings: JSONValue

  /// Makes a receiver.
  package init(
    name: String, program: String, events: [String] = [], bundles: [String] = [],
    settings: JSONValue = .object([JSONMember]())
  ) {
    self.name = name
    self.program = program
    self.events = events
    self.bundles = bundles
    self.settings = settings
  }

  /// Whether it wants an event.
  ///
  /// One that keeps incidents (`pagerduty`) gets all that concerns its bundles when it names no events, and those that
  /// close an incident always.
  package func matches(kind: String, bundles about: [String]) -> Bool {
    let event = NotifyEvent(rawValue: kind)
    let keepsIncidents = program == "pagerduty"
    let wantsKind =
      events.isEmpty
      ? keepsIncidents || event?.isDefault ?? true
      : events.contains(kind) || kind == NotifyEvent.test.rawValue
        || (keepsIncidents && event?.isClosing ?? false)
    guard wantsKind else { return false }
    if bundles.isEmpty || about.isEmpty { return true }
    return bundles.contains { pattern in
      let pattern = Array(pattern.utf8)
      return about.contains { Self.fits(Array($0.utf8), pattern) }
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

  /// Whether a text fits a pattern; linear in practice: only the last `*` is tried again.
  private static func fits(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
    var place = 0
    var next = 0
    var star: (next: Int, place: Int)?
    while place < text.count {
      if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
        star = (next, place)
        next += 1
      } else if next < pattern.count,
        pattern[next] == UInt8(ascii: "?") || pattern[next] == text[place]
      {
        place += 1
        next += 1
      } else if let last = star {
        star = (last.next, last.place + 1)
        place = last.place + 1
        next = last.next + 1
      } else {
        return false
      }
    }
    return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
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
      settings: json["settings"] ?? .object([JSONMember]()))
  }

  /// Reads `policy/notifications.json`: a list, no name in it twice.
  package static func list(_ bytes: [UInt8]) throws(Malformed) -> [NotificationReceiver] {
    guard let items = JSONParser.parse(bytes)?.items else {
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
