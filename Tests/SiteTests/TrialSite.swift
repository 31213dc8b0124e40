// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Reconciling
import Testing

@testable import SiteService

/// A site whose runs are made in this process, at moments that the test says, into a folder of manifests.
final class TrialSite {
  let site: TestSite
  let hub: HandmadeHub
  /// Seconds since the first run, and the boot of the machine.
  var seconds: Int64 = 0
  var boot = "first"
  var gateConfig: String?

  init() throws {
    hub = try HandmadeHub()
    site = try TestSite(hub.path)
  }

  /// A bundle of one object whose text tells the version.
  static func bundle(_ version: String, name: String = "pos", watch: String) -> HandmadeHub.Bundle {
    HandmadeHub.Bundle(
      name, ["ConfigMap~shop~\(name)": version],
      options: watch.isEmpty ? "" : #""watch":\#(watch)"#)
  }

  /// `soak` 300 s, and one gate each 60 s: at least 99.
  static let gated =
    #"{"soak":300,"deadline":7200,"failedAfter":300,"undo":true,"gates":[{"name":"success-rate","#
    + #""provider":"prometheus","query":"rate","samplesQuery":"count","min":99,"minSamples":20}]}"#

  /// Runs fleet-sync after some seconds; the exit code.
  @discardableResult
  func run(after: Int64 = 0) throws -> Int32 {
    seconds += after
    guard let address = HubAddress(site.hub) else { return -1 }
    var options = SyncOptions(cluster: site.cluster, hubs: [address], stateFolder: site.state)
    options.target = .folder(site.manifests)
    options.gateConfig = gateConfig
    let folder = SiteFolder(path: site.state)
    try Files.makeDirectories(folder.path, mode: 0o700)
    let wall = 1_800_000_000 + seconds
    var run = SiteRun(
      options, folder: folder, now: Timestamp(seconds: wall),
      clock: SiteClock(boot: boot, steady: seconds, wall: wall), stored: try folder.readState())
    return try run.run().rawValue
  }

  /// What is written: `pos 1, web 1`.
  func applied() throws -> String {
    try site.files().filter { !$0.hasPrefix(".") }.map { line in
      let words = line.split(separator: ": ")
      let name = line.split(separator: "/").first ?? ""
      return "\(name) \(words.last ?? "")"
    }.joined(separator: ", ")
  }

  /// The bundles of the last status: `pos Ready reverted: message`.
  func told() throws -> [String] {
    let bytes = try Files.read(site.state + "/status.json", limit: 1 << 20)
    return (JSONParser.parse(bytes)?["bundles"]?.items ?? []).map { bundle in
      let reverted = bundle["reverted"]?.bool == true ? " reverted" : ""
      let message = bundle["message"]?.string ?? ""
      return "\(bundle["name"]?.string ?? "") \(bundle["state"]?.string ?? "")\(reverted)"
        + (message.isEmpty ? "" : ": \(message)")
    }
  }

  /// The numbers of the last status: `pos/success-rate 99.5 of 100`.
  func metrics() throws -> [String] {
    let bytes = try Files.read(site.state + "/status.json", limit: 1 << 20)
    return (JSONParser.parse(bytes)?["metrics"]?.items ?? []).map { metric in
      let value =
        switch metric["value"] {
        case .real(let number): "\(number)"
        case .integer(let number): "\(number)"
        default: "none"
        }
      return "\(metric["bundle"]?.string ?? "")/\(metric["name"]?.string ?? "") \(value)"
        + " of \(metric["samples"]?.integer ?? -1)"
    }
  }

  /// The tree of a bundle of the slice that the hub shows, its first digits.
  func tree(_ bundle: String = "pos") throws -> String {
    String(
      try HandmadeHub.git([
        "--git-dir=\(hub.path)/slices.git", "rev-parse", "refs/slices/\(site.cluster):\(bundle)",
      ]).prefix(12))
  }

  /// Writes the gate configuration with the address of a server.
  func use(_ server: GateServer) throws {
    try site.scratch.write(#"{"prometheus":{"address":"\#(server.url)"}}"#, to: "gates.json")
    gateConfig = site.path + "/gates.json"
  }
}
