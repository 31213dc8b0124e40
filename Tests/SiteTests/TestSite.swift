// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import JSONTree
import Posix
import Testing

/// A site: a state folder, a folder of manifests, and the built `fleet-sync`.
final class TestSite {
  /// How a run ended and what it said.
  struct Run: Equatable, CustomStringConvertible {
    let code: Int
    let said: String

    init(_ code: Int, _ said: String = "") {
      self.code = code
      self.said = said
    }

    var description: String { "exit \(code)\n\(said)" }
  }

  let scratch: ScratchFolder
  let cluster: String
  var hub: String
  var target: [String]
  /// Hubs that are asked after `hub`.
  var others: [String] = []

  var path: String { scratch.path }
  var state: String { path + "/state" }
  var manifests: String { path + "/manifests" }

  init(_ hub: String, cluster: String = "store-0001", target: [String]? = nil) throws {
    scratch = try ScratchFolder("site")
    self.hub = hub
    self.cluster = cluster
    self.target = target ?? ["--target", "dir:\(scratch.path)/manifests"]
  }

  var arguments: [String] {
    [
      Self.program("fleet-sync"), "--cluster", cluster, "--hub", hub, "--state", state,
    ] + others.flatMap { ["--hub", $0] } + target
  }

  /// Runs fleet-sync to its end. The site's paths and the hub's place are replaced in what it says.
  func sync(_ flags: String..., environment: [String: String] = [:]) throws -> Run {
    try run(arguments + flags, environment: environment)
  }

  /// Runs `fleet-sync import` to its end.
  func importing(_ file: String, _ flags: String...) throws -> Run {
    try run(
      [Self.program("fleet-sync"), "import", file, "--cluster", cluster, "--state", state]
        + target + flags)
  }

  /// Runs a program that is fleet-sync, or becomes it.
  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Run {
    var variables = HandmadeHub.environment
    variables["HOME"] = path
    variables.merge(environment, uniquingKeysWith: { $1 })
    let result = try Child.run(arguments, environment: variables, timeoutSeconds: 300)
    try #require(result.output.isEmpty)
    guard case .exit(let code) = result.status else {
      Issue.record("fleet-sync \(result.status): \(Self.text(result.errorOutput))")
      return Run(-1)
    }
    return Run(
      code,
      Self.text(result.errorOutput).replacing(path, with: "SITE").replacing(hub, with: "HUB")
        .replacing(hub.replacing(":secret@", with: "@"), with: "HUB"))
  }

  /// Changes what the site remembers.
  func remember(_ change: (inout [JSONMember]) -> Void) throws {
    let file = state + "/site.json"
    let json = try #require(JSONParser.parse(try Files.read(file, limit: 1 << 20)))
    var members = try #require(json.members)
    change(&members)
    try Files.writeAtomically(file, JSONWriter.compact(.object(members)), durable: false)
  }

  /// Runs fleet-sync and kills it, with its children, after some milliseconds.
  func syncAndKill(
    afterMilliseconds milliseconds: Int, environment: [String: String] = [:]
  ) throws {
    // A shell of its own group: kill reaches the children as a loss of power would.
    let words = arguments.map { "'\($0)'" }.joined(separator: " ")
    let script = """
      set -m
      \(words) 2>/dev/null &
      sleep \(Double(milliseconds) / 1000)
      kill -KILL -- -$! 2>/dev/null
      wait
      """
    var variables = HandmadeHub.environment
    variables["HOME"] = path
    variables.merge(environment, uniquingKeysWith: { $1 })
    _ = try Child.run(["bash", "-c", script], environment: variables, timeoutSeconds: 60)
  }

  /// The files in the folder of manifests, `BUNDLE/FILE`, with their content.
  func files() throws -> [String] {
    guard Files.exists(manifests) else { return [] }
    return try Files.entries(in: manifests).flatMap { bundle -> [String] in
      guard bundle.kind == .directory else { return [bundle.text] }
      return try Files.entries(in: "\(manifests)/\(bundle.text)").map {
        "\(bundle.text)/\($0.text): "
          + Self.text(try Files.read("\(manifests)/\(bundle.text)/\($0.text)", limit: 1 << 20))
      }
    }
  }

  /// A built program, beside the test's own.
  static func program(_ name: String) -> String {
    let own = (try? Files.readLink("/proc/self/exe")) ?? ""
    return Files.split(own).folder + "/" + name
  }

  /// Bytes as text without the newlines at the end.
  static func text(_ bytes: [UInt8]) -> String {
    var text = String(decoding: bytes, as: UTF8.self)
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }
}
