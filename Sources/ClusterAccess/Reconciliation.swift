// SPDX-License-Identifier: Apache-2.0

package import Reconciling
import SliceFormat

/// One run against a target, in the order that makes a kill at any point harmless.
package struct Reconciliation: Sendable {
  /// What a run found and did.
  package struct Report: Sendable {
    /// The state of every bundle, by name.
    package var bundles: [BundleReport]
    /// Objects that were recorded as ours and are not any more: a sentence each.
    package var spared: [String]
    /// Removals that have to be tried again: the object and why.
    package var failures: [String]
    /// How many objects were taken away.
    package var removedCount: Int
    /// The namespaces that went with their bundles.
    package var removedNamespaces: [String]
    /// Whether the slice without bundles emptied the target.
    package var emptied: Bool
    /// What was put back, a sentence each.
    package var corrected: [String]

    /// Changes every sentence that came from a program or the server.
    package mutating func redact(_ change: (String) -> String) {
      bundles = bundles.map { $0.changing(change) }
      spared = spared.map(change)
      failures = failures.map(change)
      corrected = corrected.map(change)
    }
  }

  /// The cluster's name in the fleet.
  package let cluster: String
  /// Whether what another name recorded may be taken over.
  package let takesOver: Bool
  /// Whether what is recorded as applied is there as it was applied: not so after a run that was killed on
  /// its way.
  package let trustsRecord: Bool

  /// Makes a reconciliation.
  package init(cluster: String, takesOver: Bool, trustsRecord: Bool = true) {
    self.cluster = cluster
    self.takesOver = takesOver
    self.trustsRecord = trustsRecord
  }

  /// What a target remembers for a site that has lost its own memory.
  package struct Memory: Sendable {
    /// The trees that this cluster refused, by bundle.
    package var refused: [String: RefusedTree] = [:]
    /// Whether nothing was ever recorded there.
    package var isBlank = false
  }

  /// What the target remembers; nothing when it cannot tell.
  package func memory(of target: some ClusterTarget) -> Memory {
    guard let survey = try? target.survey([]) else { return Memory() }
    guard let inventory = survey.inventory else { return Memory(isBlank: true) }
    return Memory(refused: inventory.cluster == cluster ? inventory.refused : [:])
  }

  /// Makes the target what the slice says. One that was found blank in this run is not asked again.
  package func run(
    _ slice: DesiredSlice, on target: some ClusterTarget, renderer: some SiteRenderer,
    isBlank: Bool = false
  ) throws(TargetError) -> Report {
    let survey =
      isBlank
      ? Survey(inventory: nil, live: nil) : try target.survey(slice.bundles.flatMap(\.objects))
    let recorded = try checked(survey.inventory)
    var pass = ReconciliationPass(
      cluster: cluster, slice: slice, recorded: recorded, live: survey.live, target: target,
      renderer: renderer, trustsRecord: trustsRecord)
    try pass.begin()
    while try pass.next() {}
    return try pass.end()
  }

  /// Forgets everything and leaves every object where it is.
  package func forget(on target: some ClusterTarget) throws(TargetError) {
    let recorded = try recordedInventory(of: target)
    if !recorded.isEmpty { try target.writeInventory(Inventory(cluster: "")) }
  }

  /// What is recorded on a target, taken over where that is allowed; empty when nothing ever was.
  package func recordedInventory(
    of target: some ClusterTarget
  ) throws(TargetError) -> Inventory {
    try checked(target.survey([]).inventory)
  }

  private func checked(_ inventory: Inventory?) throws(TargetError) -> Inventory {
    guard var recorded = inventory else { return Inventory(cluster: "") }
    // Two names for one cluster would take turns in deleting each other's objects.
    if recorded.cluster != cluster, !recorded.isEmpty {
      guard takesOver else {
        throw .unusable(
          "'\(recorded.cluster)' manages this target, not '\(cluster)'; --take-over changes that")
      }
      recorded.cluster = cluster
    }
    return recorded
  }
}
