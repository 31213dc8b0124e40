// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Posix

/// Tells files apart by name, size and time of change, without reading them.
enum Fingerprint {
  /// More files than this below one path are not looked at.
  private static let most = 10_000

  /// Adds a file, or a folder with all that is in it, to a digest; nothing there is a fingerprint too.
  static func add(_ path: String, to hash: inout SHA256) throws(PosixError) {
    var left = most
    try add(path, to: &hash, &left)
  }

  private static func add(
    _ path: String, to hash: inout SHA256, _ left: inout Int
  ) throws(PosixError) {
    guard left > 0 else { return }
    left -= 1
    guard let file = try Files.attributes(path) else {
      hash.update(Array("\(path) missing\0".utf8))
      return
    }
    let time = "\(file.modified.seconds).\(file.modified.nanoseconds)"
    hash.update(Array("\(path) \(file.kind) \(file.size) \(time)\0".utf8))
    guard file.kind == .directory else { return }
    for entry in try Files.entries(in: path) {
      try add("\(path)/\(entry.text)", to: &hash, &left)
    }
  }
}
