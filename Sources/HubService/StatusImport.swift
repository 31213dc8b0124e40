// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
import Posix
package import SliceFormat

/// Brings statuses that somebody carried from sites into `status.git`, as if the sites had pushed them.
///
/// Each is pushed for its cluster, so that the hooks of `status.git` judge it and the hub looks at it. What the
/// hooks do not ask, because a site's own push is always its newest: is the cluster one of ours, and is
/// the status newer than the one that is there.
package struct StatusImport {
  /// What became of one cluster's status.
  package enum Outcome: Sendable, Hashable {
    /// It is in `status.git` now.
    case taken(counter: Int, state: BundleState, time: String)
    /// It was there already.
    case present
    /// It was not taken: why.
    case refused(String)
  }

  private let hub: HubLayout
  private let folder: String
  private let git: GitChild

  /// Imports all statuses of a file.
  ///
  /// - Returns: the clusters in the order of their names.
  /// - Throws: when the file cannot be read, or the hub not be written to.
  package static func run(
    _ file: String, hub: HubLayout
  ) throws(HubError) -> [(cluster: String, outcome: Outcome)] {
    guard Files.exists(file) else { throw HubError("there is no file '\(file)'") }
    // In the hub, because its disk is the one that is looked after.
    let folder = try HubError.wrap {
      try Files.makeTemporaryDirectory(prefix: ".import", in: hub.root)
    }
    defer { try? Files.removeTree(folder) }
    return try StatusImport(hub: hub, folder: folder, git: GitChild(repository: folder))
      .run(file)
  }

  private func run(_ file: String) throws(HubError) -> [(cluster: String, outcome: Outcome)] {
    let made = try HubError.wrap {
      try Child.run(["git", "init", "--quiet", "--bare", folder], directory: hub.root)
    }
    guard made.succeeded else { throw HubError("git init \(made.status)") }
    let prefix = HubLayout.Ref.statusPrefix
    do throws(HubError) {
      try git.run([
        "-c", "fetch.fsckObjects=true", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
        file, "+\(prefix)*:\(prefix)*",
      ])
    } catch {
      throw HubError("'\(file)' is no bundle of statuses", hint: error.description)
    }
    let refs = try HubError.wrap { try StatusRefs.read(folder) }
    guard !refs.isEmpty else { throw HubError("'\(file)' has no status of a cluster") }
    let known = try HubError.wrap { try PackedRefs.read(gitDirectory: hub.slices) }
    var outcomes: [(cluster: String, outcome: Outcome)] = []
    for (cluster, id) in refs {
      let isKnown = known[HubLayout.Ref.slicePrefix + cluster] != nil
      outcomes.append(
        (
          cluster,
          isKnown ? try take(cluster, id) : .refused("the fleet has no such cluster")
        ))
    }
    return outcomes
  }

  private func take(_ cluster: String, _ id: ObjectID) throws(HubError) -> Outcome {
    guard let report = try report(id, in: git), report.cluster == cluster else {
      return .refused("it is no status of this cluster")
    }
    let there = try HubError.wrap { try StatusRefs.read(hub.status, cluster: cluster) }
    if there == id { return .present }
    if let there, let old = try self.report(there, in: GitChild(repository: hub.status)),
      old.counter >= report.counter
    {
      return .refused(
        "it is number \(report.counter) of \(report.time), number \(old.counter) of"
          + " \(old.time) is here already")
    }
    // Should the site itself push meanwhile, its status is the newer one.
    let ref = HubLayout.Ref.statusPrefix + cluster
    let lease = there?.hex ?? ""
    var environment = Environment.all.filter { name, _ in !name.hasPrefix("GIT_") }
    environment["LC_ALL"] = "C"
    environment["FLEET_CLUSTER"] = cluster
    let variables = environment
    let pushed = try HubError.wrap {
      try Child.run(
        [
          "git", "--git-dir=.", "push", "--quiet", "--force-with-lease=\(ref):\(lease)", hub.status,
          "\(ref):\(ref)",
        ], environment: variables, directory: folder)
    }
    guard pushed.succeeded else { return .refused(Self.reason(pushed)) }
    return .taken(counter: report.counter, state: report.state, time: report.time)
  }

  private func report(_ commit: ObjectID, in git: GitChild) throws(HubError) -> StatusReport? {
    let result = try HubError.wrap {
      try Child.run(
        ["git", "--git-dir=.", "cat-file", "blob", "\(commit.hex):status.json"],
        directory: git.repository, outputLimit: 1 << 20)
    }
    return result.succeeded ? StatusReport(json: result.output) : nil
  }

  /// What the hook said, or git.
  private static func reason(_ result: ChildResult) -> String {
    let lines = String(decoding: result.errorOutput, as: UTF8.self).split(separator: "\n")
    for prefix in ["remote: error: ", "fatal: ", "error: "] {
      guard let line = lines.first(where: { $0.hasPrefix(prefix) }) else { continue }
      var words = line.dropFirst(prefix.count)
      while words.hasSuffix(" ") { words = words.dropLast() }
      return String(words)
    }
    return "git \(result.status)"
  }
}
