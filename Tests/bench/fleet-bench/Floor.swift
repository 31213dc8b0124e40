// SPDX-License-Identifier: Apache-2.0

import CGit2
import GitObjects
import GitStore
@preconcurrency import Glibc

// libgit2's headers for systems keep it, and they are not part of CGit2.
@_silgen_name("git_mempack_new")
private func makeMempack(_ backend: UnsafeMutablePointer<OpaquePointer?>) -> Int32

/// The floor of "compile and publish": libgit2 hashes and packs the objects that the hub has made.
enum Floor {
  private struct Item {
    let kind: ObjectKind
    let content: [UInt8]
  }

  /// Prints `OBJECTS BYTES WALL-MS CPU-MS`; the objects lie in memory before the clock starts.
  static func print(hub: String) -> Int32 {
    do {
      let items = try objects(of: hub)
      let bytes = items.reduce(0) { $0 + $1.content.count }
      let wall = Measurement.now()
      let cpu = Measurement.cpu()
      guard pack(items, into: "\(hub)/floor.git") else { return 1 }
      Swift.print(
        items.count, bytes, Measurement.tenths(Measurement.now() - wall),
        Measurement.tenths(Measurement.cpu() - cpu))
      return 0
    } catch {
      fputs("fleet-bench: \(error)\n", stderr)
      return 1
    }
  }

  /// Every object of the plan and of all slices, each once, as the hub has written it.
  private static func objects(of hub: String) throws -> [Item] {
    let fleet = try Repository.open("\(hub)/fleet.git")
    let slices = try Repository.open("\(hub)/slices.git")
    try slices.addAlternate("\(hub)/fleet.git/objects")
    var pending = try slices.references(prefix: "refs/slices/").map(\.id)
    if let plan = try fleet.reference("refs/fleet/plan") { pending.append(plan) }
    try slices.refresh()
    var seen: Set<ObjectID> = []
    var items: [Item] = []
    while let id = pending.popLast() {
      guard seen.insert(id).inserted else { continue }
      let (kind, content) = try slices.read(id)
      items.append(Item(kind: kind, content: content))
      switch kind {
      case .commit: if let commit = Commit(content: content) { pending.append(commit.tree) }
      case .tree: pending += (TreeContent.decode(content) ?? []).map(\.id)
      case .blob, .tag: break
      }
    }
    return items
  }

  /// libgit2's own way to write many objects: mempack, packbuilder, one pack with its index.
  private static func pack(_ items: [Item], into folder: String) -> Bool {
    var repository: OpaquePointer?
    var odb: OpaquePointer?
    var memory: OpaquePointer?
    var builder: OpaquePointer?
    func isDone(_ result: Int32, _ what: String) -> Bool {
      if result >= 0 { return true }
      let message = git_error_last().flatMap { $0.pointee.message }.map { String(cString: $0) }
      fputs("fleet-bench: libgit2 cannot \(what): \(message ?? "error \(result)")\n", stderr)
      return false
    }
    guard isDone(git_repository_init(&repository, folder, 1), "make a repository"),
      isDone(git_repository_odb(&odb, repository), "open the objects"),
      isDone(makeMempack(&memory), "make a mempack"),
      isDone(git_odb_add_backend(odb, memory, 999), "add a mempack")
    else { return false }
    var ids: [git_oid] = []
    ids.reserveCapacity(items.count)
    for item in items {
      var id = git_oid()
      let type =
        switch item.kind {
        case .commit: GIT_OBJECT_COMMIT
        case .tree: GIT_OBJECT_TREE
        case .blob: GIT_OBJECT_BLOB
        case .tag: GIT_OBJECT_TAG
        }
      let result = item.content.withUnsafeBytes {
        git_odb_write(&id, odb, $0.baseAddress, $0.count, type)
      }
      guard isDone(result, "write an object") else { return false }
      ids.append(id)
    }
    guard isDone(git_packbuilder_new(&builder, repository), "start a pack") else { return false }
    git_packbuilder_set_threads(builder, 1)
    for index in ids.indices {
      guard isDone(git_packbuilder_insert(builder, &ids[index], nil), "pack an object") else {
        return false
      }
    }
    guard isDone(git_packbuilder_write(builder, nil, 0o444, nil, nil), "write a pack") else {
      return false
    }
    git_packbuilder_free(builder)
    git_odb_free(odb)
    git_repository_free(repository)
    return true
  }
}
