// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ClusterAccess
import Compiling
import Diagnostics
import FleetModel
import Posix
import Reconciling
import SiteService
import SliceFormat
import Targeting

/// `kubectl fleet deploy`: brings what a cluster gets into the cluster of the current context.
struct DeployCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "deploy",
    abstract: "Deploy to the cluster of the current context what a cluster of the fleet gets.",
    discussion: """
      Renders the files as they are now, or '--commit REV', says what would be created, changed and \
      deleted, asks, and applies as fleet-sync does, with the same record in the cluster: fleet-sync goes \
      on from there, and at its next run makes the cluster what the hub says again.
      """)

  /// How it is tried.
  enum Trial: String, ExpressibleByArgument, CaseIterable {
    case server, client
  }

  @Argument(help: ArgumentHelp("The cluster.", valueName: "cluster"))
  var cluster: String

  @Option(
    name: [.customShort("b"), .long],
    help: ArgumentHelp("Only this bundle; the others stay as they are.", valueName: "name"))
  var bundle: String?

  @Option(
    help: ArgumentHelp(
      "Only say what would happen: 'server' lets the API server compare, 'client' goes by what is recorded "
        + "and there.", valueName: "who"))
  var dryRun: Trial?

  @Flag(help: "Show the lines that change.")
  var diff = false

  @Flag(name: [.customShort("a"), .long], help: "Also list what stays as it is.")
  var all = false

  @Flag(name: [.customShort("y"), .long], help: "Do not ask.")
  var yes = false

  @Flag(help: "Manage a cluster that another name manages.")
  var takeOver = false

  @Option(help: ArgumentHelp("Given to kubectl.", valueName: "file"))
  var kubeconfig: String?

  @Option(help: ArgumentHelp("Given to kubectl.", valueName: "context"))
  var context: String?

  @Option(
    help: ArgumentHelp("The namespace of the record of what was applied.", valueName: "namespace"))
  var inventoryNamespace = SiteSetup.defaultNamespace

  @OptionGroup var repository: RepositoryOptions

  func run(in world: CommandContext) throws -> ExitStatus {
    if diff, dryRun == .client {
      throw CommandError(
        "'--diff' asks the server, '--dry-run=client' does not", hints: ["--dry-run=server"],
        status: .usage)
    }
    let view = try repository.view(in: world)
    let (name, slice, only) = try wanted(view, in: world)
    let folder = try failing {
      try Files.makeTemporaryDirectory(
        prefix: "kubectl-fleet", in: world.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 })
    }
    defer { try? Files.removeTree(folder) }
    var options = DeskDeployment.Options()
    options.kubeconfig = kubeconfig.map { world.absolute($0) }
    options.context = context
    options.namespace = inventoryNamespace
    options.takesOver = takeOver
    options.bundle = only
    return try failing {
      let deployment = try DeskDeployment(
        slice, cluster: name, options: options, folder: folder)
      return try deploy(deployment, in: world)
    }
  }

  private func deploy(
    _ deployment: DeskDeployment, in world: CommandContext
  ) throws -> ExitStatus {
    let forecast = try deployment.forecast(asksServer: dryRun != .client)
    let text = DeployText(showsAll: all, showsDifferences: diff)
    world.print(text.forecast(forecast, of: deployment))
    if dryRun != nil { return forecast.failures.isEmpty ? .done : .findings }
    let isNothing = forecast.changes.allSatisfy { $0.operation == .noop }
    if isNothing, forecast.isRecorded, forecast.failures.isEmpty { return .done }
    if !yes {
      guard world.asks else {
        throw CommandError(
          "nobody can be asked whether that is meant, so nothing was done", hints: ["--yes"],
          status: .usage)
      }
      guard world.confirm("do that?") else {
        world.report("nothing was done\n")
        return .findings
      }
    }
    let report = try deployment.run()
    world.print(text.outcome(report))
    let isWhole = report.bundles.allSatisfy { $0.state < .waitApplied }
    return isWhole && report.failures.isEmpty ? .done : .findings
  }

  /// What the cluster gets of the compiled fleet.
  private func wanted(
    _ view: FleetView, in world: CommandContext
  ) throws(CommandError) -> (cluster: String, slice: DesiredSlice, bundle: String?) {
    let compilation = view.compilation
    let lookup = NameLookup(compilation)
    let position = try lookup.cluster(cluster)
    let name = compilation.inventory.clusters[position].name
    let only = try bundle.map { word throws(CommandError) in
      try lookup.bundle(word, workspace: compilation.inventory.clusters[position].workspace)
    }
    if let only, only.assignment[position] == nil, !only.failed.contains(position) {
      throw CommandError(
        "bundle \(Wording.quoted(only.source.name)) does not go to cluster \(Wording.quoted(name))",
        hints: ["kubectl fleet explain \(only.source.name) \(name)"])
    }
    let errors = compilation.findings.sorted.filter { $0.severity == .error }
    if !errors.isEmpty {
      // Half a slice would delete the other half.
      world.report(
        FindingRenderer(source: compilation.sourceLines(view.objects)).text(errors) + "\n")
      throw CommandError("the fleet does not compile, so nothing is deployed")
    }
    let deployments = compilation.bundles.compactMap { bundle in
      bundle.assignment[position].map { (bundle.source.name, bundle.variants[$0].tree) }
    }
    do {
      return (name, try DeskSlice.read(deployments, view.objects), only?.source.name)
    } catch {
      throw CommandError(error.message, status: .failure)
    }
  }
}
