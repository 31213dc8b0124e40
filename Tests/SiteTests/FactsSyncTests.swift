// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import SliceFormat
import Testing

@Suite("facts of a site")
struct FactsSyncTests {
  /// A hub that tells one object.
  static func hub() throws -> HandmadeHub {
    let hub = try HandmadeHub()
    let manifest =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: facts, namespace: default}\n"
    try hub.publish(
      [HandmadeHub.Bundle("facts", ["ConfigMap~default~facts": manifest])], release: 1)
    return hub
  }

  private static func report(_ site: TestSite) throws -> StatusReport {
    try #require(
      StatusReport(json: try Files.read(site.state + "/status.json", limit: 1 << 20)))
  }

  private static func facts(_ site: TestSite) throws -> [String]? {
    try report(site).facts?.map { "\($0.name)=\($0.value)" }
  }

  @Test("a folder has the facts of the command line, and says so when it has none any more")
  func folder() throws {
    let hub = try Self.hub()
    let site = try TestSite(hub.path)
    #expect(try site.sync().code == 0)
    #expect(try Self.facts(site) == nil)
    #expect(try site.sync("--fact", "rack=b12", "--fact=example.com/model=R 640").code == 0)
    #expect(try Self.facts(site) == ["example.com/model=R 640", "rack=b12"])
    let counter = try Self.report(site).counter
    #expect(try site.sync("--fact", "rack=b12", "--fact=example.com/model=R 640").code == 0)
    #expect(try Self.report(site).counter == counter)
    #expect(try site.sync().code == 0)
    #expect(try Self.facts(site) == [])
    #expect(try Self.report(site).counter == counter + 1)
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    let id: String
    let words: [String]
    let said: String
    var testDescription: String { id }
  }

  @Test(
    "facts that make no sense are refused with the whole sentence",
    arguments: [
      Wrong(
        id: "no-value", words: ["--fact", "rack"],
        said: "error: 'rack' is no fact\nhint: --fact NAME=VALUE, such as rack=b12"),
      Wrong(
        id: "no-name", words: ["--fact", "=b12"],
        said: "error: '=b12' is no fact\nhint: --fact NAME=VALUE, such as rack=b12"),
      Wrong(
        id: "bad-name", words: ["--fact", "a/b/c=1"],
        said: "error: 'a/b/c=1' is no fact\nhint: --fact NAME=VALUE, such as rack=b12"),
      Wrong(
        id: "twice", words: ["--fact", "rack=1", "--fact", "rack=2"],
        said: "error: the fact 'rack' is given twice"),
      Wrong(
        id: "unprintable", words: ["--fact", "rack=a\nb"],
        said:
          "error: the value of the fact 'rack' has more than 128 bytes or cannot be printed"),
      Wrong(
        id: "missing", words: ["--fact"], said: "error: '--fact' needs a value"),
    ])
  func wrong(_ entry: Wrong) throws {
    let site = try TestSite("none")
    #expect(try site.run(site.arguments + entry.words) == TestSite.Run(64, entry.said))
  }
}

@Suite(
  "facts of a real cluster",
  .enabled(if: KubeServer.isRunning, "no kube-apiserver can be had here"), .serialized)
struct FactsClusterTests {
  private static let nodes = """
    apiVersion: v1
    kind: Node
    metadata:
      name: facts-NUMBER
      labels:
        node.kubernetes.io/instance-type: r640
        topology.kubernetes.io/region: eu
        topology.kubernetes.io/zone: zNUMBER
        team: tills

    """

  /// Two nodes, which are only objects here: nobody runs anything.
  private static func makeNodes(_ server: KubeServer) throws {
    for number in 1...2 {
      let made = try server.kubectl(
        ["apply", "-f", "-"], input: nodes.replacing("NUMBER", with: "\(number)"))
      try #require(made.succeeded, "\(TestSite.text(made.errorOutput))")
      let status = #"""
        {"status":{"capacity":{"cpu":"3920m","memory":"8146412Ki","pods":"110"},"nodeInfo":{"architecture":"arm64","operatingSystem":"linux","bootID":"","containerRuntimeVersion":"","kernelVersion":"","kubeProxyVersion":"","kubeletVersion":"v1.31.4","machineID":"","osImage":"","systemUUID":""}}}
        """#
      let patched = try server.kubectl([
        "patch", "node", "facts-\(number)", "--subresource=status", "--type=merge", "-p", status,
      ])
      try #require(patched.succeeded, "\(TestSite.text(patched.errorOutput))")
    }
  }

  private static func site(_ hub: HandmadeHub, _ kubeconfig: String) throws -> TestSite {
    try TestSite(
      hub.path,
      target: [
        "--target", "kubectl", "--kubeconfig", kubeconfig, "--inventory-namespace",
        "facts-system",
      ])
  }

  private static func facts(_ site: TestSite) throws -> [String: String] {
    let report = try #require(
      StatusReport(json: try Files.read(site.state + "/status.json", limit: 1 << 20)))
    return Dictionary(
      (report.facts ?? []).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }

  @Test("server and nodes are asked once an hour, and at once when somebody is waiting")
  func asked() throws {
    let server = try #require(KubeServer.shared)
    try Self.makeNodes(server)
    defer { _ = try? server.kubectl(["delete", "node", "facts-1", "facts-2"]) }
    let hub = try FactsSyncTests.hub()
    let site = try Self.site(hub, server.kubeconfig)
    // A run that applies something new has better things to do.
    #expect(try site.sync("--fact", "rack=b12").code == 0)
    #expect(try Self.facts(site) == ["rack": "b12"])
    #expect(try site.sync("--fact", "rack=b12").code == 0)
    var facts = try Self.facts(site)
    let version = try server.ask("version", "-o", "json")
    let git = try #require(
      JSONParser.parse(Array(version.utf8))?["serverVersion"]?["gitVersion"]?.string)
    #expect(facts.removeValue(forKey: "kubernetesVersion") == String(git.dropFirst()))
    #expect(
      facts.removeValue(forKey: "kubernetesMinor")
        == git.dropFirst().split(separator: ".").prefix(2).joined(separator: "."))
    #expect(facts.removeValue(forKey: "distribution") != nil)
    #expect(
      facts == [
        "architecture": "arm64", "cpu": "7", "memory": "15", "nodes": "2", "os": "linux",
        "node.kubernetes.io/instance-type": "r640", "topology.kubernetes.io/region": "eu",
        "rack": "b12",
      ])
    #expect(try server.kubectl(["delete", "node", "facts-2"]).succeeded)
    #expect(try site.sync().code == 0)
    #expect(try Self.facts(site)["nodes"] == "2")
    #expect(try site.sync("--now").code == 0)
    #expect(try Self.facts(site)["nodes"] == "1")
    #expect(try Self.facts(site)["topology.kubernetes.io/zone"] == "z1")
    // An hour later nobody has to wait.
    #expect(try server.kubectl(["delete", "node", "facts-1"]).succeeded)
    try site.remember { members in
      for index in members.indices where members[index].name == "facts" {
        var facts = members[index].value.members ?? []
        for place in facts.indices where facts[place].name == "askedAt" {
          facts[place].value = .integer((facts[place].value.integer ?? 0) - 3600)
        }
        members[index].value = .object(facts)
      }
    }
    #expect(try site.sync().code == 0)
    #expect(try Self.facts(site)["nodes"] == "0")
  }
}
