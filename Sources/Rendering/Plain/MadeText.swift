// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Turns findings in what a program has made into findings about the file that it was made of.
///
/// A line of the output is no line of the template, so none is claimed; the line itself stands in a note.
struct MadeText {
  let file: BundleFile
  let program: Renderer

  /// The finding about the file.
  func finding(_ finding: Finding) -> Finding {
    let own = finding.span.map { [Finding.Note(note($0, finding.showsSource))] } ?? []
    let others = finding.notes.map { note in
      Finding.Note(note.span.map { "\(note.message), line \($0.start.line)" } ?? note.message)
    }
    return Finding(
      finding.severity, finding.code, finding.message, path: file.path, notes: own + others,
      hints: finding.hints)
  }

  private func note(_ span: SourceSpan, _ showsSource: Bool) -> String {
    let place = "what \(program.rawValue) made of it, line \(span.start.line)"
    guard showsSource, !mayBeSecret else { return place }
    let line = Self.line(at: span.start.offset, in: file.bytes)
    guard !line.isEmpty else { return place }
    return "\(place): \(Wording.quoted(PrintableText.escape(bytes: line)))"
  }

  /// The text may be broken, so nobody can ask its tree for the kind.
  private var mayBeSecret: Bool {
    let wanted = Array("Secret".utf8)
    return file.bytes.indices.contains { index in
      file.bytes[index] == wanted[0] && file.bytes[index...].starts(with: wanted)
    }
  }

  private static func line(at offset: Int, in bytes: [UInt8]) -> ArraySlice<UInt8> {
    var start = min(offset, bytes.count)
    while start > 0, bytes[start - 1] != 0x0a { start -= 1 }
    var end = start
    while end < bytes.count, bytes[end] != 0x0a { end += 1 }
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }
    while start < end, isSpace(bytes[start]) { start += 1 }
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    return bytes[start..<end]
  }
}
