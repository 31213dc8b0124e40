// SPDX-License-Identifier: Apache-2.0

import ClusterAccess
import Compiling
import Diagnostics
import GitObjects
import GitStore
import HubService
import Posix
import Rendering

/// How a command ends; the numbers are those of `sysexits.h` where that has one.
package enum ExitStatus: Int32, Sendable, Hashable {
  /// Done, and nothing is wrong.
  case done = 0
  /// Findings, a difference, or something that is not there.
  case findings = 1
  /// The command line is wrong.
  case usage = 64
  /// Something that should not happen.
  case failure = 70
  /// Somebody else is at work, or far away: the same may work later.
  case tryLater = 75
}

/// Why a command cannot do what it was asked to do.
struct CommandError: Error, Sendable, Hashable {
  /// What is wrong, lower case, without a full stop.
  let message: String
  /// What others said about it, a line each.
  var notes: [String] = []
  /// What can be done, in lines that can be copied.
  var hints: [String] = []
  /// How the command ends.
  var status = ExitStatus.findings

  /// Makes an error; without a status it is about something that is not there or does not fit.
  init(
    _ message: String, notes: [String] = [], hints: [String] = [],
    status: ExitStatus = .findings
  ) {
    self.message = message
    self.notes = notes
    self.hints = hints
    self.status = status
  }

  /// Makes an error of whatever a module below throws.
  init(_ error: any Error) {
    switch error {
    case let error as CommandError: self = error
    case let error as GitError:
      self.init(error.description, hints: error.hint.map { [$0] } ?? [], status: .failure)
    case let error as PosixError: self.init(error.description, status: .failure)
    case let error as HubError:
      self.init(
        error.description, hints: error.hint.map { [$0] } ?? [],
        status: error.isTemporary ? .tryLater : .failure)
    case CompileFailure.objects(let error): self.init(error.description, status: .failure)
    case CompileFailure.rendering(let error):
      self.init(
        error.description, hints: error.hint.map { [$0] } ?? [], status: .failure)
    case TargetError.unreachable(let text): self.init(text, status: .tryLater)
    case TargetError.unusable(let text): self.init(text)
    case let error as ObjectAccessError: self.init(error.description, status: .failure)
    default: self.init("\(error)", status: .failure)
    }
  }

  /// The text for standard error.
  var text: String {
    // Not broken into lines: paths in it are copied, and a terminal breaks lines by itself.
    var lines = ["error: \(PrintableText.escape(message))"]
    lines += notes.map { "note: \(PrintableText.escape($0))" }
    lines += hints.map { "hint: \(PrintableText.escape($0))" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func text(_ error: ObjectAccessError) -> String {
    switch error {
    case .missing(let id): "the object \(id.hex) is missing in the repository"
    case .malformed(let id): "the object \(id.hex) is damaged"
    case .tooLarge(let id, let size): "the object \(id.hex) is too large: \(size) bytes"
    case .failed(let text): text
    }
  }
}

/// Runs something and turns whatever it throws into one kind of error.
func failing<Result>(_ body: () throws -> Result) throws(CommandError) -> Result {
  do {
    return try body()
  } catch {
    throw CommandError(error)
  }
}
