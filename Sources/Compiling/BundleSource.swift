// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import FleetModel
package import Rendering

/// A bundle as it stands in the repository: its options and its files, read once.
package struct BundleSource: Sendable {
  /// The GitRepo that brings it.
  package let gitRepo: GitRepo
  /// The directory from the root of the repository.
  package let path: String
  /// The name, unique in the workspace.
  package let name: String
  /// Where the name is written, or the GitRepo's name.
  package let nameSpan: SourceSpan?
  /// What `fleet.yaml` says; `valuesFiles` are laid over `values` already.
  package let options: FleetYAML
  /// The charts from elsewhere; nil where there is no `fleet.lock`.
  package let lock: ChartLock?
  /// The files from the bundle's directory, without those that `.fleetignore` leaves out.
  package let files: [RenderFile]
  /// The files with values, from the bundle's directory; none of them is a manifest.
  package let valuesFiles: Set<String>

  /// The workspace.
  package var workspace: String { gitRepo.workspace }

  /// The same bundle with values from files.
  func with(options: FleetYAML, valuesFiles: Set<String>) -> BundleSource {
    BundleSource(
      gitRepo: gitRepo, path: path, name: name, nameSpan: nameSpan, options: options, lock: lock,
      files: files, valuesFiles: valuesFiles)
  }

  /// The same bundle with the targets of its source alone.
  var forEveryCluster: BundleSource {
    var open = options
    open.overrideTargets = nil
    return with(options: open, valuesFiles: valuesFiles)
  }

  /// The directory as people read it.
  var shownPath: String { path.isEmpty ? "." : path }

  /// A path in the bundle, from the root of the repository.
  func repositoryPath(_ relative: String) -> String {
    path.isEmpty ? relative : "\(path)/\(relative)"
  }

  /// A path that the options name, from the root of the repository; nil when it leaves the repository.
  ///
  /// Fleet reads values files and charts relative to the bundle's directory, also with `..`.
  func resolve(_ written: String) -> String? {
    BundlePath.joined(path, written)
  }

  /// The finding about a link where a bundle's files are read.
  static func refusal(ofLink link: String) -> Finding {
    Finding(
      .error, "symbolic-link", "a symbolic link in a bundle is not followed", path: link,
      hints: ["commit the file itself instead of a link"])
  }
}
