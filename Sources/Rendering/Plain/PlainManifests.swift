// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import SliceFormat
import YAMLTree

/// The manifests of a bundle of plain YAML, read once and then rendered per distinct options.
package struct PlainManifests: Sendable {
  /// An object as it is written, before namespace and labels.
  struct Source: Sendable {
    var root: YAMLNode
    var group: String
    var kind: String
    var kindSpan: SourceSpan
    var name: String
    var namespace: String?
    var namespaceSpan: SourceSpan?
  }

  let sources: [Source]

  /// The kinds that the bundle's own CustomResourceDefinitions define.
  package private(set) var definitions: [(group: String, kind: String, scope: ScopeCatalog.Scope)] =
    []

  /// Reads the files of a bundle; what is wrong in them goes to `findings`.
  ///
  /// Files end in `.yaml`, `.yml` or `.json`; a `List` stands for its items. Every object needs
  /// `apiVersion`, `kind` and `metadata.name`, where Fleet silently drops one without a kind.
  package init(files: [BundleFile], findings: inout Findings) {
    var sources: [Source] = []
    for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      for document in YAMLParser.parse(file.bytes, path: file.path, findings: &findings) {
        Self.collect(document.root, into: &sources, depth: 0, findings: &findings)
      }
    }
    self.sources = sources
    for source in sources
    where source.kind == "CustomResourceDefinition" && source.group == "apiextensions.k8s.io" {
      let spec = source.root["spec"]
      if let group = spec?["group"]?.string, let kind = spec?["names"]?["kind"]?.string {
        let isCluster = spec?["scope"]?.string == "Cluster"
        definitions.append((group, kind, isCluster ? .cluster : .namespaced))
      }
    }
  }

  private static func collect(
    _ root: YAMLNode, into sources: inout [Source], depth: Int, findings: inout Findings
  ) {
    if root.isNull { return }
    guard root.pairs != nil else {
      findings.error(
        "manifest-shape", "a manifest is a mapping with 'apiVersion', 'kind' and 'metadata'",
        at: root.span)
      return
    }
    guard let apiVersion = text("apiVersion", of: root, &findings),
      let kind = text("kind", of: root, &findings), let kindNode = root["kind"]
    else { return }
    if kind.hasSuffix("List"), let items = root["items"]?.items {
      guard depth < 3 else {
        findings.error("manifest-shape", "lists are nested too deep", at: root.span)
        return
      }
      for item in items { collect(item, into: &sources, depth: depth + 1, findings: &findings) }
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
    guard let name = text("name", of: metadata, &findings) else { return }
    if let problem = nameProblem(name) {
      findings.error("manifest-name", problem, at: metadata["name"]?.span)
      return
    }
    var namespace: String?
    if let node = metadata["namespace"], !node.isNull {
      guard let value = text("namespace", of: metadata, &findings) else { return }
      if let problem = namespaceProblem(value) {
        findings.error("manifest-namespace", problem, at: node.span)
        return
      }
      namespace = value
    }
    let group = ObjectIdentity.group(ofAPIVersion: apiVersion)
    for (word, node) in [(kind, kindNode), (group, root["apiVersion"] ?? kindNode)]
    where !word.utf8.allSatisfy(isTypeByte) {
      findings.error(
        "manifest-shape", "'\(PrintableText.escape(word))' cannot name an API type", at: node.span)
      return
    }
    sources.append(
      Source(
        root: root, group: group, kind: kind, kindSpan: kindNode.span, name: name,
        namespace: namespace, namespaceSpan: metadata["namespace"]?.span))
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
