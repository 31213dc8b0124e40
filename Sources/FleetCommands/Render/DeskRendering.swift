// SPDX-License-Identifier: Apache-2.0

import Compiling
import Rendering

/// Makes the engine that renders at a person's desk.
enum DeskRendering {
  /// An engine with the person's own cache: `$XDG_CACHE_HOME/kubectl-fleet/render`, else below
  /// `~/.cache`; without a home nothing is kept.
  static func engine(
    in context: CommandContext, progress: TerminalProgress
  ) -> RenderEngine {
    RenderEngine(
      cacheFolder: cacheFolder(context.environment), environment: context.environment,
      progress: progress.step)
  }

  /// Where check programs are at the desk: in `FLEET_CHECKS_PATH` and on `PATH`.
  static func checks(in context: CommandContext) -> CheckSite {
    CheckSite(
      folders: [context.programs],
      settings: context.environment["FLEET_SCHEMAS"].map { ["FLEET_SCHEMAS": $0] } ?? [:])
  }

  private static func cacheFolder(_ environment: [String: String]) -> String? {
    if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") {
      return folder + "/kubectl-fleet/render"
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return home + "/.cache/kubectl-fleet/render"
  }
}
