// SPDX-License-Identifier: Apache-2.0

package import JSONTree

/// What a program `fleet-notify-*` reads on standard input: one event of a rollout, and its receiver's settings.
package struct NotifyMessage: Sendable, Hashable {
  /// The version of this contract.
  package static let version = 1

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
  /// The settings of the receiver, as the policy writes them.
  package var settings: JSONValue

  /// Makes a message.
  package init(
    id: String, rollout: String, kind: String, severity: String, text: String, bundles: [String],
    stage: String, time: String, source: String, principal: String, numbers: [JSONMember],
    settings: JSONValue
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
    self.settings = settings
  }
}
