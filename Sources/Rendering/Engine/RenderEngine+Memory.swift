// SPDX-License-Identifier: Apache-2.0

import Posix

/// What others keep beside the renderings because it was made of them, and need not be made again.
extension RenderEngine {
  /// Whether anything is kept.
  package var keepsOutcomes: Bool { cache != nil }

  /// The time by the clock, for what is said of the age of entries and for nothing else.
  package var seconds: Int64 { Timestamp.now().seconds }

  /// The version that the outcomes of a renderer are made with now; runs a child where nobody knows it.
  package func version(of renderer: Renderer) throws(RenderFailure) -> String {
    if let expected = expectedVersions[renderer] { return expected }
    let version = try programs.version(renderer)
    statistics.questions = programs.questions
    return version
  }

  /// Does some work while programs are asked for their versions, those that nobody knows.
  ///
  /// What they answer, or that they do not, is of no importance before `run` needs it.
  package func asking<Failure: Error>(
    _ renderers: [Renderer], while work: () throws(Failure) -> Void
  ) throws(Failure) {
    var asked: [(renderer: Renderer, job: ChildJob)] = []
    for renderer in renderers where expectedVersions[renderer] == nil {
      if let job = programs.question(renderer) { asked.append((renderer, job)) }
    }
    var answers: [(Renderer, Result<ChildResult, PosixError>)] = []
    try ChildPool(width: asked.count + 1).run(
      asked.count + 1,
      job: { (number) throws(Failure) in
        if number < asked.count { return asked[number].job }
        try work()
        return nil
      },
      ended: { (number, answer) throws(Failure) in answers.append((asked[number].renderer, answer))
      })
    for (renderer, answer) in answers { programs.take(answer, from: renderer) }
    statistics.questions = programs.questions
  }

  /// What was remembered last for a use by the program that runs now; nil when that is nothing.
  ///
  /// Another build of the program may make other things of the same renderings, so it has its own.
  package func recall(_ use: String) -> [UInt8]? {
    guard let cache, let name = Self.memoryName(use) else { return nil }
    switch cache.read(name) {
    case .found(let bytes): return bytes
    case .missing: return nil
    case .damaged:
      statistics.damaged += 1
      return nil
    }
  }

  /// Keeps something for the next `recall` of the same use.
  package func remember(_ use: String, _ bytes: [UInt8]) {
    guard let name = Self.memoryName(use) else { return }
    keep(bytes, name)
  }

  /// Takes note that outcomes of jobs were not needed, because what was made of them is known.
  package func reuse(_ count: Int, of renderer: Renderer, version: String) {
    statistics.jobs += count
    statistics.distinct += count
    statistics.hits += count
    versionsUsed[renderer] = version
  }

  /// Lets outcomes count as used today; `names` are those of `RenderCache.name`.
  package func touch(_ names: [String]) {
    guard let cache else { return }
    for name in names { cache.touch(name) }
  }

  /// The name of an entry for this very file of the program; nil when it cannot be told.
  private static func memoryName(_ use: String) -> String? {
    guard let program = try? Files.attributes("/proc/self/exe") else { return nil }
    let modified = program.modified
    let identity =
      "\(program.inode) \(program.size) \(modified.seconds).\(modified.nanoseconds)"
    return RenderCache.name("memory\n\(use)\n", Array(identity.utf8))
  }
}
