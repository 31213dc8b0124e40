// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import YAMLTree

/// Says in our words why kustomize failed, at the place in the bundle.
///
/// kustomize puts the error of every step before that of the next one inside; what people need is the
/// innermost one and the file that it speaks of.
struct KustomizeFailure: Sendable {
  private let bundle: String
  let sites: [KustomizeWalk.Site]
  private let read: @Sendable (String) -> [UInt8]?

  init(walk: KustomizeWalk) {
    bundle = walk.bundle
    sites = walk.sites
    read = { path in
      do throws(ObjectAccessError) { return try walk.bytes(path) } catch { return nil }
    }
  }

  /// The finding for what kustomize wrote to its standard error.
  func finding(_ errorOutput: [UInt8]) -> Finding {
    var text = KustomizeMessage.text(of: errorOutput)
    var directory = sites.first?.directory ?? ""
    // Every step down names the folder of the next kustomization.
    while let step = text.range(after: "recursed accumulation of path '", upTo: "': ") {
      directory = step.found == "." ? "" : step.found
      text = step.rest
    }
    if let kind = kindProblem(text) { return kind }
    if let resource = resourceProblem(text, directory) { return resource }
    if let kustomization = kustomizationProblem(text, directory) { return kustomization }
    if let patch = patchProblem(text) { return patch }
    if let key = keyProblem(text) { return key }
    return plain(KustomizeMessage.innermost(text), directory)
  }

  /// `accumulating resources from 'x.yaml': WHY`
  private func resourceProblem(_ text: String, _ directory: String) -> Finding? {
    guard
      let step = text.range(after: "accumulating resources from '", upTo: "': ")
        ?? text.range(after: "merging resources from '", upTo: "': ")
    else { return nil }
    let entry = entry(step.found, in: directory)
    let path = KustomizePath.resolve(step.found, from: directory) ?? step.found
    if let object = step.rest.range(after: "already registered id: ", upTo: "'")
      ?? text.range(after: "already registered id: ", upTo: "\n")
    {
      return Finding(
        .error, "kustomize-failed",
        "\(KustomizeMessage.object(object.found)) is in the kustomization twice",
        at: entry?.span ?? sites.first?.root.span,
        hints: ["take one of them out, or change it with a patch instead"])
    }
    guard let bytes = read(path) else { return nil }
    var parsing = Findings()
    let documents = YAMLParser.parse(bytes, path: shown(path), findings: &parsing)
    if let first = parsing.sorted.first(where: { $0.severity == .error }) { return first }
    if let missing = Self.missingField(step.rest, documents) { return missing }
    let words = KustomizeMessage.withoutTail(step.rest)
    return Finding(
      .error, "kustomize-failed", "kustomize cannot read the file: \(words)", path: shown(path),
      notes: [entry.map { Finding.Note("it is named here", at: $0.span) }].compactMap { $0 })
  }

  /// `missing metadata.name in object …`
  private static func missingField(_ text: String, _ documents: [YAMLDocument]) -> Finding? {
    for root in documents.map(\.root) {
      if text.hasPrefix("missing metadata.name"), root["metadata"]?["name"] == nil,
        let kind = root["kind"]
      {
        return Finding(
          .error, "kustomize-failed",
          "the \(Wording.bare(kind.string ?? "object")) has no 'metadata.name'", at: kind.span)
      }
      for field in ["kind", "apiVersion"]
      where text.hasPrefix("missing \(field)") && root[field] == nil {
        return Finding(
          .error, "kustomize-failed", "the manifest has no '\(field)'", at: root.span)
      }
    }
    return nil
  }

  /// `expected kind 'Component' for path 'x' but got 'Kustomization'`
  private func kindProblem(_ text: String) -> Finding? {
    let isComponent = text.contains("expected kind != 'Component'")
    guard isComponent || text.contains("expected kind 'Component'"),
      let path = text.range(after: "for path '", upTo: "'")?.found
    else { return nil }
    let target = path == "." ? "" : path
    let span = sites.flatMap { site in
      site.entries.filter { KustomizePath.resolve($0.text, from: site.directory) == target }
    }.first?.span
    let field = isComponent ? "components" : "resources"
    return Finding(
      .error, "kustomize-failed",
      isComponent
        ? "the folder is a Component, which 'resources' does not take"
        : "the folder is no Component, which 'components' takes alone",
      at: span ?? sites.first?.root.span, hints: ["name it under '\(field):'"])
  }

  /// `invalid Kustomization: …`
  private func kustomizationProblem(_ text: String, _ directory: String) -> Finding? {
    if let field = text.range(after: "json: unknown field \"", upTo: "\"")?.found {
      let place = sites.compactMap { $0.root.keySpan(field) }.first
      return Finding(
        .error, "kustomize-failed", "kustomize has no field \(Wording.quoted(field))",
        at: place ?? site(directory)?.root.span,
        hints: Suggestion.nearest(to: field, among: KustomizeMessage.fields)
          .map { ["did you mean '\($0)'?"] } ?? [])
    }
    if let step = text.range(after: "json: cannot unmarshal ", upTo: " into Go "),
      let type = step.rest.split(separator: " ").last
    {
      let names = (step.rest.range(after: "struct field ", upTo: " of type")?.found ?? "")
        .split(separator: ".").dropFirst().map { String($0) }
      let place = sites.compactMap { $0.root.firstSpan(of: names, that: step.found) }.first
      let field = names.isEmpty ? "a field" : "'\(names.joined(separator: "."))'"
      return Finding(
        .error, "kustomize-failed",
        "\(field) is a \(step.found), kustomize wants \(KustomizeMessage.type(String(type)))",
        at: place ?? site(directory)?.root.span)
    }
    guard text.hasSuffix("kustomization.yaml is empty"), let site = site(directory) else {
      return nil
    }
    return Finding(
      .error, "kustomize-failed", "the kustomization says nothing", path: shown(site.path),
      hints: ["name what it deploys under 'resources:'"])
  }

  /// What a patch is for is not there.
  private func patchProblem(_ text: String) -> Finding? {
    if let id = text.range(after: "no matches for Id ", upTo: ";")?.found {
      let object = KustomizeMessage.object(id)
      return Finding(
        .error, "kustomize-failed", "there is no \(object), which is to be patched",
        at: patchSpan { $0.names(id) } ?? sites.first?.root.span,
        hints: ["it is looked up by the name that it has before 'namePrefix' and 'nameSuffix'"])
    }
    guard let operation = text.range(after: "operation does not apply: ", upTo: "\n")?.found,
      let path = operation.range(after: ": /", upTo: ":")?.found
    else { return nil }
    return Finding(
      .error, "kustomize-failed",
      "a JSON Patch does not apply: there is no '/\(Wording.bare(path))'",
      at: patchSpan { $0.mentions("/\(path)") } ?? sites.first?.root.span)
  }

  /// A key of a map that is a number or the like; kustomize prints the whole object.
  private func keyProblem(_ text: String) -> Finding? {
    guard text.contains("json: unsupported type: map[interface {}]interface {}") else { return nil }
    for site in sites {
      for entry in site.entries {
        guard let path = KustomizePath.resolve(entry.text, from: site.directory),
          let bytes = read(path)
        else { continue }
        var quiet = Findings()
        let documents = YAMLParser.parse(bytes, path: shown(path), findings: &quiet)
        guard let key = documents.lazy.compactMap({ $0.root.keyThatIsNoText() }).first else {
          continue
        }
        let word = Wording.bare(key.scalar?.text ?? "")
        return Finding(
          .error, "kustomize-failed", "the key '\(word)' is no text, which kustomize cannot read",
          at: key.span, hints: ["quote it: \"\(word)\":"])
      }
    }
    return nil
  }

  private func plain(_ words: String, _ directory: String) -> Finding {
    let path = shown((site(directory) ?? sites.first)?.path ?? "")
    if let plugin = words.range(after: "unable to load external plugin '", upTo: "'")?.found {
      let plugins = sites.flatMap { $0.entries.filter { $0.kind == .plugin } }
      return Finding(
        .error, "kustomize-failed",
        "the plugin \(Wording.quoted(plugin)) is a program; kustomize calls none here",
        at: plugins.count == 1 ? plugins.first?.span : sites.first?.root.span)
    }
    if words.contains("invalid literal source"), let finding = literal() { return finding }
    if words.contains("must specify --enable-helm") {
      return Finding(
        .error, "kustomize-helm", "a generator is a Helm chart; kustomize calls no program here",
        path: path, hints: ["name the chart under 'helm:' in fleet.yaml"])
    }
    return Finding(.error, "kustomize-failed", "kustomize failed: \(words)", path: path)
  }

  /// The first literal of a generator that is no pair; what kustomize says of it has the value in it.
  private func literal() -> Finding? {
    for site in sites {
      for field in ["configMapGenerator", "secretGenerator"] {
        for item in (site.root[field]?.items ?? []).flatMap({ $0["literals"]?.items ?? [] })
        where item.string?.utf8.contains(UInt8(ascii: "=")) == false {
          return Finding(
            .error, "kustomize-failed", "a literal has the form 'KEY=VALUE', this one has no '='",
            at: item.span, showsSource: field != "secretGenerator")
        }
      }
    }
    return nil
  }

  private func shown(_ path: String) -> String { KustomizePath.join(bundle, path) }

  private func site(_ directory: String) -> KustomizeWalk.Site? {
    sites.first { $0.directory == directory }
  }

  private func entry(_ text: String, in directory: String) -> KustomizeEntry? {
    let own = site(directory)?.entries ?? sites.flatMap(\.entries)
    return own.first { $0.text == text }
  }

  /// The one patch of all kustomizations that a condition holds for.
  private func patchSpan(_ condition: (KustomizePatchText) -> Bool) -> SourceSpan? {
    var found: [SourceSpan] = []
    for site in sites {
      for field in ["patches", "patchesJson6902", "patchesStrategicMerge"] {
        for item in site.root[field]?.items ?? [] {
          let node = item["patch"] ?? item["path"] ?? item
          guard let text = node.string else { continue }
          let path = KustomizePath.resolve(text, from: site.directory) ?? text
          let bytes = read(path) ?? Array(text.utf8)
          if condition(KustomizePatchText(bytes)) { found.append(node.span) }
        }
      }
    }
    return found.count == 1 ? found.first : nil
  }
}
