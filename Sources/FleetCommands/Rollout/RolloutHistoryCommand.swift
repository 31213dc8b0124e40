// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import GitObjects
import GitStore
import HubService
import JSONTree
import Posix
import Rollouts

/// `kubectl fleet rollout history`: the decisions as a table.
struct RolloutHistoryCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Show what was decided, when, by whom and why, the newest first.",
    discussion: """
      Reads the commits of refs/fleet/state, the hub's audit log; 'git log' shows the same with all \
      details.
      """)

  @Option(help: ArgumentHelp("Only what is about this rollout.", valueName: "rollout"))
  var rollout: String?

  @Option(help: ArgumentHelp("Only what is about rollouts of this bundle.", valueName: "name"))
  var bundle: String?

  @Option(
    name: [.customShort("n"), .long],
    help: ArgumentHelp("At most so many decisions.", valueName: "count"))
  var number = 20

  @OptionGroup var table: TableOptions
  @OptionGroup var folder: FolderOptions
  @OptionGroup var hub: HubOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    guard number > 0 else {
      throw CommandError("'-n \(number)' shows nothing", hints: ["-n 20"], status: .usage)
    }
    let released = try ReleasedView.open(hub, folder, in: context)
    var history = RolloutHistory(released.state.id, store: released.store)
    var steps: [(step: RolloutHistory.Step, events: [RolloutEvent])] = []
    while steps.count < number, let step = try history.step() {
      let events = step.events.filter { event in
        (rollout.map { event.rollout == $0 } ?? true)
          && (bundle.map { event.bundles.contains($0) } ?? true)
      }
      let isAsked = rollout == nil && bundle == nil
      // A change of phase alone is a decision too, but nothing that anybody is told of.
      guard !events.isEmpty || isAsked || (bundle == nil && step.rollout == rollout) else {
        continue
      }
      steps.append((step, events))
    }
    if steps.isEmpty { throw try missing(released) }
    if let format = table.output?.document {
      context.print(.array(steps.map { json($0.step, $0.events) }), as: format)
    } else if table.output == .name {
      var seen = Set<String>()
      let names = steps.flatMap(\.events).map(\.rollout).filter { seen.insert($0).inserted }
      context.print(names.map { "\(Wording.bare($0))\n" }.joined())
    } else {
      context.print(text(steps).text(withHeaders: !table.noHeaders))
    }
    return .done
  }

  private func missing(_ released: ReleasedView) throws(CommandError) -> CommandError {
    let names = try RolloutHistory.names(before: released.state.id, store: released.store)
    guard let rollout else {
      return NameLookup.missing(
        "rollout of a bundle", bundle ?? "", among: Set(names.flatMap(\.bundles)).inOrder,
        list: "kubectl fleet rollout history")
    }
    if let bundle, names.contains(where: { $0.id == rollout }) {
      return CommandError(
        "the rollout \(Wording.quoted(rollout)) is not of the bundle \(Wording.quoted(bundle))")
    }
    return NameLookup.missing(
      "rollout", rollout, among: names.map(\.id), list: "kubectl fleet rollout history -o name")
  }

  private func text(
    _ steps: [(step: RolloutHistory.Step, events: [RolloutEvent])]
  ) -> TextTable {
    var table = TextTable(["RELEASE", "TIME", "WHO", "ROLLOUT", "WHAT", "NUMBERS", "REASON"])
    for (step, events) in steps {
      let first = ["\(step.release)", step.time.rfc3339, step.principal ?? ""]
      if events.isEmpty { table.add(first + Self.quiet(step)) }
      var seen = Set<String>()
      for id in events.map(\.rollout) where seen.insert(id).inserted {
        let own = events.filter { $0.rollout == id }
        guard let main = RolloutMessages.main(of: own), let last = own.last else { continue }
        table.add(
          first + [
            id, RolloutMessages.headline(main), RolloutMessages.numbers(last) ?? "",
            reason(step, own, main),
          ])
      }
    }
    return table
  }

  /// The columns of a step in which nothing has happened that anybody is told of.
  private static func quiet(_ step: RolloutHistory.Step) -> [String] {
    guard let id = step.rollout, step.subject.utf8.starts(with: "\(id): ".utf8) else {
      return ["", Wording.bare(step.subject), "", ""]
    }
    return [id, Wording.bare(String(step.subject.dropFirst(id.count + 2))), "", ""]
  }

  /// What a person has said, else what has failed, else the facts.
  private func reason(
    _ step: RolloutHistory.Step, _ own: [RolloutEvent], _ main: RolloutEvent
  ) -> String {
    step.commit.trailer("Reason") ?? own.first { $0.kind == .gateFailed }?.text ?? main.text
  }

  private func json(_ step: RolloutHistory.Step, _ events: [RolloutEvent]) -> JSONValue {
    .object([
      "release": .integer(Int64(step.release)), "commit": .string(step.id.hex),
      "time": .string(step.time.rfc3339),
      "principal": step.principal.map { .string($0) } ?? .null,
      "subject": .string(step.subject),
      "source": step.commit.trailer("Source").map { .string($0) } ?? .null,
      "order": step.commit.trailer("Order").map { .string($0) } ?? .null,
      "reason": step.commit.trailer("Reason").map { .string($0) } ?? .null,
      "events": .array(events.map(\.json)),
    ])
  }
}
