// SPDX-License-Identifier: Apache-2.0

import CYAML
package import Diagnostics

/// One document of a file.
package struct YAMLDocument: Sendable {
  /// The value; a document of comments alone is left out of the file's list.
  package var root: YAMLNode
  /// From `---`, or the first byte of the content where it is left out, to the end of the content.
  package var span: SourceSpan

  /// Makes a document.
  package init(root: YAMLNode, span: SourceSpan) {
    self.root = root
    self.span = span
  }
}

/// Reads YAML files as Kubernetes does, with positions, limits, and errors in our own words.
package enum YAMLParser {
  /// What becomes of a key that stands twice in a map.
  package enum DuplicateKeys: Sendable, Hashable {
    /// An error: one of the two was written by mistake.
    case refused
    /// A warning, and the last value counts: so helm and the Kubernetes client read what a program wrote.
    case lastCounts
  }

  /// The documents of a file, in order; without those in which an error was found.
  ///
  /// Everything independent that is wrong becomes a finding. A mistake of syntax ends the file, because
  /// nobody can say where the next document begins; other mistakes only spoil their own document.
  ///
  /// - Parameters:
  ///   - bytes: the file; UTF-8, with or without a byte order mark.
  ///   - path: the path that findings and spans name.
  ///   - limits: sizes above which the file is refused.
  ///   - duplicateKeys: what becomes of a key that stands twice in a map.
  ///   - findings: receives what is wrong.
  package static func parse(
    _ bytes: [UInt8], path: String, limits: YAMLLimits = .standard,
    duplicateKeys: DuplicateKeys = .refused, findings: inout Findings
  ) -> [YAMLDocument] {
    guard bytes.count <= limits.maxBytes else {
      findings.add(
        Finding(
          .error, "yaml-too-large",
          "the file has \(bytes.count) bytes, more than the \(limits.maxBytes) allowed", path: path,
          hints: ["split it into several files"]))
      return []
    }
    return bytes.withUnsafeBufferPointer { buffer in
      parse(
        pinned: buffer, path: path, limits: limits, duplicateKeys: duplicateKeys,
        findings: &findings)
    }
  }

  private static func parse(
    pinned buffer: UnsafeBufferPointer<UInt8>, path: String, limits: YAMLLimits,
    duplicateKeys: DuplicateKeys, findings: inout Findings
  ) -> [YAMLDocument] {
    let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
    let skipped = buffer.starts(with: byteOrderMark) ? 3 : 0
    let content = UnsafeBufferPointer(rebasing: buffer[skipped...])
    let scan = TextScan(content)
    let source = SourceText(path: path, bytes: content, skipped: skipped, scan: scan)
    if let problem = scan.problem {
      let kind = TextScan.looksWide(content) ? .wideEncoding : problem.kind
      findings.add(encodingFinding(kind, at: problem.offset, in: source))
      return []
    }
    // Without a byte there is no address to give to libyaml.
    guard let base = content.baseAddress, !content.isEmpty else { return [] }

    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { parser.deallocate() }
    guard yaml_parser_initialize(parser) == 1 else {
      findings.add(
        Finding(.error, "yaml-memory", "there is not enough memory to read the file", path: path))
      return []
    }
    defer { yaml_parser_delete(parser) }
    yaml_parser_set_input_string(parser, base, content.count)
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)

    var builder = TreeBuilder(
      parser: parser, source: source, limits: limits, duplicateKeys: duplicateKeys)
    let documents = builder.documents()
    findings.add(contentsOf: builder.findings.all)
    return documents
  }

  /// Says why the bytes are no text; the line is not shown, it could not be printed.
  private static func encodingFinding(
    _ problem: TextScan.Problem, at offset: Int, in source: SourceText
  ) -> Finding {
    let place = source.span(offset..<(offset + 1))
    switch problem {
    case .wideEncoding:
      return Finding(
        .error, "yaml-encoding", "the file is UTF-16 or UTF-32; it must be UTF-8",
        path: source.path,
        hints: ["convert it with 'iconv -f UTF-16 -t UTF-8'"])
    case .notUTF8(let byte):
      let latin =
        byte >= 0xa0
        ? ["convert it with 'iconv -f ISO-8859-1 -t UTF-8' if it is Latin-1"] : []
      return Finding(
        .error, "yaml-encoding", "byte 0x\(String(byte, radix: 16)) is not UTF-8", at: place,
        hints: latin, showsSource: false)
    case .control(0):
      return Finding(
        .error, "yaml-encoding", "a NUL byte cannot stand in YAML", at: place,
        hints: ["is this a binary file? leave it out of the manifests"], showsSource: false)
    case .control(let value):
      let digits = String(value, radix: 16, uppercase: true)
      let name = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      return Finding(
        .error, "yaml-encoding", "the control character \(name) cannot stand in YAML", at: place,
        hints: ["remove it, or write it as an escape in double quotes"], showsSource: false)
    }
  }
}
