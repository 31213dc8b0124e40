// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Posix
import Testing

/// What a poll costs on the line: bytes of HTTP without TLS, headers and all, counted by a proxy.
@Suite(
  "what a fetch costs",
  .enabled(
    if: WebHub.isPossible && LineProxy.isPossible,
    "nginx, fcgiwrap, openssl, curl or python3 is missing"))
struct FetchCostTests {
  typealias Counts = LineProxy.Counts

  /// A bundle as a shop has one: eight objects of half a kilobyte, one of them with a word that changes.
  private static func bundle(_ word: String) -> HandmadeHub.Bundle {
    let objects = (1...8).map { number -> (String, String) in
      // Digits that do not shrink much.
      let noise = (1...12).map { line in
        "  line-\(line): \"\(String(line &* 7_919 &* number &* 104_729, radix: 36))-setting\"\n"
      }.joined()
      let own = number == 5 ? word : "same"
      return (
        "ConfigMap~shop~settings-\(number)",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: settings-\(number)
          namespace: shop
        data:
        \(noise)  word: "\(own)"

        """
      )
    }
    return HandmadeHub.Bundle("shop-apps-pos", Dictionary(objects, uniquingKeysWith: { $1 }))
  }

  @Test(
    "nothing new costs less than 1.1 KB up and 1.0 KB down, one changed line less than 2.5 KB down",
    arguments: [false, true])
  func cost(withPassword: Bool) throws {
    let hub = try HandmadeHub()
    // Others, of whom a poll must not hear.
    for number in 2...30 {
      try hub.publish(
        [Self.bundle("other")], cluster: "store-\(1000 + number)", release: 1)
    }
    try hub.publish([Self.bundle("first")], release: 1)
    let web = try WebHub(hub.path, users: withPassword ? [("store-0001", "secret")] : [])
    let line = try LineProxy(to: web.url)
    let site = try TestSite(line.url(web.url))
    func measure(_ said: String?) throws -> Counts {
      let before = line.counts
      #expect(try site.sync("--drift-check=off") == .init(0, said ?? ""))
      return line.counts - before
    }
    let first = try measure("took release 1 of epoch 1")
    let nothing = try measure(nil)
    try hub.publish([Self.bundle("second")], release: 2)
    // The push of the status is its own matter.
    let path = "status.git/info/refs"
    try line.cut("path \(path)")
    let before = line.counts
    let run = try site.sync("--drift-check=off")
    #expect(run.said.hasPrefix("took release 2 of epoch 1\nerror: cannot push the status to 'HUB'"))
    let changed = line.counts - before
    try line.cut("")
    let report = try measure(nil)
    StandardStream.error.line(
      """
      bytes up/down \(withPassword ? "with a password" : "for everybody"): \
      first \(first.up)/\(first.down), nothing new \(nothing.up)/\(nothing.down), \
      one changed line \(changed.up)/\(changed.down), its status \(report.up)/\(report.down)
      """)
    #expect(nothing.up < 1100)
    #expect(nothing.down < 1000)
    #expect(nothing.connections == 1)
    #expect(changed.down < 2500)
  }

  @Test("a proxy of the environment is used, unless the hub is excepted")
  func proxies() throws {
    let hub = try HandmadeHub()
    try hub.publish([Self.bundle("first")], release: 1)
    let web = try WebHub(hub.path, users: [("store-0001", "secret")])
    let proxy = try LineProxy()
    let site = try TestSite(web.url)
    let variables = ["http_proxy": "http://\(proxy.place)"]
    #expect(try site.sync(environment: variables) == .init(0, "took release 1 of epoch 1"))
    #expect(try hub.status()["state"]?.string == "Ready")
    // The descriptor by curl, the slice and the status by git.
    let used = proxy.counts
    #expect(used.connections >= 3)
    #expect(
      try site.sync(environment: variables.merging(["no_proxy": "127.0.0.1"]) { $1 }) == .init(0))
    #expect(proxy.counts == used)
    #expect(
      try site.sync(environment: ["http_proxy": "http://127.0.0.1:1"]).said
        .hasPrefix("error: cannot fetch from 'HUB': unable to access"))
  }

  @Test("a password in the hub's URL is in no argument of a program")
  func arguments() throws {
    let hub = try HandmadeHub()
    try hub.publish([Self.bundle("first")], release: 1)
    let web = try WebHub(hub.path, users: [("store-0001", "secret")])
    let site = try TestSite(web.url)
    for name in ["git", "curl"] {
      let real = try #require(Child.find(name))
      try site.scratch.write(
        "#!/bin/sh\necho \"\(name) $*\" >>'\(site.path)/calls'\nexec '\(real)' \"$@\"\n",
        to: "bin/\(name)")
      _ = try Child.run(["chmod", "+x", "\(site.path)/bin/\(name)"])
    }
    let path = "\(site.path)/bin:" + (HandmadeHub.environment["PATH"] ?? "")
    #expect(
      try site.sync(environment: ["PATH": path]) == .init(0, "took release 1 of epoch 1"))
    let calls = TestSite.text(try Files.read(site.path + "/calls", limit: 1 << 20))
    #expect(calls.contains("curl "))
    #expect(calls.contains(" push "))
    #expect(!calls.contains("secret"))
  }
}
