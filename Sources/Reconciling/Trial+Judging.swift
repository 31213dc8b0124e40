// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import SliceFormat

/// What is to be done about a tree on trial.
package enum TrialVerdict: Sendable, Hashable {
  /// Nothing yet.
  case watching
  /// It has proved good: from now on it is what the site goes back to.
  case good
  /// It has failed: why.
  case failed(String)
}

extension Trial {
  /// Takes in how the bundle is at a moment; a state that tells nothing stops the time.
  package mutating func pass(to moment: SiteClock, _ state: BundleState) {
    guard state.isAvailable || state.isTrouble else {
      clock = nil
      return
    }
    let seconds = clock.map { moment.seconds(since: $0) } ?? 0
    clock = moment
    defer { lastState = state }
    if state.isAvailable {
      failing = 0
      guard lastState?.isAvailable ?? false else {
        soaked = 0
        return
      }
      soaked = Self.sum(soaked, seconds)
      gates = gates.mapValues { gate in
        var gate = gate
        gate.waited = Self.sum(gate.waited, seconds)
        return gate
      }
    } else {
      soaked = 0
      if lastState?.isTrouble ?? false { unready = Self.sum(unready, seconds) }
      if state != .errApplied {
        failing = 0
      } else if lastState == .errApplied {
        failing = Self.sum(failing, seconds)
      }
    }
  }

  /// The gates that are to be measured now, in the order of the watch.
  ///
  /// Only what is Ready is measured, and first after an interval: before, the numbers are those of the
  /// version before. Runs of cron are never quite an interval apart, so nine tenths of it are enough.
  package mutating func dueGates(_ watch: BundleWatch) -> [BundleWatch.Gate] {
    guard isOpen, lastState?.isAvailable ?? false, clock != nil else { return [] }
    return watch.gates.filter { gate in
      guard let known = gates[gate.name] else {
        gates[gate.name] = Gate()
        return false
      }
      return known.waited >= Int64(clamping: gate.interval) - Int64(clamping: gate.interval / 10)
    }
  }

  /// Takes in a measurement.
  package mutating func note(_ measurement: Measurement, _ gate: BundleWatch.Gate) {
    var known = gates[gate.name] ?? Gate()
    known.waited = 0
    known.value = measurement.value.flatMap { $0.isFinite ? $0 : nil }
    known.samples = max(0, measurement.samples)
    let name = Wording.bare(gate.name)
    if let value = known.value, known.samples >= gate.minSamples {
      if let problem = gate.problem(value) {
        known.phase = .failed
        known.failures += 1
        let samples = Wording.count(known.samples, "sample")
        known.message = "\(name) \(problem) (\(samples))"
      } else {
        known.phase = .successful
        known.message = ""
      }
    } else {
      known.phase = .inconclusive
      known.inconclusive += 1
      known.message =
        known.value == nil
        ? "\(name) cannot be measured"
          + (measurement.message.isEmpty ? "" : ": \(measurement.message)")
        : "\(name) is inconclusive: \(Wording.count(known.samples, "sample")) of "
          + "\(Wording.number(gate.minSamples)) that are needed"
    }
    gates[gate.name] = known
  }

  /// Decides by what is known; `message` is what the bundle's report says.
  package func verdict(_ watch: BundleWatch, message: String) -> TrialVerdict {
    guard let state = lastState, clock != nil else { return .watching }
    for gate in watch.gates {
      guard let known = gates[gate.name], known.phase == .failed,
        known.failures > gate.failureLimit
      else { continue }
      return .failed(known.message + Self.times(known.failures, gate.failureLimit))
    }
    let said = message.isEmpty ? "" : ": \(message)"
    if state == .errApplied, failing >= Int64(clamping: watch.failedAfterSeconds) {
      return .failed("it could not be applied for \(Self.time(failing))\(said)")
    }
    if state.isTrouble, unready >= Int64(clamping: watch.deadlineSeconds) {
      return .failed("it was not Ready for \(Self.time(unready))\(said)")
    }
    guard state.isAvailable, soaked >= Int64(clamping: watch.soakSeconds) else { return .watching }
    let isMeasured = watch.gates.allSatisfy { gate in
      switch gates[gate.name]?.phase {
      case .successful: true
      // A site without a source of numbers would else stay on trial for ever, and go back too far one day.
      case .inconclusive: (gates[gate.name]?.inconclusive ?? 0) > gate.inconclusiveLimit
      case .failed, nil: false
      }
    }
    return isMeasured ? .good : .watching
  }

  /// The numbers of the gates, by name; nothing of those that were not measured.
  package func metrics(bundle: String) -> [StatusMetric] {
    gates.byName
      .compactMap { name, gate in
        gate.phase == nil
          ? nil
          : StatusMetric(name: name, bundle: bundle, value: gate.value, samples: gate.samples)
      }
  }

  /// `; failed 3 times, 2 are allowed`; nothing where the first time is enough.
  private static func times(_ count: Int, _ limit: Int) -> String {
    guard limit > 0 else { return "" }
    return "; failed \(Wording.number(count)) times, \(Wording.number(limit)) "
      + "\(limit == 1 ? "is" : "are") allowed"
  }

  private static func time(_ seconds: Int64) -> String {
    switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7200: "\(seconds / 60) min"
    default: "\(seconds / 3600) h"
    }
  }

  private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflows) = left.addingReportingOverflow(right)
    return overflows ? .max : sum
  }
}

extension BundleWatch.Gate {
  /// `92 is under 99`; nil for a good value.
  fileprivate func problem(_ value: Double) -> String? {
    if let max, value > max { return "\(Self.text(value)) is over \(Self.text(max))" }
    if let min, value < min { return "\(Self.text(value)) is under \(Self.text(min))" }
    return nil
  }

  /// The shortest text that is this number and no other, so that two numbers that differ look different.
  private static func text(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
