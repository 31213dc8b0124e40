// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// The form of kustomize's error messages.
enum KustomizeMessage {
  /// The fields of a kustomization, for suggestions.
  static let fields = [
    "apiVersion", "kind", "metadata", "openapi", "namePrefix", "nameSuffix", "namespace",
    "commonLabels", "labels", "commonAnnotations", "patchesStrategicMerge", "patchesJson6902",
    "patches", "images", "replacements", "replicas", "vars", "sortOptions", "resources",
    "components", "crds", "bases", "configMapGenerator", "secretGenerator", "generatorOptions",
    "configurations", "generators", "transformers", "validators", "buildMetadata",
  ]

  /// The error itself, without warnings and without the decoration of `kubectl` (klog: `err="…"` quoted
  /// as Go does, or `err=<`, lines with a tab, ` >`) or `kustomize` (`Error: `).
  static func text(of output: [UInt8]) -> String {
    let whole = String(decoding: output, as: UTF8.self)
    if let quoted = whole.range(after: "\"command failed\" err=\"", upTo: "\n") {
      return unquoted(quoted.found)
    }
    if let block = whole.range(after: "\"command failed\" err=<\n", upTo: "\n >", orEnd: true) {
      return block.found.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.hasPrefix("\t") ? String($0.dropFirst()) : String($0) }.joined(separator: "\n")
    }
    let lines = whole.split(separator: "\n").filter { !$0.hasPrefix("# Warning: ") }
    let text = lines.joined(separator: "\n")
    for prefix in ["Error: ", "error: "] where text.hasPrefix(prefix) {
      return String(text.dropFirst(prefix.count))
    }
    return text
  }

  /// The text up to the quote that ends it, with Go's escapes undone.
  private static func unquoted(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      if character == "\"" { break }
      guard character == "\\", let next = rest.popFirst() else {
        result.append(character)
        continue
      }
      switch next {
      case "n": result.append("\n")
      case "t": result.append("\t")
      default: result.append(next)
      }
    }
    return result
  }

  /// The last step of an error, in one line; the configuration that kustomize prints between backquotes is
  /// left out, it can hold values of a Secret.
  static func innermost(_ text: String) -> String {
    var words = text
    if let start = words.range(after: "with config: `", upTo: "`: ") { words = start.rest }
    while let step = words.range(after: "accumulation err='", upTo: "': ") { words = step.rest }
    for prefix in ["accumulating resources: ", "accumulating components: ", "loading KV pairs: "]
    where words.hasPrefix(prefix) {
      words = String(words.dropFirst(prefix.count))
    }
    let line = words.split(separator: "\n").joined(separator: " ")
    return Wording.bare(line.isEmpty ? "it gave no reason" : line)
  }

  /// An error without the second one that kustomize adds when it tries the file as a directory.
  static func withoutTail(_ text: String) -> String {
    var cut = text.range(after: "", upTo: "': must build at directory")?.found ?? text
    cut = cut.range(after: "", upTo: " in object {{")?.found ?? cut
    return Wording.bare(cut.split(separator: "\n").joined(separator: " "))
  }

  /// `ConfigMap.v1.[noGrp]/a.[noNs]` → `ConfigMap 'a'`.
  static func object(_ id: String) -> String {
    let (kind, name) = parts(of: id)
    return "\(Wording.bare(kind)) \(Wording.quoted(name))"
  }

  /// Kind and name of an id.
  static func parts(of id: String) -> (kind: String, name: String) {
    let halves = id.split(separator: "/", maxSplits: 1)
    let kind = halves.first?.prefix { $0 != "." } ?? ""
    var name = halves.count > 1 ? halves[1] : ""
    // The namespace stands behind the last dot; the name may have dots too.
    if let dot = name.lastIndex(of: ".") { name = name[..<dot] }
    return (String(kind), String(name))
  }

  /// Go's type in words.
  static func type(_ type: String) -> String {
    if type.hasPrefix("[]") { return "a list" }
    switch type {
    case "string": return "a string"
    case "bool": return "a boolean"
    case "int", "int64", "int32": return "a number"
    default: return "a mapping"
    }
  }
}

/// What a patch says, wherever it is written.
struct KustomizePatchText {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether it names the object of an id.
  func names(_ id: String) -> Bool {
    let (kind, name) = KustomizeMessage.parts(of: id)
    var findings = Findings()
    return YAMLParser.parse(bytes, path: "", findings: &findings).contains {
      $0.root["kind"]?.string == kind && $0.root["metadata"]?["name"]?.string == name
    }
  }

  /// Whether these words are in it.
  func mentions(_ words: String) -> Bool { String(decoding: bytes, as: UTF8.self).contains(words) }
}

extension String {
  /// The text between two others, and what follows; nil when one of them is missing.
  ///
  /// - Parameter orEnd: whether the end of the text may stand for the second one.
  func range(
    after start: String, upTo end: String, orEnd: Bool = false
  ) -> (found: String, rest: String)? {
    let whole = Array(utf8)
    guard let first = whole.firstRange(of: Array(start.utf8), from: 0) else { return nil }
    guard let second = whole.firstRange(of: Array(end.utf8), from: first.upperBound) else {
      guard orEnd || end == "\n" else { return nil }
      return (String(decoding: whole[first.upperBound...], as: UTF8.self), "")
    }
    return (
      String(decoding: whole[first.upperBound..<second.lowerBound], as: UTF8.self),
      String(decoding: whole[second.upperBound...], as: UTF8.self)
    )
  }
}

extension [UInt8] {
  fileprivate func firstRange(of needle: [UInt8], from start: Int) -> Range<Int>? {
    guard count - start >= needle.count else { return nil }
    for position in start...(count - needle.count) where self[position...].starts(with: needle) {
      return position..<(position + needle.count)
    }
    return nil
  }
}

extension YAMLNode {
  /// Where a key is written, anywhere in the tree.
  func keySpan(_ key: String) -> SourceSpan? {
    for pair in pairs ?? [] {
      if pair.key.scalar?.text == key { return pair.key.span }
      if let span = pair.value.keySpan(key) { return span }
    }
    for item in items ?? [] {
      if let span = item.keySpan(key) { return span }
    }
    return nil
  }

  /// The first key of a map, anywhere in the tree, that YAML does not read as text.
  func keyThatIsNoText() -> YAMLNode? {
    for pair in pairs ?? [] {
      // Kustomize reads keys like values; our parser has made text of them.
      if let scalar = pair.key.scalar, case .plain = scalar.style,
        ScalarResolver.resolve(scalar.text) != .string
      {
        return pair.key
      }
      if let found = pair.value.keyThatIsNoText() { return found }
    }
    return (items ?? []).lazy.compactMap { $0.keyThatIsNoText() }.first
  }

  /// Where the first value of a type is written under these keys; lists on the way are walked through.
  func firstSpan(of keys: [String], that type: String) -> SourceSpan? {
    if let items, !keys.isEmpty {
      return items.lazy.compactMap { $0.firstSpan(of: keys, that: type) }.first
    }
    guard let key = keys.first else { return isType(type) ? span : nil }
    return self[key]?.firstSpan(of: Array(keys.dropFirst()), that: type)
  }

  private func isType(_ type: String) -> Bool {
    switch content {
    case .mapping: return type == "object"
    case .sequence: return type == "array"
    case .scalar(let scalar):
      switch scalar.resolved {
      case .bool: return type == "bool"
      case .int, .uint, .float: return type.hasPrefix("number")
      case .string: return type == "string"
      case .null: return false
      }
    }
  }
}
