// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import GitObjects
import Glibc
import HubService
import Posix

/// A site, as far as the hub sees it: pushes statuses of one cluster, one after the other, by real git.
final class StatusPusher {
  let cluster: String
  private let fixture: HubFixture
  private let folder: String
  private var process: BackgroundProcess?

  init(_ cluster: String, _ fixture: HubFixture) throws {
    self.cluster = cluster
    self.fixture = fixture
    folder = "\(fixture.scratch.path)/site-\(cluster)"
    try GitFixture.run(["init", "-q", "--bare", folder], in: fixture.scratch.path)
  }

  /// Pushes statuses with these counters in the background; what was pushed last and accepted stands in
  /// the file `last`.
  func start(_ counters: ClosedRange<Int>, url: String? = nil, state: String = "Ready") throws {
    let script = """
      i=\(counters.lowerBound)
      while [ $i -le \(counters.upperBound) ]; do
        blob=$(printf '{"format":1,"cluster":"\(cluster)","counter":%d,"state":"\(state)","bundles":[]}' $i |
          git hash-object -w --stdin) &&
        tree=$(printf '100644 blob %s\\tstatus.json\\n' $blob | git mktree) &&
        commit=$(git commit-tree -m 'status \(cluster)' $tree) &&
        git push -q --force '\(url ?? fixture.hub.status)' $commit:refs/status/\(cluster) &&
        echo $commit >last || exit 1
        i=$((i + 1))
      done
      """
    let file = try fixture.scratch.write(script, to: "site-\(cluster).sh")
    process = try BackgroundProcess(
      ["sh", file], in: folder,
      variables: GitFixture.environment(["FLEET_CLUSTER": cluster]), output: "\(folder)/output")
  }

  /// Waits for the end; throws what git said when a push was refused.
  func wait() throws {
    guard let process else { return }
    guard try process.wait() == 0 else { throw HubFixture.Failure(process.text) }
  }

  /// The commit that was accepted last.
  var last: String {
    String(decoding: TestFiles.read("\(folder)/last") ?? [], as: UTF8.self)
      .split(separator: "\n").first.map(String.init) ?? ""
  }
}

extension HubFixture {
  /// Waits until nobody works off statuses and nobody has to.
  func untilStatusesAreSeen() throws {
    try Waiting.until("the runner to end") {
      try !Files.exists(hub.statusMark) && !FileLock.isHeld(hub.runnerLock)
        && !Files.exists(hub.statusMark)
    }
  }

  /// `cluster status` of each line of the digest.
  func observed() throws -> [String] {
    try HubLock.hold(hub, waitingSeconds: 60) { () throws(HubError) in
      try StatusDigest.stored(hub).map { "\($0.cluster) \($0.status.hex)" }
    }.sorted()
  }
}
