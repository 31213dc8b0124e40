// SPDX-License-Identifier: Apache-2.0

package import ClusterAccess
package import Reconciling
import SliceFormat

/// A slice that a person brings to a cluster from a desk, in the same way as fleet-sync does at the site, with
/// the same record: fleet-sync goes on from there.
package struct DeskDeployment {
  /// How the cluster is reached, and what may be done.
  package struct Options: Sendable, Hashable {
    /// Given to kubectl; nil for its own.
    package var kubeconfig: String?
    /// Given to kubectl; nil for its own.
    package var context: String?
    /// The namespace of the record.
    package var namespace = "kubectl-fleet-system"
    /// Whether a cluster that another name manages may be taken over.
    package var takesOver = false
    /// The one bundle that is worked with; nil for all.
    package var bundle: String?

    /// The usual options.
    package init() {}
  }

  /// What would happen.
  package struct Forecast {
    /// The changes, in the order in which they are shown.
    package let changes: [ForeseenChange]
    /// Bundles whose chart cannot be rendered now, with the reason.
    package let failures: [BundleReport]
    /// Whether a run would record something new, though nothing changes.
    package let isRecorded: Bool
  }

  /// The cluster's name in the fleet.
  package let cluster: String
  /// The context of kubectl; nil where it has none.
  package let contextName: String?
  /// What is recorded in the cluster.
  package let recorded: Inventory

  private let options: Options
  private let slice: DesiredSlice
  private let target: KubectlTarget
  private let renderer: HelmSiteRenderer
  private let reconciliation: Reconciliation

  /// Looks what is recorded.
  ///
  /// - Parameter folder: for manifests and kubectl's cache; the caller removes it.
  package init(
    _ wanted: DesiredSlice, cluster: String, options: Options, folder: String
  ) throws(TargetError) {
    self.cluster = cluster
    self.options = options
    target = KubectlTarget(
      kubeconfig: options.kubeconfig, context: options.context,
      inventoryNamespace: options.namespace, folder: folder, timeout: 300)
    renderer = HelmSiteRenderer(
      target, scratch: folder + "/charts", memory: folder + "/rendered.json")
    reconciliation = Reconciliation(cluster: cluster, takesOver: options.takesOver)
    contextName = try target.contextName()
    let recorded = try reconciliation.recordedInventory(of: target)
    self.recorded = recorded
    let corrected = Self.correcting(wanted)
    slice = options.bundle.map { Self.slice($0, of: corrected, recorded: recorded) } ?? corrected
  }

  /// What would happen. With `asksServer` the server compares, by a dry run.
  package func forecast(asksServer: Bool) throws(TargetError) -> Forecast {
    var slice = self.slice
    var failures: [BundleReport] = []
    for bundle in slice.bundles where bundle.chart != nil && isMeant(bundle.name) {
      switch try renderer.render(bundle) {
      case .done(let rendered): slice.replace(rendered)
      case .failed(let reason):
        failures.append(
          BundleReport(
            name: bundle.name, state: .errApplied, message: renderer.redact(reason)))
      }
    }
    let hooks = slice.bundles.filter { isMeant($0.name) }.flatMap { bundle in
      let before = recorded[bundle.name]?.tree
      return before == bundle.tree
        ? []
        : bundle.hooks.map { PlannedHook($0, renderer.policy(of: $0)) }
          .filter { $0.policy.runs(in: $0.hook.phase, isFirst: before == nil) }
    }
    var visible = recorded
    if let single = scoped(slice) { visible = single.visible(of: recorded) }
    let changes = try target.forecast(
      cluster: cluster, slice: slice, recorded: visible,
      hooks: hooks, renderer: renderer, asksServer: asksServer
    ).filter { isMeant($0.bundle) }
    let isRecorded = slice.bundles.allSatisfy {
      !isMeant($0.name) || recorded[$0.name]?.tree == $0.tree
    }
    return Forecast(changes: changes, failures: failures, isRecorded: isRecorded)
  }

  /// Makes the cluster what the slice says.
  package func run() throws(TargetError) -> Reconciliation.Report {
    var report: Reconciliation.Report
    if let single = scoped(slice) {
      report = try reconciliation.run(slice, on: single, renderer: renderer)
      report.bundles = report.bundles.filter { isMeant($0.name) }
    } else {
      report = try reconciliation.run(slice, on: target, renderer: renderer)
    }
    report.redact { renderer.redact($0) }
    return report
  }

  private func isMeant(_ bundle: String) -> Bool {
    options.bundle.map { $0 == bundle } ?? true
  }

  private func scoped(_ slice: DesiredSlice) -> SingleBundleTarget? {
    options.bundle.map { SingleBundleTarget(target, bundle: $0, slice: slice) }
  }

  /// Whoever deploys by hand wants the cluster to be so, whatever a bundle says about drift.
  private static func correcting(_ slice: DesiredSlice) -> DesiredSlice {
    DesiredSlice(
      slice.bundles.map { bundle in
        var descriptor = bundle.descriptor
        descriptor.driftCorrection = BundleDescriptor.DriftCorrection(
          isEnabled: true, isForced: descriptor.driftCorrection?.isForced ?? false)
        return DesiredBundle(
          name: bundle.name, tree: bundle.tree, descriptor: descriptor, objects: bundle.objects,
          hooks: bundle.hooks, chart: bundle.chart)
      })
  }

  /// The bundle, and those others of the slice that are recorded, with what is recorded of them. Whoever names a
  /// bundle wants it now: it waits for no other.
  private static func slice(
    _ name: String, of wanted: DesiredSlice, recorded: Inventory
  ) -> DesiredSlice {
    DesiredSlice(
      wanted.bundles.compactMap { bundle in
        var descriptor = bundle.descriptor
        var (objects, hooks) = (bundle.objects, bundle.hooks)
        if bundle.name == name {
          descriptor.dependencies = []
        } else {
          guard let known = recorded[bundle.name] else { return nil }
          objects = objects.filter { known.objects.contains($0.reference) }
          hooks = hooks.filter { known.objects.contains($0.object.reference) }
        }
        return DesiredBundle(
          name: bundle.name, tree: bundle.tree, descriptor: descriptor, objects: objects,
          hooks: hooks, chart: bundle.chart)
      })
  }
}
