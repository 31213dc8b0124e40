// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import HubService
import Posix
import Testing

@testable import FleetCommands

@Suite("init and hooks")
struct SetupTests {
  /// Places for the programs that a hub's hooks start.
  private func programs(_ fleet: FleetFixture) throws {
    let folder = fleet.folder + "/libexec"
    try Files.makeDirectories(folder)
    for name in ["fleet-pre-receive", "fleet-post-receive", "fleet-status-receive"] {
      try Files.writeAtomically("\(folder)/\(name)", Array("#!/bin/sh\n".utf8), mode: 0o755)
    }
  }

  @Test("init makes a fleet that compiles, and a hub that it is pushed to")
  func fleetAndHub() throws {
    let fleet = try FleetFixture()
    try programs(fleet)
    fleet.run("init", "new", "--hub", "hub", in: fleet.folder)
    fleet.run("check", "-C", "new", in: fleet.folder)
    fleet.run("plan", "-C", "new", in: fleet.folder)
    fleet.run("init", "new", in: fleet.folder)
    fleet.run("init", "new", "--hub", "hub", in: fleet.folder)
    fleet.run("init", "new/apps", in: fleet.folder)
    let remote = try Child.run(
      ["git", "-C", fleet.folder + "/new", "remote", "-v"], environment: fleet.environment)
    #expect(
      fleet.plain(String(decoding: remote.output, as: UTF8.self)) == """
        origin\t<FOLDER>/hub/fleet.git (fetch)
        origin\t<FOLDER>/hub/fleet.git (push)

        """)
    Golden.check(fleet.transcript, "commands/init.txt")
  }

  @Test("init says what is left to do: no identity, no programs, a repository with commits")
  func leftovers() throws {
    let fleet = try FleetFixture()
    let nobody = [
      "GIT_AUTHOR_NAME": "", "GIT_AUTHOR_EMAIL": "", "GIT_COMMITTER_NAME": "",
      "GIT_COMMITTER_EMAIL": "", "EMAIL": "",
    ]
    fleet.run("init", "--hub", "../hub", adding: nobody)
    let other = try FleetFixture(["notes.txt": "hello\n"])
    other.run("init")
    #expect(try other.git("status", "--short").split(separator: "\n").count == 9)
    Golden.check(fleet.transcript + other.transcript, "commands/init-leftovers.txt")
  }

  @Test("init with a hub in a fleet repository keeps its files")
  func hubOnly() throws {
    let fleet = try FleetFixture(Samples.shops)
    try programs(fleet)
    try fleet.git("remote", "add", "origin", "https://example.org/fleet.git")
    fleet.run("init", "--hub", "../hub")
    try fleet.git("remote", "rename", "origin", "upstream")
    fleet.run("init", "--hub", "../hub")
    #expect(try fleet.git("status", "--short") == "")
    Golden.check(fleet.transcript, "commands/init-hub.txt")
  }

  @Test("hooks are installed, upgraded and removed, and those of others are left alone")
  func hooks() throws {
    let fleet = try FleetFixture(Samples.shops)
    try fleet.makeHub()
    func write(_ text: String, to hook: String) throws {
      try Files.makeDirectories(Files.split("\(fleet.hub.root)/\(hook)").folder)
      try Files.writeAtomically("\(fleet.hub.root)/\(hook)", Array(text.utf8), mode: 0o644)
    }
    fleet.run("hooks", "install")
    fleet.run("hooks", "install", "../hub")
    try write("#!/bin/sh\n# kubectl fleet: mine\nexit 0\n", to: "fleet.git/hooks/pre-receive")
    fleet.note("somebody changes a hook")
    fleet.run("hooks", "install")
    fleet.run("hooks", "install", "--force")
    try write("#!/bin/sh\nexec other\n", to: "slices.git/hooks/pre-receive")
    fleet.note("somebody has a hook of their own")
    fleet.run("hooks", "install", "--force")
    fleet.run("hooks", "uninstall")
    fleet.run("hooks", "uninstall")
    fleet.run("hooks", "install", "../shop")
    Golden.check(fleet.transcript, "commands/hooks.txt")
  }

  static let templates = EmbeddedFiles.all.map(\.path).filter { $0.hasPrefix("templates/hub/") }

  @Test("a template that is filled in has no place left", arguments: templates)
  func filled(_ template: String) {
    let text = HubCreation.filled(
      template, hub: "/srv/hub", libexec: "/usr/libexec", cluster: "store-1")
    #expect(!text.contains("{{"))
    #expect(!text.contains("}}"))
    let lines = text.split(separator: "\n").filter { $0.first != "#" }
    if template.hasSuffix(".cron") {
      let jobs = ["* * * * *", "*/5 * * * *"]
      #expect(lines.count == jobs.count)
      for (line, time) in zip(lines, jobs) {
        #expect(line.hasPrefix("\(time) /usr/libexec/fleet-"))
      }
    }
  }

  @Test("every shim of this version is in the list of released ones", arguments: HookFiles.places)
  func releasedShims(_ place: HookFiles.Place) throws {
    let text = try #require(EmbeddedFiles.file(place.source)?.text)
    let id = ObjectID.hash(.blob, Array(text.utf8)).hex
    #expect(
      HookFiles.released.contains(id),
      "add \"\(id)\" for \(place.source) to HookFiles.released and keep the old ones")
  }
}
