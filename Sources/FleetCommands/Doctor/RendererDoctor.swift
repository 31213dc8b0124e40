// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Rendering

/// Judges the programs that render: who needs them, and whether the hub's plans are made with them.
struct RendererDoctor {
  private let hubRoot: String?

  /// Takes what is known about the hub.
  init(_ hub: DoctorFacts.HubFound) {
    if case .here(let facts) = hub { hubRoot = facts.root } else { hubRoot = nil }
  }

  /// The line about one of them.
  func line(_ fact: DoctorFacts.RendererFact) -> Diagnosis {
    let name = fact.renderer.rawValue
    let wanted = fact.hubVersion
    if let version = fact.version {
      if let wanted, wanted != version, let hubRoot {
        return Diagnosis(
          .error,
          "the plans of the hub are made with \(name) \(wanted), installed is \(version); "
            + "pushes that have to render are refused",
          mend: "fleet-hub recompile --hub '\(hubRoot)'")
      }
      return Diagnosis(.ok, "\(name) \(version)")
    }
    let problem = fact.problem?.description ?? "\(name) is not installed"
    if let wanted, hubRoot != nil {
      return Diagnosis(
        .error, "\(problem); the plans of the hub are made with \(name) \(wanted)",
        mend: fact.problem?.hint)
    }
    if !fact.bundles.isEmpty {
      let verb = fact.bundles.count == 1 ? "needs" : "need"
      return Diagnosis(
        .warning, "\(problem); \(Wording.list(fact.bundles)) \(verb) it", mend: fact.problem?.hint)
    }
    return Diagnosis(.ok, "\(problem); no bundle here needs it")
  }
}
