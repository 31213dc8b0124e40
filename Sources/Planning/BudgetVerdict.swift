// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import FleetModel
import SliceFormat

/// Judges a blast radius by a budget.
package enum BudgetVerdict {
  /// The findings that refuse the push; none when it is within the budget or its overrides.
  ///
  /// - Parameters:
  ///   - radius: what the push changes.
  ///   - budget: the budget of the version *before* the push, so that nobody loosens a limit and uses
  ///     it in one push.
  ///   - overrides: what the pusher allows once, by naming the count.
  ///   - isFirst: a first push has no fleet to measure a share by, so only deletions are judged.
  package static func judge(
    _ radius: BlastRadius, by budget: Budget, overrides: Overrides, isFirst: Bool
  ) -> [Finding] {
    var findings: [Finding] = []
    for kind in radius.kinds where kind.deleted > 0 {
      guard
        let limit = overrides.deletions[kind.shortName] ?? budget.deletionLimit(of: kind.shortName),
        kind.deleted > limit
      else { continue }
      findings.append(deletion(kind, limit: limit, radius, budget))
    }
    if isFirst { return findings }
    let before = radius.oldClusterCount
    if let limit = limit(budget.clustersChanged, overrides.clustersChanged, of: before),
      radius.changedClusterCount > limit
    {
      findings.append(
        Finding(
          .error, "budget-changed",
          "the push changes \(Wording.count(radius.changedClusterCount, "cluster")), "
            + "the budget allows \(allowed(limit, budget.clustersChanged, of: before))",
          at: nil, notes: place(budget.clustersChanged),
          hints: [
            "if this is meant: 'git push -o fleet.allow-changed=\(radius.changedClusterCount)'"
          ]
        ))
    }
    if let limit = limit(budget.clustersRemoved, overrides.clustersRemoved, of: before),
      radius.leavingClusterCount > limit
    {
      findings.append(
        Finding(
          .error, "budget-removed",
          "the push takes \(Wording.count(radius.leavingClusterCount, "cluster")) out of the "
            + "inventory, the budget allows \(allowed(limit, budget.clustersRemoved, of: before))",
          at: nil, notes: place(budget.clustersRemoved) + leaving(radius),
          hints: [
            "if this is meant: 'git push -o fleet.allow-removed=\(radius.leavingClusterCount)'"
          ]
        ))
    }
    return findings
  }

  private static func limit(
    _ quantity: Located<Quantity>?, _ override: Int?, of total: Int
  ) -> Int? {
    override ?? quantity.map { $0.value.resolved(of: total) }
  }

  private static func allowed(_ limit: Int, _ quantity: Located<Quantity>?, of total: Int) -> String
  {
    if case .share? = quantity?.value, let text = quantity?.value.text {
      return "\(Wording.number(limit)) (\(text) of \(Wording.number(total)))"
    }
    return Wording.number(limit)
  }

  private static func place(_ quantity: Located<Quantity>?) -> [Finding.Note] {
    quantity.map { [Finding.Note("the budget before this push", at: $0.span)] } ?? []
  }

  private static func deletion(
    _ kind: BlastRadius.KindCount, limit: Int, _ radius: BlastRadius, _ budget: Budget
  ) -> Finding {
    var clusters: [String] = []
    var objects: [String] = []
    for fold in radius.folds {
      let hit = fold.effect.deleted.filter {
        $0.kind == kind.shortName && (kind.kind == $0.kind || kind.kind == "\($0.kind).\($0.group)")
      }
      if hit.isEmpty { continue }
      clusters += fold.clusters
      for object in hit where !objects.contains(object.display) { objects.append(object.display) }
    }
    let what = Wording.count(kind.deleted, kind.shortName)
    let names = "\(Wording.list(objects)) on \(Wording.list(clusters))"
    return Finding(
      .error, "budget-deletions",
      "the push deletes \(what), the budget allows \(Wording.number(limit))", at: nil,
      notes: [Finding.Note(names)],
      hints: [
        "if this is meant: 'git push -o fleet.allow-delete=\(kind.shortName):\(kind.deleted)'"
      ])
  }

  private static func leaving(_ radius: BlastRadius) -> [Finding.Note] {
    let names = radius.folds.flatMap { fold -> [String] in
      if case .leaves = fold.effect.membership { fold.clusters } else { [] }
    }
    return names.isEmpty ? [] : [Finding.Note(Wording.list(names))]
  }
}

extension BlastRadius.KindCount {
  /// The kind without its group: `Deployment`.
  var shortName: String {
    kind.utf8.firstIndex(of: UInt8(ascii: ".")).map { String(kind[..<$0]) } ?? kind
  }
}
