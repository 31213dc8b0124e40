// SPDX-License-Identifier: Apache-2.0

import GitStore
import Posix

/// What killed processes leave behind in a hub: locks that nobody holds, halves of files.
///
/// Only the holder of the hub's lock may call it: who writes here has that lock, or is Git receiving a
/// push.
enum Leftovers {
  /// People push to fleet.git while the hub's lock is held, so a lock there may be a living one's.
  private static let livingLockSeconds: Int64 = 60
  /// A push may be under way for hours, and its objects arrive in a folder of their own.
  private static let temporaryFileSeconds: Int64 = 86_400

  /// Removes them and tells their paths from the hub's folder.
  static func remove(_ hub: HubLayout, now: Timestamp) throws(HubError) -> [String] {
    try HubError.wrap {
      var removed: [String] = []
      for (repository, age) in [("fleet.git", livingLockSeconds), ("slices.git", 0)] {
        removed += try StaleFiles.remove(
          gitDirectory: "\(hub.root)/\(repository)", locksOlderThan: age,
          temporaryFilesOlderThan: temporaryFileSeconds, now: now.seconds
        ).map { "\(repository)/\($0)" }
      }
      for repository in ["fleet.git", "status.git"] {
        removed += try removeTemporary("\(repository)/objects", hub, now)
      }
      // What is written under the hub's lock alone, which is ours.
      removed += try removeFiles("fleet.git/refs/fleet", hub) { $0.hasSuffix(".lock") }
      removed += try removeFiles("slices.git", hub) { $0.hasPrefix(".fleet-published.") }
      for folder in [hub.accepted, hub.orders] {
        removed += try removeFiles(Files.split(folder).name, hub) { $0.hasPrefix(".") }
      }
      // By name: the folder may be somebody's home.
      let own = [
        hub.renderers, hub.descriptor, hub.factsMemory, hub.contactList, hub.superseded,
      ].map { ".\(Files.split($0).name)." }
      removed += try removeFiles("", hub) { name in own.contains { name.hasPrefix($0) } }
      return removed
    }
  }

  /// - Parameter folder: from the hub's folder, which is the empty one.
  private static func removeFiles(
    _ folder: String, _ hub: HubLayout, _ isLeftover: (String) -> Bool
  ) throws(PosixError) -> [String] {
    let place = folder.isEmpty ? "" : folder + "/"
    let path = "\(hub.root)/\(place)"
    guard Files.isDirectory(path) else { return [] }
    var removed: [String] = []
    for entry in try Files.entries(in: path) where entry.kind == .file && isLeftover(entry.text) {
      if try Files.remove(path + entry.text) { removed.append(place + entry.text) }
    }
    return removed
  }

  /// The folders in which Git keeps the objects of a push until its hook has decided, and halves of
  /// objects.
  private static func removeTemporary(
    _ folder: String, _ hub: HubLayout, _ now: Timestamp
  ) throws(PosixError) -> [String] {
    let path = "\(hub.root)/\(folder)"
    guard Files.isDirectory(path) else { return [] }
    var removed: [String] = []
    for entry in try Files.entries(in: path) where entry.text.hasPrefix("tmp_") {
      let place = "\(path)/\(entry.text)"
      guard let modified = try Files.attributes(place)?.modified.seconds,
        modified <= now.seconds &- temporaryFileSeconds
      else { continue }
      try Files.removeTree(place)
      removed.append("\(folder)/\(entry.text)")
    }
    return removed
  }
}
