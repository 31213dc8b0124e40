// SPDX-License-Identifier: Apache-2.0

import ClusterAccess
import Diagnostics
import GitObjects
import JSONTree
import Reconciling
import Rendering
import SliceFormat
import YAMLTree

/// Reads manifests of hooks, and renders the charts whose values stand in the cluster.
///
/// A class, because what must not be told is collected while bundles are rendered.
final class HelmSiteRenderer: SiteRenderer {
  private let target: KubectlTarget?
  private let charts: ChartRunner
  private var redaction = Redaction()
  private let memory: RenderedMemory
  private let cache: SliceCache?

  /// Makes a renderer; without a cluster nothing can be rendered. `memory` is a file for what came out, `cache`
  /// has the trees that were applied before.
  init(_ target: KubectlTarget?, scratch: String, memory: String, cache: SliceCache? = nil) {
    self.target = target
    self.cache = cache
    charts = ChartRunner(scratch: scratch)
    self.memory = RenderedMemory(memory)
  }

  /// A text without the values of secrets that were read in this run.
  func redact(_ text: String) -> String { redaction.redact(text) }

  func render(_ bundle: DesiredBundle) throws(TargetError) -> RenderedBundle {
    guard let chart = bundle.chart, let target else { return .failed("it cannot be rendered here") }
    let namespace = chart.rendering.namespace.isEmpty ? "default" : chart.rendering.namespace
    let live: [ObjectIdentity: JSONValue]
    switch try target.configuration(
      chart.rendering.sources, namespace: namespace, account: bundle.descriptor.serviceAccount)
    {
    case .success(let objects): live = objects
    case .failure(let failure): return .failed("its values cannot be read: \(failure.reason)")
    }
    do throws(SiteValues.Failure) {
      let values = try SiteValues(chart, live, namespace: namespace)
      redaction.add(values.secrets)
      let output = try charts.run(
        chart, values: values.bytes, bundle: bundle.name, namespace: namespace,
        isSecret: chart.rendering.sources.contains { $0.kind == .secret })
      let treatment = Treatment(bundle.descriptor)
      func object(_ rendered: RenderedObject) -> DesiredObject {
        DesiredObject(
          bundle: bundle.name, bundleNamespace: namespace, identity: rendered.identity,
          manifest: rendered.manifest, treatment: treatment)
      }
      return .done(
        bundle.rendered(
          objects: output.objects.map(object),
          hooks: output.hooks.map {
            DesiredHook(phase: $0.phase, order: $0.order, object: object($0.object))
          }))
    } catch {
      return .failed(error.reason)
    }
  }

  func manifest(of object: DesiredObject) -> JSONValue? {
    var findings = Findings()
    let documents = YAMLParser.parse(
      object.manifest, path: object.fileName, findings: &findings)
    return documents.count == 1 ? documents.first?.root.json : nil
  }

  func isKnown(_ bundle: DesiredBundle) -> Bool { memory.has(bundle) }

  func remember(_ bundle: DesiredBundle) { memory.add(bundle) }

  func applied(_ name: String, _ tree: ObjectID) -> DesiredBundle? {
    // Git may have thrown it away: then everything is applied.
    try? cache?.bundle(name, tree)
  }

  func policy(of hook: DesiredHook) -> HookPolicy {
    // What is wrong in it, kubectl says when it is applied.
    var findings = Findings()
    let documents = YAMLParser.parse(
      hook.object.manifest, path: hook.object.fileName, findings: &findings)
    let annotations = documents.first?.root["metadata"]?["annotations"]
    func text(_ name: String) -> String { annotations?[name]?.scalar?.text ?? "" }
    return HookPolicy(
      hook: text("helm.sh/hook"), deletePolicy: text("helm.sh/hook-delete-policy"))
  }
}
