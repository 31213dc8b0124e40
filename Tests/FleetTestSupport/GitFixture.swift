// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Posix

/// Runs real Git as nobody in particular: no configuration of the machine or the user, a fixed person,
/// English, UTC.
package enum GitFixture {
  /// Git did not do what a test needs; its words.
  package struct Failure: Error, CustomStringConvertible {
    /// What was run and what it said.
    package let description: String
  }

  /// Seconds since 1970 of the first commit in a test; later ones follow in steps of a minute.
  package static let firstDate = 1_700_000_000

  /// All variables that a child gets, and no other.
  package static func environment(_ more: [String: String] = [:]) -> [String: String] {
    var variables = [
      "PATH": Environment.get("PATH") ?? "/usr/local/bin:/usr/bin:/bin",
      "HOME": "/proc/nonexistent",
      "LC_ALL": "C", "TZ": "UTC", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
      "GIT_AUTHOR_NAME": "Ada Admin", "GIT_AUTHOR_EMAIL": "ada@example.org",
      "GIT_COMMITTER_NAME": "Ada Admin", "GIT_COMMITTER_EMAIL": "ada@example.org",
      "GIT_AUTHOR_DATE": "\(firstDate) +0000", "GIT_COMMITTER_DATE": "\(firstDate) +0000",
      "GIT_TERMINAL_PROMPT": "0",
    ]
    variables.merge(more) { $1 }
    return variables
  }

  /// Runs Git, however it ends; a minute is the limit.
  package static func attempt(
    _ arguments: [String], in folder: String, input: [UInt8] = [],
    variables: [String: String] = [:]
  ) throws -> ChildResult {
    try Child.run(
      ["git"] + arguments, environment: environment(variables), directory: folder,
      input: input.isEmpty ? .nothing : .bytes(input), timeoutSeconds: 240)
  }

  /// Runs Git and tells what it wrote to standard output, without the last line break.
  @discardableResult
  package static func run(
    _ arguments: [String], in folder: String, input: [UInt8] = [],
    variables: [String: String] = [:]
  ) throws -> String {
    let result = try attempt(arguments, in: folder, input: input, variables: variables)
    guard result.succeeded else {
      let words = String(decoding: result.errorOutput, as: UTF8.self)
      throw Failure(
        description: "git \(arguments.joined(separator: " ")) \(result.status): \(words)")
    }
    let text = String(decoding: result.output, as: UTF8.self)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  /// The text with ids of objects as `<COMMIT-A>`, `<COMMIT-B>` … in the order in which they appear.
  ///
  /// An id is 7 to 40 hexadecimal digits with a digit among them, that stand alone; a short one has the
  /// name of the long one that it begins.
  package static func namingIDs(in text: String) -> String {
    var known: [Substring] = []
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(where: isWord) {
      result += rest[..<start]
      let end = rest[start...].firstIndex { !isWord($0) } ?? rest.endIndex
      let word = rest[start..<end]
      rest = rest[end...]
      let isID =
        (7...40).contains(word.utf8.count) && word.allSatisfy(isDigit)
        && word.contains { ("0"..."9").contains($0) } && word.contains { ("a"..."f").contains($0) }
      guard isID else {
        result += word
        continue
      }
      let index =
        known.firstIndex { $0.hasPrefix(word) || word.hasPrefix($0) } ?? known.endIndex
      if index == known.endIndex { known.append(word) }
      if word.utf8.count > known[index].utf8.count { known[index] = word }
      let letter = UnicodeScalar(UInt8(ascii: "A") + UInt8(index % 26))
      result += "<COMMIT-\(letter)\(index < 26 ? "" : "\(index / 26)")>"
    }
    return result + rest
  }

  private static func isWord(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber)
  }

  private static func isDigit(_ character: Character) -> Bool {
    ("0"..."9").contains(character) || ("a"..."f").contains(character)
  }
}
