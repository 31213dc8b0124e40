// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// A line of `doctor`: what was looked at, how it is, and the command that mends it.
struct Diagnosis: Hashable {
  /// How it is.
  enum Level: String, Hashable {
    case ok, warning, error
  }

  /// How it is.
  let level: Level
  /// What it is.
  let message: String
  /// The command that mends it.
  let mend: String?

  init(_ level: Level, _ message: String, mend: String? = nil) {
    self.level = level
    self.message = message
    self.mend = mend
  }

  /// The text, with the line breaks.
  var text: String {
    let line = "\(level.rawValue): \(PrintableText.escape(message))\n"
    return line + (mend.map { "hint: \(PrintableText.escape($0))\n" } ?? "")
  }
}

/// Judges what was found out; knows no file and no program.
enum Doctor {
  /// All lines, in the order in which things depend on each other.
  static func examine(_ facts: DoctorFacts) -> [Diagnosis] {
    var lines = [git(facts.git), kubectl(facts.kubectl)]
    lines += facts.renderers.map { RendererDoctor(facts.hub).line($0) }
    if facts.missingPrograms.isEmpty {
      lines.append(Diagnosis(.ok, "our programs are in '\(facts.programs)'"))
    } else {
      lines.append(
        Diagnosis(
          .warning,
          "not in '\(facts.programs)': \(facts.missingPrograms.joined(separator: ", "))",
          mend: "make install"))
    }
    switch facts.hub {
    case .none:
      lines.append(
        Diagnosis(
          .ok, "no hub is looked at", mend: "to look at one: kubectl fleet doctor --hub FOLDER"))
    case .elsewhere(let url):
      lines.append(
        Diagnosis(
          .ok, "the hub '\(url)' is on another machine",
          mend: "to look at it, there: kubectl fleet doctor --hub FOLDER"))
    case .incomplete(let root, let missing):
      lines.append(
        Diagnosis(
          .error, "'\(root)' is no hub, it lacks \(Wording.list(missing))",
          mend: "kubectl fleet init --hub \(root)"))
    case .here(let hub): lines += HubDoctor(hub).lines
    }
    return lines
  }

  /// The oldest git whose behaviour is known, Debian 12's.
  private static let oldestGit = (2, 39)

  private static func git(_ version: String?) -> Diagnosis {
    guard let version else {
      return Diagnosis(.error, "git is not installed", mend: "apt-get install git")
    }
    let numbers = version.split(separator: ".").prefix(2).compactMap { Int($0) }
    guard numbers.count == 2 else { return Diagnosis(.warning, "git has the version '\(version)'") }
    if (numbers[0], numbers[1]) < oldestGit {
      return Diagnosis(
        .error, "git \(version) is older than \(oldestGit.0).\(oldestGit.1)",
        mend: "apt-get install git")
    }
    return Diagnosis(.ok, "git \(version)")
  }

  private static func kubectl(_ version: String?) -> Diagnosis {
    version.map { Diagnosis(.ok, "kubectl \($0)") }
      ?? Diagnosis(
        .warning, "kubectl is not installed; sites with '--target kubectl' need it",
        mend: "apt-get install kubernetes-client")
  }
}
