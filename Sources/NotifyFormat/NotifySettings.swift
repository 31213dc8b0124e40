// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import JSONTree

/// The settings of the programs that come with kubectl fleet.
package enum NotifySettings {
  /// What is wrong with a receiver's settings, each lower case without a full stop; empty when nothing is, or when
  /// the program is none of ours.
  package static func problems(program: String, settings: JSONValue) -> [String] {
    guard let known = members[program] else { return [] }
    guard let given = settings.members else { return ["'settings' must be a mapping"] }
    var problems: [String] = []
    for member in given {
      if let words = secrets["\(program) \(member.name)"] {
        problems.append(words)
      } else if !known.contains(member.name) {
        let near = Suggestion.nearest(to: member.name, among: known)
        problems.append(
          "there is no setting \(Wording.quoted(member.name)) of '\(program)'"
            + (near.map { ", did you mean '\($0)'?" } ?? ""))
      } else if let problem = problem(member) {
        problems.append(problem)
      }
    }
    return problems
  }

  /// The settings by program, in the order of the documentation.
  private static let members = [
    "slack": ["urlFile"],
    "pagerduty": ["routingKeyFile", "url", "trigger", "rolledBack"],
    "webhook": ["url", "urlFile", "secretFile", "caFile"],
  ]

  /// What would be a secret in Git.
  private static let secrets = [
    "slack url":
      "'url' is refused: whoever has a Slack webhook's URL can post with it, and Git keeps it "
      + "for ever; write it into a file on the hub and name that in 'urlFile'",
    "pagerduty routingKey":
      "'routingKey' is refused: whoever has it can page with it, and Git keeps it for ever; "
      + "write it into a file on the hub and name that in 'routingKeyFile'",
    "webhook secret":
      "'secret' is refused: Git keeps it for ever; write it into a file on the hub and name that "
      + "in 'secretFile'",
  ]

  private static func problem(_ member: JSONMember) -> String? {
    let name = member.name
    switch name {
    case "urlFile", "routingKeyFile", "secretFile", "caFile":
      guard let path = member.value.string, path.hasPrefix("/"), !path.utf8.contains(0) else {
        return "'\(name)' must be an absolute path on the hub's machine"
      }
    case "url":
      guard let url = member.value.string, isURL(url) else {
        return "'url' must begin with https:// or http://"
      }
    case "rolledBack":
      guard let word = member.value.string, ["acknowledge", "resolve"].contains(word) else {
        return "'rolledBack' must be acknowledge or resolve"
      }
    case "trigger":
      guard let entries = member.value.members else {
        return "'trigger' must be a mapping from events to severities"
      }
      for entry in entries {
        guard NotifyEvent(rawValue: entry.name) != nil else {
          return "there is no event \(Wording.quoted(entry.name)) for 'trigger'"
        }
        guard let word = entry.value.string, pagerDutySeverities.contains(word) else {
          return "the severity of '\(entry.name)' must be critical, error, warning or info"
        }
      }
    default: break
    }
    return nil
  }

  /// The severities of PagerDuty's Events API v2.
  package static let pagerDutySeverities = ["critical", "error", "warning", "info"]

  /// Whether a text can be the URL of a receiver: http or https, one line of printable ASCII.
  package static func isURL(_ text: String) -> Bool {
    (text.hasPrefix("https://") || text.hasPrefix("http://"))
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
  }
}
