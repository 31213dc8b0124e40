// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSONTree
import Posix
package import Reconciling
import SliceFormat

/// A folder of manifests that something else applies (the auto-deploy folder of K3s, another tool's
/// source): `PATH/BUNDLE/KIND.GROUP~NAMESPACE~NAME.yaml`, one object a file.
///
/// Ready means written. Files that are not recorded in `PATH/.fleet-inventory.json` are somebody else's:
/// they are neither overwritten nor removed.
package struct FolderTarget: ClusterTarget {
  /// The inventory's name in the folder; a name with a dot is passed over by what reads manifests.
  package static let inventoryName = ".fleet-inventory.json"
  private static let inventoryLimit = 256 << 20
  private static let fileLimit = 16 << 20

  let path: String

  /// Makes a target; the folder is made when something is written.
  package init(path: String) { self.path = path }

  private var inventoryPath: String { "\(path)/\(Self.inventoryName)" }

  /// What is being written; the one file that a kill may leave behind.
  private var nextPath: String { "\(path)/.fleet-next" }

  private func file(_ bundle: String, _ reference: ObjectReference) -> String {
    "\(path)/\(bundle)/\(reference.fileName)"
  }

  package func survey(_ objects: [DesiredObject]) throws(TargetError) -> Survey {
    Survey(inventory: try readInventory(), live: nil)
  }

  /// Nothing: applying looks at each file itself.
  package func look(at objects: [DesiredObject]) throws(TargetError) -> LiveObjects? { nil }

  private func readInventory() throws(TargetError) -> Inventory? {
    guard
      let bytes = try io({ () throws(PosixError) in
        try Files.readIfPresent(inventoryPath, limit: Self.inventoryLimit)
      })
    else { return nil }
    guard let json = JSONParser.parse(bytes, limits: .machine) else {
      throw .unusable("'\(inventoryPath)' is damaged: it is no JSON")
    }
    do throws(Inventory.Refusal) {
      return try Inventory(json)
    } catch {
      switch error {
      case .format(let number):
        throw .unusable(
          "'\(inventoryPath)' has format \(number), this fleet-sync knows \(Inventory.format)")
      case .malformed(let member): throw .unusable("'\(inventoryPath)' is damaged: '\(member)'")
      }
    }
  }

  package func writeInventory(_ inventory: Inventory) throws(TargetError) {
    try io { () throws(PosixError) in
      try Files.makeDirectories(path)
      try replace(inventoryPath, JSONWriter.compact(inventory.json), mode: 0o644)
    }
  }

  /// Objects whose file is there, is not recorded as ours and says something else.
  package func obstacles(
    to slice: DesiredSlice, recorded: Inventory
  ) throws(TargetError) -> [Obstacle] {
    var obstacles: [Obstacle] = []
    for bundle in slice.bundles {
      let own = Set(recorded[bundle.name]?.objects ?? [])
      for object in bundle.objects where !own.contains(object.reference) {
        let file = file(bundle.name, object.reference)
        let present = try io { () throws(PosixError) in
          try Files.readIfPresent(file, limit: Self.fileLimit)
        }
        if let present, present != object.manifest {
          obstacles.append(Obstacle(object, "'\(file)' is somebody else's file"))
        }
      }
    }
    return obstacles
  }

  package func apply(
    _ phases: [[DesiredObject]], isRepeated: Bool, forces: Bool
  ) throws(TargetError) -> [ObjectResult] {
    _ = try? Files.remove(nextPath)
    var folders = Set<String>()
    return phases.flatMap { $0 }.map { object in
      let file = file(object.bundle, object.reference)
      var outcome = ObjectResult.Outcome.ready
      do throws(PosixError) {
        if folders.insert(object.bundle).inserted {
          try Files.makeDirectories("\(path)/\(object.bundle)")
        }
        // Who watches the folder is not woken for nothing.
        if try Files.readIfPresent(file, limit: Self.fileLimit) != object.manifest {
          try replace(file, object.manifest, mode: 0o600)
        }
      } catch {
        outcome = .failed(error.description)
      }
      return ObjectResult(bundle: object.bundle, identity: object.identity, outcome: outcome)
    }
  }

  package func remove(_ removals: [ApplyPlan.Removal]) throws(TargetError) -> RemovalResults {
    var results = RemovalResults()
    for removal in removals {
      do throws(PosixError) {
        if try Files.remove(file(removal.bundle, removal.reference)) { results.count += 1 }
      } catch {
        results.failures.append(RemovalResults.Failure(removal, error.description))
      }
      // Fails while anything is left in it, which is what is wanted.
      _ = rmdir("\(path)/\(removal.bundle)")
    }
    return results
  }

  package var reservedNamespaces: Set<String> { [] }

  package func objection(to bundle: DesiredBundle) -> String? {
    if bundle.chart != nil {
      return "its values stand in the cluster, which '--target dir:PATH' does not ask"
    }
    if !bundle.descriptor.serviceAccount.isEmpty {
      return
        "it is to be applied as service account '\(bundle.descriptor.serviceAccount)',"
        + " and a folder is applied by something else"
    }
    return nil
  }

  /// Nothing: what is wanted on namespaces stands in manifests (`withNamespaceManifests`).
  package func set(
    _ wishes: NamespaceWishes, creates: Set<String>
  ) throws(TargetError) -> [Inventory.NamespaceClaim: String] { [:] }

  /// Nothing: who applies the folder deletes what he deletes.
  package func remove(
    _ namespaces: [ApplyPlan.NamespaceRemoval]
  ) throws(TargetError) -> [ApplyPlan.NamespaceRemoval: String] { [:] }

  /// Never called: hooks are ordinary objects in a folder.
  package func run(_ hooks: [PlannedHook]) throws(TargetError) -> String? { nil }

  /// Writes a file so that whoever watches the folder sees the old content or the new, by a name that
  /// nobody takes for a manifest.
  private func replace(_ file: String, _ bytes: [UInt8], mode: UInt32) throws(PosixError) {
    _ = try Files.remove(nextPath)
    let next = try Descriptor.open(
      nextPath, O_WRONLY | O_CREAT | O_EXCL, mode: mode, operation: "write")
    try next.write(bytes, path: file)
    try next.synchronize(path: file)
    try Files.rename(nextPath, to: file)
    try Files.synchronizeFolder(Files.split(file).folder)
  }

  private func io<R>(_ body: () throws(PosixError) -> R) throws(TargetError) -> R {
    do throws(PosixError) {
      return try body()
    } catch {
      throw .unusable(error.description)
    }
  }
}
