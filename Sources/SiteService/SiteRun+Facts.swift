// SPDX-License-Identifier: Apache-2.0

import ClusterAccess
import JSONTree
import Posix
import Reconciling
import SliceFormat

/// What a site remembers of its facts.
struct KnownFacts: Sendable, Hashable {
  /// When the cluster was asked last, in seconds since 1970; 0 for never.
  var askedAt: Int64 = 0
  /// What it said.
  var facts: [SiteFact] = []
  /// Why it did not say more; empty when it did.
  var objection = ""
  /// Whether a status had facts: then one without any has to say so.
  var wereTold = false

  init() {}

  /// Reads what `json` wrote; anything else is nothing.
  init(_ json: JSONValue?) {
    askedAt = json?["askedAt"]?.integer ?? 0
    facts = SiteFact.read(json?["facts"])?.facts ?? []
    objection = json?["objection"]?.string ?? ""
    wereTold = json?["told"]?.bool ?? false
  }

  var json: JSONValue {
    .object([
      "askedAt": .integer(askedAt), "facts": SiteFact.json(facts),
      "objection": .string(objection), "told": .bool(wereTold),
    ])
  }
}

/// Telling the hub what the cluster is like. It decides nothing here, and its failures are none of the run.
extension SiteRun {
  /// Seconds after which a cluster is asked again: what is asked for changes by upgrades and new machines.
  private static let factsInterval: Int64 = 3600

  /// Whether the cluster has to be asked again; not in a run that brings it something new, because nobody waits for facts.
  var areFactsDue: Bool {
    guard case .kubectl = options.target, !isSliceNew || options.network.asksNow else {
      return false
    }
    let (age, overflow) = now.seconds.subtractingReportingOverflow(state.facts.askedAt)
    // A time in the future is one of a clock that was wrong.
    return overflow || age < 0 || age >= Self.factsInterval || options.network.asksNow
  }

  /// Adds the facts to a status: those of the cluster, and over them those of the command line.
  mutating func addFacts(to report: inout StatusReport) {
    if case .folder = options.target {
      state.facts.facts = []
    } else if areFactsDue, exit != .tryAgain || report.state != .waitApplied {
      askForFacts()
    }
    let (facts, leftOut) = SiteFact.bounded(state.facts.facts + options.facts)
    if leftOut > 0 {
      log.warning(
        "\(leftOut == 1 ? "1 fact is" : "\(leftOut) facts are") not reported: there are too many")
    }
    report.facts = facts.isEmpty && !state.facts.wereTold ? nil : facts
    if !facts.isEmpty { state.facts.wereTold = true }
  }

  private mutating func askForFacts() {
    do throws(TargetError) {
      let look = try kubectl.facts()
      state.facts.askedAt = now.seconds
      state.facts.facts = look.facts
      let objection = look.objection ?? ""
      if !objection.isEmpty, objection != state.facts.objection {
        log.note("facts of the cluster are not all reported: \(objection)")
      }
      state.facts.objection = objection
    } catch {
      // What is known stays, and the next run asks again.
    }
  }
}
