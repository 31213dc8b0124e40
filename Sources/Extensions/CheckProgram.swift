// SPDX-License-Identifier: Apache-2.0

import CheckFormat
package import Diagnostics
import GitObjects
import JSONTree
import Posix

/// Runs a check program, and takes its answer for what it is: somebody else's.
///
/// A check that does not run proves nothing, so its failure is an error that refuses the push and says
/// whose fault it is.
package struct CheckProgram: Sendable {
  /// How much a program may take.
  package struct Limits: Sendable, Hashable {
    /// Seconds until it is ended.
    package var seconds = 60
    /// The largest answer, in bytes.
    package var answerBytes = 16 << 20
    /// After so many findings the rest is counted and not told.
    package var findings = 200

    /// Makes the standard limits.
    package init() {}
  }

  /// What came out.
  package struct Outcome: Sendable {
    /// What is to be told, with places.
    package let findings: [Finding]
    /// The program's own line about what it did; empty for none.
    package let summary: String
    /// The answer as the program wrote it, to be kept under the `key`; nil when the program failed.
    package let answer: [UInt8]?

    /// Whether the program failed, so that nothing was checked.
    package var isFailure: Bool { answer == nil }
  }

  /// The program.
  package let program: ExtensionProgram
  /// Variables that it gets besides `PATH`, `HOME`, `LC_ALL`, `TZ` and `FLEET_CHECK_FORMAT`.
  package let settings: [String: String]
  let limits: Limits

  /// Makes a check.
  ///
  /// - Parameter settings: such as `FLEET_SCHEMAS`; nothing else of the environment reaches a program.
  package init(
    _ program: ExtensionProgram, settings: [String: String] = [:], limits: Limits = Limits()
  ) {
    self.program = program
    self.settings = settings
    self.limits = limits
  }

  /// The finding about a check that is wanted and not installed.
  package static func missing(_ name: String, at span: SourceSpan?) -> Finding {
    let isName = ExtensionProgram.isCheckName(name)
    return Finding(
      .error, "check-missing",
      isName
        ? "the check \(Wording.quoted(name)) is not installed on the hub"
        : "\(Wording.quoted(name)) cannot be the name of a check", at: span,
      hints: isName
        ? ["put the program into the folder 'checks' of the hub, or on its PATH"]
        : ["a check is called 'fleet-check-' and lower case letters, digits and dashes"])
  }

  /// Runs the program on what a push would deploy.
  package func run(_ input: CheckInput) -> Outcome {
    let result: ChildResult
    do throws(PosixError) {
      result = try Child.run(
        [program.path], environment: variables, directory: "/", input: .bytes(input.bytes),
        ownGroup: true, timeoutSeconds: limits.seconds, outputLimit: limits.answerBytes)
    } catch {
      return failure("could not be run: \(error.reason)")
    }
    guard result.succeeded else { return failure(words(result.status), said: result.errorOutput) }
    return outcome(of: result.output, input, said: result.errorOutput)
  }

  /// What an answer that was kept means for an input with the same key.
  package func outcome(ofKept answer: [UInt8], _ input: CheckInput) -> Outcome {
    outcome(of: answer, input, said: [])
  }

  private func outcome(of bytes: [UInt8], _ input: CheckInput, said: [UInt8]) -> Outcome {
    guard let json = JSONParser.parse(bytes) else {
      return failure("answered no JSON", said: said)
    }
    do throws(CheckRequest.Refusal) {
      return outcome(try CheckAnswer(json), bytes, input)
    } catch {
      switch error {
      case .malformed(let member): return failure("answered without a usable '\(member)'")
      case .format(let number):
        return failure("answered in format \(number), this hub reads \(CheckRequest.format)")
      }
    }
  }

  private var variables: [String: String] {
    let own = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/proc/nonexistent", "LC_ALL": "C",
      "TZ": "UTC",
      "FLEET_CHECK_FORMAT": "\(CheckRequest.format)",
    ]
    return settings.merging(own) { _, own in own }
  }

  private func words(_ status: ChildResult.Status) -> String {
    switch status {
    case .wroteTooMuch(let limit): "wrote more than \(Wording.number(limit >> 10)) KiB"
    default: "\(status)"
    }
  }

  private func failure(_ what: String, said: [UInt8] = []) -> Outcome {
    var notes = [
      Finding.Note("the fault is the check's or the hub's, not that of the push")
    ]
    let lines = said.split(separator: 0x0a).map { PrintableText.escape(bytes: $0) }
    if let line = lines.first(where: { !$0.isEmpty }) {
      notes.insert(Finding.Note("it said: \(Self.shortened(line))"), at: 0)
    }
    let finding = Finding(
      .error, "check-failed", "the check '\(program.name)' \(what)", at: nil, notes: notes,
      hints: ["ask the administrator of the hub to look at '\(PrintableText.escape(program.path))'"]
    )
    return Outcome(findings: [finding], summary: "", answer: nil)
  }

  /// The longest text of a program that is shown, in characters.
  private static let longestText = 300

  static func shortened(_ text: String) -> String {
    let safe = PrintableText.escape(text)
    guard safe.unicodeScalars.count > longestText else { return safe }
    return String(String.UnicodeScalarView(safe.unicodeScalars.prefix(longestText - 1))) + "…"
  }
}

extension CheckProgram {
  /// A key for keeping outcomes: equal keys are equal outcomes, as far as the program depends on nothing
  /// but its file, its settings and its input. 64 hexadecimal digits; nil when the files cannot be
  /// looked at, so that nothing can be kept.
  ///
  /// The program, and files and folders that the settings name, are told apart by size and time of
  /// change, as `make` does; the input by its content.
  package func key(_ input: CheckInput) -> String? {
    do throws(PosixError) {
      return try digest(input)
    } catch {
      return nil
    }
  }

  private func digest(_ input: CheckInput) throws(PosixError) -> String {
    var hash = SHA256()
    hash.update(Array("fleet-check \(CheckRequest.format)\0".utf8))
    try Fingerprint.add(program.path, to: &hash)
    for (name, value) in settings.byName {
      hash.update(Array("\(name)=\(value)\0".utf8))
      if value.hasPrefix("/") { try Fingerprint.add(value, to: &hash) }
    }
    hash.update(input.bytes)
    return Hexadecimal.text(hash.finalize())
  }
}
