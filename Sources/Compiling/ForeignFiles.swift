// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import GitObjects
import YAMLTree

/// What is said about files outside of bundles that are not ours.
enum ForeignFiles {
  /// Whether a file stands in a folder that is for our files alone.
  static func isOwn(_ path: String) -> Bool {
    PayloadRoots.ownFolders.contains { path.utf8.starts(with: $0.utf8) }
  }

  /// What was found in a file that is no YAML: its errors, or one warning where it cannot be ours.
  ///
  /// All kinds of ours have an apiVersion with `fleet` in it. Repositories hold templates of other
  /// programs, examples and test data, and those refuse no push.
  static func findings(
    _ parsing: Findings, in bytes: [UInt8], at path: String
  ) -> [Finding] {
    guard parsing.hasErrors, !isOwn(path), !bytes.contains(text: "fleet") else {
      return parsing.all
    }
    return [
      Finding(
        .warning, "not-read", "not read: the file is not YAML that can be read", path: path,
        hints: ["if that is so for good, list it in a .fleetignore"])
    ]
  }

  /// Whether a file would make a bundle of the root of the repository, which is none.
  static func isRootBundle(_ path: String, _ roots: [YAMLNode]) -> Bool {
    guard BundleMark.names.contains(path) else { return false }
    return !roots.contains { $0["apiVersion"]?.string?.hasPrefix("fleet") ?? false }
  }

  /// The warning about a bundle in the root of the repository.
  static func rootBundle(_ path: String) -> Finding {
    Finding(
      .warning, "root-bundle",
      "the root of the repository is no bundle, this file is not read", path: path,
      hints: [
        "move the bundle into a folder: mkdir -p apps/NAME && git mv \(path) apps/NAME"
      ])
  }
}

/// The files that make a bundle of their folder.
enum BundleMark {
  /// Their names.
  static let names: Set<String> = [
    "fleet.yaml", "fleet.yml", "Chart.yaml", "kustomization.yaml", "kustomization.yml",
    "Kustomization",
  ]
}

extension SourceFiles {
  /// The `.fleetignore` files of the repository, for files that belong to no bundle.
  ///
  /// In a bundle they have their own meaning (Fleet's): there only those of the bundle count.
  func ignoreRules(
    _ reader: BundleReader<some ObjectReader>, findings: inout Findings
  ) throws(ObjectAccessError) -> IgnoreRules {
    var found: [String: IgnoreFile] = [:]
    for file in files where file.name == ".fleetignore" {
      // What is wrong in the one of a bundle is told with the bundle.
      var own = Findings()
      guard let bytes = try reader.text(file, findings: &own) else { continue }
      found[String(file.folder)] = IgnoreFile(bytes, path: file.path, findings: &own)
      if file.folder.isEmpty { findings.add(contentsOf: own.all) }
    }
    return IgnoreRules(found)
  }
}
