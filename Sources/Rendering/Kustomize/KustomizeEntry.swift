// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// Something outside of a kustomization that it names.
struct KustomizeEntry {
  /// What may be meant.
  enum Kind {
    /// A file or a directory with a kustomization.
    case resource
    /// A directory with a kustomization.
    case directory
    /// A file.
    case file
    /// A file, or the text itself.
    case patch
    /// A file, a directory or the text itself; what it says may name files that nobody here sees.
    case plugin
  }

  let kind: Kind
  /// The key of the kustomization.
  let field: String
  /// The path or text.
  let text: String
  /// Where it is written.
  let span: SourceSpan

  /// All entries of a kustomization, in the order of the file; what has another shape than kustomize
  /// reads is left to kustomize.
  static func all(of root: YAMLNode) -> [KustomizeEntry] {
    (root.pairs ?? []).flatMap { pair -> [KustomizeEntry] in
      let field = pair.key.scalar?.text ?? ""
      let value = pair.value
      switch field {
      case "resources", "bases":
        return list(field == "bases" ? .directory : .resource, field, value)
      case "components": return list(.directory, field, value)
      case "crds", "configurations": return list(.file, field, value)
      case "generators", "transformers", "validators": return list(.plugin, field, value)
      case "patchesStrategicMerge": return list(.patch, field, value)
      case "openapi": return one(.file, field, value["path"])
      case "patches", "patchesJson6902", "replacements":
        return (value.items ?? []).flatMap { one(.file, field, $0["path"]) }
      case "configMapGenerator", "secretGenerator":
        return (value.items ?? []).flatMap { generator in
          list(.file, field, generator["files"]).map(\.withoutKey)
            + list(.file, field, generator["envs"]) + one(.file, field, generator["env"])
        }
      default: return []
      }
    }
  }

  private static func list(
    _ kind: Kind, _ field: String, _ node: YAMLNode?
  ) -> [KustomizeEntry] {
    (node?.items ?? []).flatMap { one(kind, field, $0) }
  }

  private static func one(_ kind: Kind, _ field: String, _ node: YAMLNode?) -> [KustomizeEntry] {
    guard let node, let text = node.string, !text.isEmpty else { return [] }
    return [KustomizeEntry(kind: kind, field: field, text: text, span: node.span)]
  }

  /// `KEY=PATH` without the key.
  private var withoutKey: KustomizeEntry {
    guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else { return self }
    return KustomizeEntry(
      kind: kind, field: field, text: String(text[text.utf8.index(after: equals)...]), span: span)
  }

  /// Whether the text is YAML and no path.
  var isInline: Bool {
    switch kind {
    case .patch, .plugin: text.utf8.contains(0x0a) || text.contains(": ")
    default: false
    }
  }

  /// Whether kustomize would go to the network for it (`api/internal/git/repospec.go`).
  var isRemote: Bool {
    let lower = text.lowercased()
    if lower.hasPrefix("http://") || lower.hasPrefix("https://") { return true }
    if kind == .file || kind == .patch { return false }
    let schemes = ["git::", "ssh://", "file://", "github.com/", "github.com:"]
    return schemes.contains { lower.hasPrefix($0) } || hasUser
  }

  /// `git@host:path`
  private var hasUser: Bool {
    let name = text.utf8.prefix { $0 != UInt8(ascii: "@") }
    guard name.count < text.utf8.count, let first = name.first, Self.isLetter(first) else {
      return false
    }
    return name.allSatisfy {
      Self.isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
  }
}
