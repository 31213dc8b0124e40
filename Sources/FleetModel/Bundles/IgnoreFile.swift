// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// The patterns of one `.fleetignore` file.
///
/// One pattern a line, matched with the last name of a path (``GoPattern``); `DIR/*` leaves out
/// directories of that name. `#` begins a comment, blanks at the end count only behind a `\`.
/// Rule: `internal/bundlereader/loaddirectory.go` of Rancher Fleet.
package struct IgnoreFile: Sendable, Hashable {
  private enum Rule: Sendable, Hashable {
    case name(GoPattern)
    case directory(String)
    /// Fleet accepts patterns with a directory and more behind it; they match nothing there.
    case nothing
  }

  private let rules: [Rule]

  /// Reads a file; malformed patterns are reported and left out.
  package init(_ bytes: some Collection<UInt8>, path: String, findings: inout Findings) {
    var rules: [Rule] = []
    var offset = 0
    for (number, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
      .enumerated()
    {
      let start = SourcePosition(line: number + 1, column: 1, offset: offset)
      offset += line.count + 1
      guard let text = String(validating: line, as: UTF8.self) else {
        let end = SourcePosition(line: number + 1, column: 2, offset: start.offset + 1)
        findings.error(
          "bad-ignore-pattern", "the line is not UTF-8",
          at: SourceSpan(path: path, start: start, end: end))
        continue
      }
      let pattern = IgnoreFile.trimmed(text)
      if pattern.isEmpty || pattern.utf8.first == UInt8(ascii: "#") { continue }
      if let rule = IgnoreFile.rule(pattern) {
        rules.append(rule)
        continue
      }
      let end = SourcePosition(
        line: number + 1, column: 1 + pattern.unicodeScalars.count,
        offset: start.offset + pattern.utf8.count)
      findings.error(
        "bad-ignore-pattern", "the pattern \(Wording.quoted(pattern)) is malformed",
        at: SourceSpan(path: path, start: start, end: end),
        hints: ["close '[' with ']', write '\\\\' for a backslash"])
    }
    self.rules = rules
  }

  /// Whether a file or directory with this last name is left out, below the directory of this file.
  package func ignores(name: some StringProtocol, isDirectory: Bool) -> Bool {
    rules.contains { rule in
      switch rule {
      case .name(let pattern): pattern.matches(name)
      case .directory(let directory): isDirectory && directory.utf8.elementsEqual(name.utf8)
      case .nothing: false
      }
    }
  }

  private static func rule(_ pattern: String) -> Rule? {
    guard let slash = firstRange(of: "/*", in: pattern), slash > 0 else {
      return GoPattern(pattern).map { .name($0) }
    }
    return pattern.hasSuffix("/*") ? .directory(String(pattern.dropLast(2))) : .nothing
  }

  private static func firstRange(of needle: String, in text: String) -> Int? {
    let bytes = Array(text.utf8)
    let wanted = Array(needle.utf8)
    guard bytes.count > wanted.count else { return nil }
    // Something has to stand before it, so the search begins at the second byte.
    return (1...(bytes.count - wanted.count)).first {
      bytes[$0..<($0 + wanted.count)].elementsEqual(wanted)
    }
  }

  /// Drops blanks at the end, but not the one that a `\` stands before, and never the first character.
  private static func trimmed(_ line: String) -> String {
    var bytes = Array(line.utf8)
    if bytes.last == 0x0d { bytes.removeLast() }
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) && $0 != 0x0b }
    var end = bytes.count
    while end > 0, isBlank(bytes[end - 1]) { end -= 1 }
    // All characters between `keep` and the end are blanks; `keep` is the first that is no backslash.
    var keep = max(0, end - 1)
    while keep < bytes.count, bytes[keep] == UInt8(ascii: "\\") { keep += 1 }
    guard keep < bytes.count else { return String(decoding: bytes, as: UTF8.self) }
    return String(decoding: bytes[...keep], as: UTF8.self)
  }
}

/// The `.fleetignore` files of a bundle, each for its own directory and all below it.
package struct IgnoreRules: Sendable {
  private let files: [String: IgnoreFile]

  /// Takes the files by the directory they are in, relative to the bundle (`""` for the bundle's own).
  package init(_ files: [String: IgnoreFile] = [:]) {
    self.files = files
  }

  /// Whether a file of the bundle, given by its path relative to the bundle, is left out.
  ///
  /// Left out are: what a rule of a directory above matches, everything in a directory that is left
  /// out, and names that begin with a dot.
  package func ignores(_ path: String) -> Bool {
    var above: [IgnoreFile] = files[""].map { [$0] } ?? []
    var directory = ""
    let names = path.split(separator: "/")
    for (index, name) in names.enumerated() {
      if name.utf8.first == UInt8(ascii: ".") { return true }
      let isDirectory = index < names.count - 1
      if above.contains(where: { $0.ignores(name: name, isDirectory: isDirectory) }) { return true }
      directory += directory.isEmpty ? String(name) : "/" + name
      if isDirectory, let file = files[directory] { above.append(file) }
    }
    return false
  }
}
