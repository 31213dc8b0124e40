// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Glibc

/// Runs a line of shell and gives its output; nil when it failed.
///
/// The real programs are asked through files, for input may hold any byte.
func shell(_ command: String, in folder: ScratchFolder) -> String? {
  let environment =
    "GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null LC_ALL=C PATH=/usr/bin:/bin"
  guard
    let pipe = popen("cd '\(folder.path)' && env -i \(environment) sh -c '\(command)'", "r")
  else { return nil }
  var output: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&buffer, 1, buffer.count, pipe)
    if count == 0 { break }
    output += buffer[..<count]
  }
  guard pclose(pipe) == 0 else { return nil }
  return String(decoding: output, as: UTF8.self)
}

/// The same bytes in every run.
struct SeededBytes {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt8 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 33)
  }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in next() } }
}
