// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSONTree
import Posix

/// A folder of manifests that the next call of kubectl reads, one object a file in the order of applying.
///
/// They may be Secrets: the folder is this user's alone and does not outlive the run.
struct ScratchManifests: Sendable {
  let folder: String

  /// Writes manifests, in the place of those that were there; tells the files.
  @discardableResult
  func write(_ manifests: [[UInt8]]) throws(TargetError) -> [String] {
    try write(manifests, suffix: "yaml")
  }

  /// Writes manifests as JSON.
  @discardableResult
  func write(_ manifests: [JSONValue]) throws(TargetError) -> [String] {
    try write(manifests.map { JSONWriter.compact($0) }, suffix: "json")
  }

  /// Removes the folder; what cannot be removed is removed by the next run.
  func remove() { try? Files.removeTree(folder) }

  private func write(_ manifests: [[UInt8]], suffix: String) throws(TargetError) -> [String] {
    do throws(PosixError) {
      try Files.removeTree(folder)
      try Files.makeDirectories(folder, mode: 0o700)
      var files: [String] = []
      for (index, manifest) in manifests.enumerated() {
        // Read by kubectl in the order of their names.
        let number = String(index)
        let zeros = String(repeating: "0", count: max(0, 7 - number.utf8.count))
        let file = "\(folder)/\(zeros)\(number).\(suffix)"
        try Descriptor.open(file, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600).write(
          manifest, path: file)
        files.append(file)
      }
      return files
    } catch {
      throw .unusable(error.description)
    }
  }
}
