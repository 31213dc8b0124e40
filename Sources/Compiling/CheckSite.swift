// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Extensions
package import FleetModel
import Rendering
import SliceFormat
import Targeting
import YAMLTree

/// Where check programs are found, and what they are told about this machine.
package struct CheckSite: Sendable, Hashable {
  /// Folders to look in before `PATH`, such as the hub's `checks`.
  package var folders: [String]
  /// Variables for the programs, such as `FLEET_SCHEMAS`.
  package var settings: [String: String]
  /// Whether programs are run at all.
  package var isActive: Bool
  /// Whether it is a person's desk: there a program that is not installed is a warning, because the hub
  /// may have it. At the hub nothing would be checked, so it is an error.
  package var isDesk = false

  /// Makes a site.
  package init(folders: [String] = [], settings: [String: String] = [:]) {
    self.folders = folders
    self.settings = settings
    isActive = true
  }

  /// The file of a check program; nil when it is found nowhere.
  ///
  /// - Parameter variables: where `FLEET_CHECKS_PATH` and `PATH` stand.
  package func path(of check: HubSettings.Check, variables: [String: String]) -> String? {
    ExtensionProgram.check(
      named: ExtensionProgram.checkPrefix + check.name.value, folders: folders,
      variables: variables)?.path
  }

  /// What a person reads about a program that only the hub may have.
  static func notHere(_ name: String, _ missing: Finding) -> Finding {
    guard ExtensionProgram.isCheckName(name) else { return missing }
    return Finding(
      .warning, missing.code,
      "the check \(Wording.quoted(name)) is not installed here, only the "
        + "hub will run it", at: missing.span,
      hints: ["put the program on your PATH, or its folder into FLEET_CHECKS_PATH"])
  }

  /// Runs no program: for compiling what was accepted already.
  package static let none: CheckSite = {
    var site = CheckSite()
    site.isActive = false
    return site
  }()
}

/// Runs the check programs that the hub's settings name on everything that a push deploys.
struct CheckRun {
  let site: CheckSite
  let inventory: Inventory

  /// What the programs find; a warning where the settings say that a check only warns.
  func findings(
    _ checks: [HubSettings.Check], bundles: [CompiledBundle], objects: [[[RenderedObject]]],
    definitions: [YAMLNode], progress: (String) -> Void
  ) -> [Finding] {
    if checks.isEmpty || !site.isActive { return [] }
    let input = CheckInput(bundles: inputs(bundles, objects), definitions: definitions)
    var result: [Finding] = []
    for check in checks {
      let name = ExtensionProgram.checkPrefix + check.name.value
      progress("running \(name)")
      guard let program = ExtensionProgram.check(named: name, folders: site.folders) else {
        let missing = CheckProgram.missing(name, at: check.name.span)
        result.append(site.isDesk ? CheckSite.notHere(name, missing) : missing)
        continue
      }
      let outcome = CheckProgram(program, settings: site.settings).run(input)
      // That a check failed is never a warning: nothing was checked.
      let only = check.warnsOnly && !outcome.isFailure
      result += only ? outcome.findings.map { $0.asWarning() } : outcome.findings
    }
    return result
  }

  private func inputs(
    _ bundles: [CompiledBundle], _ objects: [[[RenderedObject]]]
  ) -> [CheckInput.Bundle] {
    var inputs: [CheckInput.Bundle] = []
    for (bundle, variants) in zip(bundles, objects) {
      var members = [[Int]](repeating: [], count: variants.count)
      for (cluster, variant) in bundle.assignment.enumerated() {
        if let variant { members[variant].append(cluster) }
      }
      for (variant, clusters) in zip(variants, members) {
        inputs.append(
          CheckInput.Bundle(
            name: bundle.source.name, workspace: bundle.source.workspace,
            gitRepo: bundle.source.gitRepo.name, path: bundle.source.path,
            clusters: clusters.map { inventory.clusters[$0].name },
            kubernetesVersions: clusters.compactMap {
              inventory.clusters[$0].kubernetesVersion?.value
            },
            objects: variant.map {
              CheckInput.Object(root: $0.root, place: $0.place.span, path: $0.place.path)
            }))
      }
    }
    return inputs
  }
}
