// SPDX-License-Identifier: Apache-2.0

package import SliceFormat

extension BundleState {
  /// The worst of some states; Ready when there are none.
  package static func worst(of states: some Sequence<BundleState>) -> BundleState {
    states.max() ?? .ready
  }
}

/// The state of one bundle after a run, with the sentence that says why.
package struct BundleReport: Sendable, Hashable {
  /// The bundle's name.
  package let name: String
  /// Its state.
  package let state: BundleState
  /// Why it is not Ready; empty when it is.
  package let message: String
  /// What is not as it was applied, and is left so.
  package let drift: [ObjectDrift]

  /// Makes a report.
  package init(name: String, state: BundleState, message: String, drift: [ObjectDrift] = []) {
    self.name = name
    self.state = state
    self.message = message
    self.drift = drift
  }

  /// The report with other texts.
  package func changing(_ change: (String) -> String) -> BundleReport {
    BundleReport(
      name: name, state: state, message: change(message), drift: drift.map { $0.redacted(change) })
  }
}

/// What became of one object.
package struct ObjectResult: Sendable, Hashable {
  /// How it went.
  package enum Outcome: Sendable, Hashable {
    /// Applied, and it does what it should.
    case ready
    /// Applied, and not there yet: the reason.
    case notReady(String)
    /// Not applied: the reason.
    case failed(String)
    /// It is not as it was applied, and nothing was done about it.
    case drifted(ObjectDrift)
  }

  /// The bundle that the object comes from.
  package let bundle: String
  /// The object.
  package let identity: ObjectIdentity
  /// How it went.
  package let outcome: Outcome

  /// Makes a result.
  package init(bundle: String, identity: ObjectIdentity, outcome: Outcome) {
    self.bundle = bundle
    self.identity = identity
    self.outcome = outcome
  }
}

extension BundleReport {
  /// The reports of some bundles of a slice, by name.
  ///
  /// A bundle with a failed object is ErrApplied, one of which some object was not tried WaitApplied, one
  /// with an object that is not as it was applied Modified, one with an unready object NotReady. The message names the first such object and counts the others.
  /// `failures` are sentences about a bundle as a whole: its hooks, its namespace.
  package static func reports(
    for bundles: [DesiredBundle], results: [ObjectResult], collisions: [ApplyPlan.Collision],
    failures: [String: [String]] = [:]
  ) -> [BundleReport] {
    let byBundle = Dictionary(grouping: results, by: \.bundle)
    return bundles.map { bundle in
      let own = byBundle[bundle.name] ?? []
      var failed = failures[bundle.name] ?? []
      failed += collisions.filter { $0.bundle == bundle.name }
        .map { "\($0.identity.description) belongs to bundle '\($0.owner)' already" }
      var unready: [String] = []
      var drift: [ObjectDrift] = []
      for result in own.sorted(by: { KindOrder.precedes($0.identity, $1.identity) }) {
        switch result.outcome {
        case .ready: break
        case .notReady(let reason):
          unready.append("\(result.identity.description): \(reason)")
        case .failed(let reason): failed.append("\(result.identity.description): \(reason)")
        case .drifted(let found): drift.append(found)
        }
      }
      if !failed.isEmpty {
        return BundleReport(
          name: bundle.name, state: .errApplied, message: summary(failed), drift: drift)
      }
      if own.count < bundle.objects.count {
        let missing = bundle.objects.count - own.count
        return BundleReport(
          name: bundle.name, state: .waitApplied,
          message: "\(missing) of \(bundle.objects.count) objects wait to be applied")
      }
      if !drift.isEmpty {
        return BundleReport(
          name: bundle.name, state: .modified, message: ObjectDrift.summary(drift), drift: drift)
      }
      if !unready.isEmpty {
        return BundleReport(name: bundle.name, state: .notReady, message: summary(unready))
      }
      return BundleReport(name: bundle.name, state: .ready, message: "")
    }
  }

  static func summary(_ reasons: [String]) -> String {
    guard let first = reasons.first else { return "" }
    return reasons.count == 1 ? first : "\(first) (and \(reasons.count - 1) more)"
  }
}
