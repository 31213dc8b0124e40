// SPDX-License-Identifier: Apache-2.0

import Glibc
import Posix

/// A chart repository and an OCI registry on one port of loopback, until the value goes away.
///
/// Charts are made by `helm package` and `helm repo index`, pushed by `helm push`.
package final class ChartServer {
  /// The URL of the chart repository.
  package let url: String
  /// Host and port, as it stands behind `oci://`.
  package let host: String
  private let scratch: ScratchFolder
  private let user: (name: String, password: String)?

  /// Something could not be done.
  package struct Failure: Error, CustomStringConvertible {
    /// What the program said.
    package let description: String
  }

  /// Whether the programs are there, for `.enabled(if:)`; what is missing is said in one line.
  package static let isPossible: Bool = {
    let folders = (Environment.get("PATH") ?? "") + ":/usr/local/sbin:/usr/sbin:/sbin"
    let missing = ["nginx", "docker-registry", "openssl", "curl"].filter {
      Child.find($0, path: folders) == nil
    }
    let program = missing.first ?? (ChartServer.helm == nil ? "helm" : nil)
    if let program {
      StandardStream.error.line("not run: the tests of charts from elsewhere, no '\(program)'")
    }
    return program == nil
  }()

  /// The helm that is tested with: `$FLEET_HELM`, else the one on the PATH; nil without one.
  package static let helm: String? = {
    if let chosen = Environment.get("FLEET_HELM"), !chosen.isEmpty { return chosen }
    return Child.find("helm")
  }()

  /// Starts both; with a user they want a name and a password.
  package init(user: (name: String, password: String)? = nil) throws {
    self.user = user
    scratch = try ScratchFolder("charts")
    try Files.makeDirectories(scratch.path + "/charts")
    let result = try Child.run(
      [TestTools.path("charts-up.sh"), "--while", String(getpid())]
        + (user.map { ["--user", "\($0.name):\($0.password)"] } ?? [])
        + [scratch.path, scratch.path + "/charts"], timeoutSeconds: 60)
    guard result.succeeded else {
      throw Failure(description: String(decoding: result.errorOutput, as: UTF8.self))
    }
    url =
      String(decoding: result.output, as: UTF8.self)
      .split(separator: "\n").first.map(String.init) ?? ""
    host = String(url.dropFirst("http://".count))
    try writeSignIn()
  }

  /// What a command needs to find the same helm, and to sign in to the registry.
  package var variables: [String: String] {
    ["FLEET_HELM": Self.helm ?? "", "HELM_REGISTRY_CONFIG": scratch.path + "/sign-in.json"]
  }

  /// Publishes a chart with one config map in the chart repository.
  package func publish(_ name: String, _ version: String, says text: String = "hello") throws {
    try package(name, version, text, into: scratch.path + "/charts")
    // The same second would be the same order; versions decide anyway.
    try run(["repo", "index", scratch.path + "/charts"])
  }

  /// Pushes a chart with one config map to the registry, below `charts/`.
  package func push(_ name: String, _ version: String, says text: String = "hello") throws {
    let folder = scratch.path + "/pushed"
    try Files.makeDirectories(folder)
    try package(name, version, text, into: folder)
    try run(["push", "\(folder)/\(name)-\(version).tgz", "oci://\(host)/charts", "--plain-http"])
  }

  /// The files of a chart with one config map.
  package static func files(
    _ name: String, _ version: String, says text: String = "hello"
  ) -> [(path: String, text: String)] {
    let template = """
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: {{ .Release.Name }}-\(name)
      data:
        says: \(text)

      """
    return [
      ("Chart.yaml", "apiVersion: v2\nname: \(name)\nversion: \(version)\n"),
      ("templates/configmap.yaml", template),
    ]
  }

  /// Stops both before the value goes away, as a network that is cut.
  package func stop() {
    _ = try? Child.run([TestTools.path("charts-down.sh"), scratch.path], timeoutSeconds: 30)
  }

  deinit { stop() }

  private func package(
    _ name: String, _ version: String, _ text: String, into folder: String
  ) throws {
    let source = "source/\(name)-\(version)"
    for file in Self.files(name, version, says: text) {
      try scratch.write(file.text, to: "\(source)/\(file.path)")
    }
    try run(["package", "\(scratch.path)/\(source)", "--destination", folder])
  }

  /// `helm registry login` of helm 3.17 cannot do without TLS.
  private func writeSignIn() throws {
    guard let user else {
      try scratch.write("{}", to: "sign-in.json")
      return
    }
    let result = try Child.run(
      ["openssl", "base64", "-A"], input: .bytes(Array("\(user.name):\(user.password)".utf8)))
    let word = String(decoding: result.output, as: UTF8.self)
    try scratch.write(
      #"{"auths":{"\#(host)":{"auth":"\#(word)"}}}"#, to: "sign-in.json")
  }

  private func run(_ arguments: [String]) throws {
    var environment = ["PATH": Environment.get("PATH") ?? "", "HOME": scratch.path]
    environment.merge(variables) { _, new in new }
    let result = try Child.run(
      [Self.helm ?? "helm"] + arguments, environment: environment, timeoutSeconds: 60)
    guard result.succeeded else {
      throw Failure(description: String(decoding: result.errorOutput, as: UTF8.self))
    }
  }
}
