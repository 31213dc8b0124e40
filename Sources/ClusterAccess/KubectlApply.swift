// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Reconciling
import SliceFormat

/// Applies objects and finds out what became of each, with one call of kubectl when all is well.
///
/// With `-o json` kubectl prints the live objects, from which their readiness is read, but only when none
/// failed. When one did, the call is made again with plain output, which names what was applied; what is
/// not named is tried again on its own, so that each error belongs to its object.
///
/// Fields that another manager has are not taken over, but of objects that we applied before: a change of the
/// repository has to reach them whoever edited them since.
struct KubectlApply {
  /// Objects that are tried again one by one; the others of a large failure share one sentence.
  static let singleLimit = 12

  let kubectl: Kubectl
  let scratch: ScratchManifests
  /// Whether fields are taken over whoever has them.
  let forces: Bool

  /// Applies objects in this order, after recording, in the same call where that can be.
  func run(
    _ objects: [DesiredObject], after record: InventoryRecord? = nil
  ) throws(TargetError) -> [ObjectResult] {
    var results: [ObjectResult] = []
    for (index, batch) in KubectlBatch.batches(of: objects, forces: forces).enumerated() {
      let own = KubectlApply(
        kubectl: kubectl.acting(as: batch.account), scratch: scratch, forces: forces)
      results += try own.apply(batch, mayRetry: true, after: index == 0 ? record : nil)
    }
    return results
  }

  private func apply(
    _ batch: KubectlBatch, mayRetry: Bool, after record: InventoryRecord? = nil
  ) throws(TargetError) -> [ObjectResult] {
    var ahead: [[UInt8]] = []
    if let record {
      // kubectl applies one after the other, so the record stands when the first object is made.
      if batch.account.isEmpty, batch.namespace == nil, let manifests = record.manifests {
        ahead = manifests
      } else {
        try record.write()
      }
    }
    try scratch.write(ahead + batch.manifests)
    let whole = try kubectl.run(arguments(batch, file: scratch.folder) + ["-o", "json"])
    if whole.succeeded { return results(batch, whole, skipping: ahead.count) }
    if KubectlOutput.saysUnreachable(whole.errors) { throw .unreachable(whole.unreachableMessage) }
    if let record, !ahead.isEmpty {
      // It may be what failed, and then somebody must look.
      try record.write()
      try scratch.write(batch.manifests)
    }

    let plain = try kubectl.run(arguments(batch, file: scratch.folder))
    var (applied, missing) = batch.split(applied: KubectlOutput.names(plain.output))
    var results = try applied.objects.isEmpty ? [] : live(applied)
    if missing.objects.isEmpty { return results }
    let wanted = Set(
      missing.objects.filter(\.treatment.createsNamespace).map(\.identity.namespace))
    let namespaces = KubectlOutput.missingNamespaces(plain.errors).filter { wanted.contains($0) }
    if mayRetry, !namespaces.isEmpty, try create(namespaces) {
      return results + (try apply(missing, mayRetry: false))
    }
    if !batch.call.forces, KubectlOutput.saysConflict(plain.errors) {
      let ours = try KubectlLook(kubectl: kubectl, scratch: scratch).owned(missing.objects)
      if !ours.isEmpty {
        results += try apply(
          missing.forcing(missing.objects.filter(ours.contains)), mayRetry: false)
        missing = missing.with(missing.objects.filter { !ours.contains($0) })
      }
    }
    for (index, object) in missing.objects.enumerated() {
      if index < Self.singleLimit {
        results += try single(missing.with([object]))
      } else {
        results.append(
          ObjectResult(
            bundle: object.bundle, identity: object.identity,
            outcome: .failed("was not applied, as others before it")))
      }
    }
    return results
  }

  private func single(_ batch: KubectlBatch) throws(TargetError) -> [ObjectResult] {
    let files = try scratch.write(batch.manifests)
    guard let file = files.first, let object = batch.objects.first else { return [] }
    let call = try kubectl.run(arguments(batch, file: file) + ["-o", "json"])
    if call.succeeded { return results(batch, call) }
    if object.treatment.replaces, KubectlOutput.saysImmutable(call.errors),
      !KindOrder.holdsOthers(object.identity),
      try KubectlLook(kubectl: kubectl, scratch: scratch).owned([object]).contains(object)
    {
      return try replace(batch, object)
    }
    return [failure(object, call, file: file)]
  }

  /// Deletes an object and makes it again.
  private func replace(
    _ batch: KubectlBatch, _ object: DesiredObject
  ) throws(TargetError) -> [ObjectResult] {
    let files = try scratch.write(batch.manifests)
    guard let file = files.first else { return [] }
    let deleted = try kubectl.run(
      ["delete", "-f", file, "--ignore-not-found", "--wait=true", "--timeout=60s"] + batch.flags)
    guard deleted.succeeded else { return [failure(object, deleted, file: file)] }
    let call = try kubectl.run(arguments(batch, file: file) + ["-o", "json"])
    return call.succeeded ? results(batch, call) : [failure(object, call, file: file)]
  }

  private func failure(
    _ object: DesiredObject, _ call: Kubectl.Result, file: String
  ) -> ObjectResult {
    ObjectResult(
      bundle: object.bundle, identity: object.identity,
      outcome: .failed(
        KubectlOutput.conflict(call.errors) ?? KubectlOutput.reason(call.errors, file: file)))
  }

  /// The results of objects that were applied by a call that did not print them.
  private func live(_ batch: KubectlBatch) throws(TargetError) -> [ObjectResult] {
    try scratch.write(batch.manifests)
    let call = try kubectl.run(["get", "-f", scratch.folder, "-o", "json"] + batch.flags)
    if call.succeeded { return results(batch, call) }
    return batch.objects.map {
      ObjectResult(
        bundle: $0.bundle, identity: $0.identity,
        outcome: .notReady("cannot be read back: \(KubectlOutput.reason(call.errors, file: ""))"))
    }
  }

  /// kubectl prints the objects in the order of the files.
  private func results(
    _ batch: KubectlBatch, _ call: Kubectl.Result, skipping count: Int = 0
  ) -> [ObjectResult] {
    let printed = Array(KubectlOutput.objects(call.json).dropFirst(count))
    return batch.objects.enumerated().map { index, object in
      let outcome: ObjectResult.Outcome
      if printed.count == batch.objects.count,
        printed[index]["kind"]?.string == object.identity.kind,
        printed[index]["metadata"]?["name"]?.string == object.identity.name
      {
        let ignored = object.treatment.ignoredConditions
        outcome =
          Readiness.reason(printed[index], ignoring: ignored).map { .notReady($0) } ?? .ready
      } else {
        outcome = .failed("its file '\(object.fileName)' holds something else")
      }
      return ObjectResult(bundle: object.bundle, identity: object.identity, outcome: outcome)
    }
  }

  /// Makes namespaces that bundles deploy into and nobody has made, as Fleet does; they are nobody's and
  /// never taken away. False when it could not be done.
  private func create(_ namespaces: [String]) throws(TargetError) -> Bool {
    let files = try scratch.write(
      namespaces.map { name in
        .object([
          "apiVersion": .string("v1"), "kind": .string("Namespace"),
          "metadata": .object(["name": .string(name)]),
        ])
      })
    guard !files.isEmpty else { return false }
    return try kubectl.run(["create", "-f", scratch.folder]).succeeded
  }

  private func arguments(_ batch: KubectlBatch, file: String) -> [String] {
    Kubectl.apply(file, as: KubectlTarget.fieldManager, forces: batch.call.forces) + batch.flags
  }
}
