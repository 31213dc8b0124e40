// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Posix

/// Charts as archives, the same bytes each time.
package enum ChartArchive {
  /// Something could not be packed.
  package struct Failure: Error, CustomStringConvertible {
    /// What the program said.
    package let description: String
  }

  /// The `.tgz` of a chart whose files stand below a folder of its name.
  package static func bytes(
    _ name: String, _ files: [(path: String, text: String)]
  ) throws -> [UInt8] {
    let scratch = try ScratchFolder("archive")
    for file in files { try scratch.write(file.text, to: "\(name)/\(file.path)") }
    let tar = try Child.run(
      [
        "tar", "-c", "--format=ustar", "--sort=name", "--mtime=@0", "--owner=0", "--group=0",
        "--numeric-owner", "--mode=u=rwX,go=rX", name,
      ], directory: scratch.path)
    guard tar.succeeded else {
      throw Failure(description: String(decoding: tar.errorOutput, as: UTF8.self))
    }
    let packed = try Child.run(["gzip", "-n", "-c"], input: .bytes(tar.output))
    guard packed.succeeded else {
      throw Failure(description: String(decoding: packed.errorOutput, as: UTF8.self))
    }
    return packed.output
  }

  /// The digest of an archive as it stands in `fleet.lock`.
  package static func digest(_ bytes: [UInt8]) -> String { "sha256:" + SHA256.hex(bytes) }
}
