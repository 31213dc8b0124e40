// SPDX-License-Identifier: Apache-2.0

/// Why an archive is not unpacked.
package enum ArchiveError: Error, Sendable, Hashable {
  /// The bytes do not begin as a gzip file does.
  case notCompressed
  /// What was compressed, or what is in it, makes no sense; in a few words.
  case damaged(String)
  /// The archive ends in the middle.
  case truncated
  /// The files together have more than this many bytes.
  case tooLarge(limit: Int)
  /// There are more than this many files.
  case tooManyFiles(limit: Int)
  /// A symbolic or hard link.
  case link(path: String)
  /// A device, a pipe, or another entry that is neither file nor folder.
  case notAFile(path: String)
  /// A path that leads out of the folder, or that cannot be a path.
  case badPath(String)
  /// Two files have this path, or one is a file and a folder.
  case twice(path: String)

  /// What is wrong, to be put behind `the archive `.
  ///
  /// Paths stand in it as they are in the archive: escape them before they are printed.
  package var words: String {
    switch self {
    case .notCompressed: "is no gzip file"
    case .damaged(let what): "is damaged: \(what)"
    case .truncated: "is damaged: it ends in the middle"
    case .tooLarge(let limit): "holds more than \(limit >> 20) MiB"
    case .tooManyFiles(let limit): "holds more than \(limit) files"
    case .link(let path): "holds the link '\(path)', which is not followed"
    case .notAFile(let path): "holds '\(path)', which is neither file nor folder"
    case .badPath(let path): "holds the path '\(path)', which is not allowed"
    case .twice(let path): "holds '\(path)' twice"
    }
  }
}
