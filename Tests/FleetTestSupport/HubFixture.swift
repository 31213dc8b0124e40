// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Glibc
package import HubService
import Posix

/// A hub in a scratch folder with the installed hooks and the built programs, and a clone of it.
package final class HubFixture {
  /// Something that the fixture needs is not there.
  package struct Failure: Error, CustomStringConvertible {
    /// What is missing and what to do.
    package let description: String

    /// Makes a failure.
    package init(_ description: String) { self.description = description }
  }

  /// The folder that is removed in the end.
  package let scratch: ScratchFolder
  /// The hub.
  package let hub: HubLayout
  /// The first person's clone.
  package let clone: FleetClone

  /// Makes a hub and a clone with these files, uncommitted.
  package init(_ files: [String: String] = [:]) throws {
    scratch = try ScratchFolder()
    hub = HubLayout(root: scratch.path + "/hub")
    _ = try HubCreation.create(root: hub.root, branch: "main", libexec: try Self.programs())
    clone = try FleetClone(path: scratch.path + "/clone", remote: hub.fleet)
    try clone.write(files)
  }

  /// A hub to which a first push of the small fleet of shops has gone, and nothing is left to do.
  package static func pushed() throws -> HubFixture {
    try HubFixture(copying: try Seed.folder.get())
  }

  /// Takes a copy of the folders `hub` and `clone`, with one commit, of another fixture.
  package init(copying seed: String) throws {
    scratch = try ScratchFolder()
    hub = HubLayout(root: scratch.path + "/hub")
    let result = try Child.run(["cp", "-a", "\(seed)/hub", "\(seed)/clone", scratch.path])
    guard result.succeeded else { throw Failure("cannot copy '\(seed)'") }
    clone = try FleetClone(existing: scratch.path + "/clone", remote: hub.fleet, firstCommit: 1)
  }

  /// One hub with a first push, made once and copied for each test: a copy takes a tenth of the time.
  private enum Seed {
    static let folder: Result<String, any Error> = Result {
      let fixture = try HubFixture(SampleFleet.shops)
      try fixture.clone.commit("first fleet")
      let push = try fixture.clone.push()
      guard push.isAccepted else { throw Failure("first push: \(push.text)") }
      let path = try Files.makeTemporaryDirectory(prefix: "fleet-seed")
      _ = try Child.run(["cp", "-a", fixture.hub.root, fixture.clone.path, path])
      // The value lives as long as the process.
      atexit { if let path = try? Seed.folder.get() { try? Files.removeTree(path) } }
      return path
    }
  }

  /// The folder of the built programs: that of the test's own.
  package static func programs() throws -> String {
    let folder = Files.split(try Files.readLink("/proc/self/exe")).folder
    for name in ["fleet-pre-receive", "fleet-post-receive", "fleet-hub"] {
      guard Files.isExecutable("\(folder)/\(name)") else {
        throw Failure(
          "'\(name)' is not built beside the tests in '\(folder)'; "
            + "build everything first: swift build --build-tests")
      }
    }
    return folder
  }

  /// The path of a built program.
  package static func program(_ name: String) throws -> String { "\(try programs())/\(name)" }

  /// One more clone of what is on the hub, of somebody else.
  package func clone(_ name: String) throws -> FleetClone {
    // Other dates, so that equal changes of two people are two commits.
    let clone = try FleetClone(
      path: "\(scratch.path)/\(name)", remote: hub.fleet, firstCommit: 1000)
    try clone.git("fetch", "-q", "origin")
    try clone.git("reset", "-q", "--hard", "origin/main")
    return clone
  }

  /// Runs the hub's cron job in this process and tells what it wrote.
  ///
  /// A push may have left a job behind that still runs; cron would come again, so does this.
  @discardableResult
  package func tick() throws -> [String] {
    var lines: [String] = []
    try Waiting.until("the lock of the hub") {
      do {
        try Tick.run(hub: hub) { lines.append($0) }
        return true
      } catch let error as HubError where error.isTemporary {
        return false
      }
    }
    return lines
  }

  /// Does something while another hub job seems to run.
  package func whileLocked(_ body: () throws -> Void) throws {
    guard let lock = try FileLock.tryAcquire(hub.lock) else {
      throw Failure("somebody has the lock of the hub")
    }
    // The lock goes with the value, so it is held to the end even where `body` throws.
    try body()
    lock.release()
  }

  /// Runs Git in a repository of the hub and tells what it wrote.
  @discardableResult
  package func git(_ repository: String, _ arguments: String...) throws -> String {
    try GitFixture.run(arguments, in: "\(hub.root)/\(repository)")
  }

  /// The id of a ref of a repository; nil when there is none.
  package func ref(_ name: String, in repository: String = "fleet.git") throws -> String? {
    let line = try GitFixture.run(
      ["for-each-ref", "--format=%(objectname)", name], in: "\(hub.root)/\(repository)")
    return line.isEmpty ? nil : line
  }

  /// What `git fsck --strict` finds in all three repositories; empty when all is well.
  ///
  /// Unreachable objects are well: plans that have been superseded.
  package func fsck() throws -> [String] {
    try ["fleet.git", "slices.git", "status.git"].flatMap { repository in
      let result = try GitFixture.attempt(
        ["fsck", "--strict", "--no-dangling", "--no-progress"], in: "\(hub.root)/\(repository)")
      let words = String(decoding: result.output + result.errorOutput, as: UTF8.self)
      return words.split(separator: "\n")
        .filter { !$0.hasPrefix("notice: ") }
        .map { "\(repository): \($0)" }
        + (result.succeeded ? [] : ["\(repository): \(result.status)"])
    }
  }

  /// Every file of the hub with the hash of its content, nothing left out: a refused push may change
  /// none. Empty folders do not count; Git makes and removes one for each push.
  package func fingerprint() throws -> HubFingerprint {
    var files: [String: String] = [:]
    try Self.read(hub.root, "", into: &files)
    return HubFingerprint(files: files)
  }

  private static func read(
    _ root: String, _ folder: String, into files: inout [String: String]
  ) throws {
    for entry in try Files.entries(in: "\(root)/\(folder)") {
      let path = "\(folder)\(entry.text)"
      switch entry.kind {
      case .directory: try read(root, path + "/", into: &files)
      case .symbolicLink: files[path] = "-> " + (try Files.readLink("\(root)/\(path)"))
      default:
        let bytes = try Files.read("\(root)/\(path)", limit: 1 << 30)
        files[path] = Hexadecimal.text(SHA1.hash(bytes))
      }
    }
  }
}

/// All files of a hub with the hashes of their contents.
package struct HubFingerprint {
  let files: [String: String]

  /// What differs from an earlier one: `+ path`, `- path`, `~ path` for another content.
  package func changes(since old: HubFingerprint) -> [String] {
    let paths = Set(files.keys).union(old.files.keys).sorted()
    return paths.compactMap { path in
      switch (old.files[path], files[path]) {
      case (nil, _): "+ \(path)"
      case (_, nil): "- \(path)"
      case (let before, let after): before == after ? nil : "~ \(path)"
      }
    }
  }
}
