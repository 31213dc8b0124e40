// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import SliceFormat

extension BlastRadius {
  /// The most folds that are shown; the rest is counted.
  private static let foldLimit = 12
  private static let groupLimit = 4

  /// The blast radius as a person reads it in the output of a push: lines of at most 72 columns.
  package func text() -> String {
    if isEmpty { return "blast radius: nothing changes on any cluster\n" }
    var lines = [headline]
    if !groups.isEmpty {
      let shown = groups.prefix(Self.groupLimit).map {
        "\($0.group) \(Wording.number($0.changed)) of \(Wording.number($0.total))"
      }
      let more = groups.count - shown.count
      let text = shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
      lines.append(Wording.wrap("  groups: " + text, indent: "          "))
    }
    let counted = kinds.map(Self.describe)
    if !counted.isEmpty {
      lines.append(
        Wording.wrap("  objects: " + counted.joined(separator: "; "), indent: "           "))
    }
    for fold in folds.prefix(Self.foldLimit) {
      lines.append(Wording.wrap("  " + describe(fold), indent: "    "))
    }
    let rest = folds.dropFirst(Self.foldLimit)
    if !rest.isEmpty {
      let clusters = rest.reduce(0) { $0 + $1.clusters.count }
      lines.append(
        "  \(Wording.count(clusters, "more cluster")) in "
          + "\(Wording.count(rest.count, "other way")); see 'kubectl fleet plan -o json'")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var headline: String {
    var parts: [String] = []
    let changed = changedClusterCount
    if changed > 0 {
      parts.append(
        "\(Wording.number(changed)) of \(Wording.count(clusterCount, "cluster")) "
          + (changed == 1 ? "changes" : "change"))
    }
    let joining = joiningClusterCount
    if joining > 0 {
      parts.append("\(Wording.count(joining, "cluster")) \(joining == 1 ? "joins" : "join")")
    }
    let leaving = leavingClusterCount
    if leaving > 0 {
      parts.append("\(Wording.count(leaving, "cluster")) \(leaving == 1 ? "leaves" : "leave")")
    }
    return "blast radius: " + parts.joined(separator: ", ")
  }

  private static func describe(_ kind: KindCount) -> String {
    var parts: [String] = []
    if kind.created > 0 { parts.append("\(Wording.number(kind.created)) created") }
    if kind.changed > 0 { parts.append("\(Wording.number(kind.changed)) changed") }
    if kind.deleted > 0 { parts.append("\(Wording.number(kind.deleted)) deleted") }
    return "\(kind.kind) " + parts.joined(separator: ", ")
  }

  private func describe(_ fold: Fold) -> String {
    let names = fold.clusters
    // The names matter where few clusters differ from the rest.
    let isOutlier = names.count <= 3 || names.count * 20 <= clusterCount
    let who =
      isOutlier
      ? "\(Wording.count(names.count, "cluster")), \(Wording.list(names))"
      : Wording.count(names.count, "cluster")
    return "\(who): \(fold.effect.text)"
  }
}

extension Effect {
  /// What happens, in one line: `changes Deployment retail/pos; deletes 3 ConfigMaps`.
  package var text: String {
    var parts: [String] = []
    switch membership {
    case .stays: break
    case .joins: parts.append("joins")
    case .leaves(removes: true): parts.append("leaves, its objects are removed")
    case .leaves(removes: false): parts.append("leaves, its objects stay")
    }
    // Deletions first: nobody may miss them at the end of a long line.
    if !deleted.isEmpty { parts.append("deletes " + Self.name(deleted)) }
    if !created.isEmpty { parts.append("creates " + Self.name(created)) }
    if !changed.isEmpty { parts.append("changes " + Self.name(changed)) }
    if membership == .stays, !kept.isEmpty { parts.append("lets go of " + Self.name(kept)) }
    if !optionsOnly.isEmpty {
      parts.append("changes the options of \(Wording.list(optionsOnly))")
    }
    if !renderedAtSite.isEmpty {
      parts.append("changes \(Wording.list(renderedAtSite)), rendered at the site")
    }
    if !runsHooks.isEmpty { parts.append("runs the hooks of \(Wording.list(runsHooks))") }
    return parts.isEmpty ? "changes no object" : parts.joined(separator: "; ")
  }

  private static func name(_ objects: [ObjectIdentity]) -> String {
    if objects.count <= 3 { return Wording.list(objects.map(\.display)) }
    var counts: [(kind: String, count: Int)] = []
    for object in objects {
      if let last = counts.last, last.kind == object.kind {
        counts[counts.count - 1].count += 1
      } else {
        counts.append((object.kind, 1))
      }
    }
    if counts.count == 1, let only = counts.first { return Wording.count(only.count, only.kind) }
    let kinds = counts.map { Wording.count($0.count, $0.kind) }
    return "\(Wording.number(objects.count)) objects (\(Wording.list(kinds, most: 5)))"
  }
}
