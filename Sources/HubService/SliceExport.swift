// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitStore
import Posix

/// Writes slices into a Git bundle, for sites that no network reaches.
package struct SliceExport {
  /// What cannot be exported.
  package enum Failure: Error, Sendable, Hashable {
    /// The hub has no slice for these clusters; the names that it has, where they are known.
    case unknown(clusters: [String], among: [String])
    /// The hub cannot be read: git's words.
    case unreachable(String)
    /// What else went wrong.
    case other(String)
  }

  /// The repository of slices: a folder, or a URL that git understands.
  private let address: String
  private let isFolder: Bool
  private let environment: [String: String]

  /// Makes an export from `slices.git`.
  ///
  /// - Parameter isFolder: whether the address is a folder of this machine.
  package init(_ address: String, isFolder: Bool, environment: [String: String]) {
    self.address = address
    self.isFolder = isFolder
    // Variables of whoever started us may lead to another repository; those for ssh and proxies stay.
    let foreign = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_PREFIX"]
    var variables = environment.filter { !foreign.contains($0.key) }
    variables["LC_ALL"] = "C"
    self.environment = variables
  }

  /// The bytes of a bundle with the slices of some clusters; their order does not matter.
  package func bundle(of clusters: [String]) throws(Failure) -> [UInt8] {
    let names = Set(clusters).sorted { $0.precedesInBytes($1) }
    let refs = names.map { HubLayout.Ref.slicePrefix + $0 }
    if isFolder {
      try checkNames(names)
      return try run(["bundle", "create", "--quiet", "-"] + refs, in: address)
    }
    let folder = try wrap { () throws(PosixError) in
      try Files.makeTemporaryDirectory(prefix: "fleet-export")
    }
    defer { try? Files.removeTree(folder) }
    _ = try run(["init", "--quiet", "--bare", folder], in: folder)
    do throws(Failure) {
      _ = try run(
        ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", address]
          + refs.map { "+\($0):\($0)" }, in: folder)
    } catch {
      guard case .other(let words) = error else { throw error }
      guard let missing = names.first(where: { words.hasSuffix("/\($0)") }),
        words.contains("couldn't find remote ref")
      else { throw .unreachable(words) }
      throw .unknown(clusters: [missing], among: [])
    }
    return try run(["bundle", "create", "--quiet", "-"] + refs, in: folder)
  }

  private func checkNames(_ names: [String]) throws(Failure) {
    let known: [String]
    do throws(GitError) {
      known = try PackedRefs.read(gitDirectory: address)
        .references(prefix: HubLayout.Ref.slicePrefix)
        .map { String($0.name.dropFirst(HubLayout.Ref.slicePrefix.utf8.count)) }
    } catch {
      throw .other(error.description)
    }
    let all = Set(known)
    let missing = names.filter { !all.contains($0) }
    if !missing.isEmpty { throw .unknown(clusters: missing, among: known) }
  }

  private func run(_ arguments: [String], in folder: String) throws(Failure) -> [UInt8] {
    let result = try wrap { () throws(PosixError) in
      try Child.run(
        ["git"] + arguments, environment: environment, directory: folder, outputLimit: 1 << 30)
    }
    guard result.succeeded else {
      let lines = String(decoding: result.errorOutput, as: UTF8.self).split(separator: "\n")
      let line = lines.first { $0.hasPrefix("fatal: ") }?.dropFirst(7) ?? lines.first
      throw .other(line.map(String.init) ?? "git \(result.status)")
    }
    return result.output
  }

  private func wrap<Result>(_ body: () throws(PosixError) -> Result) throws(Failure) -> Result {
    do throws(PosixError) {
      return try body()
    } catch {
      throw .other(error.description)
    }
  }
}
