// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// What is wrong with a command line, in the form of our own messages.
///
/// The argument parser has sentences with a capital, a full stop and a usage block.
struct UsageProblem {
  /// The parser's sentence.
  let message: String
  /// The parser's sentence with all that it prints below.
  let full: String
  /// The command line.
  let arguments: [String]
  /// The names of the commands.
  let commands: [String]

  /// The text for standard error.
  var text: String {
    if let unknown = unknownCommand { return unknown.text }
    var sentence = message.split(separator: "\n").first.map(String.init) ?? "it is not complete"
    var hints: [String] = []
    for marker in [". Did you mean ", ". Please provide one of ", ". Please "] {
      guard let place = sentence.firstRange(of: marker) else { continue }
      let rest = sentence[place.upperBound...]
      if marker.contains("Did") {
        hints.append("did you mean \(rest)")
      } else if marker.contains("one of") {
        hints.append("write one of \(trimmed(String(rest)))")
      }
      sentence = String(sentence[..<place.lowerBound])
    }
    return CommandError(plain(sentence), hints: hints + [seeHelp].compactMap { $0 }).text
  }

  private var unknownCommand: CommandError? {
    guard let word = arguments.first, word.utf8.first != UInt8(ascii: "-"),
      word != "help", !commands.contains(word)
    else { return nil }
    let nearest = Suggestion.nearest(to: word, among: commands).map { ["did you mean '\($0)'?"] }
    return CommandError(
      "there is no command \(Wording.quoted(word))",
      hints: (nearest ?? []) + [seeHelp].compactMap { $0 })
  }

  /// The parser's own "See 'X --help' for more information.", of which it knows the command.
  private var seeHelp: String? {
    for line in full.split(separator: "\n").reversed() {
      guard let start = line.firstRange(of: "See '"), let end = line.lastIndex(of: "'"),
        start.upperBound < end
      else { continue }
      return "see '\(line[start.upperBound..<end])'"
    }
    return nil
  }

  private func plain(_ sentence: String) -> String {
    let text = trimmed(sentence)
    guard let first = text.first else { return text }
    return first.lowercased() + text.dropFirst()
  }

  private func trimmed(_ text: String) -> String {
    var result = Substring(text)
    while result.last == "." || result.last == " " { result.removeLast() }
    return String(result)
  }
}
