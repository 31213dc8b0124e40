// SPDX-License-Identifier: Apache-2.0

/// A file of an archive.
package struct ArchiveFile: Sendable, Hashable {
  /// The path from the archive's root, without `.`, `..` and a leading `/`.
  package let path: String
  /// The content.
  package let bytes: [UInt8]

  /// Makes a file.
  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// Reads `.tar.gz` files that somebody else has made.
package enum TarArchive {
  /// The files of an archive, in its order; folders are left out.
  ///
  /// What is over a limit is not unpacked: of a bomb only as much is read as the limits allow.
  /// Links, devices, paths that lead out and paths that come twice are refused.
  package static func read(
    _ gz: [UInt8], limits: ArchiveLimits
  ) throws(ArchiveError) -> [ArchiveFile] {
    try gz.withUnsafeBufferPointer { buffer throws(ArchiveError) in
      var reader = Reader(input: try Inflater(buffer), limits: limits)
      return try reader.files()
    }
  }

  private struct Reader {
    let input: Inflater
    let limits: ArchiveLimits
    private var bytesLeft: Int
    private var headersLeft: Int
    /// What the next file is called, and how long it is, when a header before it says so.
    private var nextPath: [UInt8]?
    private var nextLength: Int?

    /// An extended header, or a long name, is never longer in an honest archive.
    private static let longestName = 64 << 10

    init(input: Inflater, limits: ArchiveLimits) {
      self.input = input
      self.limits = limits
      bytesLeft = limits.totalBytes
      // A file may have two headers of its own besides, and folders have one, too.
      headersLeft = 1000 + 4 * min(limits.fileCount, 1 << 30)
    }

    mutating func files() throws(ArchiveError) -> [ArchiveFile] {
      var files: [ArchiveFile] = []
      var seen: [String: Bool] = [:]
      while let header = try TarHeader(input.read(TarHeader.size)) {
        headersLeft -= 1
        guard headersLeft >= 0 else { throw .tooManyFiles(limit: limits.fileCount) }
        switch header.kind {
        case .extended:
          let (path, length) = try TarHeader.extended(named(header.length))
          nextPath = path ?? nextPath
          nextLength = length ?? nextLength
        case .globalExtended, .longLink:
          _ = try named(header.length)
        case .longName:
          nextPath = TarHeader.text(try named(header.length)[...])
        case .file where !isFolder(header):
          guard let path = try path(of: header) else { throw .badPath(shown(header)) }
          guard files.count < limits.fileCount else {
            throw .tooManyFiles(limit: limits.fileCount)
          }
          try note(path, isFile: true, in: &seen)
          files.append(ArchiveFile(path: path, bytes: try content(header)))
        case .folder, .file:
          if let path = try path(of: header) { try note(path, isFile: false, in: &seen) }
          _ = try content(header)
        case .link: throw .link(path: shown(header))
        case .other: throw .notAFile(path: shown(header))
        }
      }
      try readToEnd()
      return files
    }

    /// Before ustar a folder was a file with a `/` at the end.
    private func isFolder(_ header: TarHeader) -> Bool {
      (nextPath ?? header.path).last == UInt8(ascii: "/")
    }

    private func shown(_ header: TarHeader) -> String {
      String(decoding: nextPath ?? header.path, as: UTF8.self)
    }

    /// Remembers a path; a file may not come twice, nor be a folder as well.
    private func note(
      _ path: String, isFile: Bool, in seen: inout [String: Bool]
    ) throws(ArchiveError) {
      if let isOldFile = seen[path], isFile || isOldFile { throw .twice(path: path) }
      seen[path] = isFile
      var above = path[...]
      while let slash = above.utf8.lastIndex(of: UInt8(ascii: "/")) {
        above = above[..<slash]
        if let isOldFile = seen[String(above)] {
          if isOldFile { throw .twice(path: String(above)) }
          break
        }
        seen[String(above)] = false
      }
    }

    /// The path in its shortest form; nil for the root itself.
    private func path(of header: TarHeader) throws(ArchiveError) -> String? {
      let raw = nextPath ?? header.path
      guard let text = String(validating: raw, as: UTF8.self), text.utf8.first != 0x2f,
        !raw.contains(where: { $0 < 0x20 || $0 == 0x7f || $0 == UInt8(ascii: "\\") })
      else { throw .badPath(shown(header)) }
      let parts = text.split(separator: "/").filter { $0 != "." }
      if parts.contains("..") { throw .badPath(text) }
      return parts.isEmpty ? nil : parts.joined(separator: "/")
    }

    /// The content of a small record of tar itself.
    private mutating func named(_ length: Int) throws(ArchiveError) -> [UInt8] {
      guard length <= Self.longestName else { throw .damaged("a name in it is too long") }
      return try padded(length)
    }

    private mutating func content(_ header: TarHeader) throws(ArchiveError) -> [UInt8] {
      let length = nextLength ?? header.length
      nextPath = nil
      nextLength = nil
      guard length <= bytesLeft else { throw .tooLarge(limit: limits.totalBytes) }
      bytesLeft -= length
      return try padded(length)
    }

    private func padded(_ length: Int) throws(ArchiveError) -> [UInt8] {
      let bytes = try input.read(length)
      let padding = (TarHeader.size - length % TarHeader.size) % TarHeader.size
      guard bytes.count == length, try input.read(padding).count == padding else {
        throw .truncated
      }
      return bytes
    }

    /// What follows the last file is only padding; but only at its end the file tells whether it is whole.
    private func readToEnd() throws(ArchiveError) {
      var left = 1 << 20
      while left > 0 {
        let bytes = try input.read(1 << 16)
        if bytes.isEmpty { return }
        guard bytes.allSatisfy({ $0 == 0 }) else { break }
        left -= bytes.count
      }
      throw .damaged("something follows after its last file")
    }
  }
}
