// SPDX-License-Identifier: Apache-2.0

import HubService
import Posix
package import Testing

extension HubFixture {
  /// Records an issue, which names what it is, when something is not as it should be.
  package func expectSettled(
    _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let wrong = try unsettled()
    if wrong.isEmpty { return }
    Issue.record(
      "the hub is not settled: \((wrong + [comment()]).joined(separator: "\n"))",
      sourceLocation: sourceLocation)
  }

  /// What is not as it should be in a hub that has nothing left to do; empty when all is well.
  ///
  /// Plan and state are of the branch, slices.git shows the state and nothing else, each slice's commit
  /// is the one of its release, no lock is left, and fsck is content. Temporary objects and halves of cached renderings
  /// may be there: they are removed when they are a day old.
  private func unsettled() throws -> [String] {
    var wrong: [String] = []
    func check(_ what: String, _ found: String?, _ expected: String?) {
      if found != expected {
        wrong.append("\(what) is \(found ?? "missing"), not \(expected ?? "missing")")
      }
    }
    let main = try ref("refs/heads/main")
    func trailer(_ key: String, _ ref: String) throws -> String {
      try git(
        "fleet.git", "log", "-1", "--format=%(trailers:key=\(key),valueonly,separator=%x2C)", ref)
    }
    check("the plan's source", try trailer("Source", "refs/fleet/plan"), main)
    check("the state's source", try trailer("Source", "refs/fleet/state"), main)
    check("the state's plan", try trailer("Plan", "refs/fleet/state"), try ref("refs/fleet/plan"))
    let state = try ref("refs/fleet/state") ?? ""
    check("fleet-published", try published(), state)
    check(
      "released", try git("fleet.git", "rev-parse", "\(state):released"),
      try git("fleet.git", "rev-parse", "refs/fleet/plan:clusters"))

    var expected: [String: String] = [:]
    for folder in ["released", "removed"] {
      let lines = try git(
        "fleet.git", "ls-tree", "-r", "-t", "-d", "--format=%(path) %(objectname)", state, folder)
      for line in lines.split(separator: "\n") {
        let words = line.split(separator: " ")
        let path = words[0].split(separator: "/")
        if path.count == 3 { expected["refs/slices/\(path[2])"] = String(words[1]) }
      }
    }
    var dates: [String: String] = [:]
    for line in try git(
      "fleet.git", "log", "--format=%(trailers:key=Release,valueonly,separator=%x2C) %ct", state
    )
    .split(separator: "\n") {
      let words = line.split(separator: " ")
      dates[String(words[0])] = String(words[1])
    }
    let refs = try git(
      "slices.git", "for-each-ref",
      "--format=%(refname) %(tree) %(contents:trailers:key=Release,valueonly,separator=%x2C) %(committerdate:unix) %(authorname)"
    )
    for line in refs.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 4).map(String.init)
      check(words[0], words[1], expected.removeValue(forKey: words[0]))
      check("\(words[0])'s date", words[3], dates[words[2]])
    }
    for ref in expected.keys.sorted() { wrong.append("\(ref) is missing") }
    wrong += try fsck()
    wrong += try fingerprint().files.keys.sorted().filter { path in
      !path.hasPrefix("cache/")
        && (path.hasSuffix(".lock") || path.contains("/.") || path.hasPrefix("."))
    }.map { "\($0) is left over" }
    return wrong
  }

  /// The id in slices.git's mark of what was published last.
  package func published() throws -> String? {
    try Files.readIfPresent(hub.published, limit: 1024)
      .map { String(decoding: $0.prefix { $0 != 10 }, as: UTF8.self) }
  }
}
