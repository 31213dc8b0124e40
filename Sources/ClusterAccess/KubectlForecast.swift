// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Reconciling
import SliceFormat

/// Looks at what a run would change, and changes nothing.
///
/// What is there is one `kubectl get`, whether it differs one `kubectl diff --server-side`: the server's own
/// answer, with its defaults, its webhooks and our field manager, by a dry run.
struct KubectlForecast {
  let kubectl: Kubectl
  let scratch: ScratchManifests

  /// How the objects of a slice are found. With `asksServer` those that are there are compared.
  func find(
    _ objects: [DesiredObject], asksServer: Bool
  ) throws(TargetError) -> [ObjectIdentity: FoundState] {
    var found: [ObjectIdentity: FoundState] = [:]
    for batch in KubectlBatch.batches(of: objects, forces: false) {
      let own = KubectlForecast(kubectl: kubectl.acting(as: batch.account), scratch: scratch)
      let live = try own.live(batch)
      let present = batch.with(batch.objects.filter { live.contains($0.identity) })
      for object in batch.objects {
        found[object.identity] = live.contains(object.identity) ? .present : .missing
      }
      if asksServer, !present.objects.isEmpty {
        found.merge(try own.compare(present)) { $1 }
      }
    }
    return found
  }

  /// The namespaces that are there, with their metadata.
  func namespaces(_ names: [String]) throws(TargetError) -> [String: JSONValue] {
    if names.isEmpty { return [:] }
    let call = try kubectl.run(
      ["get", "--ignore-not-found", "-o", "json"] + names.map { "namespace/\($0)" })
    if KubectlOutput.saysUnreachable(call.errors) { throw .unreachable(call.unreachableMessage) }
    guard call.succeeded else {
      throw .unusable(
        "cannot look at the namespaces: \(KubectlOutput.reason(call.errors, file: ""))")
    }
    var found: [String: JSONValue] = [:]
    for object in KubectlOutput.objects(call.json) {
      if let metadata = object["metadata"], let name = metadata["name"]?.string {
        found[name] = metadata
      }
    }
    return found
  }

  private func live(_ batch: KubectlBatch) throws(TargetError) -> Set<ObjectIdentity> {
    try scratch.write(batch.manifests)
    let call = try kubectl.run(
      ["get", "-f", scratch.folder, "--ignore-not-found", "-o", "json"] + batch.flags)
    if !call.succeeded {
      if KubectlOutput.saysUnreachable(call.errors) { throw .unreachable(call.unreachableMessage) }
      guard KubectlOutput.saysNothingThere(call.errors) else {
        throw .unusable(
          "cannot look at what is there: \(KubectlOutput.reason(call.errors, file: ""))")
      }
    }
    var names = Set<ObjectIdentity>()
    for object in KubectlOutput.objects(call.json) {
      names.insert(
        ObjectIdentity(
          group: ObjectIdentity.group(ofAPIVersion: object["apiVersion"]?.string ?? ""),
          kind: object["kind"]?.string ?? "",
          namespace: object["metadata"]?["namespace"]?.string ?? "",
          name: object["metadata"]?["name"]?.string ?? ""))
    }
    // An assumed namespace is none when the kind turns out to belong to the cluster.
    return Set(
      batch.objects.map(\.identity).filter {
        names.contains($0) || names.contains($0.inNamespace(""))
      })
  }

  /// Compares objects that are there. kubectl stops at the first that the server refuses; then each is asked
  /// for by itself.
  private func compare(
    _ batch: KubectlBatch
  ) throws(TargetError) -> [ObjectIdentity: FoundState] {
    let files = try scratch.write(batch.manifests)
    let call = try kubectl.run(
      [
        "diff", "--server-side", "--field-manager=\(KubectlTarget.fieldManager)", "-f",
        scratch.folder,
      ] + (batch.call.forces ? ["--force-conflicts"] : []) + batch.flags,
      adding: ["KUBECTL_EXTERNAL_DIFF": "diff -u -N"])
    if KubectlOutput.saysUnreachable(call.errors) { throw .unreachable(call.unreachableMessage) }
    let isWhole = call.succeeded || (!call.output.isEmpty && !KubectlOutput.saysError(call.errors))
    if isWhole {
      let differences = KubectlDifferences(call.output)
      return Dictionary(
        batch.objects.map { object in
          (object.identity, differences[object.identity].map { .different($0) } ?? .same)
        }, uniquingKeysWith: { $1 })
    }
    if batch.objects.count == 1, let object = batch.objects.first {
      // As when it is applied: fields of what was ours before are taken back.
      if !batch.call.forces, KubectlOutput.saysConflict(call.errors),
        try KubectlLook(kubectl: kubectl, scratch: scratch).owned([object]).contains(object)
      {
        return try compare(batch.forcing([object]))
      }
      return [
        object.identity: .refused(
          KubectlOutput.conflict(call.errors)
            ?? KubectlOutput.reason(call.errors, file: files.first ?? ""))
      ]
    }
    var found: [ObjectIdentity: FoundState] = [:]
    for object in batch.objects { found.merge(try compare(batch.with([object]))) { $1 } }
    return found
  }
}

/// The output of `kubectl diff` with `diff -u -N`: a part for each object that differs.
struct KubectlDifferences {
  private var parts: [(file: String, lines: String)] = []

  init(_ output: String) {
    for line in output.split(separator: "\n", omittingEmptySubsequences: false) {
      // Lines of a diff begin with a blank, a sign, `@` or `\`, so this is none of them.
      if line.hasPrefix("diff "), let slash = line.lastIndex(of: "/") {
        parts.append((String(line[line.index(after: slash)...]), ""))
      } else if !parts.isEmpty, !line.hasPrefix("--- /"), !line.hasPrefix("+++ /"), !line.isEmpty {
        parts[parts.count - 1].lines += line + "\n"
      }
    }
  }

  /// The lines of an object; nil when it does not differ. kubectl names its file
  /// `GROUP.VERSION.KIND.NAMESPACE.NAME`.
  subscript(_ identity: ObjectIdentity) -> String? {
    let head = identity.group.isEmpty ? "v" : "\(identity.group).v"
    let tails = [identity, identity.inNamespace("")].map {
      ".\($0.kind).\($0.namespace).\($0.name)"
    }
    return parts.first { part in
      part.file.hasPrefix(head) && tails.contains { part.file.hasSuffix($0) }
    }?.lines
  }
}
