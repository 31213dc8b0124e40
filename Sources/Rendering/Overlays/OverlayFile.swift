// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// A file of an overlay: what it replaces, adds or patches.
struct OverlayFile {
  /// The file as it stands in the repository.
  let file: BundleFile
  /// The overlay.
  let overlay: String
  /// The file of the bundle that it is for, from the bundle's directory.
  let target: String
  /// Whether it changes the file instead of taking its place.
  let isPatch: Bool

  /// Reads a path from the bundle's directory; nil for a file directly in `overlays/`, or one that is no
  /// manifest.
  ///
  /// Fleet: the first `_patch.` in the file's own name becomes `.` and names the file to patch.
  init?(_ file: BundleFile, below prefix: String) {
    guard file.path.utf8.starts(with: prefix.utf8) else { return nil }
    let relative = Substring(file.path.utf8.dropFirst(prefix.utf8.count))
    guard relative.utf8.starts(with: "overlays/".utf8), Self.isManifest(relative) else {
      return nil
    }
    let inside = Substring(relative.utf8.dropFirst("overlays/".utf8.count))
    guard let slash = inside.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    self.file = file
    overlay = String(inside[..<slash])
    let path = inside[inside.utf8.index(after: slash)...]
    let start = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.index(after: $0) }
    let folder = path[..<(start ?? path.startIndex)]
    let name = Array(path[(start ?? path.startIndex)...].utf8)
    guard let position = Self.position(of: Array("_patch.".utf8), in: name) else {
      target = String(path)
      isPatch = false
      return
    }
    let patched = Array(name[..<position]) + name[(position + "_patch".utf8.count)...]
    target = folder + String(decoding: patched, as: UTF8.self)
    isPatch = true
  }

  /// Whether a file is one that is deployed, by its name.
  private static func isManifest(_ path: some StringProtocol) -> Bool {
    path.hasSuffix(".yaml") || path.hasSuffix(".yml") || path.hasSuffix(".json")
  }

  private static func position(of needle: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= needle.count else { return nil }
    return (0...(bytes.count - needle.count)).first { bytes[$0...].starts(with: needle) }
  }
}
