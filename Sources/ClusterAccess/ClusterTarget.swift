// SPDX-License-Identifier: Apache-2.0

package import GitObjects
package import JSONTree
package import Reconciling

/// Why a target could not be worked with at all; single objects fail in their results.
package enum TargetError: Error, Sendable, Hashable {
  /// It does not answer; trying later may help.
  case unreachable(String)
  /// It answers and cannot be worked with, and somebody must look.
  case unusable(String)

  /// The sentence for the log.
  package var message: String {
    switch self {
    case .unreachable(let text), .unusable(let text): text
    }
  }
}

/// Something that takes objects and remembers which of them are ours: a cluster, or a folder.
package protocol ClusterTarget {
  /// What is recorded, and what can be seen of some objects on the way.
  func survey(_ objects: [DesiredObject]) throws(TargetError) -> Survey

  /// The objects as they are; nil where a target cannot tell without applying.
  func look(at objects: [DesiredObject]) throws(TargetError) -> LiveObjects?

  /// The objects that this target will not take, each with the reason.
  func obstacles(
    to slice: DesiredSlice, recorded: Inventory
  ) throws(TargetError) -> [Obstacle]

  /// Records; all of it or nothing.
  func writeInventory(_ inventory: Inventory) throws(TargetError)

  /// Applies the phases of a plan in their order and says what became of every object.
  ///
  /// One object's failure never hides another's. `isRepeated` is true when every object of the first
  /// phase was applied in an earlier run, so that the phases may become one. `forces` takes fields over that
  /// others have; else those of objects alone that we applied before, or whose bundle says so.
  func apply(
    _ phases: [[DesiredObject]], isRepeated: Bool, forces: Bool
  ) throws(TargetError) -> [ObjectResult]

  /// The same, after recording: nothing is applied that the record does not name. `isBlank` says that nothing was
  /// recorded before.
  func apply(
    _ phases: [[DesiredObject]], isRepeated: Bool, forces: Bool, recording intent: Inventory,
    isBlank: Bool
  ) throws(TargetError) -> [ObjectResult]

  /// Takes away what is still ours, in this order.
  func remove(_ removals: [ApplyPlan.Removal]) throws(TargetError) -> RemovalResults

  /// Namespaces that never go with a bundle, besides Kubernetes' own.
  var reservedNamespaces: Set<String> { get }

  /// Why this target cannot do what a bundle asks for, such as acting as a service account; nil when it
  /// can. Such a bundle keeps what it has.
  func objection(to bundle: DesiredBundle) -> String?

  /// Puts labels and annotations on namespaces and takes those away that were put there before; tells the
  /// reason where that failed. A namespace is made when it is missing and `creates` has it.
  func set(
    _ wishes: NamespaceWishes, creates: Set<String>
  ) throws(TargetError) -> [Inventory.NamespaceClaim: String]

  /// Takes namespaces away with all that is in them; tells the reason where that failed.
  func remove(
    _ namespaces: [ApplyPlan.NamespaceRemoval]
  ) throws(TargetError) -> [ApplyPlan.NamespaceRemoval: String]

  /// Runs the hooks of one phase in their order, each to its end; tells what failed, nil when all went
  /// well.
  func run(_ hooks: [PlannedHook]) throws(TargetError) -> String?
}

extension ClusterTarget {
  package func apply(
    _ phases: [[DesiredObject]], isRepeated: Bool, forces: Bool, recording intent: Inventory,
    isBlank: Bool
  ) throws(TargetError) -> [ObjectResult] {
    try writeInventory(intent)
    return try apply(phases, isRepeated: isRepeated, forces: forces)
  }
}

/// What a target knows at the beginning of a run.
package struct Survey: Sendable {
  /// What was recorded; nil when nothing ever was.
  package let inventory: Inventory?
  /// What was seen; nil where a target cannot tell without applying.
  package let live: LiveObjects?

  /// Makes a survey.
  package init(inventory: Inventory?, live: LiveObjects?) {
    self.inventory = inventory
    self.live = live
  }
}

/// A hook, and what is done with its object before and after.
package struct PlannedHook: Sendable {
  /// The hook.
  package let hook: DesiredHook
  /// What it says about itself.
  package let policy: HookPolicy

  /// Makes a hook.
  package init(_ hook: DesiredHook, _ policy: HookPolicy) {
    self.hook = hook
    self.policy = policy
  }
}

/// What knows how to read manifests and to render charts, which this module does not.
package protocol SiteRenderer {
  /// The bundle with the objects and hooks of its chart, or the sentence that says why there are none.
  func render(_ bundle: DesiredBundle) throws(TargetError) -> RenderedBundle

  /// What a hook says about itself in its annotations.
  func policy(of hook: DesiredHook) -> HookPolicy

  /// The manifest of an object; nil when it is none.
  func manifest(of object: DesiredObject) -> JSONValue?

  /// Whether a bundle that was rendered here came out as it was applied last.
  func isKnown(_ bundle: DesiredBundle) -> Bool

  /// A bundle of the slice as it was in a tree that was applied before; nil when that is not known any more.
  func applied(_ name: String, _ tree: ObjectID) -> DesiredBundle?

  /// Remembers that a bundle that was rendered here was applied.
  func remember(_ bundle: DesiredBundle)
}

/// What rendering at the site came to.
package enum RenderedBundle: Sendable {
  case done(DesiredBundle)
  case failed(String)
}

/// An object that a target will not take.
package struct Obstacle: Sendable, Hashable {
  /// The object.
  package let object: DesiredObject
  /// Why not.
  package let reason: String

  /// Makes an obstacle.
  package init(_ object: DesiredObject, _ reason: String) {
    self.object = object
    self.reason = reason
  }
}

/// What became of removals.
package struct RemovalResults: Sendable, Hashable {
  /// A removal that did not happen.
  package struct Failure: Sendable, Hashable {
    /// What should have gone.
    package let removal: ApplyPlan.Removal
    /// Why it is still there.
    package let reason: String

    /// Makes a failure.
    package init(_ removal: ApplyPlan.Removal, _ reason: String) {
      self.removal = removal
      self.reason = reason
    }
  }

  /// To be tried again.
  package var failures: [Failure] = []
  /// Recorded as ours and not ours any more, so left alone: the object and why.
  package var spared: [String] = []
  /// How many objects went.
  package var count = 0

  /// Makes results of no removals.
  package init() {}
}
