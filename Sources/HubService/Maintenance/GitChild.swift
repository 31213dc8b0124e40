// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Posix

/// git, run in a repository of the hub.
struct GitChild {
  /// The repository.
  let repository: String

  /// What git printed, by lines; throws when it did not succeed.
  @discardableResult
  func run(
    _ arguments: [String], input: [UInt8] = []
  ) throws(HubError) -> [String] {
    // Variables of whoever started us may lead elsewhere.
    var environment = Environment.all.filter { name, _ in !name.hasPrefix("GIT_") }
    environment["LC_ALL"] = "C"
    let variables = environment
    let result = try HubError.wrap {
      try Child.run(
        ["git", "--git-dir=."] + arguments, environment: variables, directory: repository,
        input: .bytes(input), outputLimit: 1 << 30)
    }
    guard result.succeeded else {
      let reason = result.errorOutput.split(separator: 10).first.map {
        String(decoding: $0, as: UTF8.self)
      }
      throw HubError(
        "git \(arguments.first ?? "") in '\(repository)' \(reason ?? result.status.description)")
    }
    return result.output.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Writes a pack and tells its name; nil when there is nothing to pack.
  func pack(_ options: [String], input: [UInt8]) throws(HubError) -> String? {
    try run(
      ["pack-objects", "--quiet", "--delta-base-offset", "--non-empty"] + options
        + ["objects/pack/pack"], input: input
    ).last.map { "pack-\($0)" }
  }

  /// The objects in files of their own that are in a pack too.
  func packedToo() throws(HubError) -> [ObjectID] {
    // `rm -f objects/ab/cdef…`
    try run(["prune-packed", "--dry-run"]).compactMap { line in
      let parts = line.split(separator: "/")
      return ObjectID(hex: parts.suffix(2).joined())
    }
  }
}
