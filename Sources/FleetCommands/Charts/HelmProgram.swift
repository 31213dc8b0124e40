// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import JSONTree
import Posix
import YAMLTree

/// The `helm` program of a person at the desk, with that person's repositories and passwords.
///
/// Only indexes of repositories are kept elsewhere: in a folder of ours that is new each time, so that
/// what is newest does not depend on when `helm repo update` was called last.
final class HelmProgram {
  /// A chart as it came from elsewhere.
  struct Pulled {
    /// `name` of its `Chart.yaml`.
    let name: String
    /// `version` of its `Chart.yaml`.
    let version: String
    /// The archive.
    let bytes: [UInt8]
    /// The digest of the archive, as in a lock.
    let digest: String
  }

  private let program: String
  private let environment: [String: String]
  private let folder: String
  private let isPlain: Bool
  private var repositories: [(name: String, url: String)]?
  private var updated = Set<String>()
  private var count = 0

  /// The most bytes of an archive: more the hub would not take.
  static let limit = 25 << 20
  private static let seconds = 300

  /// Finds helm: `$FLEET_HELM`, then the PATH.
  ///
  /// - Parameter isPlain: whether registries are spoken to without TLS.
  init(_ context: CommandContext, isPlain: Bool) throws(CommandError) {
    let chosen = context.environment["FLEET_HELM"].flatMap { $0.isEmpty ? nil : $0 }
    let path = context.environment["PATH"] ?? ""
    guard let found = Child.find(chosen.map(context.absolute) ?? "helm", path: path),
      Files.isExecutable(found)
    else {
      if let chosen {
        throw CommandError("FLEET_HELM is '\(chosen)', which is no program", status: .failure)
      }
      throw CommandError(
        "the program 'helm' is not installed",
        hints: [
          "install it, see https://helm.sh/docs/intro/install, or set FLEET_HELM to its path"
        ], status: .failure)
    }
    program = found
    self.isPlain = isPlain
    let temporary = context.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 }
    folder = try failing {
      try Files.makeTemporaryDirectory(prefix: "kubectl-fleet", in: temporary ?? "/tmp")
    }
    environment = context.environment.merging([
      "HELM_REPOSITORY_CACHE": folder + "/cache", "LC_ALL": "C",
    ]) { _, ours in ours }
  }

  deinit {
    // What can't be removed is a few files in the folder for temporary ones.
    try? Files.removeTree(folder)
  }

  /// Brings a chart in.
  func pull(_ source: ChartSource, version: String) throws(PullProblem) -> Pulled {
    let place = try inFolder { () throws(PosixError) in
      count += 1
      let place = "\(folder)/\(count)"
      try Files.makeDirectories(place)
      return place
    }
    var arguments = ["pull", "--destination", place]
    if isPlain { arguments.append("--plain-http") }
    if !source.isArchive, !version.isEmpty { arguments += ["--version", version] }
    switch source {
    case .repository(let url, let chart):
      if let name = try name(of: url, source) {
        try update(name, source)
        arguments += ["--", "\(name)/\(chart)"]
      } else {
        arguments += ["--repo", url, "--", chart]
      }
    case .registry(let url), .archive(let url): arguments += ["--", url]
    case .local(let path): arguments += ["--", path]
    }
    try run(arguments, source, version: version)
    let files = try inFolder { () throws(PosixError) in try Files.entries(in: place) }
    guard files.count == 1, let file = files.first?.text else {
      throw PullProblem("helm has loaded \(files.count) files instead of one")
    }
    let path = place + "/" + file
    let size = try inFolder { () throws(PosixError) in try Files.attributes(path)?.size ?? 0 }
    guard size <= Self.limit else {
      throw PullProblem(
        "the chart has \(size >> 20) MiB, more than the \(Self.limit >> 20) MiB that a hub takes")
    }
    let bytes = try inFolder { () throws(PosixError) in
      try Files.read(path, limit: Self.limit)
    }
    let (name, version) = try identity(of: path, source)
    return Pulled(name: name, version: version, bytes: bytes, digest: ChartLock.digest(of: bytes))
  }

  /// The name and version that an archive gives itself; they become the name of a file.
  private func identity(
    of path: String, _ source: ChartSource
  ) throws(PullProblem) -> (name: String, version: String) {
    let result = try child(["show", "chart", path])
    var quiet = Findings()
    let root = YAMLParser.parse(result.output, path: "Chart.yaml", findings: &quiet).first?.root
    guard result.succeeded, let name = root?["name"]?.scalar?.text,
      let version = root?["version"]?.scalar?.text
    else { throw PullProblem("there is no chart at '\(source.place)'") }
    for word in [name, version] where !Self.isFileName(word) {
      throw PullProblem("the chart calls itself '\(word)', which is no name of a file")
    }
    return (name, version)
  }

  private static func isFileName(_ word: String) -> Bool {
    guard let first = word.utf8.first, first != UInt8(ascii: "."), word.utf8.count <= 120 else {
      return false
    }
    return word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"), UInt8(ascii: "+"):
        true
      default: false
      }
    }
  }

  /// What the user calls a repository in `helm repo add`: only by that name helm knows the password.
  private func name(of url: String, _ source: ChartSource) throws(PullProblem) -> String? {
    if repositories == nil {
      let result = try child(["repo", "list", "-o", "json"])
      repositories =
        JSONParser.parse(result.output)?.items?.compactMap { entry in
          guard let name = entry["name"]?.string, let url = entry["url"]?.string else { return nil }
          return (name, url)
        } ?? []
    }
    // `@corp` and `alias:corp` are how a Chart.yaml names a repository of the user's.
    for prefix in ["@", "alias:"] where url.hasPrefix(prefix) {
      let name = String(url.dropFirst(prefix.count))
      guard repositories?.contains(where: { $0.name == name }) == true else {
        throw PullProblem(
          "helm knows no repository '\(name)'", hints: ["helm repo add \(name) URL"])
      }
      return name
    }
    let plain = { (url: String) in url.hasSuffix("/") ? String(url.dropLast()) : url }
    return repositories?.first { plain($0.url) == plain(url) }?.name
  }

  private func update(_ name: String, _ source: ChartSource) throws(PullProblem) {
    if !updated.insert(name).inserted { return }
    do throws(PullProblem) {
      try run(["repo", "update", name, "--fail-on-repo-update-fail"], source, version: "")
    } catch {
      updated.remove(name)
      throw error
    }
  }

  private func run(
    _ arguments: [String], _ source: ChartSource, version: String
  ) throws(PullProblem) {
    let result = try child(arguments)
    guard result.succeeded else {
      let said = String(decoding: result.output + result.errorOutput, as: UTF8.self)
      if case .timedOut(let seconds) = result.status {
        throw PullProblem(
          "\(source.host) has not sent the chart within \(seconds) s", isTemporary: true)
      }
      throw PullProblem(helm: said, source, version: version)
    }
  }

  private func child(_ arguments: [String]) throws(PullProblem) -> ChildResult {
    do throws(PosixError) {
      return try Child.run(
        [program] + arguments, environment: environment, directory: folder,
        timeoutSeconds: Self.seconds)
    } catch {
      throw PullProblem("helm cannot be started: \(error.description)")
    }
  }

  private func inFolder<Result>(
    _ body: () throws(PosixError) -> Result
  ) throws(PullProblem) -> Result {
    do throws(PosixError) {
      return try body()
    } catch {
      throw PullProblem(error.description)
    }
  }
}
