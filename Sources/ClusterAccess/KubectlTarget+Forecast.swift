// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree
package import Reconciling
import SliceFormat

extension KubectlTarget {
  /// What a run with this slice would do, in the order in which it is shown. Nothing is changed.
  ///
  /// `asksServer` lets the server compare, by a dry run; else what is there and of a changed bundle counts as
  /// changed. What a run would leave as it is, because it may differ, is none. Hooks are those that would run, charts
  /// are rendered.
  package func forecast(
    cluster: String, slice: DesiredSlice, recorded: Inventory, hooks: [PlannedHook],
    renderer: some SiteRenderer, asksServer: Bool
  ) throws(TargetError) -> [ForeseenChange] {
    defer { scratch.remove() }
    let plan = ApplyPlan(
      cluster: cluster, slice: slice, recorded: recorded, reserved: reservedNamespaces)
    let forecast = ChangeForecast(slice, recorded: recorded)
    let looker = KubectlForecast(kubectl: kubectl, scratch: scratch)

    let objects = plan.phases.flatMap { $0 }
    var found = try looker.find(objects, asksServer: asksServer)
    for identity in try excepted(found, objects, of: slice, recorded, renderer) {
      found[identity] = .same
    }
    var changes = objects.map { forecast.change(of: $0, found[$0.identity] ?? .missing) }

    let removals = plan.removals.filter { !$0.isMoved }
    let foreseen = try KubectlRemove(kubectl: kubectl, scratch: scratch).foresee(removals)
    changes += foreseen.map { forecast.change(of: $0.removal, spared: $0.spared) }
    changes += hooks.map {
      ForeseenChange(
        .run, $0.hook.object.bundle, $0.hook.object.identity,
        "\($0.hook.phase.rawValue) hook of bundle '\($0.hook.object.bundle)'")
    }
    changes += try namespaceChanges(slice, recorded, plan, looker)
    return ChangeForecast.inOrder(changes)
  }

  /// The objects that differ for the server, and not for a run: bundles that are in place are compared by the
  /// fields that we have, without what `comparePatches` and autoscalers except.
  private func excepted(
    _ found: [ObjectIdentity: FoundState], _ objects: [DesiredObject], of slice: DesiredSlice,
    _ recorded: Inventory, _ renderer: some SiteRenderer
  ) throws(TargetError) -> [ObjectIdentity] {
    let different = objects.filter { object in
      guard case .different = found[object.identity], let bundle = slice[object.bundle],
        bundle.descriptor.rendering == nil, let record = recorded[bundle.name]
      else { return false }
      return record.tree == bundle.tree && !record.isMixed
    }
    if different.isEmpty { return [] }
    var review = InPlaceReview(
      target: self, renderer: renderer, live: try survey(different).live)
    guard review.canLook else { return [] }
    return try review.look(at: different, of: slice).results.compactMap { result in
      switch result.outcome {
      case .ready, .notReady: result.identity
      case .drifted, .failed: nil
      }
    }
  }

  /// The name of the context that is worked with; nil when kubectl has none, as in a pod.
  package func contextName() throws(TargetError) -> String? {
    if let context = kubectl.context { return context }
    let call = try kubectl.run(["config", "current-context"])
    return call.succeeded ? KubectlOutput.names(call.output).first : nil
  }

  /// Namespaces that are made because something goes into them, get labels, or go.
  private func namespaceChanges(
    _ slice: DesiredSlice, _ recorded: Inventory, _ plan: ApplyPlan, _ looker: KubectlForecast
  ) throws(TargetError) -> [ForeseenChange] {
    let identity = { (name: String) in
      ObjectIdentity(group: "", kind: "Namespace", namespace: "", name: name)
    }
    let shipped = Set(plan.phases.flatMap { $0.map(\.identity) })
    var users: [String: String] = [:]
    for bundle in slice.bundles {
      if !bundle.namespaceSettings.isEmpty { users[bundle.namespace] = bundle.name }
      for object in bundle.objects + bundle.hooks.map(\.object)
      where object.treatment.createsNamespace && !object.identity.namespace.isEmpty
        && !KindOrder.isClusterScoped(object.identity)
      {
        if users[object.identity.namespace] == nil {
          users[object.identity.namespace] = bundle.name
        }
      }
    }
    let names = users.keys.filter { !shipped.contains(identity($0)) }
      .sorted { $0.precedesInBytes($1) }
    let live = try looker.namespaces(names)
    let wishes = slice.namespaceWishes(touched: Set(slice.bundles.map(\.name)), recorded: recorded)
    var changes: [ForeseenChange] = []
    for name in names {
      guard let bundle = users[name] else { continue }
      guard let metadata = live[name] else {
        changes.append(
          ForeseenChange(.create, bundle, identity(name), "bundle '\(bundle)' deploys into it"))
        continue
      }
      let wanted = wishes.filter { $0.key.namespace == name }.values
      let lacks = wanted.contains { settings in
        settings.labels.contains { metadata["labels"]?[$0.key]?.string != $0.value }
          || settings.annotations.contains { metadata["annotations"]?[$0.key]?.string != $0.value }
      }
      if lacks {
        changes.append(
          ForeseenChange(
            .update, bundle, identity(name), "bundle '\(bundle)' wants labels or annotations"))
      }
    }
    changes += plan.namespaceRemovals.map {
      ForeseenChange(
        .delete, $0.bundle, identity($0.namespace),
        "bundle '\($0.bundle)' is gone, with all that is in it")
    }
    return changes
  }
}
