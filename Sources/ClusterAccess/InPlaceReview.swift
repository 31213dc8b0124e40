// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Reconciling
import SliceFormat

/// Looks at the objects of bundles that were applied as they are wanted: whether somebody changed them, and
/// whether they are ready.
struct InPlaceReview<Target: ClusterTarget, Renderer: SiteRenderer> {
  /// What a look found.
  struct Finding {
    /// What is known without applying anything.
    var results: [ObjectResult] = []
    /// Objects that drifted and are to be put back.
    var drifted = Set<ObjectIdentity>()
    /// Objects at which nobody could look: they are applied again.
    var unknown = Set<ObjectIdentity>()
  }

  private let target: Target
  private let renderer: Renderer
  private var live: LiveObjects?
  /// What is to be put back, a sentence for each object.
  private(set) var sentences: [ObjectIdentity: String] = [:]

  init(target: Target, renderer: Renderer, live: LiveObjects?) {
    self.target = target
    self.renderer = renderer
    self.live = live
  }

  /// Whether the target can be looked at.
  var canLook: Bool { live != nil }

  /// Looks at objects of some bundles of a slice.
  mutating func look(
    at objects: [DesiredObject], of slice: DesiredSlice
  ) throws(TargetError) -> Finding {
    let autoscalers = slice.bundles.flatMap(\.objects).filter {
      $0.identity.kind == "HorizontalPodAutoscaler"
    }
    try complete(objects + autoscalers)
    guard let live else { return Finding(unknown: Set(objects.map(\.identity))) }
    var comparisons: [String: DriftComparison] = [:]
    var finding = Finding()
    for object in objects {
      guard let bundle = slice[object.bundle], let manifest = renderer.manifest(of: object) else {
        finding.unknown.insert(object.identity)
        continue
      }
      let comparison =
        comparisons[bundle.name] ?? comparison(bundle, autoscalers: autoscalers, live)
      comparisons[bundle.name] = comparison
      let present: JSONValue?
      switch live.sight(of: object.reference) {
      case .unknown:
        finding.unknown.insert(object.identity)
        continue
      case .missing: present = nil
      case .present(let value): present = value
      }
      let drift = comparison.drift(of: object.identity, manifest: manifest, live: present)
      if let drift, bundle.descriptor.driftCorrection?.isEnabled == true {
        finding.drifted.insert(object.identity)
        sentences[object.identity] = drift.pastSentence
        continue
      }
      let outcome: ObjectResult.Outcome
      if let drift {
        outcome = .drifted(drift)
      } else {
        let ignored = object.treatment.ignoredConditions
        outcome =
          present.flatMap { Readiness.reason($0, ignoring: ignored) }.map { .notReady($0) }
          ?? .ready
      }
      finding.results.append(
        ObjectResult(bundle: object.bundle, identity: object.identity, outcome: outcome))
    }
    return finding
  }

  /// Asks for what was not seen yet.
  private mutating func complete(_ objects: [DesiredObject]) throws(TargetError) {
    guard let live else { return }
    let unseen = objects.filter { object in
      if case .unknown = live.sight(of: object.reference) { true } else { false }
    }
    if unseen.isEmpty { return }
    if let more = try target.look(at: unseen) { self.live?.merge(more) }
  }

  private func comparison(
    _ bundle: DesiredBundle, autoscalers: [DesiredObject], _ live: LiveObjects
  ) -> DriftComparison {
    var exceptions = DriftExceptions(bundle.descriptor.comparePatches)
    for object in autoscalers {
      if let value = live[object.reference] ?? renderer.manifest(of: object) {
        exceptions.add(autoscaler: value, namespace: object.identity.namespace)
      }
    }
    return DriftComparison(
      manager: KubectlTarget.fieldManager, exceptions: exceptions, recordedAt: live.recordedAt)
  }
}
