// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import GitStore
import HubService
import JSONTree
import Planning
import Posix
import SliceFormat

/// The state of a fleet: what every cluster said, against what is released.
struct FleetStatus {
  private struct Row {
    let cluster: String
    /// What it said; nil when it never said anything.
    let line: ObservedDigest.Line?
    /// Whether it has taken what is released, and has not gone back from any of it.
    let isCurrent: Bool
    /// The bundles of its slice that the site renders.
    let renderedAtSite: [SiteRenderedBundles.Bundle]

    /// How much the row matters: the worst state first, silence before all that is well.
    var rank: Int { (line?.state.rank ?? 2) * 2 - (isCurrent && !hasErrors ? 1 : 0) }

    /// The bundles that it has gone back with by itself; nil when there are none.
    var wentBack: [String]? {
      let names = (line?.bundles ?? []).filter(\.isReverted).map(\.name)
      return names.isEmpty ? nil : names
    }

    /// Whether the site says of itself that something went wrong, such as a slice that it refuses.
    var hasErrors: Bool { line?.errors.isEmpty == false }
  }

  private let rows: [Row]
  private let released: ReleasedState
  private let subject: String
  private let observedAt: Timestamp?
  /// How many are not told what the newest commit says: a rollout is on its way, a window is closed, or it is paused.
  private let untold: Int
  private let now: Timestamp

  /// Puts together what is known about some clusters.
  init(
    _ clusters: [String], observed: ObservedDigest, history: inout ReleaseHistory,
    released: ReleasedView, now: Timestamp
  ) throws(CommandError) {
    let lines = Dictionary(
      observed.lines.map { ($0.cluster, $0) }, uniquingKeysWith: { first, _ in first })
    var site = SiteRenderedBundles(released.store)
    var rows: [Row] = []
    for cluster in clusters {
      let line = lines[cluster]
      let isCurrent =
        try line.map { line throws(CommandError) in
          if line.bundles.contains(where: { $0.isReverted }) { return false }
          return try history.isCurrent(cluster, release: line.release)
        } ?? false
      let shipped = try history.slice(of: cluster).map { slice throws(CommandError) in
        try site.bundles(of: slice)
      }
      rows.append(
        Row(
          cluster: cluster, line: line, isCurrent: isCurrent, renderedAtSite: shipped ?? []))
    }
    self.rows = rows
    self.released = released.state
    let plan = PlanCommit.read(released.state.plan, from: released.store)
    let planned = try plan.map { plan throws(CommandError) in
      try failing { try PlanTree.slices(of: plan.slices, reader: released.store) }
    }
    let wanted = Dictionary(
      (planned ?? []).map { (String(decoding: $0.name, as: UTF8.self), $0.tree) },
      uniquingKeysWith: { $1 })
    untold = clusters.count { cluster in
      wanted[cluster].map { $0 != history.slice(of: cluster) } ?? false
    }
    let source = try? released.store.commit(released.state.source)
    subject = source?.message.split(separator: "\n").first.map(String.init) ?? ""
    // A hub that has heard of nobody writes a digest too, when a rollout begins.
    observedAt = observed.lines.isEmpty ? nil : observed.time
    self.now = now
  }

  /// The most rows of clusters that are not well, where not all are asked for.
  private static let rowLimit = 10

  /// The overview for people, the worst first.
  func text(showsAll: Bool, withHeaders: Bool) -> String {
    var text = ""
    if withHeaders { text += head + "\n" + counts + "\n" + untoldLine + renderedAtSite + "\n" }
    text += states.text(withHeaders: withHeaders)
    let bad = rows.filter { $0.line?.state ?? .ready != .ready || !$0.isCurrent || $0.hasErrors }
    let chosen = showsAll ? rows : bad.filter { $0.line != nil }
    let sorted = chosen.sorted {
      $0.rank != $1.rank
        ? $0.rank > $1.rank : $0.cluster.utf8.lexicographicallyPrecedes($1.cluster.utf8)
    }
    let shown = showsAll ? sorted : Array(sorted.prefix(Self.rowLimit))
    if shown.isEmpty { return text }
    var table = TextTable(["CLUSTER", "STATE", "RELEASE", "CURRENT", "AGE", "MESSAGE"])
    for row in shown { table.add(cells(row)) }
    text += "\n" + table.text(withHeaders: withHeaders)
    let more = sorted.count - shown.count
    if more > 0 {
      text += "and \(Wording.number(more)) more; all of them: kubectl fleet status -o wide\n"
    }
    return text
  }

  /// Every cluster with its bundles.
  func details(withHeaders: Bool) -> String {
    rows.map { row in
      var text = "cluster \(Wording.quoted(row.cluster)): \(describe(row))\n"
      for error in row.line?.errors ?? [] { text += "error: \(PrintableText.escape(error))\n" }
      guard let bundles = row.line?.bundles, !bundles.isEmpty else { return text }
      var table = TextTable(["BUNDLE", "STATE", "MESSAGE"])
      for bundle in bundles.sorted(by: { $0.state > $1.state }) {
        table.add([bundle.name, bundle.state.rawValue, bundle.message])
      }
      text += "\n" + table.text(withHeaders: withHeaders)
      let shipped = row.renderedAtSite.map(\.name)
      if withHeaders, !shipped.isEmpty {
        text +=
          "\n"
          + Wording.wrap(
            "rendered at the site, with values of the cluster: \(Wording.list(shipped, most: 9))",
            indent: "  ") + "\n"
      }
      return text
    }.joined(separator: "\n")
  }

  /// The same for programs.
  var json: JSONValue {
    .object([
      "release": .integer(Int64(released.release)),
      "source": .string(released.source.hex),
      "observed": observedAt.map { .string($0.rfc3339) } ?? .null,
      "total": .integer(Int64(rows.count)),
      "current": .integer(Int64(rows.count { $0.isCurrent })),
      "untold": .integer(Int64(untold)),
      "silent": .integer(Int64(rows.count { $0.line == nil })),
      "clusters": .array(
        rows.map { row in
          .object(
            [
              JSONMember("cluster", .string(row.cluster)),
              JSONMember("current", .bool(row.isCurrent)),
              JSONMember("renderedAtSite", .strings(row.renderedAtSite.map(\.name))),
            ] + (row.line?.json.members ?? []).filter { $0.name != "cluster" })
        }),
    ])
  }

  private var head: String {
    let age = Age.text(now.seconds - released.seconds)
    let title = subject.isEmpty ? "" : " \(Wording.quoted(subject))"
    let heard = observedAt.map { "the last status came \(Age.text(now.seconds - $0.seconds)) ago" }
    return "release \(released.release), \(age) ago: commit \(released.source.short)\(title)\n"
      + (heard ?? "no cluster has reported yet")
  }

  private var counts: String {
    let current = rows.count { $0.isCurrent }
    let silent = rows.count { $0.line == nil }
    let back = rows.count { $0.wentBack != nil }
    let behind = rows.count - current - silent - back
    var text =
      "\(Wording.number(current)) of \(Wording.count(rows.count, "cluster")) "
      + "\(current == 1 || rows.count == 1 ? "has" : "have") what is released"
    if behind > 0 { text += ", \(Wording.number(behind)) \(behind == 1 ? "is" : "are") behind" }
    if back > 0 {
      text += ", \(Wording.number(back)) \(back == 1 ? "has" : "have") gone back from it"
    }
    if silent > 0 { text += ", \(Wording.number(silent)) never reported" }
    return text
  }

  private var untoldLine: String {
    if untold == 0 { return "" }
    return Wording.wrap(
      "\(Wording.count(untold, "cluster")) \(untold == 1 ? "is" : "are") not told yet what the commit says: "
        + "a rollout is on its way, a window is closed, or \(untold == 1 ? "it is" : "they are") paused",
      indent: "  ") + "\n"
  }

  /// The bundles that the sites render; empty when there are none.
  private var renderedAtSite: String {
    var counts: [String: Int] = [:]
    for row in rows { for bundle in row.renderedAtSite { counts[bundle.name, default: 0] += 1 } }
    return counts.keys.inOrder.map { name in
      Wording.wrap(
        "bundle \(Wording.quoted(name)) is rendered at the site, on "
          + Wording.count(counts[name, default: 0], "cluster"), indent: "  ") + "\n"
    }.joined()
  }

  private var states: TextTable {
    var table = TextTable(["STATE", "CLUSTERS", "NAMES"])
    for state in BundleState.allCases.reversed() {
      let names = rows.filter { $0.line?.state == state }.map(\.cluster)
      if !names.isEmpty {
        table.add([state.rawValue, "\(names.count)", Wording.list(names)])
      }
    }
    let silent = rows.filter { $0.line == nil }.map(\.cluster)
    if !silent.isEmpty {
      table.add(["never reported", "\(silent.count)", Wording.list(silent)])
    }
    return table
  }

  private func cells(_ row: Row) -> [String] {
    guard let line = row.line else { return [row.cluster, "never reported", "", "no", "", ""] }
    return [
      row.cluster, line.state.rawValue, line.release == 0 ? "" : "\(line.release)",
      row.isCurrent ? "yes" : "no",
      line.time.map { Age.text(now.seconds - $0.seconds) } ?? "", line.message,
    ]
  }

  private func describe(_ row: Row) -> String {
    guard let line = row.line else { return "it never reported" }
    var text = "\(line.state.rawValue); "
    if line.release == 0 {
      text += "it has no release yet"
    } else if let back = row.wentBack {
      text +=
        "it has release \(line.release) and has gone back from it for \(Wording.quotedList(back))"
    } else if row.isCurrent {
      text += "it has release \(line.release), which is current"
    } else {
      text += "it has release \(line.release), \(released.release) is released"
    }
    if let time = line.time { text += "; reported \(Age.text(now.seconds - time.seconds)) ago" }
    return text
  }
}
