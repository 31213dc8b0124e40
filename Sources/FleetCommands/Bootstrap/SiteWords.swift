// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// The words of a command, as the different readers of command lines want them.
enum SiteWords {
  /// For a shell.
  static func shell(_ words: [String]) -> String { words.map(shell).joined(separator: " ") }

  /// One word for a shell; `$HOME` at its start stays a variable.
  static func shell(_ word: String) -> String {
    if isPlain(word) { return word }
    let home = "$HOME"
    if word.hasPrefix(home), isPlain(String(word.dropFirst(home.count))) { return "\"\(word)\"" }
    let parts = word.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.joined(separator: "'\\''") + "'"
  }

  /// For a crontab, in which `%` ends the command unless it is escaped.
  static func crontab(_ words: [String]) -> String {
    shell(words).replacing("%", with: "\\%")
  }

  /// For `ExecStart=` of a unit: specifiers and variables are escaped.
  ///
  /// Source: systemd.service(5), "COMMAND LINES".
  static func systemd(_ words: [String]) -> String {
    words.map { word in
      isPlain(word) ? word : quoted(word.replacing("$", with: "$$"))
    }.joined(separator: " ")
  }

  /// An assignment for `Environment=`, where `$` has no meaning.
  static func systemdVariable(_ name: String, _ value: String) -> String {
    "Environment=" + quoted("\(name)=\(value)")
  }

  /// A setting that is a path.
  static func systemdPath(_ name: String, _ path: String) -> String {
    "\(name)=" + (isPlain(path) ? path : quoted(path))
  }

  /// A text for YAML: one in double quotes, as JSON writes it.
  static func yaml(_ word: String) -> String {
    String(decoding: JSONWriter.compact(.string(word)), as: UTF8.self)
  }

  /// A list of texts for YAML.
  static func yaml(_ words: [String]) -> String {
    "[" + words.map { yaml($0) }.joined(separator: ", ") + "]"
  }

  private static func quoted(_ word: String) -> String {
    let escaped = word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"" + escaped.replacing("%", with: "%%") + "\""
  }

  private static func isPlain(_ word: String) -> Bool {
    !word.isEmpty
      && word.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
          || (0x61...0x7a).contains(byte) || "/._-+@:=,".utf8.contains(byte)
      }
  }
}
