// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Paths of files as people mistype them.
enum BundlePath {
  /// A path without the ending of the file's name.
  static func stem(_ path: String) -> String {
    guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")), !path[dot...].utf8.contains(0x2f)
    else { return path }
    return String(path[..<dot])
  }

  /// The path that was probably meant; endings do not count, they would make all files alike.
  static func nearest(to path: String, among paths: some Sequence<String>) -> String? {
    let sorted = paths.sorted { $0.precedesInBytes($1) }
    guard let stem = Suggestion.nearest(to: Self.stem(path), among: sorted.map { Self.stem($0) })
    else { return nil }
    return sorted.first { Self.stem($0).utf8.elementsEqual(stem.utf8) }
  }
}
