// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import HubService
import Posix

/// The files of a new fleet repository.
struct Scaffold {
  /// The folder that they are written to.
  let folder: String

  private static let prefix = "templates/fleet-repo/"

  /// The files, by their paths in the new repository.
  static let files: [(path: String, file: EmbeddedFiles.File)] = EmbeddedFiles.all.compactMap {
    file in
    guard file.path.hasPrefix(prefix) else { return nil }
    return (String(file.path.dropFirst(prefix.count)), file)
  }

  /// The paths that are taken: files of ours, or others of the same name.
  var taken: [String] {
    Self.files.map(\.path).filter { Files.exists("\(folder)/\($0)") }
  }

  /// Whether the folder looks like a fleet repository already.
  var isFleetRepository: Bool {
    ["clusters", "gitrepos"].allSatisfy { Files.isDirectory("\(folder)/\($0)") }
  }

  /// Writes the files.
  func write() throws(PosixError) {
    for (path, file) in Self.files {
      let target = "\(folder)/\(path)"
      try Files.makeDirectories(Files.split(target).folder)
      try Files.writeAtomically(
        target, Array(file.text.utf8), mode: file.isExecutable ? 0o755 : 0o644)
    }
  }
}
