// SPDX-License-Identifier: Apache-2.0

import Reconciling
import Testing

@testable import SiteService

@Suite("the command line of fleet-sync")
struct CommandLineTests {
  static let needed = ["--cluster", "store-0001", "--hub", "https://hub/fleet/", "--state", "/s"]

  @Test("three flags are enough")
  func minimum() throws {
    let hub = try #require(HubAddress("https://hub/fleet"))
    #expect(
      try SyncCommand.parse(Self.needed)
        == .run(SyncOptions(cluster: "store-0001", hubs: [hub], stateFolder: "/s")))
  }

  @Test("every flag is read")
  func all() throws {
    let command = try SyncCommand.parse(
      Self.needed + [
        "--target=kubectl", "--kubeconfig=/k", "--context", "edge", "--drift-check=off",
        "--heartbeat", "0", "--timeout=5m", "--apply-timeout", "1h", "--jitter=30s", "--take-over",
        "--removal-limit", "30%", "--allow-removals",
      ])
    guard case .run(let options) = command else {
      Issue.record("is no run")
      return
    }
    #expect(options.target == .kubectl)
    #expect(options.kubeconfig == "/k")
    #expect(options.context == "edge")
    #expect(!options.checksDrift)
    #expect(options.heartbeat == 0)
    #expect(options.timeout == 300)
    #expect(options.applyTimeout == 3600)
    #expect(options.jitter == 30)
    #expect(options.takesOver)
    #expect(options.removals == RemovalOptions(limit: .share(30), allowsAll: true))
  }

  @Test("help and version win over everything else")
  func help() throws {
    #expect(try SyncCommand.parse(["--cluster", "a", "--help", "--nonsense"]) == .help)
    #expect(try SyncCommand.parse(["--version"]) == .version)
  }

  @Test(
    "words that make no sense are named",
    arguments: [
      ([], "'--cluster NAME' is missing", "fleet-sync --help"),
      (["--cluster", "a"], "'--hub URL' is missing", "fleet-sync --help"),
      (["--clustr", "a"], "unknown flag '--clustr'", "did you mean '--cluster'?"),
      (["a"], "unexpected word 'a'", "fleet-sync --help"),
      (["--hub"], "'--hub' needs a value", nil),
      (["--cluster", "a", "--cluster=b"], "'--cluster' is given twice", nil),
      (
        ["--cluster", "../a"], "'../a' is no cluster name",
        "names have small letters, digits, '-' and '.'"
      ),
      (["--cluster", "a", "--hub", "-u"], "'-u' is no place of a hub", nil),
      (["--cluster", "a", "--hub", "ext::sh"], "'ext::sh' is no place of a hub", nil),
      (
        needed + ["--target", "helm"], "'helm' is no target",
        "--target kubectl, or --target dir:PATH"
      ),
      (needed + ["--drift-check", "yes"], "'--drift-check' is on or off, not 'yes'", nil),
      (
        needed + ["--heartbeat", "1d"], "'1d' is no time for '--heartbeat'",
        "write 30s, 5m or 1h, at most 720h"
      ),
      (
        needed + ["--jitter", "99999999999999h"], "'99999999999999h' is no time for '--jitter'",
        "write 30s, 5m or 1h, at most 720h"
      ),
      (needed + ["--timeout", "0"], "'--timeout' must be more than 0", nil),
      (
        needed + ["--target", "dir:/m", "--context", "c"],
        "'--context' has no meaning with '--target dir:PATH'", nil
      ),
    ] as [([String], String, String?)])
  func usage(words: [String], message: String, hint: String?) {
    #expect(throws: UsageError(message, hint: hint)) { try SyncCommand.parse(words) }
  }

  @Test(
    "the kind of a hub is told from its URL as git tells it",
    arguments: [
      ("/srv/fleet", "/srv/fleet", "/srv/fleet/hub.json"),
      ("./a:b", "./a:b", "./a:b/hub.json"),
      ("file:///srv/fleet/", "/srv/fleet", "/srv/fleet/hub.json"),
      ("git@hub:fleet", nil, "git@hub:fleet/hub.json"),
      ("ssh://git@hub/fleet", nil, "ssh://git@hub/fleet/hub.json"),
      ("https://hub/fleet", nil, "https://hub/fleet/hub.json"),
    ] as [(String, String?, String)])
  func hubs(text: String, localPath: String?, descriptor: String) throws {
    let hub = try #require(HubAddress(text))
    #expect(hub.localPath == localPath)
    #expect(hub.descriptor == descriptor)
    #expect(hub.isWeb == text.hasPrefix("https"))
  }

  @Test(
    "a password in a URL is not shown",
    arguments: [
      ("https://me:secret@hub/fleet", "https://me@hub/fleet"),
      ("https://me@hub/fleet", "https://me@hub/fleet"),
      ("https://hub:8080/a@b", "https://hub:8080/a@b"), ("git@hub:fleet", "git@hub:fleet"),
    ])
  func password(text: String, shown: String) throws {
    let hub = try #require(HubAddress(text))
    #expect(hub.shown == shown)
    #expect(hub.redact("cannot reach '\(text)/slices.git'") == "cannot reach '\(shown)/slices.git'")
  }

  @Test("the help fits a terminal")
  func width() {
    #expect(SyncCommand.helpText.split(separator: "\n").allSatisfy { $0.count <= 90 })
  }
}
