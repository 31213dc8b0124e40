// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Posix

/// Files of the repository with other contents, and what is said about it.
struct DriftEdit {
  /// A file.
  struct Change {
    /// The path from the root of the repository.
    let path: String
    /// The content before; nil where there was none.
    let old: [UInt8]?
    /// The content.
    let new: [UInt8]
  }

  /// The files, by path.
  var changes: [Change]
  /// What was done to which file, a line each.
  var lines: [String]

  /// What is said when everything was written.
  var text: String {
    if changes.isEmpty {
      return "ok: the repository has it already\nnext: git push, if that is not done yet\n"
    }
    return lines.map { Wording.wrap($0, indent: "    ") + "\n" }.joined()
      + "next: git diff, then kubectl fleet plan\n"
  }

  private static let fileLimit = 64 << 20

  /// Writes all files, or none: where one cannot be written, those before it get their old content again.
  func write(_ repository: FleetRepository) throws(CommandError) {
    var modes: [UInt32] = []
    for change in changes {
      let path = repository.folder + "/" + change.path
      let present = try failing { try Files.readIfPresent(path, limit: Self.fileLimit) }
      guard present == change.old else {
        // Somebody edits it now, or Git keeps it in another form.
        throw CommandError(
          "'\(change.path)' is not what Git would commit, so nothing was edited",
          hints: ["git diff -- \(change.path)", "git check-attr -a -- \(change.path)"])
      }
      modes.append(try failing { try Files.attributes(path)?.mode } ?? 0o644)
    }
    for (index, change) in changes.enumerated() {
      let path = repository.folder + "/" + change.path
      do throws(PosixError) {
        try Files.writeAtomically(path, change.new, mode: modes[index])
      } catch {
        for (before, mode) in zip(changes[..<index], modes) {
          let path = repository.folder + "/" + before.path
          if let old = before.old {
            try? Files.writeAtomically(path, old, mode: mode)
          } else {
            _ = try? Files.remove(path)
          }
        }
        throw CommandError(
          "'\(change.path)' cannot be written, so nothing was edited", notes: [error.description],
          status: .failure)
      }
    }
  }

  /// The lines that change, as `git diff` shows them.
  func difference(_ repository: FleetRepository) throws(CommandError) -> String {
    let git = repository.git
    let folder = try failing {
      try Files.makeTemporaryDirectory(prefix: "kubectl-fleet", in: git.temporaryFolder ?? "/tmp")
    }
    defer { try? Files.removeTree(folder) }
    try failing {
      for (side, isNew) in [("a", false), ("b", true)] {
        try Files.makeDirectories("\(folder)/\(side)")
        for change in changes {
          guard let bytes = isNew ? change.new : change.old else { continue }
          let path = "\(folder)/\(side)/\(change.path)"
          try Files.makeDirectories(Files.split(path).folder)
          try Files.writeNew(path, bytes)
        }
      }
    }
    let here = GitProgram(directory: folder, environment: git.environment)
    let result = try here.result(
      ["diff", "--no-index", "--no-color", "--no-ext-diff", "--no-prefix", "a", "b"])
    guard result.succeeded || result.status == .exit(1) else {
      throw GitProgram.failure(result, ["diff"])
    }
    return String(decoding: result.output, as: UTF8.self)
  }
}

/// Why parts of drift cannot be made an edit; with one of them nothing is edited.
struct DriftTroubles {
  private(set) var notes: [String] = []
  private(set) var hints: [String] = []
  private(set) var objects = Set<String>()

  /// Whether there is none.
  var isEmpty: Bool { notes.isEmpty }

  /// Adds a reason.
  mutating func add(_ title: String, _ reason: String, hints: [String] = []) {
    objects.insert(title)
    let note = "\(title): \(reason)"
    if !notes.contains(note) { notes.append(note) }
    for hint in hints where !self.hints.contains(hint) { self.hints.append(hint) }
  }

  /// The error; `what` is what was to be done: `taken over`.
  func error(_ what: String) -> CommandError {
    CommandError(
      "the drift of \(Wording.count(objects.count, "object")) cannot be \(what), so nothing was edited",
      notes: notes, hints: hints)
  }
}
