// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import YAMLTree

/// Where a cluster gets its images from instead: rules that replace the beginning of image references.
package struct ImageMirrors: Sendable, Hashable {
  /// One rule.
  package struct Rule: Sendable, Hashable {
    /// A registry (`docker.io`), or a registry and the beginning of a path (`ghcr.io/acme`).
    package let from: String
    /// What takes its place; a registry, and if wanted a path.
    package let to: String

    /// Makes a rule.
    package init(from: String, to: String) {
      self.from = from
      self.to = to
    }
  }

  private struct Prefix: Hashable {
    let from: [String]
    let to: [String]
    let text: String
  }

  private let prefixes: [Prefix]

  /// Makes mirrors of rules in the order of their priority; rules with a `problem` are left out.
  package init(_ rules: [(from: String, to: String)]) {
    prefixes = rules.compactMap { rule in
      guard Self.problem(from: rule.from) == nil, Self.problem(to: rule.to) == nil,
        let from = ImageReference.prefix(rule.from), let to = ImageReference.prefix(rule.to)
      else { return nil }
      return Prefix(
        from: from, to: to, text: rule.to.hasSuffix("/") ? String(rule.to.dropLast()) : rule.to)
    }
  }

  /// The mirrors of a cluster: its own rules first, then those of its groups in the order of the bytes
  /// of their names, whatever order they are given in.
  package static func effective(
    own: [Rule], groups: [(name: String, rules: [Rule])]
  ) -> ImageMirrors {
    let sorted = groups.sorted { $0.name.precedesInBytes($1.name) }
    return ImageMirrors((own + sorted.flatMap(\.rules)).map { ($0.from, $0.to) })
  }

  /// Whether there is no rule, so that nothing is ever rewritten.
  package var isEmpty: Bool { prefixes.isEmpty }

  /// What is wrong with the `from` of a rule, or nil.
  package static func problem(from text: String) -> String? {
    ImageReference.prefix(text) == nil
      ? "\(Wording.quoted(text)) cannot begin the name of an image" : nil
  }

  /// What is wrong with the `to` of a rule, or nil.
  package static func problem(to text: String) -> String? {
    guard let parts = ImageReference.prefix(text), let registry = parts.first else {
      return "\(Wording.quoted(text)) cannot begin the name of an image"
    }
    // Without one a container runtime would look on Docker Hub.
    let isWritten = text == registry || text.hasPrefix(registry + "/")
    return isWritten ? nil : "\(Wording.quoted(text)) names no registry"
  }

  /// The reference by which the cluster gets an image; nil when it is not changed.
  ///
  /// The rule with the longest `from` counts, of equally long ones the first. Tag and digest stay as
  /// they are. What is in a mirror already is left alone.
  package func rewrite(_ image: String) -> String? {
    guard !prefixes.isEmpty, let reference = ImageReference(image) else { return nil }
    let repository = reference.repository
    var best: Prefix?
    for prefix in prefixes
    where repository.starts(with: prefix.from) && prefix.from.count > best?.from.count ?? 0 {
      best = prefix
    }
    guard let best else { return nil }
    let isMirrored = prefixes.contains {
      $0.to.count >= best.from.count && repository.starts(with: $0.to)
    }
    if isMirrored { return nil }
    let rest = repository.dropFirst(best.from.count).map { "/" + $0 }.joined()
    return best.text + rest + reference.suffix
  }

  /// The manifest with the images of its containers and image volumes rewritten; nil when nothing
  /// changes. Variables, arguments and fields that no one knows to be images are not touched.
  package func rewrite(_ manifest: YAMLNode) -> YAMLNode? {
    prefixes.isEmpty ? nil : ImageFields.rewrite(manifest) { rewrite($0) }
  }
}
