// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import Templating
import YAMLTree

/// A text of values that is a template, and the places in the repository that it comes from.
struct ValuesTemplate {
  /// Where the text comes from.
  enum Origin {
    /// All values, written as one text.
    case values(ValuesText, YAMLNode)
    /// A template of `templateValues`.
    case text(key: String, [UInt8], SourceSpan?)
  }

  private let origin: Origin
  private let template: Template
  private let memory = Memory()
  private let source: (String) -> [UInt8]?

  /// The texts for what the template reads; shared by the copies of the template.
  ///
  /// Unchecked because values are made in one thread.
  private final class Memory: @unchecked Sendable {
    /// Enough for the variants of a fleet, too few to fill the memory where every cluster has its own.
    static let most = 512
    var texts: [[TemplateValue]: String] = [:]
  }

  private static let functions: [String: Template.TextFunction] = [
    "sha1sum": { Hexadecimal.text(SHA1.hash(Array($0.utf8))) },
    "sha256sum": { SHA256.hex(Array($0.utf8)) },
    "sha512sum": { SHA512.hex(Array($0.utf8)) },
  ]

  /// Reads a template; throws what is wrong with it, whatever the cluster.
  init(_ origin: Origin, source: @escaping (String) -> [UInt8]?) throws(ValuesProblem) {
    self.origin = origin
    self.source = source
    let text: [UInt8] =
      switch origin {
      case .values(let values, _): values.bytes
      case .text(_, let bytes, _): bytes
      }
    do throws(TemplateError) {
      template = try Template(
        text: String(decoding: text, as: UTF8.self), name: "values",
        functions: ValuesTemplate.functions)
    } catch {
      let place = ValuesTemplate.place(of: error.position.offset, origin, source)
      throw ValuesProblem(
        .says(error.message), at: place.span,
        hints: ValuesTemplate.escaping(place) ?? error.hint.map { [$0] } ?? [])
    }
  }

  /// The text for a cluster.
  func render(_ facts: ClusterFacts) throws(ValuesProblem) -> String {
    let inputs = template.inputs(facts.context)
    if let inputs, let known = memory.texts[inputs] { return known }
    do throws(TemplateError) {
      let text = try template.render(facts.context)
      if let inputs, memory.texts.count < Memory.most { memory.texts[inputs] = text }
      return text
    } catch {
      let span = ValuesTemplate.place(of: error.position.offset, origin, source).span
      throw ValuesTemplate.problem(error, at: span)
    }
  }

  /// What the rendered text says in YAML; a map where it is that of all values.
  func parse(_ text: String) throws(ValuesProblem) -> YAMLNode {
    var findings = Findings()
    let documents = YAMLParser.parse(Array(text.utf8), path: "", findings: &findings)
    if let finding = findings.all.first(where: { $0.severity == .error }) {
      throw unreadable(finding.message, line: finding.span?.start.line, in: text)
    }
    guard documents.count <= 1 else {
      let line = documents.dropFirst().first?.root.span.start.line
      throw unreadable("a second document begins", line: line, in: text)
    }
    let root = documents.first?.root ?? .null
    guard case .values = origin else { return root }
    if root.isNull { return .mapping([]) }
    guard root.pairs != nil else { throw unreadable("no mapping is left", line: 1, in: text) }
    return root
  }

  // MARK: Words

  private static func problem(_ error: TemplateError, at span: SourceSpan?) -> ValuesProblem {
    guard let missing = error.missingKey else {
      return ValuesProblem(.says(error.message), at: span, hints: error.hint.map { [$0] } ?? [])
    }
    let owner = missing.owner.hasPrefix("$.") ? missing.owner.dropFirst() : missing.owner[...]
    let key = missing.key
    var hints = error.hint.map { [$0] } ?? []
    switch owner {
    case ".ClusterLabels":
      hints.append("or give the cluster the label '\(PrintableText.escape(key))'")
      return ValuesProblem(.lacks("label \(Wording.quoted(key))"), at: span, hints: hints)
    case ".ClusterAnnotations":
      return ValuesProblem(.lacks("annotation \(Wording.quoted(key))"), at: span, hints: hints)
    case ".ClusterValues":
      return ValuesProblem(.lacks("template value \(Wording.quoted(key))"), at: span, hints: hints)
    default:
      guard owner.hasPrefix(".ClusterValues.") else {
        return ValuesProblem(.says(error.message), at: span, hints: hints)
      }
      let path = owner.dropFirst(".ClusterValues.".count) + "." + key
      return ValuesProblem(
        .lacks("template value \(Wording.quoted(String(path)))"), at: span, hints: hints)
    }
  }

  /// The rendered text stands in no file, so the line is quoted and the key above it pointed at.
  private func unreadable(_ message: String, line: Int?, in text: String) -> ValuesProblem {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let number = min(max(1, line ?? 1), max(1, lines.count))
    var notes: [String] = []
    if number <= lines.count {
      let shown = lines[number - 1].drop { $0 == " " }
      notes.append("line \(number) of what the templates give is \(Wording.quoted(String(shown)))")
    }
    let span: SourceSpan?
    let what: String
    switch origin {
    case .values(_, let values):
      what = "the values are no YAML behind the templates: "
      // The reader often stumbles behind the place, so the last key with a template is pointed at.
      let pairs = values.pairs ?? []
      let suspects = pairs.filter { $0.key.containsTemplate || $0.value.containsTemplate }
      let seen = lines.prefix(number).compactMap { $0.split(separator: ":").first }
      let suspect = seen.reversed().lazy.compactMap { name in
        suspects.first { $0.key.scalar.map { $0.text == name } ?? false }
      }.first
      span = (suspect ?? suspects.first)?.key.span ?? values.span
    case .text(let key, _, let place):
      what = "the template value \(Wording.quoted(key)) is no YAML: "
      span = place
    }
    return ValuesProblem(.says(what + message), at: span, notes: notes)
  }

  // MARK: Places

  private struct Place {
    let span: SourceSpan?
    let text: [UInt8]
    let index: Int
  }

  private static func place(
    of offset: Int, _ origin: Origin, _ source: (String) -> [UInt8]?
  ) -> Place {
    switch origin {
    case .values(let values, let node):
      guard let (piece, index) = values.piece(at: offset) else {
        return Place(span: node.span, text: [], index: 0)
      }
      let text = Array(piece.text.utf8)
      let place = SourcePlace(text: text, span: piece.span, source: source(piece.span.path))
      return Place(span: place.word(at: index), text: text, index: index)
    case .text(_, let text, let span):
      guard let span else { return Place(span: nil, text: text, index: offset) }
      let place = SourcePlace(text: text, span: span, source: source(span.path))
      return Place(span: place.word(at: offset), text: text, index: offset)
    }
  }

  /// How a text keeps its `${`, if it looks as if it were not meant as a template: `${HOME}`, `${1:-x}`.
  private static func escaping(_ place: Place) -> [String]? {
    let text = place.text
    let limit = min(place.index + 2, text.count)
    guard let start = (0..<max(0, limit)).last(where: { text[$0...].starts(with: "${".utf8) }),
      let first = text[(start + 2)...].first
    else { return nil }
    let isWord: (UInt8) -> Bool = { byte in
      byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte)
        || (0x61...0x7a).contains(byte | 0x20)
    }
    let name = String(decoding: text[(start + 2)...].prefix(while: isWord), as: UTF8.self)
    guard isWord(first) || "#!@*?".utf8.contains(first), !Template.functionNames.contains(name)
    else { return nil }
    let off = "or set 'helm.disablePreProcess: true' for no templates at all"
    guard let end = text[start...].firstIndex(of: UInt8(ascii: "}")), end - start < 40,
      !text[start...end].contains(UInt8(ascii: "`"))
    else { return ["'${' begins a template; write it as ${`${`}", off] }
    let written = PrintableText.escape(bytes: text[start...end])
    return ["'${' begins a template; for the text itself write ${`\(written)`}", off]
  }
}

extension YAMLNode {
  /// Whether a template begins somewhere in the texts of the node.
  fileprivate var containsTemplate: Bool {
    switch content {
    case .scalar(let scalar): Array(scalar.text.utf8).containsTemplate
    case .sequence(let items): items.contains { $0.containsTemplate }
    case .mapping(let pairs):
      pairs.contains { $0.key.containsTemplate || $0.value.containsTemplate }
    }
  }
}
