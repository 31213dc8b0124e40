// SPDX-License-Identifier: Apache-2.0

package import SliceFormat

/// How all objects of a bundle are treated.
package struct Treatment: Sendable, Hashable {
  /// The service account as which everything is done; empty for the site's own.
  package var account = ""
  /// Whether a missing namespace is made.
  package var createsNamespace = true
  /// Conditions that are left out of readiness.
  package var ignoredConditions: [[String: String]] = []
  /// Whether fields of other managers are taken over (Fleet: `helm.takeOwnership`).
  package var takesOwnership = false
  /// Whether an object that cannot be changed is deleted and made again (Fleet: `correctDrift.force`).
  package var replaces = false

  /// The usual treatment.
  package init() {}

  /// The treatment that a bundle asks for.
  package init(_ descriptor: BundleDescriptor) {
    account = descriptor.serviceAccount
    createsNamespace = descriptor.createsNamespace
    ignoredConditions = descriptor.ignoredConditions
    takesOwnership = descriptor.takesOwnership
    replaces = descriptor.driftCorrection?.isForced ?? false
  }
}

/// One object that a bundle wants on the cluster.
package struct DesiredObject: Sendable, Hashable {
  /// The bundle that it comes from.
  package let bundle: String
  /// What it is and where it ends up.
  package let reference: ObjectReference
  /// The file's name in the slice: `KIND.GROUP~NAMESPACE~NAME.yaml`.
  package var fileName: String { reference.fileName }
  /// The manifest.
  package let manifest: [UInt8]
  /// How it is treated.
  package let treatment: Treatment

  /// What it is and where it ends up, without how the namespace came to be known.
  package var identity: ObjectIdentity { reference.identity }

  /// Makes an object from a file of a slice; nil when the file's name is none of the form.
  package init?(
    bundle: String, bundleNamespace: String, fileName: String, manifest: [UInt8],
    treatment: Treatment = Treatment()
  ) {
    guard let identity = ObjectIdentity(fileName: fileName.utf8) else { return nil }
    self.init(
      bundle: bundle, bundleNamespace: bundleNamespace, identity: identity, manifest: manifest,
      treatment: treatment)
  }

  /// Makes an object; an empty namespace in the identity is left to the site.
  package init(
    bundle: String, bundleNamespace: String, identity: ObjectIdentity, manifest: [UInt8],
    treatment: Treatment = Treatment()
  ) {
    self.bundle = bundle
    self.reference = ObjectReference(identity: identity, bundleNamespace: bundleNamespace)
    self.manifest = manifest
    self.treatment = treatment
  }
}

/// An object that is run once for each change of its bundle, before or after the objects: Helm's hooks.
package struct DesiredHook: Sendable, Hashable {
  /// When.
  package let phase: HookPhase
  /// The place of its weight in the phase: hooks of one number run together.
  package let order: Int
  /// What.
  package let object: DesiredObject

  /// Makes a hook.
  package init(phase: HookPhase, order: Int, object: DesiredObject) {
    self.phase = phase
    self.order = order
    self.object = object
  }

  /// `pre hook Job 'migrate' in 'shop'`: the hook in a sentence.
  package var description: String { "\(phase.rawValue) hook \(object.identity.description)" }

  func precedes(_ other: DesiredHook) -> Bool {
    if phase != other.phase { return phase == .pre }
    return order == other.order
      ? KindOrder.precedes(object.identity, other.object.identity) : order < other.order
  }
}

/// What a hook says about itself in annotations.
package struct HookPolicy: Sendable, Hashable {
  /// Helm's `helm.sh/hook`; empty when the manifest says nothing.
  package var events: Set<String> = []
  /// Whether an object of that name is deleted before the hook is applied.
  package var deletesOld = true
  /// Whether the hook is deleted when its phase was done.
  package var deletesSucceeded = false
  /// Whether the hook is deleted when it failed.
  package var deletesFailed = false

  /// Helm's rule where nothing is said: what an earlier run left is deleted before.
  package init() {}

  /// Reads the values of `helm.sh/hook` and `helm.sh/hook-delete-policy`.
  package init(hook: String, deletePolicy: String) {
    events = Set(Self.words(hook))
    let policies = Self.words(deletePolicy)
    if policies.isEmpty { return }
    deletesOld = policies.contains("before-hook-creation")
    deletesSucceeded = policies.contains("hook-succeeded")
    deletesFailed = policies.contains("hook-failed")
  }

  /// Whether the hook runs in a phase of a bundle that is there for the first time, or not.
  ///
  /// The hub puts `pre-install` and `pre-upgrade` into one phase, because only the site knows which it is.
  package func runs(in phase: HookPhase, isFirst: Bool) -> Bool {
    let both = ["\(phase.rawValue)-install", "\(phase.rawValue)-upgrade"]
    guard both.contains(where: { events.contains($0) }) else { return true }
    return events.contains(both[isFirst ? 0 : 1])
  }

  private static func words(_ text: String) -> [String] {
    text.split(separator: ",").map { word in
      String(word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }.filter { !$0.isEmpty }
  }
}
