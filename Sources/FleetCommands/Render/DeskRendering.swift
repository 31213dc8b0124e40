// SPDX-License-Identifier: Apache-2.0

import Compiling
import HubService
import Posix
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

  /// Where check programs are at the desk: in `FLEET_CHECKS_PATH`, beside this program, in the hub where
  /// it is on this machine, and on `PATH`.
  static func checks(of repository: FleetRepository, in context: CommandContext) -> CheckSite {
    let location = try? HubLocation.find(HubOptions(hub: nil), repository: repository, in: context)
    let hub = location?.layout.flatMap { $0.isComplete ? $0 : nil }
    let schemas =
      context.environment["FLEET_SCHEMAS"]
      ?? hub.flatMap { Files.isDirectory($0.schemas) ? $0.schemas : nil }
    var site = CheckSite(
      folders: [context.programs] + (hub.map { [$0.checks] } ?? []),
      settings: schemas.map { ["FLEET_SCHEMAS": $0] } ?? [:])
    site.isDesk = true
    return site
  }

  private static func cacheFolder(_ environment: [String: String]) -> String? {
    if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") {
      return folder + "/kubectl-fleet/render"
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return home + "/.cache/kubectl-fleet/render"
  }
}
