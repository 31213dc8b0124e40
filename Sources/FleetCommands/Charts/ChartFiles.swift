// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Posix

/// Writes what an update has found out, and commits it.
struct ChartFiles {
  let repository: FleetRepository

  /// Writes a bundle's lock and archives.
  ///
  /// The lock goes first: an update that is stopped in the middle leaves a lock whose archives are not
  /// there, and the next one brings exactly those.
  func write(_ update: ChartUpdate) throws(CommandError) {
    let folder = repository.folder + "/" + update.directory
    let lockPath = folder + "/" + ChartLock.fileName
    try failing {
      if update.lock.isEmpty {
        try Files.remove(lockPath)
      } else if try Files.readIfPresent(lockPath, limit: 4 << 20) != update.lock.bytes {
        try Files.writeAtomically(lockPath, update.lock.bytes)
      }
      for archive in update.archives {
        let path = folder + "/" + archive.path
        try Files.makeDirectories(Files.split(path).folder)
        try Files.writeAtomically(path, archive.bytes)
      }
    }
    let kept = Set(update.lock.archives.map(\.path))
    for old in try leftovers(update) where !kept.contains(old) {
      _ = try failing { try Files.remove(folder + "/" + old) }
    }
  }

  /// Archives that some lock has named, or that lie where only ours lie.
  private func leftovers(_ update: ChartUpdate) throws(CommandError) -> [String] {
    var paths = update.before.archives.map(\.path)
    paths += try committedLock(update.directory).archives.map(\.path)
    let folder = "\(repository.folder)/\(update.directory)/\(ChartLock.folder)"
    if Files.isDirectory(folder) {
      for entry in try failing({ try Files.entries(in: folder) })
      where entry.kind == .file && entry.text.hasSuffix(".tgz") {
        paths.append("\(ChartLock.folder)/\(entry.text)")
      }
    }
    return paths
  }

  /// The lock of the last commit; empty when it has none that can be read.
  func committedLock(_ directory: String) throws(CommandError) -> ChartLock {
    let result = try repository.git.result([
      "cat-file", "blob", "HEAD:\(directory)/\(ChartLock.fileName)",
    ])
    guard result.succeeded else { return ChartLock() }
    var quiet = Findings()
    return ChartLock(result.output, path: "", findings: &quiet) ?? ChartLock()
  }

  /// The changes since the last commit, as a commit message tells them.
  private func changes(_ update: ChartUpdate) throws(CommandError) -> [String] {
    let new = update.lock.entries
    let history = try committedLock(update.directory)
      .predecessors(of: new.map { ($0.source, $0.wanted) })
    let texts =
      zip(new, history.last).compactMap { Self.change($0, from: $1) }
      + history.gone.map { "\($0.name) \($0.version) removed" }
    return texts.map { "\($0) (\(update.directory))" }
  }

  private static func change(_ new: LockEntry, from last: LockEntry?) -> String? {
    guard let last else { return "\(new.name) \(new.version)" }
    if last.version != new.version { return "\(new.name) \(last.version) → \(new.version)" }
    if last.archive.digest != new.archive.digest {
      return "\(new.name) \(new.version) published again"
    }
    return last.wanted == new.wanted ? nil : "\(new.name) \(new.version) kept"
  }

  /// Commits what the updates have written, and nothing else that may be staged; tells the commit's id
  /// and its title, or nil when there was nothing to commit.
  func commit(_ updates: [ChartUpdate]) throws(CommandError) -> (id: String, title: String)? {
    var paths: [String] = []
    var texts: [String] = []
    for update in updates {
      let old = try committedLock(update.directory)
      let own =
        [ChartLock.fileName] + update.lock.archives.map(\.path)
        + (old.archives + update.before.archives).map(\.path)
      paths += own.map { update.directory + "/" + $0 }
      texts += try changes(update)
    }
    let git = repository.git
    let present = paths.filter { Files.exists(repository.folder + "/" + $0) }
    try checkFilters(present.filter { $0.hasSuffix(".tgz") })
    if !present.isEmpty {
      // An ignore file often names *.tgz; these are wanted all the same.
      _ = try git.run(["--literal-pathspecs", "add", "--force", "--"] + present)
    }
    if paths.isEmpty { return nil }
    let status = try git.run(
      ["--literal-pathspecs", "status", "--porcelain", "-z", "--no-renames", "--"] + paths)
    let changed = status.split(separator: "\0").compactMap { entry -> String? in
      entry.utf8.count > 3 && !entry.hasPrefix("??") && !entry.hasPrefix("!!")
        ? String(Substring(entry.utf8.dropFirst(3))) : nil
    }
    if changed.isEmpty { return nil }
    if texts.isEmpty { texts = ["files as in fleet.lock"] }
    var title = "charts: \(texts[0])"
    if texts.count > 1 { title += " and \(texts.count - 1) more" }
    var message = ["-m", title]
    if texts.count > 1 { message += ["-m", texts.joined(separator: "\n")] }
    _ = try git.run(
      ["--literal-pathspecs", "commit", "--quiet", "--only"] + message + ["--"] + changed)
    return (try git.run(["rev-parse", "--short", "HEAD"]), title)
  }

  /// Line ends and large file storage would commit something else than the archive, which the hub then
  /// refuses by its digest.
  private func checkFilters(_ paths: [String]) throws(CommandError) {
    if paths.isEmpty { return }
    let git = repository.git
    let filtered = try git.run(["hash-object", "--"] + paths).split(separator: "\n")
    let plain = try git.run(["hash-object", "--no-filters", "--"] + paths).split(separator: "\n")
    for (path, (one, other)) in zip(paths, zip(filtered, plain)) where one != other {
      throw CommandError(
        "'.gitattributes' has '\(path)' changed when it is committed",
        hints: ["echo '*.tgz -text -filter' >> .gitattributes"])
    }
  }
}
