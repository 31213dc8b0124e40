// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Notify
import NotifyFormat
import Testing

@Suite("What receivers are sent")
struct NotifyPayloadTests {
  /// A key as PagerDuty makes them: 32 characters.
  private let key = "0123456789abcdef0123456789abcdef"

  private func text(_ json: JSONValue) -> String {
    String(decoding: JSONWriter.pretty(json), as: UTF8.self)
  }

  @Test(
    "a Slack message is as recorded, and as Slack wants it",
    arguments: ["started", "awaiting-approval", "gate-failed", "rolled-back", "complete"])
  func slack(_ kind: String) throws {
    let message = NotifySample.message(
      kind, text: "4 of 25 clusters have failed, 0 may: <store-17> & 3 more",
      principal: kind == "started" ? "alice" : "")
    let payload = SlackProgram.payload(message)
    Golden.check(text(payload), "notify/slack-\(kind).json")
    #expect(try NotifySample.violations(payload, "slack-webhook") == [])
  }

  @Test(
    "messages of every kind, short and long, are as both vendors want them",
    arguments: NotifyEvent.allCases.map(\.rawValue) + ["kind-of-tomorrow"])
  func schemas(_ kind: String) throws {
    var huge = NotifySample.huge
    huge.kind = kind
    var small = NotifySample.test
    small.kind = kind
    for message in [NotifySample.message(kind), huge, small] {
      #expect(try NotifySample.violations(SlackProgram.payload(message), "slack-webhook") == [])
      for action in [
        PagerDutyProgram.Action.trigger(severity: "critical"), .acknowledge, .resolve,
      ] {
        let event = PagerDutyProgram.payload(message, action, routingKey: key)
        #expect(try NotifySample.violations(event, "pagerduty-event") == [])
        // The limit of the API, 512 KB; and curl's of a line of its configuration, 100 KiB.
        #expect(JSONWriter.compact(event).count < 40_000)
      }
      #expect(JSONWriter.compact(SlackProgram.payload(message)).count < 40_000)
      #expect(JSONWriter.compact(message.body).count < 80_000)
    }
  }

  @Test("the schemas refuse what the vendors refuse")
  func schemasRefuse() throws {
    func slack(_ json: String) throws -> [String] {
      try NotifySample.violations(Sample.json(json), "slack-webhook")
    }
    #expect(try slack("{}") == [": 'body.text' is missing"])
    let long = String(repeating: "a", count: 151)
    #expect(
      try slack(
        #"{"text":"a","blocks":[{"type":"header","text":{"type":"plain_text","text":"\#(long)"}}]}"#
      ) == [
        "/blocks/0: 'body.blocks[0]' fits none of the 3 alternatives of which it must fit one (oneOf)",
        "/blocks/0/text/text: 'body.text.text' has 151 characters, at most 150 may be there",
      ])
    #expect(
      try slack(
        #"{"text":"a","blocks":[{"type":"header","texts":1,"text":{"type":"plain_text","text":"a"}}]}"#
      ) == ["/blocks/0/texts: there is no field 'body.texts'"])
    #expect(try slack(#"{"text":"a","blocks":[{"type":"section"}]}"#).count == 2)

    func pagerDuty(_ json: String) throws -> [String] {
      try NotifySample.violations(Sample.json(json), "pagerduty-event")
    }
    #expect(
      try pagerDuty(#"{"routing_key":"\#(key)","event_action":"trigger"}"#) == [
        ": 'body' fits none of the 2 alternatives of which it must fit one (oneOf)"
      ])
    #expect(
      try pagerDuty(
        #"{"routing_key":"x","event_action":"resolve","dedup_key":"a","payload":{"summary":"a","source":"b","severity":"bad"}}"#
      ) == [
        "/routing_key: 'body.routing_key' has 1 character, at least 32 must be there",
        "/payload/severity: 'body.payload.severity' is 'bad', allowed are 'critical', 'error', 'warning' and 'info'",
      ])
  }

  @Test("nothing in a site's message wakes a channel")
  func mentions() {
    let message = NotifySample.message("gate-failed", text: "<!channel> <@U1> &amp;")
    let payload = SlackProgram.payload(message)
    #expect(
      payload["text"]?.string
        == "pos-17: the gate of stage 'canary' has failed: &lt;!channel&gt; &lt;@U1&gt; &amp;amp;")
    #expect(
      payload["blocks"]?.items?.dropFirst().first?["text"]?["text"]?.string
        == "&lt;!channel&gt; &lt;@U1&gt; &amp;amp;")
  }

  @Test("what happens to a rollout opens, acknowledges and closes one incident")
  func pagerDuty() throws {
    var text = ""
    for (kind, principal) in [
      ("gate-failed", ""), ("rolling-back", ""), ("rolled-back", ""), ("rolled-back", "alice"),
      ("complete", ""),
    ] {
      let message = NotifySample.message(kind, principal: principal)
      let action = try #require(PagerDutyProgram.action(message))
      text += self.text(PagerDutyProgram.payload(message, action, routingKey: key))
    }
    Golden.check(text, "notify/pagerduty.json")
  }

  @Test("the incident of each kind of event")
  func actions() {
    func words(_ settings: JSONValue) -> String {
      NotifyEvent.allCases.map { event -> String in
        let byHub = PagerDutyProgram.action(
          NotifySample.message(event.rawValue, settings: settings))
        let byPerson = PagerDutyProgram.action(
          NotifySample.message(event.rawValue, principal: "alice", settings: settings))
        func word(_ action: PagerDutyProgram.Action?) -> String {
          switch action {
          case nil: "-"
          case .trigger(let severity): "trigger \(severity)"
          case .acknowledge: "acknowledge"
          case .resolve: "resolve"
          }
        }
        return "\(event.rawValue): \(word(byHub)), \(word(byPerson))"
      }.joined(separator: "\n")
    }
    #expect(
      words(.object([JSONMember]())) == """
        planned: -, -
        started: -, -
        stage-started: -, -
        released: -, -
        stage-passed: -, -
        awaiting-approval: -, -
        approved: resolve, resolve
        paused: trigger error, -
        resumed: resolve, resolve
        promoted: resolve, resolve
        gate-failed: trigger critical, trigger critical
        rolling-back: trigger critical, -
        rolled-back: acknowledge, resolve
        halted: trigger critical, -
        aborted: resolve, resolve
        complete: resolve, resolve
        superseded: resolve, resolve
        stragglers: -, -
        undone: -, -
        retried: resolve, resolve
        held: -, -
        test: -, -
        """)
    let own = JSONValue.object([
      "trigger": .object(["awaiting-approval": .string("warning"), "complete": .string("info")]),
      "rolledBack": .string("resolve"),
    ])
    #expect(
      words(own).split(separator: "\n").filter { !$0.hasSuffix("-, -") } == [
        "awaiting-approval: trigger warning, trigger warning", "approved: resolve, resolve",
        "resumed: resolve, resolve", "promoted: resolve, resolve", "rolled-back: resolve, resolve",
        "aborted: resolve, resolve", "complete: resolve, resolve", "superseded: resolve, resolve",
        "retried: resolve, resolve",
      ])
  }

  @Test("all events of a rollout have one key, and other rollouts and hubs another")
  func dedupKey() {
    let keys = NotifyEvent.allCases.map {
      PagerDutyProgram.dedupKey(NotifySample.message($0.rawValue))
    }
    #expect(Set(keys) == ["kubectl-fleet/hub.example.org/pos-17"])
    var other = NotifySample.message("paused")
    other.hub = "other"
    #expect(PagerDutyProgram.dedupKey(other) == "kubectl-fleet/other/pos-17")
    #expect(PagerDutyProgram.dedupKey(NotifySample.huge).utf8.count == 78)
  }

  @Test("a webhook gets the message without the settings")
  func webhook() {
    let message = NotifySample.message(
      "gate-failed", settings: .object(["urlFile": .string("/etc/fleet/url")]))
    Golden.check(text(message.body), "notify/webhook.json")
    #expect(NotifySample.huge.body["bundles"]?.items?.count == 500)
    #expect(NotifySample.huge.body["bundleCount"]?.integer == 700)
  }

  // RFC 4231, test cases 1, 2, 6.
  @Test(
    "signatures are those of the published examples",
    arguments: [
      (
        [UInt8](repeating: 0x0b, count: 20), "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (
        Array("Jefe".utf8), "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
      (
        [UInt8](repeating: 0xaa, count: 131),
        "Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
      ),
    ])
  func hmac(_ key: [UInt8], _ text: String, _ expected: String) {
    #expect(HMAC.sha256(Array(text.utf8), key: key) == expected)
  }
}
