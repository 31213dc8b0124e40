// SPDX-License-Identifier: Apache-2.0

import JSONTree
import NotifyFormat
import Testing

@Suite("What notification programs read and answer")
struct NotifyFormatTests {
  @Test("a message is one line of JSON that reads back as it was")
  func message() throws {
    let message = NotifySample.message(
      "gate-failed", settings: .object(["urlFile": .string("/etc/fleet/slack-url")]))
    #expect(
      String(decoding: message.bytes, as: UTF8.self) == #"""
        {"format":1,"id":"4b825dc642cb6eb9a060e54bf8d69288fbee4904-2","rollout":"pos-17","kind":"gate-failed","severity":"error","title":"pos-17: the gate of stage 'canary' has failed","text":"canary: 4 of 25 clusters have failed, 0 may","bundles":["pos","pos-config"],"bundleCount":2,"stage":"canary","time":"2026-11-21T12:00:00Z","source":"0123456789abcdef0123456789abcdef01234567","principal":"","numbers":{"total":2500,"released":25,"succeeded":18,"failed":4,"disconnected":3},"hub":"hub.example.org","commands":["kubectl fleet rollout status pos-17"],"settings":{"urlFile":"/etc/fleet/slack-url"}}

        """#)
    #expect(try NotifyMessage(message.bytes) == message)
    #expect(try NotifyMessage(NotifySample.huge.bytes) == NotifySample.huge)
  }

  struct Bad: CustomTestStringConvertible {
    let text: String
    let expected: NotifyMessage.Refusal
    var testDescription: String { text }
  }

  @Test(
    "what is no message is refused with the reason",
    arguments: [
      Bad(text: "hello", expected: .noJSON), Bad(text: "", expected: .noJSON),
      Bad(text: "[]", expected: .malformed("format")),
      Bad(text: #"{"format":2}"#, expected: .format(2)),
      Bad(text: #"{"format":1,"rollout":"a","kind":"b"}"#, expected: .malformed("id")),
      Bad(text: #"{"format":1,"id":"","rollout":"a","kind":"b"}"#, expected: .malformed("id")),
      Bad(text: #"{"format":1,"id":"x","rollout":7,"kind":"b"}"#, expected: .malformed("rollout")),
      Bad(text: #"{"format":1,"id":"x","rollout":"a"}"#, expected: .malformed("kind")),
    ])
  func refused(_ bad: Bad) {
    #expect(throws: bad.expected) { try NotifyMessage(Array(bad.text.utf8)) }
  }

  @Test("each kind has its words, its severity, and a command to type")
  func kinds() {
    let lines = NotifyEvent.allCases.map { event -> String in
      let message = NotifySample.message(event.rawValue)
      let marks = (event.isDefault ? "*" : " ") + (event.isClosing ? "x" : " ")
      return "\(marks) \(message.severity) \(message.title) | \(message.commands.first ?? "-")"
    }
    #expect(
      lines.joined(separator: "\n") == """
           info pos-17: a rollout is planned | kubectl fleet rollout status pos-17
        *  info pos-17: the rollout has started | kubectl fleet rollout status pos-17
           info pos-17: stage 'canary' has started | kubectl fleet rollout status pos-17
           info pos-17: clusters of stage 'canary' were released | kubectl fleet rollout status pos-17
        *  info pos-17: stage 'canary' has passed | kubectl fleet rollout status pos-17
        *  warning pos-17: stage 'canary' waits for approval | kubectl fleet rollout approve pos-17
         x info pos-17: stage 'canary' was approved | kubectl fleet rollout status pos-17
        *  warning pos-17: the rollout is paused | kubectl fleet rollout status pos-17
         x info pos-17: the rollout goes on | kubectl fleet rollout status pos-17
         x info pos-17: stage 'canary' was promoted | kubectl fleet rollout status pos-17
        *  error pos-17: the gate of stage 'canary' has failed | kubectl fleet rollout status pos-17
        *  error pos-17: the rollout is being rolled back | kubectl fleet rollout status pos-17
        *x warning pos-17: the rollout was rolled back | kubectl fleet rollout status pos-17
        *  error pos-17: the rollout is halted | kubectl fleet rollout status pos-17
        *x warning pos-17: the rollout was aborted | kubectl fleet rollout status pos-17
        *x info pos-17: the rollout is complete | kubectl fleet rollout history
        *x info pos-17: a later push has taken over | kubectl fleet rollout history
        *  warning pos-17: some clusters are behind | kubectl fleet rollout status pos-17
        *  warning pos-17: the rollout is being undone | kubectl fleet rollout status pos-17
         x info pos-17: the rollout is tried again | kubectl fleet rollout status pos-17
           warning pos-17: its trees are held back | kubectl fleet rollout status pos-17
        *  info pos-17: a test message, nothing has happened | -
        """)
    #expect(
      NotifySample.message("paused").numbersText
        == "25 of 2,500 clusters released, 18 succeeded, 4 failed, 3 without contact")
    #expect(NotifySample.test.numbersText == "")
    #expect(NotifySample.message("new-kind").title == "pos-17: new-kind")
  }

  struct End: CustomTestStringConvertible {
    let code: Int
    let output: String
    let said: String
    let expected: NotifyVerdict
    init(_ code: Int, _ output: String, _ said: String, _ expected: NotifyVerdict) {
      self.code = code
      self.output = output
      self.said = said
      self.expected = expected
    }
    var testDescription: String { "\(code) \(output) \(said)" }
  }

  @Test(
    "exit codes and output are a verdict",
    arguments: [
      End(0, "noise", "noise", .delivered),
      End(1, "", "\nno such channel\nmore", .refused(reason: "no such channel")),
      End(1, "", "", .refused(reason: "the program gave no reason")),
      End(75, #"{"retryAfter":30}"#, "busy", .again(reason: "busy", retryAfter: 30)),
      End(75, #"{"retryAfter":-1}"#, "busy", .again(reason: "busy", retryAfter: nil)),
      End(75, #"{"retryAfter":9999999999999}"#, "b", .again(reason: "b", retryAfter: 86_400)),
      End(75, "no JSON", "\u{1b}[31mred", .again(reason: "\\u{1b}[31mred", retryAfter: nil)),
      End(
        139, "", "", .again(reason: "the program ended with exit code 139", retryAfter: nil)),
      End(
        64, "", String(repeating: "a", count: 900),
        .again(reason: String(repeating: "a", count: 299) + "…", retryAfter: nil)),
    ])
  func verdict(_ end: End) {
    let verdict = NotifyVerdict(
      exitCode: end.code, output: Array(end.output.utf8), errorOutput: Array(end.said.utf8))
    #expect(verdict == end.expected)
    // What a program of ours writes is read as it was meant.
    let again = NotifyVerdict(
      exitCode: Int(verdict.exitCode), output: verdict.output,
      errorOutput: Array((verdict.reason ?? "").utf8))
    #expect(again == verdict)
  }

  struct Want: CustomTestStringConvertible {
    let program: String
    let events: [String]
    let bundles: [String]
    let kind: String
    let about: [String]
    let severity: String
    let expected: Bool
    init(
      _ program: String, events: [String] = [], bundles: [String] = [],
      from severity: String = "info",
      _ kind: String, _ about: [String], _ expected: Bool
    ) {
      self.severity = severity
      self.program = program
      self.events = events
      self.bundles = bundles
      self.kind = kind
      self.about = about
      self.expected = expected
    }
    init(
      _ program: String, events: [String] = [], from severity: String = "info", _ kind: String,
      _ expected: Bool
    ) {
      self.init(program, events: events, from: severity, kind, ["pos"], expected)
    }
    var testDescription: String { "\(program) \(events) \(bundles) \(severity) \(kind) \(about)" }
  }

  @Test(
    "a receiver gets the events and the bundles that it names",
    arguments: [
      Want("slack", "gate-failed", true), Want("slack", "released", false),
      Want("slack", "kind-of-tomorrow", true), Want("slack", "test", true),
      Want("slack", events: ["complete"], "gate-failed", false),
      Want("slack", events: ["complete"], "complete", true),
      Want("slack", events: ["complete"], "test", true),
      Want("slack", events: ["gate-failed"], "superseded", false),
      Want("pagerduty", "released", true),
      Want("pagerduty", events: ["gate-failed"], "superseded", true),
      Want("pagerduty", events: ["gate-failed"], "paused", false),
      Want("slack", bundles: ["pos"], "complete", ["pos"], true),
      Want("slack", bundles: ["pos"], "complete", ["pos-config"], false),
      Want("slack", bundles: ["pos"], "complete", ["web", "pos"], true),
      Want("slack", bundles: ["pos*"], "complete", ["pos-config"], true),
      Want("slack", bundles: ["*-config", "x"], "complete", ["pos-config"], true),
      Want("slack", bundles: ["p*s*f?g"], "complete", ["pos-config"], true),
      Want("slack", bundles: ["p*s*f?g"], "complete", ["pos-configs"], false),
      Want("slack", bundles: ["***"], "complete", ["pos"], true),
      Want("slack", bundles: [""], "complete", ["pos"], false),
      Want("slack", bundles: ["pos"], "complete", [], true),
      Want("slack", bundles: ["[o-q]os"], "complete", ["pos"], true),
      Want("slack", bundles: ["[^o-q]os"], "complete", ["pos"], false),
      Want("slack", bundles: ["[p"], "complete", ["[p"], false),
      Want("slack", bundles: ["\\p[a\\]o]*"], "complete", ["pos"], true),
      Want("slack", from: "error", "gate-failed", true),
      Want("slack", from: "error", "rolled-back", false),
      Want("slack", from: "warning", "rolled-back", true),
      Want("slack", from: "error", "test", true),
      Want("pagerduty", from: "error", "complete", true),
      Want("pagerduty", from: "error", "stragglers", false),
    ])
  func matches(_ want: Want) {
    let receiver = NotificationReceiver(
      name: "a", program: want.program, events: want.events, bundles: want.bundles,
      severity: want.severity)
    #expect(receiver.matches(kind: want.kind, bundles: want.about) == want.expected)
  }

  @Test("receivers read back as they were written")
  func receivers() throws {
    let receivers = [
      NotificationReceiver(
        name: "ops", program: "slack", events: ["complete"], bundles: ["pos*"],
        severity: "warning", settings: .object(["urlFile": .string("/x")])),
      NotificationReceiver(name: "page", program: "pagerduty"),
    ]
    let bytes = JSONWriter.compact(.array(receivers.map(\.json)))
    #expect(try NotificationReceiver.list(bytes) == receivers)
    #expect(
      try NotificationReceiver.list(Array(#"[{"name":"ops","program":"slack"}]"#.utf8))
        == [NotificationReceiver(name: "ops", program: "slack")])
    let file = #"{"format":1,"notifications":[{"name":"ops","program":"slack"}]}"#
    #expect(
      try NotificationReceiver.list(Array(file.utf8))
        == [NotificationReceiver(name: "ops", program: "slack")])
  }

  @Test(
    "receivers that cannot be read are refused with the reason",
    arguments: [
      ("{}", "the receivers are no list"),
      (#"{"format":2}"#, "the receivers have a format that is not known"),
      ("[{}]", "a receiver has no usable 'name'"),
      (#"[{"name":"../x","program":"slack"}]"#, "a receiver has no usable 'name'"),
      (#"[{"name":"a~b","program":"slack"}]"#, "a receiver has no usable 'name'"),
      (#"[{"name":"a","program":"../sh"}]"#, "the receiver 'a' has no usable 'program'"),
      (
        #"[{"name":"a","program":"slack","events":"x"}]"#,
        "the receiver 'a' has no usable 'events'"
      ),
      (
        #"[{"name":"a","program":"slack"},{"name":"a","program":"webhook"}]"#,
        "there are two receivers 'a'"
      ),
    ])
  func malformed(_ text: String, _ expected: String) {
    let error = #expect(throws: NotificationReceiver.Malformed.self) {
      try NotificationReceiver.list(Array(text.utf8))
    }
    #expect(error?.description == expected)
  }

  @Test(
    "settings that cannot be used, and secrets in Git, are told",
    arguments: [
      ("slack", #"{"urlFile":"/etc/fleet/url"}"#, []), ("slack", "{}", []),
      ("own", #"{"anything":1}"#, []),
      ("slack", "7", ["'settings' must be a mapping"]),
      (
        "slack", #"{"url":"https://hooks.slack.com/services/T/B/X"}"#,
        [
          "'url' is refused: whoever has a Slack webhook's URL can post with it, and Git keeps it for ever; write it into a file on the hub and name that in 'urlFile'"
        ]
      ),
      (
        "slack", #"{"urlfile":"/x"}"#,
        ["there is no setting 'urlfile' of 'slack', did you mean 'urlFile'?"]
      ),
      ("slack", #"{"urlFile":"x"}"#, ["'urlFile' must be an absolute path on the hub's machine"]),
      (
        "pagerduty", #"{"routingKey":"x","url":"ftp://x","rolledBack":"no","trigger":[]}"#,
        [
          "'routingKey' is refused: whoever has it can page with it, and Git keeps it for ever; write it into a file on the hub and name that in 'routingKeyFile'",
          "'url' must begin with https:// or http://",
          "'rolledBack' must be acknowledge or resolve",
          "'trigger' must be a mapping from events to severities",
        ]
      ),
      ("pagerduty", #"{"trigger":{"paused":"warning","stragglers":"info"}}"#, []),
      ("pagerduty", #"{"trigger":{"boom":"info"}}"#, ["there is no event 'boom' for 'trigger'"]),
      (
        "pagerduty", #"{"trigger":{"paused":"bad"}}"#,
        ["the severity of 'paused' must be critical, error, warning or info"]
      ),
      ("webhook", #"{"url":"http://a/b","secretFile":"/s","caFile":"/c"}"#, []),
      (
        "webhook", #"{"secret":"x","url":"http://a b"}"#,
        [
          "'secret' is refused: Git keeps it for ever; write it into a file on the hub and name that in 'secretFile'",
          "'url' must begin with https:// or http://",
        ]
      ),
    ] as [(String, String, [String])])
  func settings(_ program: String, _ text: String, _ expected: [String]) throws {
    let settings = try #require(JSONParser.parse(Array(text.utf8)))
    #expect(NotifySettings.problems(program: program, settings: settings) == expected)
  }
}
