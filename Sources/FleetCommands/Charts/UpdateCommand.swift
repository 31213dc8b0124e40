// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import FleetModel
import Posix

/// `kubectl fleet update`: brings charts from elsewhere into the repository.
struct UpdateCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Bring charts from elsewhere into the repository.",
    discussion: """
      The hub renders only what is committed. This loads the charts that fleet.yaml names in \
      repositories and registries, and what charts in the repository depend on, writes them and \
      a fleet.lock beside each fleet.yaml, and commits these files. Ranges are resolved anew; an \
      exact version that is there is not asked for again. Uses helm ($FLEET_HELM, or on the PATH) \
      with the repositories and passwords that 'helm repo add' and 'helm registry login' know.
      """)

  @Argument(
    help: ArgumentHelp(
      "Only the bundles in these folders and below; else all of the repository.",
      valueName: "dir"),
    completion: .directory)
  var directories: [String] = []

  @Flag(help: "Write nothing; exit 1 if an update would change something.")
  var check = false

  @Flag(help: "Write the files and leave the commit to you.")
  var noCommit = false

  @Flag(
    help: """
      Take charts that were published again with other content; asks for exact versions too.
      """)
  var acceptChanged = false

  @Flag(help: "Speak to registries without TLS, for a laboratory.")
  var plainHttp = false

  @OptionGroup var folder: FolderOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    let repository = try folder.openFiles(in: context)
    let progress = TerminalProgress(context)
    var findings = Findings()
    var bundles: [BundleCharts] = []
    for (directory, options) in try bundleDirectories(repository, in: context) {
      var own = Findings()
      let bundle = try BundleCharts(
        directory, options: options, root: repository.folder, findings: &own)
      findings.add(contentsOf: own.all)
      // A bundle that cannot be read as a whole keeps what it has.
      if !own.hasErrors { bundles.append(bundle) }
    }
    let work = bundles.filter {
      !$0.charts.isEmpty || !$0.localCharts.isEmpty || !$0.lock.isEmpty
    }
    var isTemporary = false
    var updates: [ChartUpdate] = []
    var lines = bundles.flatMap(Self.handmade)
    let store = ChartStore(context, isPlain: plainHttp, progress: progress)
    for bundle in work {
      let update = try ChartUpdate(
        bundle, folder: repository.folder + "/" + bundle.directory,
        acceptsChanges: acceptChanged, store: store)
      findings.add(contentsOf: update.findings)
      isTemporary = isTemporary || update.isTemporary
      if update.findings.contains(where: { $0.severity == .error }) { continue }
      updates.append(update)
      lines += update.lines.map(\.text)
    }
    progress.clear()
    context.print(lines.map { $0 + "\n" }.joined())
    report(findings, repository, in: context)
    let verdict = try finish(updates, ChartFiles(repository: repository))
    if !findings.hasErrors {
      context.print(verdict.text ?? "ok: nothing to update\n")
      return verdict.status
    }
    context.print(verdict.text ?? "")
    let isOnlyTemporary = isTemporary && findings.all.allSatisfy { $0.code == PullProblem.code }
    return isOnlyTemporary ? .tryLater : .findings
  }

  /// Writes and commits, or says what would be written; no text when there is nothing to do.
  private func finish(
    _ updates: [ChartUpdate], _ files: ChartFiles
  ) throws(CommandError) -> (text: String?, status: ExitStatus) {
    let isChange = updates.contains(where: \.isChange)
    if check {
      guard isChange else { return (nil, .done) }
      let changes = updates.flatMap(\.lines).count { $0.outcome != .unchanged }
      let what = changes == 0 ? "write a lock anew" : "change \(Wording.count(changes, "chart"))"
      return ("error: an update would \(what)\nhint: kubectl fleet update\n", .findings)
    }
    for update in updates { try files.write(update) }
    if noCommit { return (isChange ? "ok: written, not committed\n" : nil, .done) }
    guard let commit = try files.commit(updates) else {
      return (isChange ? "ok: the files are those of the last commit again\n" : nil, .done)
    }
    return ("ok: commit \(commit.id), \(commit.title)\n", .done)
  }

  private func report(
    _ findings: Findings, _ repository: FleetRepository, in context: CommandContext
  ) {
    if findings.all.isEmpty { return }
    let renderer = FindingRenderer(limit: .max) { path in
      try? Files.read(repository.folder + "/" + path, limit: 4 << 20)
    }
    context.report(renderer.text(findings.sorted))
  }

  private static func handmade(_ bundle: BundleCharts) -> [String] {
    bundle.handmade.map { chart in
      let place = chart == "." ? bundle.directory : bundle.directory + "/" + chart
      return "\(PrintableText.escape(place)): the charts in 'charts/' were put there by hand, kept"
    }
  }

  /// The directories of bundles that are asked for, with their option files, sorted by bytes.
  private func bundleDirectories(
    _ repository: FleetRepository, in context: CommandContext
  ) throws(CommandError) -> [(directory: String, options: [String])] {
    let listed = try repository.git.run([
      "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--",
      ":(glob)**/fleet.yaml", ":(glob)**/fleet.yml", ":(glob)**/\(ChartLock.fileName)",
    ])
    var files: [String: Set<String>] = [:]
    for path in listed.split(separator: "\0").map(String.init) {
      let (directory, name) = Files.split(path)
      // The root of the repository is no bundle, and hidden folders are not looked at.
      guard directory != ".",
        !directory.split(separator: "/").contains(where: { $0.hasPrefix(".") }),
        Files.exists(repository.folder + "/" + path)
      else { continue }
      files[directory, default: []].insert(name)
    }
    let start = folder.path(in: context)
    let wanted = try directories.map { directory throws(CommandError) in
      try place(CommandContext.absolute(directory, from: start), directory, repository)
    }
    // One that is named may be a chart without options; elsewhere a chart may be anybody's.
    for path in wanted where Files.exists("\(repository.folder)/\(path)/Chart.yaml") {
      files[path, default: []].insert("Chart.yaml")
    }
    for (path, written) in zip(wanted, directories)
    where !files.keys.contains(where: { BundleLayout.isInside($0, path) }) {
      throw CommandError(
        "there is no fleet.yaml in '\(written)' and below", status: .usage)
    }
    return files.keys.filter { directory in
      wanted.isEmpty || wanted.contains { BundleLayout.isInside(directory, $0) }
    }.sorted { $0.precedesInBytes($1) }.map { directory in
      let names = files[directory] ?? []
      return (directory, ["fleet.yaml", "fleet.yml"].filter(names.contains))
    }
  }

  /// A folder from the root of the repository.
  private func place(
    _ path: String, _ written: String, _ repository: FleetRepository
  ) throws(CommandError) -> String {
    guard Files.isDirectory(path) else {
      throw CommandError("there is no folder '\(written)'", status: .usage)
    }
    let here = GitProgram(directory: path, environment: repository.git.environment)
    let prefix = try here.result(["rev-parse", "--show-toplevel", "--show-prefix"])
    let lines = GitProgram.text(prefix.output)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard prefix.succeeded, lines.first.map(String.init) == repository.folder else {
      throw CommandError("'\(written)' is not in this repository", status: .usage)
    }
    guard lines.count > 1, let last = lines.last, last.hasSuffix("/") else { return "" }
    return String(last.dropLast())
  }
}

extension ChartUpdate.Line {
  /// The line as people read it.
  var text: String {
    let start = "\(place): \(name)"
    let range = wanted.isEmpty || wanted == version ? "" : " (\(wanted))"
    let origin = "from \(source), \(Self.size(size))"
    let line =
      switch outcome {
      case .unchanged: "\(start) \(version), unchanged"
      case .restored: "\(start) \(version), file brought back \(origin)"
      case .new: "\(start) \(version)\(range), new, \(origin)"
      case .changed(let last): "\(start) \(last) → \(version)\(range) \(origin)"
      case .replaced: "\(start) \(version)\(range), other content, \(origin)"
      case .removed: "\(start) \(version), removed: nothing names it"
      }
    return PrintableText.escape(line)
  }

  private static func size(_ bytes: Int) -> String {
    bytes < 1 << 20
      ? "\((bytes + 1023) >> 10) KiB" : "\(bytes >> 20).\((bytes & 0xfffff) * 10 >> 20) MiB"
  }
}
