// SPDX-License-Identifier: Apache-2.0

import GitStore
package import Posix
import SliceFormat

/// Makes a hub folder: three bare repositories, their settings and hooks, the descriptor, a cron line.
package enum HubCreation {
  /// What was made, for the person who asked.
  package struct Result: Sendable, Hashable {
    /// The hub.
    package let hub: HubLayout
    /// The file with the cron line that finishes pushes and reads statuses.
    package let cronFile: String
  }

  /// The repositories of a hub with their hooks in the `hooks` folder of the project.
  package static let hooks: [(repository: String, names: [String])] = [
    ("fleet.git", ["pre-receive", "post-receive"]), ("slices.git", ["pre-receive"]),
    ("status.git", ["pre-receive", "post-receive"]),
  ]

  /// Makes the hub.
  ///
  /// - Parameters:
  ///   - root: the folder; it may exist, but no repository in it.
  ///   - branch: the branch that is compiled, `main`.
  ///   - libexec: the folder of our programs, written into the repositories' settings for the hooks.
  package static func create(
    root: String, branch: String, libexec: String
  ) throws(HubError) -> Result {
    let hub = HubLayout(root: root)
    for path in [hub.fleet, hub.slices, hub.status] where Files.exists(path) {
      throw HubError(
        "'\(path)' is there already", hint: "look at it with 'kubectl fleet doctor --hub \(root)'")
    }
    try HubError.wrap {
      try Files.makeDirectories(hub.root)
      for (path, settings) in [
        (hub.fleet, fleetSettings), (hub.slices, slicesSettings), (hub.status, statusSettings),
      ] {
        _ = try Repository.initBare(path, branch: branch)
        try addSettings(settings, libexec: libexec, to: path)
      }
      for (repository, names) in hooks {
        for name in names {
          try installHook(name, of: repository, hub)
        }
      }
      // An empty list of refs says "no cluster yet", a missing file would say nothing.
      try Files.writeAtomically(
        hub.slices + "/packed-refs", Array("# pack-refs with: peeled fully-peeled sorted \n".utf8))
    }
    try HubDescriptor().write(to: hub)
    try HubError.wrap {
      // The hub's owner shortens the log, so a web server of another user must not make it.
      try Files.append(hub.contactLog, [10])
      try Files.makeDirectories(hub.contactFolder)
    }
    let cronFile = hub.root + "/fleet-hub.cron"
    try HubError.wrap {
      let text = filled("templates/hub/fleet-hub.cron", hub: hub.root, libexec: libexec)
      try Files.writeAtomically(cronFile, Array(text.utf8))
    }
    return Result(hub: hub, cronFile: cronFile)
  }

  /// Writes one of our hooks into its repository, in place of what is there.
  package static func installHook(
    _ name: String, of repository: String, _ hub: HubLayout
  ) throws(PosixError) {
    guard let file = EmbeddedFiles.file("hooks/\(repository)/\(name)") else { return }
    let folder = "\(hub.root)/\(repository)/hooks"
    try Files.makeDirectories(folder)
    try Files.writeAtomically("\(folder)/\(name)", Array(file.text.utf8), mode: 0o755)
  }

  /// A template with its places filled in.
  package static func filled(
    _ path: String, hub: String, libexec: String, cluster: String = "CLUSTER"
  ) -> String {
    var result = EmbeddedFiles.file(path)?.text ?? ""
    for (place, value) in [("{{HUB}}", hub), ("{{LIBEXEC}}", libexec), ("{{CLUSTER}}", cluster)] {
      result = result.replacingAll(place, with: value)
    }
    return result
  }

  /// Settings by repository; `docs/hub.md` gives the reason of each.
  ///
  /// `http.receivepack` is not set: git-http-backend then takes pushes of authenticated users only.
  package static let fleetSettings: [(section: String, key: String, value: String)] = [
    ("receive", "advertisePushOptions", "true"), ("receive", "fsckObjects", "true"),
    ("receive", "unpackLimit", "1"), ("receive", "autogc", "false"), ("gc", "auto", "0"),
    ("http", "getanyfile", "false"), ("core", "alternateRefsCommand", "true"),
  ]
  /// slices.git is written without Git and read by clusters.
  package static let slicesSettings: [(section: String, key: String, value: String)] = [
    ("gc", "auto", "0"), ("http", "receivepack", "false"), ("http", "getanyfile", "false"),
    ("core", "logAllRefUpdates", "false"), ("core", "alternateRefsCommand", "true"),
  ]
  /// status.git is written by clusters and read by the hub alone.
  package static let statusSettings: [(section: String, key: String, value: String)] = [
    ("receive", "autogc", "false"), ("receive", "fsckObjects", "true"), ("gc", "auto", "0"),
    // Three objects a push: as packs they would be a thousand files that each look-up goes through.
    ("receive", "unpackLimit", "100"), ("http", "uploadpack", "false"),
    ("http", "getanyfile", "false"), ("core", "logAllRefUpdates", "false"),
    ("core", "alternateRefsCommand", "true"),
  ]

  private static func addSettings(
    _ settings: [(section: String, key: String, value: String)], libexec: String, to path: String
  ) throws(PosixError) {
    let file = path + "/config"
    var text = String(decoding: try Files.read(file, limit: 1 << 20), as: UTF8.self)
    for (section, key, value) in settings + [("fleet", "libexec", libexec)] {
      text += "[\(section)]\n\t\(key) = \(quoted(value))\n"
    }
    try Files.writeAtomically(file, Array(text.utf8))
  }

  /// A value as git-config(1) wants it: quoted, with backslashes and quotes escaped.
  private static func quoted(_ value: String) -> String {
    let isPlain = value.utf8.allSatisfy {
      ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x41 && $0 <= 0x5a) || ($0 >= 0x61 && $0 <= 0x7a)
    }
    if isPlain { return value }
    let escaped = value.replacingAll("\\", with: "\\\\").replacingAll("\"", with: "\\\"")
    return "\"\(escaped)\""
  }
}

extension String {
  /// The text with every occurrence of a piece replaced.
  func replacingAll(_ piece: String, with replacement: String) -> String {
    let wanted = Array(piece.utf8)
    let bytes = Array(utf8)
    guard !wanted.isEmpty, bytes.count >= wanted.count else { return self }
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == wanted[0], bytes[index...].starts(with: wanted) {
        result.append(contentsOf: replacement.utf8)
        index += wanted.count
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
