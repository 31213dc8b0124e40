// SPDX-License-Identifier: Apache-2.0

import Posix

/// What others keep beside the renderings because it was made of them, and need not be made again.
extension RenderEngine {
  /// Whether anything is kept.
  package var keepsOutcomes: Bool { cache != nil }

  /// The version that the outcomes of a renderer are made with now; runs a child where nobody knows it.
  package func version(of renderer: Renderer) throws(RenderFailure) -> String {
    if let expected = expectedVersions[renderer] { return expected }
    let version = try programs.version(renderer)
    statistics.questions = programs.questions
    return version
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
