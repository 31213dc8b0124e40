// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree

extension PlanPolicies {
  /// A file of the folder.
  package struct File: Sendable, Hashable {
    /// The path from the folder, `rollouts/DIGEST.json`.
    package let path: String
    /// What stands in it.
    package let bytes: [UInt8]
  }

  private enum Path {
    static let bundles = "bundles.json"
    static let schedules = "schedules.json"
    static let notifications = "notifications.json"
    static let orders = "orders.json"
    static let paused = "paused.json"
    static let workspaces = "workspaces.json"

    static func rollout(_ digest: String) -> String { "rollouts/\(digest).json" }
  }

  /// The files of the folder, sorted by their paths; none when the policies say nothing.
  package var files: [File] {
    if isEmpty { return [] }
    var files = [Self.list(Path.bundles, "bundles", bundles.map(\.json))]
    let used = Set(bundles.map(\.policy))
    for (digest, policy) in rollouts where used.contains(digest) {
      files.append(File(path: Path.rollout(digest), bytes: Self.file(of: policy)))
    }
    let lists = [
      (Path.schedules, "schedules", schedules.map(\.json)),
      (Path.notifications, "notifications", notifications.map(\.json)),
      (Path.orders, "orders", orders.map(\.json)),
      (Path.paused, "clusters", paused.map { .string($0) }),
    ]
    for (path, name, items) in lists where !items.isEmpty {
      files.append(Self.list(path, name, items))
    }
    if !workspaces.isEmpty {
      let names = workspaces.byName
      let json = JSONValue.object([
        JSONMember("format", .integer(Self.format)),
        JSONMember("clusters", .object(names.map { JSONMember($0.key, .string($0.value)) })),
      ])
      files.append(File(path: Path.workspaces, bytes: JSONWriter.pretty(json)))
    }
    return files.sorted { $0.path.precedesInBytes($1.path) }
  }

  /// Reads the folder; nil when a file cannot be understood, because a newer version wrote it.
  ///
  /// `file` gives the bytes of a file by its path from the folder, or nil when there is none.
  package init?<Failure: Error>(
    file: (String) throws(Failure) -> [UInt8]?
  ) throws(Failure) {
    self.init()
    var contents: [String: [UInt8]] = [:]
    for path in [
      Path.bundles, Path.schedules, Path.notifications, Path.orders, Path.paused, Path.workspaces,
    ] {
      contents[path] = try file(path)
    }
    do throws(PolicyMembers.Malformed) {
      try read(contents)
    } catch {
      return nil
    }
    for digest in Set(bundles.map(\.policy)).sorted(by: { $0.precedesInBytes($1) })
    where !digest.isEmpty {
      guard let bytes = try file(Path.rollout(digest)), let json = JSONParser.parse(bytes),
        let policy = RolloutPolicy(json: json)
      else { return nil }
      rollouts[digest] = policy
    }
  }

  private mutating func read(_ files: [String: [UInt8]]) throws(PolicyMembers.Malformed) {
    for entry in try Self.objects(files[Path.bundles], "bundles") {
      bundles.append(try BundleRule(entry))
    }
    for entry in try Self.objects(files[Path.schedules], "schedules") {
      schedules.append(try ScheduleRule(entry))
    }
    for entry in try Self.objects(files[Path.notifications], "notifications") {
      notifications.append(try NotificationRule(entry))
    }
    for entry in try Self.objects(files[Path.orders], "orders") {
      orders.append(try OrderRule(entry))
    }
    paused = try Self.members(files[Path.paused])?.texts("clusters") ?? []
    guard let file = files[Path.workspaces] else { return }
    guard let json = JSONParser.parse(file), json["format"]?.integer == Self.format,
      let clusters = json["clusters"]?.members
    else { throw PolicyMembers.Malformed() }
    for member in clusters { workspaces[member.name] = member.value.string }
  }

  private static func list(_ path: String, _ name: String, _ items: [JSONValue]) -> File {
    let json = JSONValue.object([
      JSONMember("format", .integer(format)), JSONMember(name, .array(items)),
    ])
    return File(path: path, bytes: JSONWriter.pretty(json))
  }

  private static func members(
    _ file: [UInt8]?
  ) throws(PolicyMembers.Malformed) -> PolicyMembers? {
    guard let file else { return nil }
    guard let json = JSONParser.parse(file), json["format"]?.integer == format else {
      throw PolicyMembers.Malformed()
    }
    return try PolicyMembers(json)
  }

  private static func objects(
    _ file: [UInt8]?, _ name: String
  ) throws(PolicyMembers.Malformed) -> [PolicyMembers] {
    try members(file)?.objects(name) ?? []
  }
}
