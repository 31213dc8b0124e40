// SPDX-License-Identifier: Apache-2.0

package import Posix

/// What a command sees of the world: where it runs, what it is told, where it writes.
///
/// A test gives its own; nothing in this module reads the process's state by another way.
package final class CommandContext {
  /// The folder that relative paths count from, absolute.
  package let directory: String
  /// The environment variables, for the commands and for the programs that they start.
  package let environment: [String: String]
  /// The folder of our programs.
  package let programs: String
  /// The time, for ages.
  package let now: Timestamp
  private let terminals: Set<StandardStream>
  private let sink: (StandardStream, [UInt8]) -> Void
  private let answer: (() -> String?)?

  /// Makes a context.
  ///
  /// - Parameters:
  ///   - terminals: the streams that a person's terminal is at the other end of.
  ///   - answer: a line of what a person types; nil where nobody can be asked.
  ///   - sink: takes what is written.
  package init(
    directory: String, environment: [String: String], programs: String,
    now: Timestamp = .now(), terminals: Set<StandardStream> = [],
    answer: (() -> String?)? = nil,
    sink: @escaping (StandardStream, [UInt8]) -> Void
  ) {
    self.directory = directory
    self.environment = environment
    self.programs = programs
    self.now = now
    self.terminals = terminals
    self.answer = answer
    self.sink = sink
  }

  /// The context of this process.
  package static func process() -> CommandContext {
    let environment = Environment.all
    let directory =
      (try? Files.readLink("/proc/self/cwd")) ?? environment["PWD"] ?? "."
    return CommandContext(
      directory: directory, environment: environment,
      programs: (try? Files.readLink("/proc/self/exe")).map { Files.split($0).folder } ?? directory,
      terminals: Set([StandardStream.output, .error].filter(\.isTerminal)),
      answer: StandardInput.isTerminal ? { readLine() } : nil
    ) { stream, bytes in
      // Whoever has stopped reading has seen enough.
      try? stream.write(bytes)
    }
  }

  /// Writes text to standard output, as it is.
  package func print(_ text: String) { write(text, to: .output) }

  /// Writes bytes to standard output, as they are.
  package func print(_ bytes: [UInt8]) { sink(.output, bytes) }

  /// Writes text to standard error, as it is.
  package func report(_ text: String) { write(text, to: .error) }

  /// Whether a person looks at a stream.
  package func isTerminal(_ stream: StandardStream) -> Bool { terminals.contains(stream) }

  /// Whether a person can be asked something.
  package var asks: Bool { answer != nil && isTerminal(.error) }

  /// Asks a person, who says yes with `y` or `yes`; everything else is no.
  package func confirm(_ question: String) -> Bool {
    report("\(question) [y/N] ")
    let word = answer?()?.lowercased()
    return word == "y" || word == "yes"
  }

  /// Whether a stream may have colours: a terminal, and nobody has said no (no-color.org).
  package func hasColour(_ stream: StandardStream) -> Bool {
    isTerminal(stream) && environment["NO_COLOR", default: ""].isEmpty
      && environment["TERM"] != "dumb"
  }

  /// A path as the user wrote it, absolute.
  package func absolute(_ path: String) -> String { Self.absolute(path, from: directory) }

  /// A path absolute, counted from a folder; `.` and `..` are resolved by their names alone.
  package static func absolute(_ path: String, from folder: String) -> String {
    var parts: [Substring] = []
    let whole = path.utf8.first == UInt8(ascii: "/") ? path : "\(folder)/\(path)"
    for part in whole.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  private func write(_ text: String, to stream: StandardStream) {
    let shown = hasColour(stream) ? Colours.paint(text) : text
    sink(stream, Array(shown.utf8))
  }
}
