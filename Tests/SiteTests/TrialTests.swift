// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree
import Reconciling
import SliceFormat
import Testing

@Suite("a tree on trial")
struct TrialTests {
  /// A run: the state that it finds, after so many seconds, and what the gate measures if it is asked.
  struct Step {
    var after: Int64
    var state: BundleState
    var value: Double? = nil
    var samples = 100
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let watch: @Sendable (inout BundleWatch) -> Void
    let steps: @Sendable () -> [Step]
    /// What each run decides; a measurement is marked with `?`.
    let verdicts: String

    var testDescription: String { id }
  }

  static func gate(_ change: (inout BundleWatch.Gate) -> Void = { _ in }) -> BundleWatch.Gate {
    var gate = BundleWatch.Gate(name: "success-rate", query: "up")
    gate.min = 99
    gate.max = 100
    gate.minSamples = 20
    change(&gate)
    return gate
  }

  static func ready(_ after: Int64, _ value: Double? = nil, samples: Int = 100) -> Step {
    Step(after: after, state: .ready, value: value, samples: samples)
  }
  static func step(_ after: Int64, _ state: BundleState) -> Step {
    Step(after: after, state: state)
  }

  static let cases: [Case] = [
    Case(
      id: "Ready for as long as it has to is good", watch: { _ in },
      steps: { [ready(0), ready(299), ready(1)] }, verdicts: "watching, watching, good"),
    Case(
      id: "Modified is Ready", watch: { _ in },
      steps: { [ready(0), step(200, .modified), ready(100)] }, verdicts: "watching, watching, good"),
    Case(
      id: "a break begins the time anew", watch: { _ in },
      steps: { [ready(0), ready(200), step(60, .notReady), ready(60), ready(299), ready(1)] },
      verdicts: "watching, watching, watching, watching, watching, good"),
    Case(
      id: "what nobody could see counts neither way", watch: { _ in },
      steps: {
        [ready(0), ready(200), step(9000, .waitApplied), ready(9000), ready(99), ready(1)]
      },
      verdicts: "watching, watching, watching, watching, watching, good"),
    Case(
      id: "not Ready until the deadline", watch: { _ in },
      steps: { [step(0, .notReady), step(7199, .notReady), step(1, .notReady)] },
      verdicts: "watching, watching, failed: it was not Ready for 2 h: 1 of 3"),
    Case(
      id: "not Ready in pieces adds up", watch: { $0.deadlineSeconds = 100 },
      steps: {
        [
          step(0, .notReady), step(60, .notReady), ready(60), step(60, .notReady),
          step(60, .notReady),
        ]
      },
      verdicts: "watching, watching, watching, watching, failed: it was not Ready for 120 s: 1 of 3"
        .replacing("120 s", with: "2 min")),
    Case(
      id: "a cluster out of reach for a day fails nothing", watch: { _ in },
      steps: {
        [step(0, .notReady), step(86_400, .waitApplied), step(86_400, .notReady), ready(60)]
      }, verdicts: "watching, watching, watching, watching"),
    Case(
      id: "an error that lasts", watch: { _ in },
      steps: { [step(0, .errApplied), step(299, .errApplied), step(1, .errApplied)] },
      verdicts: "watching, watching, failed: it could not be applied for 5 min: 1 of 3"),
    Case(
      id: "an error that is over begins anew", watch: { _ in },
      steps: {
        [
          step(0, .errApplied), step(200, .errApplied), step(60, .notReady), step(60, .errApplied),
          step(200, .errApplied),
        ]
      }, verdicts: "watching, watching, watching, watching, watching"),
    Case(
      id: "an error fails at once where nothing is allowed", watch: { $0.failedAfterSeconds = 0 },
      steps: { [step(0, .errApplied)] },
      verdicts: "failed: it could not be applied for 0 s: 1 of 3"),
    Case(
      id: "a gate is measured an interval after the bundle was Ready first, and holds the end",
      watch: { $0.gates = [gate()] },
      steps: { [step(0, .notReady), ready(60), ready(53), ready(1, 99.5), ready(250, 99.5)] },
      verdicts: "watching, watching, watching, watching?, good?"),
    Case(
      id: "a bad number fails at once", watch: { $0.gates = [gate()] },
      steps: { [ready(0), ready(60, 98.999)] },
      verdicts: "watching, failed?: success-rate 98.999 is under 99 (100 samples)"),
    Case(
      id: "above is bad too", watch: { $0.gates = [gate()] },
      steps: { [ready(0), ready(60, 1e6)] },
      verdicts: "watching, failed?: success-rate 1000000 is over 100 (100 samples)"),
    Case(
      id: "the bounds are good", watch: { $0.gates = [gate()] },
      steps: { [ready(0), ready(60, 99), ready(240, 100)] }, verdicts: "watching, watching?, good?"),
    Case(
      id: "as many failures as are allowed, and one more",
      watch: { $0.gates = [gate { $0.failureLimit = 2 }] },
      steps: {
        [ready(0), ready(60, 1), ready(60, 1), ready(60, 99), ready(60, 1, samples: 1200)]
      },
      verdicts: "watching, watching?, watching?, watching?, failed?: success-rate 1 is under 99"
        + " (1,200 samples); failed 3 times, 2 are allowed"),
    Case(
      id: "a failure that is allowed holds the end until a number is good",
      watch: { $0.gates = [gate { $0.failureLimit = 1 }] },
      steps: { [ready(0), ready(300, 1), ready(60, 99)] }, verdicts: "watching, watching?, good?"),
    Case(
      id: "too few samples fail nothing", watch: { $0.gates = [gate()] },
      steps: { [ready(0), ready(60, 1, samples: 19), ready(240, 99, samples: 20)] },
      verdicts: "watching, watching?, good?"),
    Case(
      id: "no number at all fails nothing, and is not waited for for ever",
      watch: { $0.gates = [gate { $0.inconclusiveLimit = 2 }] },
      steps: { [ready(0), ready(300), ready(60), ready(60)] },
      verdicts: "watching, watching?, watching?, good?"),
    Case(
      id: "a number without bounds judges nothing",
      watch: {
        $0.gates = [
          gate {
            $0.min = nil
            $0.max = nil
          }
        ]
      }, steps: { [ready(0), ready(300, -1e300)] }, verdicts: "watching, good?"),
    Case(
      id: "an endless number is none", watch: { $0.gates = [gate()] },
      steps: { [ready(0), ready(60, .infinity), ready(240, .nan)] },
      verdicts: "watching, watching?, watching?"),
    Case(
      id: "what is not Ready is not measured", watch: { $0.gates = [gate()] },
      steps: { [ready(0), step(60, .notReady), step(60, .notReady), ready(60), ready(60, 1)] },
      verdicts: "watching, watching, watching, watching, failed?: success-rate 1 is under 99"
        + " (100 samples)"),
    Case(
      id: "no time to stay Ready: the gates alone",
      watch: {
        $0.soakSeconds = 0
        $0.gates = [gate()]
      }, steps: { [ready(0), ready(54, 99.9)] }, verdicts: "watching, good?"),
  ]

  @Test(
    "what is decided from run to run, and the same after each was written down", arguments: cases)
  func decisions(_ test: Case) throws {
    var watch = BundleWatch(soakSeconds: 300, undoes: true)
    test.watch(&watch)
    var trial = Trial(ObjectID.emptyTree, since: 0)
    var seconds: Int64 = 5_000
    var said: [String] = []
    for step in test.steps() {
      seconds += step.after
      let clock = SiteClock(boot: "a", steady: seconds, wall: 1_800_000_000)
      trial.pass(to: clock, step.state)
      let due = trial.dueGates(watch)
      for gate in due {
        trial.note(Trial.Measurement(value: step.value, samples: step.samples), gate)
      }
      let mark = due.isEmpty ? "" : "?"
      switch trial.verdict(watch, message: step.state == .ready ? "" : "1 of 3") {
      case .watching: said.append("watching" + mark)
      case .good: said.append("good" + mark)
      case .failed(let reason): said.append("failed\(mark): \(reason)")
      }
      let bytes = JSONWriter.compact(trial.json(bundle: "pos"))
      let json: JSONValue = try #require(JSONParser.parse(bytes))
      #expect(Trial.read(.array([json])) == ["pos": trial])
    }
    #expect(said.joined(separator: ", ") == test.verdicts)
  }

  @Test(
    "how much time has passed, whatever the clock says",
    arguments: [
      ("the clock is right", "a", 60, 60, 60),
      ("the clock was set back", "a", 60, -86_400, 60),
      ("the clock was set forward by years", "a", 60, 500_000_000, 60),
      ("two runs in one second", "a", 0, 0, 0),
      ("another boot, an hour later", "b", -3000, 3600, 600),
      ("another boot, a minute later", "b", -3000, 60, 60),
      ("another boot, and the clock begins in 1970", "b", -3000, -1_800_000_000, 0),
      ("nobody knows which boot", "", 60, 3600, 600),
    ] as [(String, String, Int64, Int64, Int64)])
  func clocks(_ id: String, _ boot: String, _ steady: Int64, _ wall: Int64, _ passed: Int64) {
    let before = SiteClock(boot: "a", steady: 4000, wall: 1_800_000_000)
    let after = SiteClock(boot: boot, steady: 4000 + steady, wall: 1_800_000_000 + wall)
    #expect(after.seconds(since: before) == passed, "\(id)")
  }

  @Test("clocks from the ends of time trap nowhere")
  func endsOfTime() {
    let first = SiteClock(boot: "a", steady: .min, wall: .min)
    let last = SiteClock(boot: "a", steady: .max, wall: .max)
    #expect(last.seconds(since: first) == 0)
    #expect(first.seconds(since: last) == 0)
    var other = last
    other.boot = "b"
    #expect(other.seconds(since: first) == 0)
  }

  @Test(
    "what a damaged file says of trials is left out",
    arguments: [
      "null", "[1]", #"[{"bundle":"pos"}]"#, #"[{"bundle":"pos","tree":"abc","since":1}]"#,
      #"[{"bundle":"pos","tree":"4b825dc642cb6eb9a060e54bf8d69288fbee4904","since":1,"outcome":"x"}]"#,
    ])
  func damaged(_ text: String) throws {
    let json: JSONValue = try #require(JSONParser.parse(Array(text.utf8)))
    #expect(Trial.read(json).isEmpty)
  }
}
