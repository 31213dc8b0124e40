// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Testing

/// A fleet on a hub, a real API server, and what a person at a desk and a site do with them.
///
/// The API server is shared, so that a test has a word of its own in all names.
final class DeskBench {
  /// How a program ended and what it said.
  struct Run: Equatable {
    let code: Int
    let output: String
    let errors: String
  }

  let word: String
  let hub: HubFixture
  let server: KubeServer
  private(set) var transcript = ""

  init(_ word: String, _ files: [String: String]) throws {
    self.word = word
    server = try #require(KubeServer.shared)
    hub = try HubFixture(files)
    try publish("first")
  }

  /// The namespace of the record.
  var system: String { "\(word)-system" }

  /// Commits and pushes; the hub has to take it.
  func publish(_ message: String, _ options: [String] = []) throws {
    try hub.clone.commit(message)
    let push = try hub.clone.push(options: options)
    try #require(push.isAccepted, "\(push.text)")
  }

  /// Runs `kubectl fleet` in the clone and takes it into the transcript.
  @discardableResult
  func fleet(_ arguments: String..., hiding hidden: [String] = []) throws -> Run {
    let run = try run([HubFixture.program("kubectl-fleet")] + arguments, in: hub.clone.path)
    let shown = arguments.joined(separator: " ")
    transcript += "$ kubectl fleet \(plain(shown))\n" + run.output
    for line in run.errors.split(separator: "\n") { transcript += "stderr| \(line)\n" }
    if run.code != 0 { transcript += "exit code \(run.code)\n" }
    transcript += "\n"
    return run
  }

  /// `kubectl fleet deploy CLUSTER` into the server.
  @discardableResult
  func deploy(_ cluster: String, _ arguments: String...) throws -> Run {
    let run = try run(
      [HubFixture.program("kubectl-fleet"), "deploy", cluster] + arguments + [
        "--kubeconfig", server.kubeconfig, "--inventory-namespace", system,
      ], in: hub.clone.path)
    let words = [cluster] + arguments
    transcript += "$ kubectl fleet deploy \(words.joined(separator: " "))\n" + run.output
    for line in run.errors.split(separator: "\n") { transcript += "stderr| \(line)\n" }
    if run.code != 0 { transcript += "exit code \(run.code)\n" }
    transcript += "\n"
    return run
  }

  /// Puts a line of the test's own into the transcript.
  func note(_ text: String) { transcript += "# \(text)\n" }

  /// Runs `fleet-sync` against the hub's folder.
  func sync(_ cluster: String, kubeconfig: String? = nil) throws -> Run {
    try run(
      [
        HubFixture.program("fleet-sync"), "--cluster", cluster, "--hub", hub.hub.root, "--state",
        hub.scratch.path + "/state-\(cluster)", "--kubeconfig", kubeconfig ?? server.kubeconfig,
        "--inventory-namespace", system,
      ], in: hub.scratch.path)
  }

  /// Runs a program without anything of the user's own.
  func run(_ words: [String], in folder: String, input: String = "") throws -> Run {
    let result = try Child.run(
      words,
      environment: GitFixture.environment(["HOME": hub.scratch.path]),
      directory: folder, input: .bytes(Array(input.utf8)), timeoutSeconds: 300)
    guard case .exit(let code) = result.status else {
      throw HubFixture.Failure("\(words.first ?? "") \(result.status)")
    }
    return Run(
      code: code, output: plain(String(decoding: result.output, as: UTF8.self)),
      errors: plain(String(decoding: result.errorOutput, as: UTF8.self)))
  }

  /// Names of objects, as `kubectl get -o name` prints them.
  func names(_ kinds: String, _ namespace: String) throws -> [String] {
    try server.ask("get", kinds, "-n", namespace, "-o", "name").split(separator: "\n")
      .map(String.init).filter { !$0.hasPrefix("configmap/kube-root-ca") }
  }

  /// The text without what differs from run to run.
  private func plain(_ text: String) -> String {
    text.replacing(hub.scratch.path, with: "<FOLDER>")
      .split(separator: "\n", omittingEmptySubsequences: false)
      .filter { line in
        !["creationTimestamp: ", "uid: ", "resourceVersion: "].contains { line.contains($0) }
      }
      .joined(separator: "\n")
  }
}
