// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Testing

/// Texts that are too long for a test's source: files in `Tests/Golden`.
package enum Golden {
  /// Fails the test unless the text is that of the file `Tests/Golden/NAME`.
  ///
  /// With `FLEET_RECORD=1` in the environment the file is written instead; read the difference before
  /// you commit it. A missing file fails.
  package static func check(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let path = folder + "/" + name
    if getenv("FLEET_RECORD").map({ String(cString: $0) }) == "1" {
      for index in path.indices where path[index] == "/" && index > path.startIndex {
        mkdir(String(path[..<index]), 0o777)
      }
      if !TestFiles.write(Array(text.utf8), to: path) {
        Issue.record("cannot write '\(path)'", sourceLocation: sourceLocation)
      }
      return
    }
    guard let bytes = TestFiles.read(path) else {
      Issue.record(
        "no file '\(name)' in Tests/Golden; record it with FLEET_RECORD=1",
        sourceLocation: sourceLocation)
      return
    }
    let recorded = String(decoding: bytes, as: UTF8.self)
    if recorded.utf8.elementsEqual(text.utf8) { return }
    Issue.record(
      "\(name): \(firstDifference(recorded, text))", sourceLocation: sourceLocation)
  }

  /// The first line that differs, with its number.
  static func firstDifference(_ recorded: String, _ text: String) -> Comment {
    let left = recorded.split(separator: "\n", omittingEmptySubsequences: false)
    let right = text.split(separator: "\n", omittingEmptySubsequences: false)
    for index in 0..<max(left.count, right.count) {
      let old = index < left.count ? "'\(left[index])'" : "the end"
      let new = index < right.count ? "'\(right[index])'" : "the end"
      if old != new { return "line \(index + 1) is \(new), recorded is \(old)" }
    }
    return "the texts differ only in their bytes"
  }

  private static var folder: String {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(2)
    return parts.joined(separator: "/") + "/Golden"
  }
}
