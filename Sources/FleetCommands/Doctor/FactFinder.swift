// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import GitObjects
import GitStore
import HubService
import JSONTree
import Posix
import Rendering
import SliceFormat

/// Finds out what `doctor` judges; changes nothing.
struct FactFinder {
  private let context: CommandContext

  /// Makes a finder.
  init(_ context: CommandContext) {
    self.context = context
  }

  /// The programs of a whole installation.
  private static let programs = [
    "fleet-hub", "fleet-post-receive", "fleet-pre-receive", "fleet-status-receive", "fleet-sync",
    "kubectl-fleet",
  ]

  /// Looks at this machine, and at a hub when there is one.
  func facts(
    hub: HubLocation?, repository: FleetRepository?
  ) throws(CommandError) -> DoctorFacts {
    var facts = DoctorFacts()
    // "git version 2.39.5", on some systems with more words behind.
    facts.git = output(["git", "--version"]).flatMap { text in
      text.split(separator: " ").dropFirst(2).first.map(String.init)
    }
    facts.kubectl = output(["kubectl", "version", "--client", "-o", "json"]).flatMap {
      JSONParser.parse(Array($0.utf8))?["clientVersion"]?["gitVersion"]?.string
    }
    facts.programs = context.programs
    facts.missingPrograms = Self.programs.filter {
      !Files.isExecutable("\(context.programs)/\($0)")
    }
    if let hub { facts.hub = try found(hub) }
    facts.renderers = renderers(hub: hub?.layout, bundles: bundles(repository))
    return facts
  }

  /// The programs that render, as the environment of this command has them.
  private func renderers(
    hub: HubLayout?, bundles: [Renderer: [String]]
  ) -> [DoctorFacts.RendererFact] {
    var programs = RenderPrograms(environment: context.environment, cacheFolder: nil)
    let record = hub.flatMap { try? RendererRecord.read($0) }
    return Renderer.allCases.map { renderer in
      var fact = DoctorFacts.RendererFact(renderer: renderer)
      do throws(RenderFailure) {
        fact.version = try programs.version(renderer)
      } catch {
        fact.problem = error
      }
      fact.bundles = bundles[renderer] ?? []
      fact.hubVersion = record?.versions[renderer]
      return fact
    }
  }

  /// The bundles of a repository by what they may need; none where it cannot be read.
  private func bundles(_ repository: FleetRepository?) -> [Renderer: [String]] {
    guard let repository, let version = try? repository.version(nil),
      let branch = try? repository.hubBranch()
    else { return [:] }
    let objects = LayeredObjects(over: repository.store)
    let compiler = Compiler(
      reader: objects, writer: objects, branch: branch, engine: RenderEngine(cacheFolder: nil))
    var names: [Renderer: [String]] = [:]
    for bundle in (try? compiler.outline(version.tree))?.bundles ?? [] {
      for renderer in bundle.source.possibleRenderers {
        names[renderer, default: []].append(bundle.source.name)
      }
    }
    return names
  }

  private func found(_ location: HubLocation) throws(CommandError) -> DoctorFacts.HubFound {
    guard let layout = location.layout else { return .elsewhere(location.base) }
    let missing = ["fleet.git", "slices.git", "status.git"].filter {
      !Files.isDirectory("\(layout.root)/\($0)")
    }
    if !missing.isEmpty { return .incomplete(root: layout.root, missing: missing) }
    return .here(try failing { try hubFacts(layout) })
  }

  private func hubFacts(_ hub: HubLayout) throws -> HubFacts {
    var facts = HubFacts()
    facts.root = hub.root
    facts.user = try Files.attributes("/proc/self")?.owner ?? 0
    facts.foreign = try foreignFiles(hub, user: facts.user)
    do throws(HubError) {
      _ = try HubDescriptor.read(hub)
      if !Files.exists(hub.descriptor) { facts.descriptorProblem = "it is missing" }
    } catch {
      facts.descriptorProblem = "it cannot be understood"
    }
    try readSettings(hub, into: &facts)
    let hooks = HookFiles(hub)
    facts.hooks = try HookFiles.places.map { HubFacts.Hook(place: $0, state: try hooks.state($0)) }
    facts.cronLines = cronLines(hub)
    facts.freeBytes = freeBytes(hub.root)
    // A repository of somebody else cannot be opened, and that is said already.
    if facts.foreign.isEmpty {
      try readProgress(hub, into: &facts)
      try readChecks(hub, into: &facts)
    }
    readCache(hub, into: &facts)
    return facts
  }

  private func readCache(_ hub: HubLayout, into facts: inout HubFacts) {
    let folder = hub.renderCache
    guard Files.isDirectory(folder) else { return }
    let shards = ((try? Files.entries(in: folder)) ?? []).filter { $0.kind == .directory }
    facts.unwritableCache = ([folder] + shards.map { "\(folder)/\($0.text)" })
      .first { !Files.isWritable($0) }
    guard let size = try? RenderCache(folder: folder).size() else { return }
    facts.cachedRenderings = size.entries
    facts.cacheBytes = size.bytes
  }

  /// The check programs, found as the hooks find them.
  private func readChecks(_ hub: HubLayout, into facts: inout HubFacts) throws {
    let schemas = context.environment["FLEET_SCHEMAS"] ?? hub.schemas
    facts.schemas = Files.isDirectory(schemas) ? schemas : nil
    let fleet = try Repository.open(hub.fleet)
    guard let branch = try fleet.headBranch(), let head = try fleet.reference(branch) else {
      return
    }
    var quiet = Findings()
    let files = try SourceFiles(
      root: try fleet.commit(head).tree, reader: fleet, findings: &quiet)
    let settings = try DocumentReader(files: files, reader: fleet).read(findings: &quiet).hub
    let site = CheckSite(folders: [hub.checks])
    facts.checks = settings.checks.map { check in
      let program = "fleet-check-\(check.name.value)"
      let own = "\(hub.checks)/\(program)"
      return HubFacts.Check(
        program: program, path: site.path(of: check, variables: context.environment),
        idleFile: Files.exists(own) && !Files.isExecutable(own) ? own : nil)
    }
  }

  private func foreignFiles(_ hub: HubLayout, user: UInt32) throws -> [HubFacts.Foreign] {
    var found: [HubFacts.Foreign] = []
    for folder in [hub.root, hub.fleet, hub.slices, hub.status] {
      let paths = try [folder] + Files.entries(in: folder).map { "\(folder)/\($0.text)" }
      for path in paths {
        guard let attributes = try Files.attributes(path, followingLinks: false) else { continue }
        if attributes.owner != user, !found.contains(where: { $0.path == path }) {
          found.append(HubFacts.Foreign(path: path, owner: attributes.owner))
        }
      }
    }
    return found
  }

  private func readSettings(_ hub: HubLayout, into facts: inout HubFacts) throws {
    let repositories = [
      ("fleet.git", HubCreation.fleetSettings), ("slices.git", HubCreation.slicesSettings),
      ("status.git", HubCreation.statusSettings),
    ]
    var missing: [String] = []
    for (repository, settings) in repositories {
      let git = GitProgram(
        directory: "\(hub.root)/\(repository)", environment: context.environment)
      let config = "\(hub.root)/\(repository)/config"
      func value(_ key: String) throws(CommandError) -> String? {
        try git.answer(["config", "--file", config, "--get", key])
      }
      for (section, key, wanted) in settings {
        facts.settings.append(
          HubFacts.Setting(
            repository: repository, key: "\(section).\(key)", wanted: wanted,
            found: try value("\(section).\(key)")))
      }
      let libexec = try value("fleet.libexec")
      facts.libexec = facts.libexec ?? libexec
      for program in Self.hookPrograms[repository] ?? [] {
        let isThere =
          libexec.map { Files.isExecutable("\($0)/\(program)") }
          ?? (Child.find(program, path: context.environment["PATH"] ?? "") != nil)
        if !isThere { missing.append(program) }
      }
    }
    facts.missingHookPrograms = missing
  }

  private static let hookPrograms = [
    "fleet.git": ["fleet-pre-receive", "fleet-post-receive"],
    "status.git": ["fleet-status-receive"],
  ]

  private func cronLines(_ hub: HubLayout) -> [String] {
    var text = output(["crontab", "-l"]) ?? ""
    for file in (try? Files.entries(in: "/etc/cron.d")) ?? [] where file.kind == .file {
      let bytes = (try? Files.readIfPresent("/etc/cron.d/\(file.text)", limit: 1 << 20)) ?? nil
      text += "\n" + String(decoding: bytes ?? [], as: UTF8.self)
    }
    return text.split(separator: "\n").map(String.init).filter { line in
      !line.drop { $0 == " " || $0 == "\t" }.hasPrefix("#") && line.contains("fleet-hub")
        && line.contains("tick") && line.contains(hub.root)
    }
  }

  /// Source: df(1) of POSIX: with `-P` one line a file system, the fourth word is what is available.
  private func freeBytes(_ path: String) -> Int64? {
    let words = output(["df", "-Pk", path])?.split(separator: "\n").dropFirst().first?
      .split(separator: " ")
    guard let words, words.count > 3, let kilobytes = Int64(words[3]) else { return nil }
    let (bytes, overflow) = kilobytes.multipliedReportingOverflow(by: 1024)
    return overflow ? nil : bytes
  }

  private func readProgress(_ hub: HubLayout, into facts: inout HubFacts) throws {
    let fleet = try Repository.open(hub.fleet)
    guard let branch = try fleet.headBranch(), let pushed = try fleet.reference(branch) else {
      return
    }
    facts.pushed = pushed.short
    let stateID = try fleet.reference(HubLayout.Ref.state)
    facts.released = try ReleasedState.read(stateID, from: fleet)?.source.short
    let published = try Files.readIfPresent(hub.published, limit: 100)
    facts.isPublished =
      stateID.map { id in
        String(decoding: published ?? [], as: UTF8.self).hasPrefix(id.hex)
      } ?? true
  }

  /// What a program prints; nil when it is not there or fails.
  private func output(_ arguments: [String]) -> String? {
    guard
      let result = try? Child.run(
        arguments, environment: context.environment, timeoutSeconds: 20),
      result.succeeded
    else { return nil }
    return GitProgram.text(result.output)
  }
}
