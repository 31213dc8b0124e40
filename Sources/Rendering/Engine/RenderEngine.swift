// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import Posix

/// Runs renderers: each different job once, from the cache where it can, else side by side.
///
/// The outcomes are a function of the jobs and of the versions of the programs. A child gets the files of
/// its folder, its arguments and its input; its environment is built from nothing.
package final class RenderEngine {
  /// What has been done so far.
  package internal(set) var statistics = RenderStatistics()
  /// The versions that the outcomes so far were made with, from the cache or not; for the plan's trailers.
  package internal(set) var versionsUsed: [Renderer: String] = [:]
  /// What a child may take.
  package var limits = RenderLimits()

  let cache: RenderCache?
  private let scratchParent: String?
  let pool: ChildPool
  let expectedVersions: [Renderer: String]
  private let progress: (String) -> Void
  var programs: RenderPrograms
  /// Why nothing more is written to the cache.
  private var cacheProblem: PosixError?

  /// Makes an engine; nothing is looked for or written before the first job.
  ///
  /// - Parameters:
  ///   - cacheFolder: where outcomes are kept; nil keeps none.
  ///   - scratchParent: where the files for children are written for the time of a run; nil for
  ///     `$TMPDIR` or `/tmp`.
  ///   - width: how many children run at a time; nil for the number of processors.
  ///   - environment: where `FLEET_HELM`, `FLEET_KUSTOMIZE` and `PATH` stand; children do not get it.
  ///   - expectedVersions: the versions that the plans are made with; a renderer that is not in it
  ///     may have any.
  ///   - progress: is told `rendering 1,240 of 2,500` whenever a child has ended.
  package init(
    cacheFolder: String?, scratchParent: String? = nil, width: Int? = nil,
    environment: [String: String] = Environment.all, expectedVersions: [Renderer: String] = [:],
    progress: @escaping (String) -> Void = { _ in }
  ) {
    cache = cacheFolder.map { RenderCache(folder: $0) }
    self.scratchParent = scratchParent
    pool = ChildPool(width: width ?? ChildPool.processors)
    self.expectedVersions = expectedVersions
    self.progress = progress
    programs = RenderPrograms(environment: environment, cacheFolder: cacheFolder)
  }

  /// What a person should hear about the cache; none of it changes an outcome.
  package var warnings: [String] {
    var lines: [String] = []
    if statistics.damaged > 0 {
      let entries = Wording.count(statistics.damaged, "damaged entry", "damaged entries")
      let verb = statistics.damaged == 1 ? "was" : "were"
      lines.append("\(entries) of the cache of renderings \(verb) made again")
    }
    if let cacheProblem { lines.append("renderings are not kept: \(cacheProblem)") }
    return lines
  }

  /// The outcomes in the order of the jobs.
  ///
  /// Jobs of the same renderer with equal keys are one. Throws when an outcome is not known and cannot be
  /// made; the children that run then are ended, and nothing stays behind.
  package func run(_ jobs: [RenderJob]) throws(RenderFailure) -> [RenderOutcome] {
    let versions = try self.versions(for: jobs)
    var places: [String: Int] = [:]
    var batch = RenderBatch()
    let order = jobs.indices.map { index in
      let job = jobs[index]
      let name = RenderCache.name(
        job.renderer, version: versions[job.renderer] ?? "", key: job.key)
      if let place = places[name] { return place }
      places[name] = batch.items.count
      batch.items.append(RenderBatch.Item(job: index, name: name, outcome: nil))
      return batch.items.count - 1
    }
    let damaged = look(in: &batch)
    let misses = batch.misses
    // A version that is no longer what it was when the names were made: they have to be made again.
    guard try confirm(versions, for: misses.map { jobs[batch.items[$0].job].renderer }) else {
      return try run(jobs)
    }
    statistics.jobs += jobs.count
    statistics.distinct += batch.items.count
    statistics.hits += batch.items.count - misses.count
    statistics.damaged += damaged
    if !misses.isEmpty { try render(misses, of: &batch, jobs) }
    versionsUsed.merge(versions) { $1 }
    return order.compactMap { batch.items[$0].outcome }
  }

  private func versions(for jobs: [RenderJob]) throws(RenderFailure) -> [Renderer: String] {
    let wanted = Set(jobs.map(\.renderer))
    var versions: [Renderer: String] = [:]
    for renderer in Renderer.allCases where wanted.contains(renderer) {
      versions[renderer] = try version(of: renderer)
    }
    return versions
  }

  /// Fills in what the cache knows; tells how many entries were damaged.
  private func look(in batch: inout RenderBatch) -> Int {
    guard let cache else { return 0 }
    let now = Timestamp.now()
    var damaged = 0
    for place in batch.items.indices {
      switch cache.read(batch.items[place].name, now: now) {
      case .found(let output): batch.items[place].outcome = .output(output)
      case .damaged: damaged += 1
      case .missing: break
      }
    }
    return damaged
  }

  /// Whether the programs that are to be run have the versions that the names were made with.
  private func confirm(
    _ versions: [Renderer: String], for needed: [Renderer]
  ) throws(RenderFailure) -> Bool {
    let needed = Set(needed)
    for renderer in Renderer.allCases where needed.contains(renderer) {
      let installed = try programs.confirmedVersion(renderer)
      statistics.questions = programs.questions
      guard installed != versions[renderer] else { continue }
      if let expected = expectedVersions[renderer] {
        throw .versionChanged(renderer, expected: expected, installed: installed)
      }
      return false
    }
    return true
  }

  private func render(
    _ misses: [Int], of batch: inout RenderBatch, _ jobs: [RenderJob]
  ) throws(RenderFailure) {
    let scratch = try RenderScratch(parent: scratchParent)
    defer { scratch.remove() }
    var uses: [String: Int] = [:]
    for place in misses { uses[jobs[batch.items[place].job].folder.digest, default: 0] += 1 }
    var environments: [Renderer: [String: String]] = [:]
    var paths: [Int: String] = [:]
    var done = 0
    try pool.run(
      misses.count,
      job: { (number) throws(RenderFailure) in
        let job = jobs[batch.items[misses[number]].job]
        let program = try programs.program(job.renderer)
        let environment =
          environments[job.renderer]
          ?? RenderEnvironment.variables(for: program, scratch: scratch.path)
        environments[job.renderer] = environment
        let folder = try scratch.folder(job.folder)
        paths[number] = folder
        statistics.children += 1
        return job.child(program, environment, folder: folder, limits)
      },
      ended: { (number, result) throws(RenderFailure) in
        let place = misses[number]
        let job = jobs[batch.items[place].job]
        let child: ChildResult
        do throws(PosixError) {
          child = try result.get()
        } catch {
          throw .system(error)
        }
        let folder = paths.removeValue(forKey: number) ?? ""
        let outcome = RenderOutcome(
          child, of: job.renderer, folder: folder, scratch: scratch.path)
        batch.items[place].outcome = outcome
        if case .output(let output) = outcome { keep(output, batch.items[place].name) }
        uses[job.folder.digest, default: 1] -= 1
        if uses[job.folder.digest] == 0 { scratch.drop(job.folder) }
        done += 1
        progress(
          "rendering \(Wording.number(done)) of \(Wording.number(misses.count))")
      })
  }

  /// A cache that cannot be written costs time and nothing else.
  func keep(_ output: [UInt8], _ name: String) {
    guard let cache, cacheProblem == nil else { return }
    do throws(PosixError) {
      try cache.write(name, output)
    } catch {
      cacheProblem = error
    }
  }
}

/// The different jobs of a run.
struct RenderBatch {
  /// One of them.
  struct Item {
    /// The place of the first such job.
    let job: Int
    /// What the cache calls it.
    let name: String
    /// What became of it; nil as long as that is not known.
    var outcome: RenderOutcome?
  }

  var items: [Item] = []

  /// The places of those whose outcome is not known.
  var misses: [Int] { items.indices.filter { items[$0].outcome == nil } }
}
