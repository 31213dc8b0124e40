// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Testing

/// A fleet repository beside servers of charts.
final class ChartsFixture {
  let fleet: FleetFixture
  let server: ChartServer
  private var hidden: [(text: String, word: String)] = []

  /// Makes a repository; `SERVER` and `HOST` in the files stand for the server.
  init(_ files: [String: String], user: (name: String, password: String)? = nil) throws {
    server = try ChartServer(user: user)
    let (url, host) = (server.url, server.host)
    fleet = try FleetFixture(
      files.mapValues { $0.replacing("SERVER", with: url).replacing("HOST", with: host) })
    hidden = [(url, "http://SERVER"), (host, "SERVER")]
  }

  /// Writes a file of the repository, as the files of the beginning.
  func write(_ text: String, to path: String) throws {
    try fleet.write(
      text.replacing("SERVER", with: server.url).replacing("HOST", with: server.host), to: path)
  }

  /// Runs `kubectl fleet update`.
  @discardableResult
  func update(_ arguments: String..., adding variables: [String: String] = [:]) -> Outcome {
    var outcome = fleet.run(
      arguments: ["update"] + arguments,
      adding: server.variables.merging(variables) { _, new in new })
    outcome.output = plain(outcome.output)
    outcome.errorOutput = plain(outcome.errorOutput)
    return outcome
  }

  /// The whole transcript without what differs from run to run.
  var transcript: String { plain(fleet.transcript) }

  /// A text without ports, digests and the ids of commits.
  func plain(_ text: String) -> String {
    var text = text
    for (word, other) in hidden { text = text.replacing(word, with: other) }
    text = text.replacing(#/sha256:[0-9a-f]+/#, with: "sha256:DIGEST")
    text = text.replacing(#/commit [0-9a-f]{7,}/#, with: "commit ID")
    return text
  }

  /// A text of the repository's files, without ports and digests.
  func file(_ path: String) throws -> String {
    plain(
      String(decoding: try Files.read(fleet.repository + "/" + path, limit: 1 << 20), as: UTF8.self)
    )
  }

  /// What the last commit has changed, and its message.
  func lastCommit() throws -> String {
    plain(try fleet.git("show", "--name-status", "--no-renames", "--format=%B", "HEAD"))
  }

  /// The number of commits.
  func commits() throws -> String { try fleet.git("rev-list", "--count", "HEAD") }

  /// Whether there is a file in the repository.
  func has(_ path: String) -> Bool { Files.exists(fleet.repository + "/" + path) }
}
