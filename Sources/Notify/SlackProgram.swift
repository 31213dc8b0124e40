// SPDX-License-Identifier: Apache-2.0

package import JSONTree
package import NotifyFormat

/// `fleet-notify-slack`: posts to an incoming webhook.
package enum SlackProgram {
  /// Delivers the message on standard input.
  package static func main() -> Int32 { NotifyFrame.main("slack", deliver) }

  /// Delivers a message.
  package static func deliver(_ message: NotifyMessage, _ context: NotifyContext) -> NotifyVerdict {
    if let refusal = NotifyFrame.refusal("slack", message) { return refusal }
    let url: String
    do throws(NotifyContext.Problem) {
      guard
        let secret = try context.secret(message, "urlFile", variable: "FLEET_NOTIFY_SLACK_URL")
      else {
        return .refused(reason: "no setting 'urlFile', and no FLEET_NOTIFY_SLACK_URL on the hub")
      }
      url = secret
    } catch {
      return .again(reason: error.reason, retryAfter: nil)
    }
    guard NotifyFrame.isSafe(url) else {
      return .again(reason: "the URL in 'urlFile' must begin with https://", retryAfter: nil)
    }
    let post = Curl(
      url: url, body: JSONWriter.compact(payload(message)), timeoutSeconds: context.timeoutSeconds)
    return post.post(variables: context.variables).verdict("Slack", hiding: [url])
  }

  // The limits of docs.slack.dev/reference/block-kit, in characters.
  private static let longestHeader = 150
  private static let longestText = 3000
  private static let longestField = 2000

  /// The message as blocks, and as a text for where blocks are not shown.
  package static func payload(_ message: NotifyMessage) -> JSONValue {
    let title = NotifyMessage.cut("\(emoji(message)) \(message.title)", to: longestHeader)
    var blocks: [JSONValue] = [
      .object([
        "type": .string("header"), "block_id": .string(NotifyMessage.cut(message.id, to: 255)),
        "text": .object([
          "type": .string("plain_text"), "text": .string(title), "emoji": .bool(true),
        ]),
      ])
    ]
    if !message.text.isEmpty { blocks.append(section(escaped(message.text))) }
    let fields = fields(message)
    if !fields.isEmpty {
      blocks.append(
        .object([
          "type": .string("section"),
          "fields": .array(
            fields.map { name, value in
              markdown(NotifyMessage.cut("*\(name)*\n\(escaped(value))", to: longestField))
            }),
        ]))
    }
    if !message.commands.isEmpty {
      let lines = escaped(message.commands.joined(separator: "\n"))
      blocks.append(section("```\(NotifyMessage.cut(lines, to: longestText - 10))```"))
    }
    let origin = origin(message)
    if !origin.isEmpty {
      blocks.append(
        .object([
          "type": .string("context"), "elements": .array([markdown(escaped(origin))]),
        ]))
    }
    let fallback =
      message.text.isEmpty ? escaped(message.title) : escaped("\(message.title): \(message.text)")
    return .object([
      "text": .string(NotifyMessage.cut(fallback, to: longestText)), "blocks": .array(blocks),
    ])
  }

  private static func emoji(_ message: NotifyMessage) -> String {
    switch (message.severity, message.kind) {
    case ("error", _): ":red_circle:"
    case ("warning", _): ":large_yellow_circle:"
    case (_, NotifyEvent.complete.rawValue): ":white_check_mark:"
    default: ":large_blue_circle:"
    }
  }

  private static func fields(_ message: NotifyMessage) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    if !message.bundles.isEmpty { fields.append(("Bundles", message.bundlesText)) }
    if !message.stage.isEmpty { fields.append(("Stage", message.stage)) }
    if !message.numbersText.isEmpty { fields.append(("Clusters", message.numbersText)) }
    if !message.principal.isEmpty { fields.append(("By", message.principal)) }
    return fields
  }

  /// Where it comes from: the hub, the commit, the time.
  private static func origin(_ message: NotifyMessage) -> String {
    var parts: [String] = []
    if !message.hub.isEmpty { parts.append(message.hub) }
    if !message.source.isEmpty { parts.append("commit \(message.source.prefix(12))") }
    if !message.time.isEmpty { parts.append(message.time) }
    return NotifyMessage.cut(parts.joined(separator: " · "), to: longestField)
  }

  private static func section(_ text: String) -> JSONValue {
    .object([
      "type": .string("section"), "text": markdown(NotifyMessage.cut(text, to: longestText)),
    ])
  }

  private static func markdown(_ text: String) -> JSONValue {
    .object(["type": .string("mrkdwn"), "text": .string(text)])
  }

  /// Slack's three control characters; `<!channel>` in a site's message would wake everybody.
  private static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes += "&amp;".utf8
      case UInt8(ascii: "<"): bytes += "&lt;".utf8
      case UInt8(ascii: ">"): bytes += "&gt;".utf8
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
