// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SiteService

@Suite("pauses after failures")
struct HubMemoryTests {
  static let now: Int64 = 1_800_000_000

  static func failed(_ times: Int, at moment: Int64 = now) -> BackOff {
    var backOff = BackOff()
    for _ in 0..<times { backOff.fail(at: moment) }
    return backOff
  }

  @Test("they double up to an hour, less up to a quarter by the cluster's name")
  func doubling() {
    let wanted: [(failures: Int, most: Int64)] = [
      (0, 0), (1, 0), (2, 120), (3, 240), (4, 480), (5, 960), (6, 1920), (7, 3600), (8, 3600),
      (70, 3600),
    ]
    for (failures, most) in wanted {
      for cluster in ["store-0001", "store-0002", "lab"] {
        let pause = Self.failed(failures).pause(base: 60, cluster: cluster)
        #expect(pause <= most && pause >= most - most / 4, "\(failures) \(cluster): \(pause)")
      }
    }
    #expect(Self.failed(5).pause(base: 0, cluster: "a") == 0)
    #expect(Self.failed(2).pause(base: 720 * 3600, cluster: "a") <= 3600)
  }

  @Test("they are spread over the fleet, and the same for one cluster each time")
  func spread() {
    let pauses = (0..<1000).map { Self.failed(7).pause(base: 60, cluster: "store-\($0)") }
    #expect(Set(pauses).count > 400)
    #expect(pauses == (0..<1000).map { Self.failed(7).pause(base: 60, cluster: "store-\($0)") })
  }

  @Test("a clock that jumps never locks a site out for longer than an hour")
  func clock() {
    let backOff = Self.failed(9)
    let pause = backOff.pause(base: 60, cluster: "a")
    func left(_ now: Int64) -> Int64 { backOff.remaining(at: now, base: 60, cluster: "a") }
    #expect(left(Self.now) == pause)
    #expect(left(Self.now + pause - 1) == 1)
    #expect(left(Self.now + pause) == 0)
    #expect(left(Self.now - 1) == 0)
    #expect(left(0) == 0)
    #expect(left(.min) == 0)
    #expect(left(.max) == 0)
  }

  @Test("what is remembered of a hub is read as it was written")
  func json() {
    var memory = HubMemory(url: "https://hub")
    memory.fetch.fail(at: 5)
    memory.push.fail(at: 6)
    memory.descriptorAt = 7
    #expect(HubMemory(memory.json) == memory)
  }
}
