// SPDX-License-Identifier: Apache-2.0

import JSONTree
package import NotifyFormat
package import Posix

/// A message that waits for its receiver, or one that never reached it: a file of the outbox.
package struct OutboxEntry: Sendable, Hashable {
  /// The version of the file's format.
  private static let format: Int64 = 1

  /// The name of the file.
  package let name: OutboxName
  /// The program that delivers it: `slack` for `fleet-notify-slack`.
  package var program: String
  /// The message, with the settings of the receiver.
  package var message: NotifyMessage
  /// When it was put here.
  package var since: Timestamp
  /// How often it was tried.
  package var attempts = 0
  /// When it is tried next; before its first attempt the time at which it was put here.
  package var next: Timestamp
  /// Whether the receiver itself has said when: all its messages wait then.
  package var holdsReceiver = false
  /// Why it was not delivered yet, or never was; empty before the first attempt.
  package var reason = ""
  /// When it was given up; nil while it is not.
  package var deadSince: Timestamp?

  /// Makes an entry that was not tried.
  package init(name: OutboxName, program: String, message: NotifyMessage, since: Timestamp) {
    self.name = name
    self.program = program
    self.message = message
    self.since = since
    next = since
  }
}

extension OutboxEntry {
  /// The file's content.
  var bytes: [UInt8] {
    var members = [
      JSONMember("format", .integer(Self.format)), JSONMember("program", .string(program)),
      JSONMember("since", .string(since.rfc3339)),
      JSONMember("attempts", .integer(Int64(attempts))),
      JSONMember("next", .string(next.rfc3339)), JSONMember("holdsReceiver", .bool(holdsReceiver)),
      JSONMember("reason", .string(reason)),
    ]
    if let deadSince { members.append(JSONMember("deadSince", .string(deadSince.rfc3339))) }
    members.append(JSONMember("message", message.json))
    return JSONWriter.pretty(.object(members))
  }

  /// Reads a file; nil when it is damaged.
  init?(name: OutboxName, _ bytes: [UInt8]) {
    func time(_ value: JSONValue?) -> Timestamp? {
      value?.string.flatMap { Timestamp(rfc3339: $0) }
    }
    guard let json = JSONParser.parse(bytes), json["format"]?.integer == Self.format,
      let program = json["program"]?.string, let since = time(json["since"]),
      let next = time(json["next"]), let attempts = json["attempts"]?.integer, attempts >= 0,
      let body = json["message"], let message = try? NotifyMessage(body), message.id == name.id
    else { return nil }
    self.init(name: name, program: program, message: message, since: since)
    self.next = next
    self.attempts = Int(clamping: attempts)
    holdsReceiver = json["holdsReceiver"]?.bool ?? false
    reason = json["reason"]?.string ?? ""
    deadSince = time(json["deadSince"])
  }
}

/// The name of a file of the outbox: `000000000017.0002-ID~RECEIVER.json`, in whose order messages are delivered.
package struct OutboxName: Sendable, Hashable {
  /// The number of the state commit that tells of the event.
  package let release: Int
  /// The number of the event in that commit.
  package let number: Int
  /// The id of the message.
  package let id: String
  /// The name of the receiver.
  package let receiver: String

  private static let releaseDigits = 12
  private static let numberDigits = 4

  /// Makes a name; nil when a part of it cannot stand in the name of a file.
  package init?(release: Int, number: Int, id: String, receiver: String) {
    guard (0...999_999_999_999).contains(release), (0...9999).contains(number), Self.isID(id),
      NotificationReceiver.isName(receiver)
    else { return nil }
    self.release = release
    self.number = number
    self.id = id
    self.receiver = receiver
  }

  /// Reads the name of a file; nil when it is none of the outbox.
  package init?(file: String) {
    guard file.hasSuffix(".json") else { return nil }
    let parts = file.dropLast(5).utf8.split(separator: UInt8(ascii: "~"))
    guard parts.count == 2, let first = parts.first, let receiver = parts.last else { return nil }
    let order = first.prefix(Self.releaseDigits + 1 + Self.numberDigits)
    guard
      let release = Int(Substring(order.prefix(Self.releaseDigits))),
      let number = Int(Substring(order.suffix(Self.numberDigits))),
      let id = String(first.dropFirst(order.count + 1))
    else { return nil }
    self.init(release: release, number: number, id: id, receiver: String(Substring(receiver)))
    // What does not read back as it was written is not ours: signs, other widths.
    guard self.file == file else { return nil }
  }

  /// The name of the file.
  package var file: String {
    "\(Self.padded(release, Self.releaseDigits)).\(Self.padded(number, Self.numberDigits))-\(id)~\(receiver).json"
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  private static func isID(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= 100
      && id.utf8.allSatisfy {
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
      }
  }
}
