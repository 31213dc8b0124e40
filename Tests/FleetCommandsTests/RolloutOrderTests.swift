// SPDX-License-Identifier: Apache-2.0

import FleetCommands
import FleetTestSupport
import HubService
import Posix
import Testing

/// Orders given by commands to a hub with its real hooks; simulated sites report.
private final class OrderFixture {
  let hub: FleetTestSupport.HubFixture
  private let sites: SimulatedSites
  private var time = 0.0
  /// What ran and what it printed.
  private(set) var transcript = ""

  init() throws {
    hub = try FleetTestSupport.HubFixture(
      Samples.staged.merging(
        [
          "apps/pos/fleet.yaml": """
          name: pos
          rollout:
            stages:
            - {name: canary, clusters: 2, afterStageTasks: [{type: Approval}]}
            - {name: early, clusters: 50%, afterStageTasks: [{type: TimedWait, waitTime: 1h}]}
            - {name: rest}

          """
        ]) { _, new in new })
    sites = try SimulatedSites(hub.hub, SimulatedSites.Behaviour())
  }

  /// Commits a version and pushes it.
  func push(_ version: String, after last: String? = nil) throws {
    let mark = last.map { "release: \"\($0)\", version: " } ?? "version: "
    try hub.clone.edit(
      "apps/pos/config.yaml", "data: {\(mark)", "data: {release: \"\(version)\", version: ")
    try hub.clone.commit("pos: version \(version)")
    let push = try hub.clone.push()
    try #require(push.isAccepted, "\(push.text)")
  }

  /// Lets the sites catch up, and the hub look.
  func goOn() throws {
    for _ in 0..<2 {
      time += 1
      try sites.step(time: time)
      try hub.tick()
    }
  }

  @discardableResult
  func run(
    _ arguments: String..., types: String? = nil, adding variables: [String: String] = [:]
  ) -> Outcome {
    var outcome = Outcome()
    let context = CommandContext(
      directory: hub.clone.path, environment: GitFixture.environment(variables),
      programs: "/nonexistent", terminals: types == nil ? [] : [.error],
      answer: types.map { word in { word } }
    ) { stream, bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      if stream == .output { outcome.output += text } else { outcome.errorOutput += text }
    }
    outcome.code = FleetProgram.kubectlFleet(arguments, in: context)
    let line = arguments.map { $0.contains(" ") || $0.isEmpty ? "'\($0)'" : $0 }
    transcript += "$ kubectl fleet \(line.joined(separator: " "))\n"
    if let types { transcript += "# typed: '\(types)'\n" }
    transcript += outcome.text.replacing(hub.scratch.path, with: "<FOLDER>") + "\n"
    return outcome
  }

  /// The columns of the history that do not change from run to run.
  func decisions() -> [String] {
    run("rollout", "history", "-n", "100", "--no-headers").output.split(separator: "\n").map {
      let columns = $0.split(separator: "   ", omittingEmptySubsequences: true)
        .map { $0.split(separator: " ").joined(separator: " ") }
      return columns.count < 5 ? String($0) : "\(columns[3]): \(columns[4])"
    }
  }
}

@Suite("orders to rollouts")
struct RolloutOrderTests {
  @Test("a person pauses, resumes, approves, promotes, aborts, tries again and undoes")
  func life() throws {
    let fleet = try OrderFixture()
    try fleet.hub.clone.commit("first fleet")
    try #require(try fleet.hub.clone.push().isAccepted)
    try fleet.goOn()
    fleet.run("rollout", "promote")
    fleet.run("rollout", "approve", "pos-9")
    fleet.run("rollout", "promote", "--full", types: "")
    fleet.run("rollout", "promote", "pos", "--full", "-m", "first install", types: "y")
    try fleet.goOn()
    fleet.run("rollout", "status", "pos-1", "--watch", "--interval", "1").checkEnd("Complete", 0)

    try fleet.push("2")
    try fleet.goOn()
    let second = try #require(
      fleet.run("rollout", "status", "-o", "name").output.split(separator: "\n").first)
    fleet.run("rollout", "pause", "-m", "too many calls")
    fleet.run("rollout", "pause")
    fleet.run("rollout", "approve")
    fleet.run("rollout", "resume")
    fleet.run("rollout", "resume", String(second))
    fleet.run("rollout", "approve")
    try fleet.goOn()
    fleet.run("rollout", "retry")
    fleet.run("rollout", "retry", "pos")
    fleet.run("rollout", "abort", types: "n")
    fleet.run("rollout", "abort", "-m", "wrong prices", types: "yes")
    try fleet.goOn()
    fleet.run("rollout", "status", String(second), "--watch").checkEnd("RolledBack", 1)
    fleet.run("rollout", "pause", String(second))
    fleet.run("rollout", "retry", "pos")
    try fleet.goOn()
    fleet.run("rollout", "promote", "--full", "--yes")
    try fleet.goOn()
    let third = try #require(
      fleet.run("rollout", "history", "-n", "1", "-o", "name").output.split(separator: "\n").first)
    fleet.run("rollout", "undo")
    fleet.run("rollout", "undo", "pos")
    fleet.run("rollout", "undo", String(third), "-m", "as before, please")
    try fleet.goOn()
    try fleet.push("3", after: "2")
    try fleet.goOn()
    fleet.run("rollout", "promote", "--full", "--yes")
    try fleet.goOn()
    let fourth = try #require(
      fleet.run("rollout", "history", "-n", "1", "-o", "name").output.split(separator: "\n").first)
    fleet.run("rollout", "undo", String(fourth), "--yes")
    try fleet.goOn()
    fleet.run("rollout", "retry", "pos")
    fleet.run("rollout", "undo", String(third), "--yes")
    fleet.run("rollout", "status")
    let decisions = fleet.decisions()
    // Times and ages are of the day; the rest is not.
    Golden.check(Self.timeless(fleet.transcript), "commands/rollout-orders.txt")
    #expect(decisions.first == "pos-\(fourth.dropFirst(4)): rolled back")
    #expect(try fleet.hub.fsck() == [])
    #expect(try fleet.hub.ref("refs/fleet/orders/*") == nil)
  }

  @Test("who may not order is told who may, and a hub that cannot be reached is no answer")
  func refused() throws {
    let fleet = try OrderFixture()
    try fleet.hub.clone.write(
      "policy/hub.yaml",
      """
      apiVersion: fleet/v1
      kind: Hub
      metadata: {name: hub}
      spec:
        orders:
          - {orders: [approve, pause], principals: [alice]}

      """)
    try fleet.hub.clone.commit("first fleet")
    let push = try fleet.hub.clone.push()
    try #require(push.isAccepted, "\(push.text)")
    let bob = fleet.run("rollout", "pause", adding: ["FLEET_PRINCIPAL": "bob"])
    #expect(
      bob.errorOutput.contains("error: 'bob' may not give the order 'pause'"), "\(bob.text)")
    #expect(bob.errorOutput.contains("hint: ask alice"), "\(bob.text)")
    #expect(bob.code == 1)
    let alice = fleet.run("rollout", "pause", adding: ["FLEET_PRINCIPAL": "alice"])
    #expect(alice.code == 0, "\(alice.text)")
    // A variable of somebody else's repository does not lead astray.
    let strange = fleet.run(
      "rollout", "resume", adding: ["GIT_DIR": "/nonexistent", "FLEET_PRINCIPAL": ""])
    #expect(strange.code == 0, "\(strange.text)")
    let gone = fleet.run(
      "rollout", "pause", "--hub", "server:/nowhere",
      adding: [
        "GIT_SSH_COMMAND": "false"
      ])
    #expect(gone.code == 75, "\(gone.text)")
  }

  private static func timeless(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: " ", omittingEmptySubsequences: false).map { word in
        Timestamp(rfc3339: word.hasSuffix(",") ? word.dropLast() : word) == nil
          ? isAge(word.hasSuffix(":") ? word.dropLast() : word) ? "<AGE>" : String(word) : "<TIME>"
      }.joined(separator: " ")
    }.joined(separator: "\n")
  }

  /// `3s`, `59m`.
  private static func isAge(_ word: Substring) -> Bool {
    guard let last = word.utf8.last, "sm".utf8.contains(last) else { return false }
    return word.utf8.count > 1
      && word.utf8.dropLast().allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "m") }
  }
}

extension Outcome {
  /// Checks how a watch has ended.
  fileprivate func checkEnd(
    _ phase: String, _ code: Int32, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(output.hasSuffix("has ended, \(phase)\n"), "\(text)", sourceLocation: sourceLocation)
    #expect(self.code == code, sourceLocation: sourceLocation)
  }
}
