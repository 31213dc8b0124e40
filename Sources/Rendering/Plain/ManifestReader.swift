// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import SliceFormat
import YAMLTree

/// Reads files into the objects that stand in them.
struct ManifestReader {
  /// What was found so far.
  private(set) var sources: [PlainManifests.Source] = []

  /// Adds the objects of a file; what is wrong in it goes to `findings`.
  mutating func add(_ file: BundleFile, findings: inout Findings) {
    for document in Self.documents(of: file, findings: &findings) {
      add(document, of: file, findings: &findings)
    }
  }

  /// The documents of a file.
  ///
  /// What a program has made is read as the Kubernetes client reads it: of a key that stands twice the
  /// last value counts. Public charts have such output, and Fleet deploys it.
  static func documents(of file: BundleFile, findings: inout Findings) -> [YAMLNode] {
    reported(file, &findings) { findings in
      YAMLParser.parse(
        file.bytes, path: file.path,
        duplicateKeys: file.madeBy == nil ? .refused : .lastCounts, findings: &findings
      ).map(\.root)
    }
  }

  /// Adds the objects of one document of a file.
  mutating func add(_ root: YAMLNode, of file: BundleFile, findings: inout Findings) {
    Self.reported(file, &findings) { findings in
      collect(root, of: file, depth: 0, findings: &findings)
    }
  }

  /// Does something and says of what is wrong in a made text which file it was made of.
  private static func reported<Result>(
    _ file: BundleFile, _ findings: inout Findings, _ body: (inout Findings) -> Result
  ) -> Result {
    guard let program = file.madeBy else { return body(&findings) }
    var local = Findings()
    let result = body(&local)
    let text = MadeText(file: file, program: program)
    findings.add(contentsOf: local.all.map(text.finding))
    return result
  }

  private mutating func collect(
    _ root: YAMLNode, of file: BundleFile, depth: Int, findings: inout Findings
  ) {
    if root.isNull { return }
    guard root.pairs != nil else {
      findings.error(
        "manifest-shape", "a manifest is a mapping with 'apiVersion', 'kind' and 'metadata'",
        at: root.span)
      return
    }
    if depth == 0, file.madeBy == nil, Self.isNoManifest(root) {
      findings.warning(
        "no-manifest", "not deployed: the document has neither 'apiVersion' nor 'kind'",
        at: root.span, hints: ["if it is no manifest, list it in a .fleetignore"])
      return
    }
    guard let apiVersion = Self.text("apiVersion", of: root, &findings),
      let kind = Self.text("kind", of: root, &findings), let kindNode = root["kind"]
    else { return }
    if kind.hasSuffix("List"), let items = root["items"]?.items {
      guard depth < 3 else {
        findings.error("manifest-shape", "lists are nested too deep", at: root.span)
        return
      }
      for item in items { collect(item, of: file, depth: depth + 1, findings: &findings) }
      return
    }
    guard let metadata = root["metadata"], metadata.pairs != nil else {
      findings.error(
        "manifest-shape", "the \(PrintableText.escape(kind)) has no 'metadata'",
        at: kindNode.span)
      return
    }
    guard metadata["name"] != nil else {
      let hint =
        metadata["generateName"] == nil
        ? [] : ["give it a fixed 'name:'; a generated one is new on every apply"]
      findings.error(
        "manifest-name", "the \(PrintableText.escape(kind)) has no 'metadata.name'",
        at: metadata["generateName"]?.span ?? kindNode.span, hints: hint)
      return
    }
    guard let name = Self.text("name", of: metadata, &findings) else { return }
    if let problem = Self.nameProblem(name) {
      findings.error("manifest-name", problem, at: metadata["name"]?.span)
      return
    }
    var namespace: String?
    if let node = metadata["namespace"], !node.isNull {
      guard let value = Self.text("namespace", of: metadata, &findings) else { return }
      if let problem = Self.namespaceProblem(value) {
        findings.error("manifest-namespace", problem, at: node.span)
        return
      }
      namespace = value
    }
    let group = ObjectIdentity.group(ofAPIVersion: apiVersion)
    for (word, node) in [(kind, kindNode), (group, root["apiVersion"] ?? kindNode)]
    where !word.utf8.allSatisfy(Self.isTypeByte) {
      findings.error(
        "manifest-shape", "'\(PrintableText.escape(word))' cannot name an API type", at: node.span)
      return
    }
    sources.append(
      PlainManifests.Source(
        root: root, group: group, kind: kind,
        place: file.madeBy == nil
          ? ManifestPlace(kindNode.span) : ManifestPlace(madeOf: file.path),
        name: name, namespace: namespace))
  }

  /// Whether a document of a bundle was never meant to be an object: values of a chart, settings of a
  /// program. Fleet leaves such documents out (`internal/helmdeployer/rawyaml/resources.go`).
  private static func isNoManifest(_ root: YAMLNode) -> Bool {
    ["apiVersion", "kind", "metadata"].allSatisfy { root[$0] == nil }
  }

  private static func text(
    _ key: String, of node: YAMLNode, _ findings: inout Findings
  ) -> String? {
    guard let value = node[key] else {
      findings.error("manifest-shape", "the manifest has no '\(key)'", at: node.span)
      return nil
    }
    guard let text = value.string, !text.isEmpty else {
      let hint = value.scalar.map { $0.text.isEmpty ? [] : ["write \(key): \"\($0.text)\""] } ?? []
      findings.error(
        "manifest-shape", "'\(key)' must be a string that is not empty", at: value.span,
        hints: hint)
      return nil
    }
    return text
  }

  // What the API server takes as a path segment; the name becomes a file's name in the slice.
  private static func nameProblem(_ name: String) -> String? {
    if name == "." || name == ".." || name.utf8.first == UInt8(ascii: "-") {
      return "the name '\(PrintableText.escape(name))' is not allowed"
    }
    if name.utf8.count > 253 { return "the name is longer than 253 characters" }
    let isBad = name.utf8.contains {
      $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "%") || $0 <= 0x20 || $0 >= 0x7f
    }
    return isBad
      ? "the name '\(PrintableText.escape(name))' has a character that is not allowed" : nil
  }

  private static func namespaceProblem(_ name: String) -> String? {
    let isLabel =
      name.utf8.count <= 63 && name.utf8.first != UInt8(ascii: "-")
      && name.utf8.last != UInt8(ascii: "-")
      && name.utf8.allSatisfy {
        ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z"))
          || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || $0 == UInt8(ascii: "-")
      }
    return isLabel ? nil : "'\(PrintableText.escape(name))' is no valid name of a namespace"
  }

  private static func isTypeByte(_ byte: UInt8) -> Bool {
    (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
      || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
      || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }
}
