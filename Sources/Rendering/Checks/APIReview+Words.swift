// SPDX-License-Identifier: Apache-2.0

import Diagnostics

extension APIReview.TypeUse {
  /// How many other places say the same.
  var notes: [Finding.Note] {
    let more = places.count - 1
    guard more > 0 else { return [] }
    return [
      Finding.Note(
        "\(Wording.count(more, "more object")) of the bundle \(more == 1 ? "says" : "say") so")
    ]
  }

  static func note(naming clusters: [ClusterAPIs]) -> Finding.Note {
    Finding.Note("the clusters are \(Wording.list(clusters.map { Wording.quoted($0.cluster) }))")
  }

  /// What is wrong with a kind of Kubernetes' own in a version that exists or existed.
  func findings(of api: BuiltInAPI) -> [Finding] {
    let known = clusters.filter { $0.version != nil }
    if known.isEmpty {
      guard let removed = api.removed, removed <= BuiltInAPIs.goneEverywhere else { return [] }
      return [finding(.warning, "api-removed", api, "is gone since Kubernetes \(removed)", [])]
    }
    var result: [Finding] = []
    if let removed = api.removed {
      let clusters = known.filter { $0.version.map { $0 >= removed } ?? false }
      if !clusters.isEmpty {
        result.append(
          finding(.error, "api-removed", api, "is gone since Kubernetes \(removed)", clusters))
      }
    }
    if let introduced = api.introduced {
      let clusters = known.filter { $0.version.map { $0 < introduced } ?? false }
      if !clusters.isEmpty {
        result.append(
          finding(
            .error, "api-not-yet", api, "comes only with Kubernetes \(introduced)", clusters))
      }
    }
    if result.isEmpty, let deprecated = api.deprecated {
      let clusters = known.filter { $0.version.map { $0 >= deprecated } ?? false }
      if !clusters.isEmpty {
        let end = api.removed.map { " and gone in \($0)" } ?? ""
        result.append(
          finding(
            .warning, "api-deprecated", api,
            "is deprecated since Kubernetes \(deprecated)\(end)", clusters))
      }
    }
    return result
  }

  private func finding(
    _ severity: Severity, _ code: String, _ api: BuiltInAPI, _ what: String,
    _ about: [ClusterAPIs]
  ) -> Finding {
    var message = "'\(api.apiVersion)' of \(api.kind) \(what)"
    var notes = notes
    if let words = Self.versions(about) {
      message += ", \(words)"
      if about.count > 1 { notes.insert(Self.note(naming: about), at: 0) }
    }
    return Finding(
      severity, code, message, at: first.apiVersionSpan, notes: notes,
      hints: [hint(for: api)])
  }

  /// `cluster 'store-1' has 1.29`, `12 clusters have 1.25 to 1.29`.
  private static func versions(_ clusters: [ClusterAPIs]) -> String? {
    let versions = clusters.compactMap(\.version)
    guard let low = versions.min(), let high = versions.max(), let first = clusters.first else {
      return nil
    }
    if clusters.count == 1 { return "cluster \(Wording.quoted(first.cluster)) has \(low)" }
    let range = low == high ? "\(low)" : "\(low) to \(high)"
    return "\(Wording.count(clusters.count, "cluster")) have \(range)"
  }

  private func hint(for api: BuiltInAPI) -> String {
    let versions = clusters.compactMap(\.version)
    if let better = BuiltInAPIs.best(kind: api.kind, group: first.group, versions: versions),
      better.apiVersion != api.apiVersion
    {
      return "write apiVersion: \(better.apiVersion)"
    }
    let exists = versions.allSatisfy { version in
      BuiltInAPIs.apis(ofKind: api.kind).contains { $0.isServed(in: version) }
    }
    if !exists || versions.isEmpty { return "take the object out, nothing replaces it there" }
    if let better = api.replacement { return "write apiVersion: \(better) where it is served" }
    return "no version is served by all clusters; let targetCustomizations tell them apart"
  }

  /// An object in a group of Kubernetes' own that has no such kind or version.
  func unknownBuiltIn(_ catalog: KindCatalog, _ others: [ClusterAPIs]) -> Finding {
    // A release that is newer than the table may know more than we do.
    let isAhead =
      !others.isEmpty
      && others.allSatisfy { $0.version.map { $0 > BuiltInAPIs.newest } ?? false }
    let severity: Severity = isAhead ? .warning : .error
    let apiVersion = Wording.quoted(first.apiVersion)
    let kind = Wording.quoted(first.kind)
    let versions = others.compactMap(\.version)
    let better = BuiltInAPIs.best(kind: first.kind, group: first.group, versions: versions)
    let write = better.map { ["write apiVersion: \($0.apiVersion)"] }
    let ofGroup = BuiltInAPIs.apis(inGroup: first.group)
    if ofGroup.contains(where: { $0.kind == first.kind }) {
      return Finding(
        severity, "unknown-api-version", "Kubernetes has no version \(apiVersion) of \(first.kind)",
        at: first.apiVersionSpan, notes: notes, hints: write ?? [])
    }
    guard !ofGroup.isEmpty else {
      let group =
        catalog.nearestGroup(to: first.group, having: first.kind)
        ?? Suggestion.nearest(to: first.group, among: BuiltInAPIs.groups)
      return Finding(
        severity, "unknown-api-group", "there is no API group \(Wording.quoted(first.group))",
        at: first.apiVersionSpan, notes: notes,
        hints: write ?? group.map { ["did you mean '\($0)'?"] } ?? [])
    }
    let near = catalog.nearestKind(to: first.kind, inGroup: first.group)
    return Finding(
      severity, "unknown-kind", "\(apiVersion) has no kind \(kind)", at: first.kindSpan,
      notes: notes, hints: write ?? near.map { ["did you mean '\($0)'?"] } ?? [])
  }

  /// What is wrong with a kind that the fleet defines.
  func finding(of custom: CustomKind) -> Finding? {
    let version = custom.versions.first { $0.name == first.version }
    let served = custom.versions.filter(\.isServed)
    let api = Wording.quoted(first.apiVersion)
    let best = served.filter { !$0.isDeprecated }.map { "\(custom.group)/\($0.name)" }
      .max { BuiltInAPIs.stability($0) < BuiltInAPIs.stability($1) }
    let hints = best.map { ["write apiVersion: \(Wording.bare($0))"] } ?? []
    let place = [Finding.Note("the kind is defined here", at: custom.span)]
    if let version, version.isServed {
      guard version.isDeprecated, best != nil else { return nil }
      return Finding(
        .warning, "api-deprecated", "\(api) of \(first.kind) is deprecated by its definition",
        at: first.apiVersionSpan, notes: place + notes, hints: hints)
    }
    let names = served.map { Wording.quoted($0.name) }
    return Finding(
      .error, "api-not-served",
      "\(api) of \(first.kind) is not served, its definition serves "
        + (names.isEmpty ? "no version" : Wording.list(names, most: 5)),
      at: first.apiVersionSpan, notes: place + notes, hints: hints)
  }
}
