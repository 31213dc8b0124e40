// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import HubService
import Posix
import Testing

@Suite("working off what pushes of statuses leave")
struct StatusTriggerTests {
  private struct Place {
    let scratch: ScratchFolder
    let hub: HubLayout
    var trigger = StatusTrigger()

    init() throws {
      scratch = try ScratchFolder("trigger")
      hub = HubLayout(root: scratch.path)
      trigger.gathering = 1
      trigger.longestGathering = 4
    }

    func mark() throws { try Files.append(hub.statusMark, [10]) }
  }

  @Test("no mark, no step; marks that come before a step are one step")
  func marks() throws {
    let place = try Place()
    var steps = 0
    #expect(try place.trigger.run(place.hub) { steps += 1 } == 0)
    try place.mark()
    try place.mark()
    #expect(try place.trigger.run(place.hub) { steps += 1 } == 1)
    #expect(steps == 1)
    #expect(!Files.exists(place.hub.statusMark))
  }

  @Test("a mark that comes during a step makes another step")
  func during() throws {
    let place = try Place()
    try place.mark()
    var left = 3
    let steps = try place.trigger.run(place.hub) { () throws(HubError) in
      left -= 1
      if left > 0 { try? place.mark() }
    }
    #expect(steps == 3)
  }

  @Test("while one runner is at work another leaves, and the mark stays for the first")
  func two() throws {
    let place = try Place()
    try place.mark()
    var second = -1
    let steps = try place.trigger.run(place.hub) { () throws(HubError) in
      guard second < 0 else { return }
      try? place.mark()
      second = try place.trigger.run(place.hub) {}
    }
    #expect(second == 0)
    #expect(steps == 2)
  }

  @Test("a step that fails leaves the mark and frees the lock")
  func failing() throws {
    let place = try Place()
    try place.mark()
    #expect(throws: HubError.self) {
      try place.trigger.run(place.hub) { () throws(HubError) in throw HubError("no") }
    }
    #expect(Files.exists(place.hub.statusMark))
    #expect(try !FileLock.isHeld(place.hub.runnerLock))
    #expect(try place.trigger.run(place.hub) {} == 1)
  }
}
