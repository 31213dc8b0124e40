// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import HubService
import Posix

/// Whether what renders is there, for `.enabled(if:)`; what is missing is said in one line.
enum Renderers {
  static let areInstalled: Bool = {
    let missing = [
      ("helm", ChartServer.helm),
      ("kubectl or kustomize", Child.find("kubectl") ?? Child.find("kustomize")),
    ].first { $0.1 == nil }
    if let missing {
      StandardStream.error.line("not run: the tests of rendering at push, no \(missing.0)")
    }
    return missing == nil
  }()
}

/// Bundles for the small fleet of shops that have to be rendered.
enum RenderedBundles {
  /// A chart with a config map and a colour by region.
  static let till: [String: String] = [
    "apps/till/fleet.yaml": """
    name: till
    namespace: tills
    helm:
      values:
        colour: "${ .ClusterLabels.region }"

    """,
    "apps/till/Chart.yaml": "apiVersion: v2\nname: till\nversion: 1.0.0\n",
    "apps/till/templates/config.yaml": """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: {{ .Release.Name }}
    data:
      colour: {{ .Values.colour }}

    """,
  ]

  /// A kustomization with a prefix.
  static let menu: [String: String] = [
    "apps/menu/fleet.yaml": "name: menu\nnamespace: menus\n",
    "apps/menu/kustomization.yaml": "resources: [menu.yaml]\nnamePrefix: todays-\n",
    "apps/menu/menu.yaml": SampleFleet.configMap("menu", ["drink": "coffee"]),
  ]

  /// The small fleet with both.
  static let fleet = SampleFleet.shops.merging(till) { $1 }.merging(menu) { $1 }
}

/// A program in the place of helm that counts how often it was started.
final class HelmStandIn {
  /// Where it is; the value of FLEET_HELM.
  let path: String
  private let scratch: ScratchFolder

  /// Makes it: a script before the real helm.
  ///
  /// - Parameters:
  ///   - version: what it says its version is; nil for that of the real helm.
  ///   - filter: a shell command that everything rendered goes through.
  init(version: String? = nil, filter: String = "cat") throws {
    scratch = try ScratchFolder("helm")
    let real = Child.find(ChartServer.helm ?? "helm") ?? "/no/helm"
    let answer =
      version.map { "if test \"$1\" = version; then printf '%s' '\($0)'; exit; fi" } ?? ""
    path = try scratch.write(
      """
      #!/bin/sh
      echo "$1" >>'\(scratch.path)/starts'
      \(answer)
      if test "$1" != template; then exec '\(real)' "$@"; fi
      '\(real)' "$@" >'\(scratch.path)/'$$.out || exit
      exec 3<'\(scratch.path)/'$$.out
      rm '\(scratch.path)/'$$.out
      \(filter) <&3

      """, to: "helm")
    chmod(path, 0o755)
  }

  /// The variables of a push that uses it.
  var variables: [String: String] { ["FLEET_HELM": path] }

  /// The first arguments of all starts since the last question, sorted.
  func starts() throws -> [String] {
    let file = scratch.path + "/starts"
    let lines = String(decoding: TestFiles.read(file) ?? [], as: UTF8.self)
    try Files.remove(file)
    return lines.split(separator: "\n").map(String.init).sorted()
  }
}

extension HubFixture {
  /// A hub to which these files have been pushed, with all variables of the push.
  static func pushed(
    _ files: [String: String], variables: [String: String] = [:]
  ) throws -> HubFixture {
    let fixture = try HubFixture(files)
    try fixture.clone.commit("first fleet")
    let push = try fixture.clone.push(variables: variables)
    guard push.isAccepted else { throw Failure("first push: \(push.text)\(push.report)") }
    return fixture
  }

  /// Runs a built program in the clone and tells everything that it wrote, and its exit code if not 0.
  func run(_ arguments: [String], variables: [String: String] = [:]) throws -> String {
    let result = try Child.run(
      [try HubFixture.program(arguments[0])] + arguments.dropFirst(),
      environment: GitFixture.environment(["HOME": scratch.path]).merging(variables) { $1 },
      directory: clone.path, timeoutSeconds: 240)
    let text = String(decoding: result.output + result.errorOutput, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasSuffix(" …") }.joined(separator: "\n")
    let shown = text.split(separator: scratch.path, omittingEmptySubsequences: false)
      .joined(separator: "…")
    switch result.status {
    case .exit(0): return shown
    case .exit(let code): return shown + "exit code \(code)\n"
    default: return shown + "\(result.status)\n"
    }
  }

  /// A file of a cluster's slice; empty when it is not there.
  func sliceFile(_ cluster: String, _ path: String) throws -> String {
    let result = try GitFixture.attempt(
      ["show", "refs/slices/\(cluster):\(path)"], in: hub.slices)
    return result.succeeded ? String(decoding: result.output, as: UTF8.self) : ""
  }

  /// What a push changed of the hub besides what can be made again.
  func changesBesidesCache(since before: HubFingerprint) throws -> [String] {
    try fingerprint().changes(since: before).filter { !$0.dropFirst(2).hasPrefix("cache/") }
  }
}
