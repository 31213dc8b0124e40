// SPDX-License-Identifier: Apache-2.0

package import JSONTree

/// What a program `fleet-notify-*` reads on standard input: one event of a rollout, and its receiver's settings.
package struct NotifyMessage: Sendable, Hashable {
  /// The version of this contract.
  package static let version: Int64 = 1

  /// The same for every attempt to deliver this event, and for no other: `<state commit>-<number>`.
  package var id: String
  /// The same for all events of one rollout: what PagerDuty calls its dedup key is made from it.
  package var rollout: String
  /// The kind of event: `started`, `stage-passed`, `gate-failed`, `rolled-back`, `complete`, `stragglers` …
  package var kind: String
  /// `info`, `warning` or `error`.
  package var severity: String
  /// One line for a person.
  package var text: String
  /// The bundles and the stage; empty when it is about none.
  package var bundles: [String]
  package var stage: String
  /// When it happened, RFC 3339 in UTC.
  package var time: String
  /// The source commit.
  package var source: String
  /// Who ordered or pushed it; empty for the hub.
  package var principal: String
  /// Numbers of clusters: `total`, `released`, `succeeded`, `failed`, `disconnected`.
  package var numbers: [JSONMember]
  /// The hub that says it, as people call it; empty when it has no name.
  package var hub: String
  /// The settings of the receiver, as the policy writes them.
  package var settings: JSONValue

  /// Makes a message.
  package init(
    id: String, rollout: String, kind: String, severity: String, text: String, bundles: [String],
    stage: String, time: String, source: String, principal: String, numbers: [JSONMember],
    hub: String = "", settings: JSONValue
  ) {
    self.id = id
    self.rollout = rollout
    self.kind = kind
    self.severity = severity
    self.text = text
    self.bundles = bundles
    self.stage = stage
    self.time = time
    self.source = source
    self.principal = principal
    self.numbers = numbers
    self.hub = hub
    self.settings = settings
  }

  /// A number of clusters by its name; nil when it is not told.
  package func number(_ name: String) -> Int? {
    numbers.first { $0.name == name }?.value.integer.map { Int(clamping: $0) }
  }
}

extension NotifyMessage {
  /// Why something is no message.
  package enum Refusal: Error, Sendable, Hashable {
    /// It is no JSON.
    case noJSON
    /// A member is missing or has the wrong type.
    case malformed(String)
    /// The format's number is not ours.
    case format(Int64)
  }

  /// The most bundles that are told by name; a push may move thousands, and receivers limit what they take.
  package static let mostBundles = 500
  /// The longest text for others, in characters.
  package static let longestText = 3000

  /// The first characters of a text, with `…` when some are left out.
  package static func cut(_ text: String, to most: Int) -> String {
    guard text.unicodeScalars.count > most, most > 0 else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(most - 1))) + "…"
  }

  /// The message without the settings, for others: these may name files of the hub's machine.
  package var body: JSONValue {
    var short = self
    short.text = Self.cut(text, to: Self.longestText)
    return .object(short.members(mostBundles: Self.mostBundles))
  }

  /// The message with its settings.
  package var json: JSONValue {
    .object(members(mostBundles: bundles.count) + [JSONMember("settings", settings)])
  }

  /// The message as a program reads it: one line of JSON, with a line break at the end.
  package var bytes: [UInt8] { JSONWriter.compact(json) + [0x0a] }

  private func members(mostBundles: Int) -> [JSONMember] {
    [
      JSONMember("format", .integer(Self.version)),
      JSONMember("id", .string(id)),
      JSONMember("rollout", .string(rollout)),
      JSONMember("kind", .string(kind)),
      JSONMember("severity", .string(severity)),
      JSONMember("title", .string(title)),
      JSONMember("text", .string(text)),
      JSONMember("bundles", .array(bundles.prefix(mostBundles).map { .string($0) })),
      JSONMember("bundleCount", .integer(Int64(bundles.count))),
      JSONMember("stage", .string(stage)),
      JSONMember("time", .string(time)),
      JSONMember("source", .string(source)),
      JSONMember("principal", .string(principal)),
      JSONMember("numbers", .object(numbers)),
      JSONMember("hub", .string(hub)),
      JSONMember("commands", .array(commands.map { .string($0) })),
    ]
  }

  /// Reads a message; members that are not known are left alone.
  package init(_ bytes: [UInt8]) throws(Refusal) {
    guard let json = JSONParser.parse(bytes) else { throw .noJSON }
    try self.init(json)
  }

  /// Reads a message; members that are not known are left alone.
  package init(_ json: JSONValue) throws(Refusal) {
    guard let format = json["format"]?.integer else { throw .malformed("format") }
    guard format == Self.version else { throw .format(format) }
    func text(_ name: String) throws(Refusal) -> String {
      guard let text = json[name]?.string, !text.isEmpty else { throw .malformed(name) }
      return text
    }
    func words(_ name: String) -> String { json[name]?.string ?? "" }
    self.init(
      id: try text("id"), rollout: try text("rollout"), kind: try text("kind"),
      severity: words("severity"), text: words("text"),
      bundles: (json["bundles"]?.items ?? []).compactMap(\.string), stage: words("stage"),
      time: words("time"), source: words("source"), principal: words("principal"),
      numbers: json["numbers"]?.members ?? [], hub: words("hub"),
      settings: json["settings"] ?? .object([JSONMember]()))
  }
}
