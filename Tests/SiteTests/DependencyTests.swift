// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Reconciling
import SliceFormat
import Testing

@Suite("the order of bundles that depend on others")
struct DependencyTests {
  private static func bundle(_ name: String, needs: String..., accepts: [BundleState] = [])
    -> DesiredBundle
  {
    var descriptor = BundleDescriptor(name: name, gitRepo: "fleet", namespace: "shop")
    descriptor.dependencies = needs.map { .init(name: $0, acceptedStates: accepts) }
    return DesiredBundle(name: name, tree: Fixture.tree, descriptor: descriptor, objects: [])
  }

  private static func queue(_ bundles: [DesiredBundle], inPlace: String...) throws
    -> DependencyQueue
  {
    DependencyQueue(
      DesiredSlice(bundles),
      recorded: Inventory(
        cluster: "store-0001", bundles: try inPlace.map { try Fixture.record($0, []) }))
  }

  @Test("a bundle waits for what it needs, and nobody else does")
  func order() throws {
    var queue = try Self.queue([
      Self.bundle("app", needs: "db", "cache"), Self.bundle("cache"), Self.bundle("db"),
      Self.bundle("other"), Self.bundle("top", needs: "app"),
    ])
    #expect(queue.ready == ["cache", "db", "other"])
    for name in queue.ready { queue.settle(name, .ready) }
    #expect(queue.ready == ["app"])
    queue.settle("app", .ready)
    #expect(queue.ready == ["top"])
    queue.settle("top", .notReady)
    #expect(queue.ready.isEmpty)
    #expect(queue.heldBack.isEmpty)
  }

  @Test(
    "the report says for what a bundle waits",
    arguments: [
      ([BundleState](), BundleState.notReady, "waits for bundle 'db' (NotReady)"),
      ([.ready, .modified], .errApplied, "waits for bundle 'db' (ErrApplied)"),
    ])
  func held(accepted: [BundleState], state: BundleState, message: String) throws {
    var queue = try Self.queue([
      Self.bundle("app", needs: "db", accepts: accepted), Self.bundle("db"),
    ])
    queue.settle("db", state)
    #expect(queue.ready.isEmpty)
    #expect(
      queue.heldBack == [BundleReport(name: "app", state: .waitApplied, message: message)])
  }

  @Test("a state that is accepted lets go on")
  func accepted() throws {
    var queue = try Self.queue([
      Self.bundle("app", needs: "db", accepts: [.ready, .notReady]), Self.bundle("db"),
    ])
    queue.settle("db", .notReady)
    #expect(queue.ready == ["app"])
  }

  @Test("several reasons are counted; a bundle that is not there is one")
  func reasons() throws {
    var queue = try Self.queue([
      Self.bundle("app", needs: "nothing", "db"), Self.bundle("db"),
    ])
    queue.settle("db", .pending)
    #expect(
      queue.heldBack.map(\.message) == [
        "waits for bundle 'nothing', which this cluster does not have (and 1 more)"
      ])
  }

  @Test("a circle waits without holding others")
  func circle() throws {
    var queue = try Self.queue([
      Self.bundle("a", needs: "b"), Self.bundle("b", needs: "a"), Self.bundle("c"),
      Self.bundle("d", needs: "d"),
    ])
    #expect(queue.ready == ["c"])
    queue.settle("c", .ready)
    #expect(queue.ready.isEmpty)
    #expect(
      queue.heldBack.map(\.message) == [
        "waits for bundle 'b' (WaitApplied)", "waits for bundle 'a' (WaitApplied)",
        "waits for bundle 'd' (WaitApplied)",
      ])
  }

  @Test("a bundle that is there as it is wanted waits for nobody")
  func inPlace() throws {
    let queue = try Self.queue(
      [Self.bundle("app", needs: "db"), Self.bundle("db")], inPlace: "app")
    #expect(queue.ready == ["app", "db"])
  }
}
