// SPDX-License-Identifier: Apache-2.0

import GitObjects
package import JSONTree
package import NotifyFormat
import Posix

/// `fleet-notify-pagerduty`: keeps one incident for each rollout that has failed or waits, by the Events API v2.
package enum PagerDutyProgram {
  /// What is told.
  package enum Action: Sendable, Hashable {
    /// There is an incident, of this severity.
    case trigger(severity: String)
    /// The hub has done what it can; a person should look, and need not hurry.
    case acknowledge
    /// It is over.
    case resolve
  }

  /// Delivers the message on standard input.
  package static func main() -> Int32 { NotifyFrame.main("pagerduty", deliver) }

  private static let endpoint = "https://events.pagerduty.com/v2/enqueue"

  /// Delivers a message.
  package static func deliver(_ message: NotifyMessage, _ context: NotifyContext) -> NotifyVerdict {
    if let refusal = NotifyFrame.refusal("pagerduty", message) { return refusal }
    guard let action = action(message) else { return .delivered }
    let key: String
    do throws(NotifyContext.Problem) {
      let variable = "FLEET_NOTIFY_PAGERDUTY_ROUTING_KEY"
      guard let secret = try context.secret(message, "routingKeyFile", variable: variable) else {
        return .refused(reason: "no setting 'routingKeyFile', and no \(variable) on the hub")
      }
      key = secret
    } catch {
      return .again(reason: error.reason, retryAfter: nil)
    }
    let url = message.settings["url"]?.string ?? endpoint
    guard NotifyFrame.isSafe(url) else {
      return .refused(reason: "'url' must begin with https://, the routing key goes there")
    }
    let post = Curl(
      url: url, body: JSONWriter.compact(payload(message, action, routingKey: key)),
      timeoutSeconds: context.timeoutSeconds)
    return post.post(variables: context.variables).verdict("PagerDuty", hiding: [key])
  }

  /// What a message means for the incident of its rollout; nil for nothing.
  package static func action(_ message: NotifyMessage) -> Action? {
    guard let event = NotifyEvent(rawValue: message.kind) else { return nil }
    let isOrdered = !message.principal.isEmpty
    if event == .rolledBack, !isOrdered, message.settings["rolledBack"]?.string != "resolve" {
      return .acknowledge
    }
    if event.isClosing { return .resolve }
    // Who pauses or aborts a rollout knows of it.
    if isOrdered, [.paused, .halted, .rollingBack].contains(event) { return nil }
    if let trigger = message.settings["trigger"] {
      return trigger[message.kind]?.string.map { .trigger(severity: $0) }
    }
    switch event {
    case .gateFailed, .rollingBack, .halted: return .trigger(severity: "critical")
    case .paused: return .trigger(severity: "error")
    default: return nil
    }
  }

  /// The key of the incident: the same for all events of a rollout of a hub, at most 255 characters.
  package static func dedupKey(_ message: NotifyMessage) -> String {
    let key = "kubectl-fleet/\(message.hub)/\(message.rollout)"
    return key.unicodeScalars.count <= 255 ? key : "kubectl-fleet/\(SHA256.hex(Array(key.utf8)))"
  }

  private static let longestSummary = 1024
  private static let longestWord = 255

  /// The body for the Events API.
  package static func payload(
    _ message: NotifyMessage, _ action: Action, routingKey: String
  ) -> JSONValue {
    var members = [
      JSONMember("routing_key", .string(routingKey)),
      JSONMember("event_action", .string(word(action))),
      JSONMember("dedup_key", .string(dedupKey(message))),
    ]
    // The others need no more than the key.
    guard case .trigger(let severity) = action else { return .object(members) }
    let summary = message.text.isEmpty ? message.title : "\(message.title): \(message.text)"
    var payload = [
      JSONMember("summary", .string(NotifyMessage.cut(summary, to: longestSummary))),
      JSONMember("source", .string(message.hub.isEmpty ? "kubectl-fleet" : message.hub)),
      JSONMember("severity", .string(severity)),
    ]
    func add(_ name: String, _ value: String) {
      if !value.isEmpty {
        payload.append(JSONMember(name, .string(NotifyMessage.cut(value, to: longestWord))))
      }
    }
    if Timestamp(rfc3339: message.time) != nil { add("timestamp", message.time) }
    add("component", message.bundlesText)
    add("group", message.rollout)
    add("class", message.kind)
    payload.append(JSONMember("custom_details", details(message)))
    members.append(JSONMember("payload", .object(payload)))
    members.append(JSONMember("client", .string("kubectl fleet")))
    return .object(members)
  }

  private static func word(_ action: Action) -> String {
    switch action {
    case .trigger: "trigger"
    case .acknowledge: "acknowledge"
    case .resolve: "resolve"
    }
  }

  private static func details(_ message: NotifyMessage) -> JSONValue {
    var details: [JSONMember] = []
    func add(_ name: String, _ value: String) {
      if !value.isEmpty {
        details.append(
          JSONMember(name, .string(NotifyMessage.cut(value, to: NotifyMessage.longestText))))
      }
    }
    add("what", message.text)
    add("bundles", message.bundlesText)
    add("stage", message.stage)
    add("clusters", message.numbersText)
    add("commit", message.source)
    add("by", message.principal)
    add("next", message.commands.joined(separator: "\n"))
    add("event id", message.id)
    return .object(details)
  }
}
