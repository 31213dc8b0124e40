// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc
import Posix
import Rendering
import Testing

@Suite("when the process of an engine is killed")
struct KilledTests {
  @Test("the next run works, and removes what was left once it is sure that nobody uses it")
  func killed() async throws {
    let fixture = try EngineFixture()
    let parent = fixture.parent
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [helm = fixture.helm as String, cache = fixture.cache as String, parent = parent as String] in
      let jobs = ["echo kept", "kill -KILL $PPID", "echo never"].map {
        EngineFixture.script($0, files: [("folder/file", "content")])
      }
      _ = try RenderEngine(
        cacheFolder: cache, scratchParent: parent, width: 1, environment: ["FLEET_HELM": helm]
      ).run(jobs)
    }
    let left = try fixture.leftovers()
    #expect(left.count == 1 && left.allSatisfy { $0.hasPrefix("fleet-render-") })
    #expect(fixture.starts == 2)

    // Young, however slow this machine is: it might belong to a process that has not come to lock it.
    let young = Timestamp(seconds: Timestamp.now().seconds + 3600)
    for name in left { try CacheTests.setModified("\(parent)/\(name)", young) }
    let engine = fixture.engine()
    #expect(
      try engine.run(
        ["echo kept", "echo never"].map {
          EngineFixture.script($0, files: [("folder/file", "content")])
        }
      )
      .map(\.text) == ["output: kept\n", "output: never\n"])
    #expect(engine.statistics.hits == 1 && engine.warnings == [])
    #expect(try fixture.leftovers() == left)

    let old = Timestamp(seconds: Timestamp.now().seconds - 120)
    for name in left { try CacheTests.setModified("\(parent)/\(name)", old) }
    _ = try fixture.engine().run([EngineFixture.script("echo again")])
    #expect(try fixture.leftovers() == [])
  }

  @Test("the folder of a process that works, and what is not ours, are left alone")
  func inUse() throws {
    let fixture = try EngineFixture()
    for name in ["fleet-render-abcdef", "fleet-renderings", "other"] {
      try fixture.scratch.write("", to: "scratch/\(name)/lock")
    }
    let lock = try FileLock.tryAcquire("\(fixture.parent)/fleet-render-abcdef/lock")
    #expect(symlink("\(fixture.parent)/other", "\(fixture.parent)/fleet-render-linked") == 0)
    let before = try fixture.leftovers()
    let old = Timestamp(seconds: Timestamp.now().seconds - 120)
    for name in before { try CacheTests.setModified("\(fixture.parent)/\(name)", old) }
    _ = try fixture.engine().run([EngineFixture.script("echo a")])
    #expect(try fixture.leftovers() == before)
    #expect(Files.exists("\(fixture.parent)/other/lock"))
    lock?.release()
    _ = try fixture.engine().run([EngineFixture.script("echo b")])
    #expect(try fixture.leftovers() == before.filter { $0 != "fleet-render-abcdef" })
  }
}
