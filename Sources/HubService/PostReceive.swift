// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitStore
import Posix
import Rollouts

/// The post-receive hook of fleet.git: publishes what was accepted.
package enum PostReceive {
  private static let patience = 300

  /// Runs the hook in the repository that Git started it in; tells the exit code.
  ///
  /// The refs have moved, so nothing can be refused any more: what fails is said, and the hub's cron
  /// goes on with it.
  package static func run() -> Int32 {
    BrokenPipe.ignore()
    do throws(HubError) {
      let input = try HubError.wrap { try StandardInput.readAll(limit: 16 << 20) }
      guard let updates = RefUpdate.parse(input) else {
        throw HubError("Git gave lines that cannot be understood")
      }
      let repository = try HubError.wrap { try Repository.fromHookEnvironment() }
      let branch = try HubBranch(of: repository)
      let concerns = updates.contains {
        $0.name == branch.ref || $0.name.utf8.starts(with: OrderInbox.prefix.utf8)
      }
      guard concerns else { return 0 }
      let hub = HubLayout(repository: repository.gitDirectory)
      let outcome = try HubLock.hold(hub, waitingSeconds: patience) { () throws(HubError) in
        try Settlement(hub: hub, progress: Progress()).run(now: Timestamp.now())
      }
      Messenger.start(hub)
      StandardStream.error.text(text(outcome))
      return outcome.problem == nil ? 0 : 1
    } catch {
      StandardStream.error.text(
        Wording.wrap("warning: publishing failed: \(error.description)", indent: "         ")
          + "\nhint: your push is stored; the hub's cron job goes on with it\n")
      return 1
    }
  }

  /// What the pusher reads.
  package static func text(_ outcome: Settlement.Outcome) -> String {
    let warnings = HookOutput.text(warnings: outcome.warnings)
    if let problem = outcome.problem {
      return warnings + Wording.wrap("warning: \(problem)", indent: "         ") + "\n"
    }
    guard let state = outcome.state else { return warnings }
    // That a rollout is planned and that it starts is one thing to who pushes.
    let told = outcome.events.filter { $0.kind != .started }.map { event in
      Wording.wrap(RolloutMessages.sentence(event), indent: "  ") + "\n"
    }.joined()
    var later = outcome.queued.map { queued in
      Wording.wrap(
        "\(queued.id): waits until \(Wording.quoted(queued.other)) has ended", indent: "  ") + "\n"
    }
    let waiting = outcome.waitingClusters
    if waiting > 0 {
      later.append(
        "  \(Wording.count(waiting, "cluster")) \(waiting == 1 ? "gets it when its window opens" : "get it when their windows open")\n"
      )
    }
    let rollouts =
      Set(outcome.events.filter { $0.kind == .planned }.map(\.rollout)).sorted()
      + outcome.queued.map(\.id)
    let none = later.isEmpty ? "no cluster has to change" : "no cluster changes yet"
    let hint = rollouts.first.map { "hint: watch it: kubectl fleet rollout status \($0) --watch\n" }
    let count = Wording.count(outcome.publishedClusters, "cluster")
    let verb = outcome.publishedClusters == 1 ? "gets" : "get"
    return warnings + told + later.joined()
      + (outcome.publishedClusters == 0
        ? "success: release \(state.release) is recorded, \(none)\n"
        : "success: release \(state.release) is published, \(count) \(verb) it at the next run\n")
      + (hint ?? "")
  }
}
