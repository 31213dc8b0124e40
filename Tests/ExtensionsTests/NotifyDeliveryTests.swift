// SPDX-License-Identifier: Apache-2.0

import Extensions
import FleetTestSupport
import JSONTree
import Notify
import NotifyFormat
import Posix
import Testing

@Suite("Delivery to a real server", .enabled(if: NotifyServer.isPossible))
struct NotifyDeliveryTests {
  private let key = "0123456789abcdef0123456789abcdef"

  /// The built program of a name, run as the hub does.
  private func run(
    _ name: String, _ message: NotifyMessage, variables: [String: String] = [:]
  ) throws -> NotifyVerdict {
    let program = ExtensionProgram(
      name: "fleet-notify-\(name)", path: try HubFixture.program("fleet-notify-\(name)"))
    return NotifyProgram(program, variables: variables).run(message)
  }

  private func slack(_ url: String, in scratch: ScratchFolder) throws -> NotifyMessage {
    let file = try scratch.write("  \(url)\n", to: "slack-url")
    return NotifySample.message("gate-failed", settings: .object(["urlFile": .string(file)]))
  }

  @Test("Slack gets the message at the URL of the file")
  func slack() throws {
    let server = try NotifyServer()
    let scratch = try ScratchFolder()
    let message = try slack(server.url + "/services/T/B/secret", in: scratch)
    #expect(try run("slack", message) == .delivered)
    let requests = server.requests()
    #expect(requests.map(\.path) == ["/services/T/B/secret"])
    let request = try #require(requests.first)
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.headers["user-agent"] == "kubectl-fleet")
    #expect(request.json == SlackProgram.payload(message))
    #expect(try NotifySample.violations(request.json, "slack-webhook") == [])
  }

  @Test("PagerDuty gets a trigger, an acknowledgement and a resolution with one key")
  func pagerDuty() throws {
    let server = try NotifyServer()
    let scratch = try ScratchFolder()
    try server.answer(["/v2/enqueue": .init(202, body: #"{"status":"success"}"#)])
    let file = try scratch.write(key, to: "key")
    let settings = JSONValue.object([
      "routingKeyFile": .string(file), "url": .string(server.url + "/v2/enqueue"),
    ])
    for kind in ["started", "gate-failed", "rolling-back", "rolled-back", "superseded"] {
      let message = NotifySample.message(kind, settings: settings)
      #expect(try run("pagerduty", message) == .delivered)
    }
    let requests = server.requests("/v2/enqueue").map(\.json)
    #expect(
      requests.map { $0["event_action"]?.string } == [
        "trigger", "trigger", "acknowledge", "resolve",
      ])
    #expect(
      Set(requests.map { $0["dedup_key"]?.string }) == ["kubectl-fleet/hub.example.org/pos-17"])
    #expect(Set(requests.map { $0["routing_key"]?.string }) == [key])
    for request in requests {
      #expect(try NotifySample.violations(request, "pagerduty-event") == [])
    }
  }

  @Test("a webhook gets the message, its id, and a signature that openssl makes too")
  func webhook() throws {
    let server = try NotifyServer()
    let scratch = try ScratchFolder()
    let secret = try scratch.write("s3cret\n", to: "secret")
    let message = NotifySample.message(
      "complete", text: "grüße \"x\" \\n",
      settings: .object(["url": .string(server.url + "/hook?a=b"), "secretFile": .string(secret)]))
    #expect(try run("webhook", message) == .delivered)
    let request = try #require(server.requests().first)
    #expect(request.path == "/hook?a=b")
    #expect(request.json == message.body)
    #expect(request.headers["x-fleet-event"] == "complete")
    #expect(request.headers["x-fleet-event-id"] == message.id)
    let made = try Child.run(
      ["openssl", "dgst", "-sha256", "-hmac", "s3cret", "-r"], input: .bytes(request.body))
    let digits = String(decoding: made.output, as: UTF8.self).prefix(64)
    #expect(request.headers["x-fleet-signature"] == "sha256=\(digits)")

    let plain = NotifySample.message(
      "complete", settings: .object(["url": .string(server.url + "/plain")]))
    #expect(try run("webhook", plain) == .delivered)
    #expect(try #require(server.requests("/plain").first).headers["x-fleet-signature"] == nil)
  }

  @Test("the largest message arrives whole")
  func huge() throws {
    let server = try NotifyServer()
    var message = NotifySample.huge
    message.settings = .object(["url": .string(server.url + "/hook")])
    #expect(try run("webhook", message) == .delivered)
    #expect(server.requests().first?.json == message.body)
  }

  struct Row: CustomTestStringConvertible {
    let answer: NotifyServer.Answer
    let expected: NotifyVerdict
    init(_ answer: NotifyServer.Answer, _ expected: NotifyVerdict) {
      self.answer = answer
      self.expected = expected
    }
    var testDescription: String { "\(answer.status) \(answer.drops) \(answer.delay)" }
  }

  @Test(
    "a receiver's answer decides whether it is tried again",
    arguments: [
      Row(.init(200), .delivered), Row(.init(204, body: ""), .delivered),
      Row(
        .init(429, headers: ["Retry-After": "7"], body: "rate_limited"),
        .again(reason: "fleet-notify-slack: Slack answered 429: rate_limited", retryAfter: 7)),
      Row(
        .init(429, headers: ["Retry-After": "Fri, 21 Nov 2026 12:00:00 GMT"], body: ""),
        .again(reason: "fleet-notify-slack: Slack answered 429", retryAfter: nil)),
      Row(
        .init(503, headers: ["Retry-After": "120"], body: "<html>\nno"),
        .again(
          reason: "fleet-notify-slack: Slack answered 503: <html>\\u{a}no", retryAfter: 120)),
      Row(
        .init(500, body: "rollup_error"),
        .again(reason: "fleet-notify-slack: Slack answered 500: rollup_error", retryAfter: nil)),
      Row(
        .init(404, body: "no_service"),
        .refused(reason: "fleet-notify-slack: Slack answered 404: no_service")),
      Row(
        .init(410, body: "channel_is_archived"),
        .refused(reason: "fleet-notify-slack: Slack answered 410: channel_is_archived")),
      Row(
        .init(302, headers: ["Location": "/elsewhere"], body: ""),
        .refused(reason: "fleet-notify-slack: Slack answered 302")),
      Row(
        .init(drops: true),
        .again(
          reason: "fleet-notify-slack: curl: (52) Empty reply from server", retryAfter: nil)),
    ])
  func answers(_ row: Row) throws {
    let server = try NotifyServer()
    let scratch = try ScratchFolder()
    try server.answer(["/hook": row.answer])
    let verdict = try run("slack", try slack(server.url + "/hook", in: scratch))
    #expect(verdict == row.expected)
    #expect(server.requests().map(\.path) == ["/hook"])
  }

  @Test("a receiver that hangs is left after the time that is set")
  func slow() throws {
    let server = try NotifyServer()
    let scratch = try ScratchFolder()
    try server.answer(["/hook": .init(delay: 600)])
    let verdict = try run(
      "slack", try slack(server.url + "/hook", in: scratch),
      variables: ["FLEET_NOTIFY_TIMEOUT": "1"])
    guard case .again(let reason, nil) = verdict else {
      Issue.record("\(verdict)")
      return
    }
    #expect(reason.hasPrefix("fleet-notify-slack: curl: (28) Operation timed out after 1"))
  }

  @Test("a receiver that is down is tried again")
  func down() throws {
    let server = try NotifyServer()
    let scratch = try ScratchFolder()
    let message = try slack(server.url + "/hook", in: scratch)
    try server.stop()
    guard case .again(let reason, nil) = try run("slack", message) else {
      Issue.record("delivered to nobody")
      return
    }
    #expect(reason.hasPrefix("fleet-notify-slack: curl: (7) Failed to connect to 127.0.0.1 port "))
    try server.start()
    #expect(try run("slack", message) == .delivered)
  }

  @Test("what is wrong with the settings, or their files, is told")
  func settings() throws {
    let scratch = try ScratchFolder()
    func verdict(_ program: String, _ settings: JSONValue) throws -> String {
      switch try run(program, NotifySample.message("gate-failed", settings: settings)) {
      case .delivered: "delivered"
      case .again(let reason, _): "again: " + reason
      case .refused(let reason): "refused: " + reason
      }
    }
    let none = scratch.path + "/none"
    #expect(
      try verdict("slack", .object([JSONMember]()))
        == "refused: fleet-notify-slack: no setting 'urlFile', and no FLEET_NOTIFY_SLACK_URL on the hub"
    )
    #expect(
      try verdict("slack", .object(["url": .string("https://hooks.slack.com/x")]))
        == "refused: fleet-notify-slack: 'url' is refused: whoever has a Slack webhook's URL can post with it, and Git keeps it for ever; write it into a file on the hub and name that in 'urlFile'"
    )
    #expect(
      try verdict("slack", .object(["urlFile": .string(none)]))
        == "again: fleet-notify-slack: cannot open '\(none)': no such file or directory, named by 'urlFile'"
    )
    let two = try scratch.write("https://a https://b", to: "two")
    #expect(
      try verdict("slack", .object(["urlFile": .string(two)]))
        == "again: fleet-notify-slack: what 'urlFile' names must hold one word, and nothing else")
    for url in ["http://hooks.slack.com/x", "http://127.0.0.1@evil/x", "http://localhost.evil/"] {
      let open = try scratch.write(url, to: "open")
      #expect(
        try verdict("slack", .object(["urlFile": .string(open)]))
          == "again: fleet-notify-slack: the URL in 'urlFile' must begin with https://")
    }
    let word = try scratch.write(key, to: "key")
    #expect(
      try verdict(
        "pagerduty",
        .object(["routingKeyFile": .string(word), "url": .string("http://example.org/")]))
        == "refused: fleet-notify-pagerduty: 'url' must begin with https://, the routing key goes there"
    )
  }

  @Test("a program that is given no message says so and exits with 64")
  func noMessage() throws {
    let result = try Child.run(
      [try HubFixture.program("fleet-notify-slack")], input: .bytes(Array(#"{"format":2}"#.utf8)))
    #expect(result.status == .exit(64))
    #expect(
      String(decoding: result.errorOutput, as: UTF8.self)
        == "fleet-notify-slack: the message has format 2, this program reads format 1\n")
  }

  @Test("a secret stands in no argument, in no reason")
  func secrets() throws {
    let scratch = try ScratchFolder()
    let script = """
      #!/bin/sh
      cat >'\(scratch.path)/config'
      printf '%s\\n' "$@" >'\(scratch.path)/arguments'
      echo 'curl: (6) cannot reach https://hooks.example.org/T/B/secret today' >&2
      exit 6
      """
    let curl = try scratch.write(script, to: "bin/curl")
    _ = try Child.run(["chmod", "755", curl])
    let message = try slack("https://hooks.example.org/T/B/secret", in: scratch)
    let context = NotifyContext(variables: ["PATH": scratch.path + "/bin:/usr/bin:/bin"])
    #expect(
      SlackProgram.deliver(message, context)
        == .again(reason: "curl: (6) cannot reach … today", retryAfter: nil))
    func read(_ name: String) -> String {
      String(decoding: TestFiles.read("\(scratch.path)/\(name)") ?? [], as: UTF8.self)
    }
    #expect(read("arguments") == "-q\n-K\n-\n")
    let lines = read("config").split(separator: "\n").filter { !$0.hasPrefix("data-raw = ") }
    #expect(
      lines.joined(separator: "\n") == """
        silent
        show-error
        include
        suppress-connect-headers
        proto = "=https,http"
        connect-timeout = 10
        max-time = 20
        request = "POST"
        url = "https://hooks.example.org/T/B/secret"
        header = "Content-Type: application/json"
        header = "User-Agent: kubectl-fleet"
        header = "Expect:"
        """)
  }

  @Test("secrets may stand in the hub's environment")
  func variables() throws {
    let server = try NotifyServer()
    let message = NotifySample.message("complete")
    #expect(
      try run(
        "slack", message, variables: ["FLEET_NOTIFY_SLACK_URL": server.url + "/from-variable"])
        == .delivered)
    #expect(server.requests().map(\.path) == ["/from-variable"])
  }
}
