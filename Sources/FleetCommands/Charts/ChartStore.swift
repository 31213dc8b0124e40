// SPDX-License-Identifier: Apache-2.0

/// Charts that one command has brought in: what several bundles want is loaded once.
final class ChartStore {
  private let context: CommandContext
  private let isPlain: Bool
  private var program: HelmProgram?
  private let progress: TerminalProgress
  private var known: [ChartSource: [String: Result<HelmProgram.Pulled, PullProblem>]] = [:]

  /// Makes an empty store.
  ///
  /// - Parameter isPlain: whether registries are spoken to without TLS.
  init(_ context: CommandContext, isPlain: Bool, progress: TerminalProgress) {
    self.context = context
    self.isPlain = isPlain
    self.progress = progress
  }

  /// Helm, looked for when it is needed first: where all is pinned and there, nobody needs it.
  func helm() throws(CommandError) -> HelmProgram {
    if let program { return program }
    let found = try HelmProgram(context, isPlain: isPlain)
    program = found
    return found
  }

  /// Brings a chart in, if this was not tried before.
  func pull(
    _ source: ChartSource, version: String, with helm: HelmProgram
  ) throws(PullProblem) -> HelmProgram.Pulled {
    if let result = known[source]?[version] { return try result.get() }
    let shown = version.isEmpty ? source.name : "\(source.name) \(version)"
    progress.step("loading \(shown) from \(source.host)")
    let result: Result<HelmProgram.Pulled, PullProblem>
    do throws(PullProblem) {
      result = .success(try helm.pull(source, version: version))
    } catch {
      result = .failure(error)
    }
    known[source, default: [:]][version] = result
    return try result.get()
  }
}
