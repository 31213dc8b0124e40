// SPDX-License-Identifier: Apache-2.0

import Posix

extension StatusOutbox {
  /// Writes the status into a Git bundle, beside those of other clusters that are in it already; nil when it
  /// is there, else why not.
  ///
  /// The file is replaced by one rename, so that a stick that is pulled out has the old or the new one.
  func write(_ document: [UInt8], at seconds: Int64, to file: String) throws(PosixError) -> String?
  {
    defer { try? Files.removeTree(folder) }
    let git = try emptyRepository()
    if Files.exists(file) {
      let others = try git.run(
        [
          "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", file,
          "+refs/status/*:refs/status/*",
        ], timeout: timeout)
      guard others.succeeded else { return "it is no bundle of statuses: \(Git.reason(others))" }
    }
    let ref = "refs/status/\(cluster)"
    // fast-import does not replace a commit by one that does not follow it.
    _ = try git.run(["update-ref", "-d", ref], timeout: timeout)
    if let reason = try commit(document, at: seconds, in: git, as: ref) { return reason }
    let (place, name) = Files.split(file)
    let part = "\(place)/.\(name).part"
    let made = try git.run(
      ["bundle", "create", "--quiet", part, "--glob=refs/status/*"], timeout: timeout)
    guard made.succeeded else {
      _ = try? Files.remove(part)
      return Git.reason(made)
    }
    try Files.rename(part, to: file)
    try Files.synchronizeFolder(place)
    return nil
  }
}
