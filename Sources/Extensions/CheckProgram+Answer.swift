// SPDX-License-Identifier: Apache-2.0

import CheckFormat
import Diagnostics

extension CheckProgram {
  /// What an answer means for the push.
  func outcome(
    _ answer: CheckAnswer, _ bytes: [UInt8], _ input: CheckInput
  ) -> Outcome {
    var bag = Findings()
    for found in answer.findings { bag.add(finding(found, input)) }
    let all = bag.sorted.sorted { left, right in
      left.severity != right.severity ? left.severity == .error : Finding.precedes(left, right)
    }
    var shown = Array(all.prefix(limits.findings)).sorted(by: Finding.precedes)
    if all.count > shown.count {
      let rest = all.count - shown.count
      let severity: Severity =
        all.dropFirst(shown.count).contains { $0.severity == .error }
        ? .error : .warning
      shown.append(
        Finding(
          severity, "check-many",
          "the check '\(program.name)' found \(Wording.number(rest)) more", at: nil))
    }
    return Outcome(
      findings: shown, summary: Self.shortened(answer.summary), answer: bytes)
  }

  private func finding(_ found: CheckAnswer.Finding, _ input: CheckInput) -> Finding {
    let object = input.object(of: found)
    var about =
      found.object.map { name in
        name.namespace.isEmpty
          ? "\(name.kind) \(name.name)" : "\(name.kind) \(name.namespace)/\(name.name)"
      } ?? ""
    if !found.bundle.isEmpty {
      about += (about.isEmpty ? "bundle " : " of bundle ") + Wording.quoted(found.bundle)
    }
    about = about.isEmpty ? "the push" : Self.shortened(about)
    let note = Finding.Note("'\(program.name)' says so about \(about)")
    let code = Self.code(program.name, found.code)
    let message = Self.shortened(found.message)
    let hints = found.hints.prefix(2).map { Self.shortened($0) }
    if let span = object?.span(at: found.pointer) {
      return Finding(
        found.severity, code, message, at: span, notes: [note], hints: hints,
        showsSource: !Self.isSecret(found))
    }
    if let path = object?.path, !path.isEmpty {
      return Finding(found.severity, code, message, path: path, notes: [note], hints: hints)
    }
    return Finding(found.severity, code, message, at: nil, notes: [note], hints: hints)
  }

  private static func isSecret(_ found: CheckAnswer.Finding) -> Bool {
    found.object?.kind == "Secret"
  }

  /// `schema-wrong-type`, of `fleet-check-schema` and `wrong-type`.
  private static func code(_ name: String, _ code: String) -> String {
    let short = name.dropFirst(ExtensionProgram.checkPrefix.count)
    let isKebab =
      !code.isEmpty && code.utf8.count <= 50
      && code.utf8.allSatisfy {
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
      }
    return isKebab ? "\(short)-\(code)" : "\(short)"
  }
}
