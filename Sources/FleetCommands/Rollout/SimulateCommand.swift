// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compiling
import Diagnostics
import HubService
import JSONTree
import Posix
import Rollouts

/// `kubectl fleet rollout simulate`: how a rollout would go, before anything is pushed.
struct SimulateCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Try out how a change would be released: how long, and with what chances.",
    discussion: """
      Compiles the files as they are now, compares them with what the hub has released, and runs the \
      rollouts that a push would start through the hub's own engine, many times, on sites that come \
      and go by chance, inside of the schedules and freezes that would hold. A bundle that is named and \
      does not change is simulated as if it did.
      """)

  @Argument(
    help: ArgumentHelp("Only the bundles in these folders.", valueName: "dir"),
    completion: .directory)
  var folders: [String] = []

  @Option(help: ArgumentHelp("Only this bundle.", valueName: "name"))
  var bundle: String?

  @Option(
    help: ArgumentHelp(
      "Let sites behave as in this rollout of the past.", valueName: "rollout"))
  var replay: String?

  @Option(
    help: ArgumentHelp(
      "How often; 200 times if not given, and less often for more than 500 clusters.",
      valueName: "count"))
  var runs: Int?

  @Option(help: ArgumentHelp("The same seed gives the same numbers.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Which share of the sites has no connection at any moment; 3% if not given.",
      valueName: "share"))
  var offline: Percentage?

  @Option(
    help: ArgumentHelp(
      "Which share of the sites cannot run the new version; 0% if not given.", valueName: "share"))
  var failing: Percentage?

  @Option(
    help: ArgumentHelp(
      "How long half of the sites take to be Ready after the fetch; 30s if not given.",
      valueName: "time"))
  var delay: Span?

  @Option(help: ArgumentHelp("How long a person takes to approve.", valueName: "time"))
  var approval: Span?

  @Option(
    help: ArgumentHelp(
      "When the push would be, like 2026-12-04T18:00; now if not given.", valueName: "time"))
  var at: String?

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("The format for programs.", valueName: "format"))
  var output: DocumentFormat?

  @OptionGroup var repository: RepositoryOptions
  @OptionGroup var hub: HubOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    if let runs, !(1...100_000).contains(runs) {
      throw CommandError("'--runs \(runs)' is not between 1 and 100,000", status: .usage)
    }
    let start = try start(in: context)
    let opened = try open(in: context)
    var model = SiteModel()
    var recorded: RecordedRollout?
    if let replay {
      guard let opened else {
        throw CommandError("nothing is released yet, so there is no '\(replay)' to replay")
      }
      recorded = try Self.recorded(replay, opened.board, opened.refs)
    }
    if let opened { model.metrics = try ObservedMetrics.read(opened.refs) }
    if let recorded {
      model.offlineShare = recorded.offlineShare
      model.failingShare = recorded.failingShare
      if !recorded.delays.isEmpty { model.delay = .recorded(recorded.delays) }
    }
    if let offline { model.offlineShare = min(offline.share, 0.99) }
    if let failing { model.failingShare = failing.share }
    if let delay { model.delay = .typical(seconds: Double(delay.seconds)) }
    if let approval { model.approvalDelay = Int64(clamping: approval.seconds) }
    let view = try repository.view(in: context)
    view.warnOfErrors(in: context)
    model.paused = Set(view.compilation.policies.paused)
    let wanted = try wanted(view)
    let change = try SimulatedChange(
      view, board: opened?.board, store: opened?.refs.store, wanted: wanted,
      now: start)
    var plans = change.plans
    if plans.isEmpty, change.immediate.isEmpty, let recorded { plans = [recorded.plan] }
    let schedules = view.compilation.policies.schedules
    let windows = schedules.isEmpty ? nil : HubWindows.read(schedules)
    for warning in windows?.warnings ?? [] { context.report("warning: \(warning)\n") }
    let progress = TerminalProgress(context)
    let reports = plans.map { plan in
      let runs = runs ?? Self.usualRuns(plan.members.count)
      return SimulationReport(
        plan, model: model, seed: seed, runs: runs, windows: windows, start: start
      ) { done in
        progress.step("\(plan.id): \(Wording.number(done)) of \(Wording.number(runs)) runs")
      }
    }
    progress.clear()
    let results = Array(zip(plans, reports))
    if let output {
      context.print(document(results, change, start), as: output)
    } else {
      let from = windows == nil && at == nil ? nil : Timestamp(seconds: start)
      context.print(SimulationText(model: model, seed: seed, start: from).text(results, change))
    }
    return results.isEmpty && change.immediate.isEmpty ? .findings : .done
  }

  /// When the push would be, seconds since 1970.
  private func start(in context: CommandContext) throws(CommandError) -> Int64 {
    guard let at else { return context.now.seconds }
    guard let moment = HubWindows.moment(at) else {
      throw CommandError(
        "'--at \(PrintableText.escape(at))' is no time",
        hints: ["write it like 2026-12-04T18:00, or 2026-12-04T18:00+01:00"], status: .usage)
    }
    return moment
  }

  /// How often is enough for a look, in seconds and not in minutes: a run costs by the cluster.
  private static func usualRuns(_ clusters: Int) -> Int {
    max(20, min(200, 100_000 / max(1, clusters)))
  }

  /// The hub's board; nil, with a note, where nothing is released or no hub is known.
  private func open(
    in context: CommandContext
  ) throws(CommandError) -> (board: RolloutBoard, refs: HubRefs)? {
    do throws(CommandError) {
      return try RolloutBoard.open(hub, repository.folder, now: context.now, in: context)
    } catch {
      guard hub.hub == nil, replay == nil, error.status != .failure else { throw error }
      context.report("note: \(error.message), so everything counts as new\n")
      return nil
    }
  }

  private static func recorded(
    _ id: String, _ board: RolloutBoard, _ refs: HubRefs
  ) throws(CommandError) -> RecordedRollout {
    if let recorded = try RecordedRollout.read(id, board, refs) { return recorded }
    let names = try RolloutHistory.names(before: board.state.id, store: refs.store)
    throw NameLookup.missing(
      "rollout", id, among: names.map(\.id), list: "kubectl fleet rollout history -o name")
  }

  /// The names of the bundles that are asked for; empty for all.
  private func wanted(_ view: FleetView) throws(CommandError) -> [String] {
    let lookup = NameLookup(view.compilation)
    var names: [String] = []
    if let bundle { names.append(try lookup.bundle(bundle, workspace: nil).source.name) }
    for folder in folders {
      var path = folder
      while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
      if path.hasPrefix("./") { path.removeFirst(2) }
      let below = view.compilation.bundles.map(\.source).filter {
        $0.path == path || $0.path.utf8.starts(with: (path + "/").utf8) || path == "."
      }
      if below.isEmpty {
        throw NameLookup.missing(
          "bundle in the folder", path, among: view.compilation.bundles.map(\.source.path),
          list: "kubectl fleet get bundles")
      }
      names += below.map(\.name)
    }
    return names
  }

  private func document(
    _ results: [(RolloutPlan, SimulationReport)], _ change: SimulatedChange, _ start: Int64
  ) -> JSONValue {
    .object([
      "seed": .string(String(seed)), "start": .string(Timestamp(seconds: start).rfc3339),
      "rollouts": .array(
        results.map { plan, report in
          .object(
            [
              JSONMember("rollout", .string(plan.id)),
              JSONMember("bundles", .strings(plan.bundles)),
            ] + (report.json.members ?? []))
        }),
      "atOnce": .array(
        change.immediate.map {
          .object(["bundle": .string($0.bundle), "clusters": .integer(Int64($0.clusters))])
        }),
      "assumedToChange": .strings(change.assumed),
    ])
  }
}
