// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Posix

/// A real Kubernetes API server on loopback, started at most once per test process and stopped when that
/// has ended, however it ended. Its data is shared: every test uses namespaces of its own.
///
/// There is no kubelet, scheduler or controller: workloads never become ready, namespaces never go.
package struct KubeServer: Sendable {
  /// An administrator's kubeconfig.
  package let kubeconfig: String
  /// The kubeconfig of a user without any rights.
  package let limitedKubeconfig: String

  /// The server; nil where none can be had, which is said in one line.
  package static let shared: KubeServer? = start()

  /// Whether there is a server, for `.enabled(if:)`.
  package static var isRunning: Bool { shared != nil }

  /// Runs kubectl as the administrator.
  package func kubectl(_ arguments: [String], input: String? = nil) throws -> ChildResult {
    try Child.run(
      ["kubectl", "--kubeconfig=\(kubeconfig)"] + arguments,
      input: input.map { .bytes(Array($0.utf8)) } ?? .nothing, timeoutSeconds: 60)
  }

  /// What kubectl prints, without the newlines at its end; what it complains of when it fails.
  package func ask(_ arguments: String...) throws -> String {
    let result = try kubectl(arguments)
    var text = String(
      decoding: result.succeeded ? result.output : result.errorOutput, as: UTF8.self)
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }

  private static func start() -> KubeServer? {
    let place = Environment.get("TMPDIR") ?? "/tmp"
    let state = "\(place)/fleet-kube-\(getpid())"
    let result = try? Child.run(
      [
        TestTools.path("kube-up.sh"), "--user", "limited", "--while", String(getpid()), state,
      ], errorOutput: .inherit, timeoutSeconds: 1800)
    guard let result, result.succeeded else {
      StandardStream.error.line("not run: the tests that need a Kubernetes API server")
      return nil
    }
    return KubeServer(
      kubeconfig: state + "/kubeconfig", limitedKubeconfig: state + "/kubeconfig-limited")
  }
}

/// The scripts of `Tests/tools`.
enum TestTools {
  /// The path of a script.
  static func path(_ name: String, from here: String = #filePath) -> String {
    Files.split(Files.split(here).folder).folder + "/tools/" + name
  }
}
