// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// When which clusters may be released, by the schedules and freezes of a plan.
///
/// A cluster that has schedules is closed outside of all of their windows; a freeze closes it in any case.
package struct Windows: Sendable {
  private struct Entry: Sendable {
    let isFreeze: Bool
    /// Nil for one that can't be obeyed: its clusters are closed.
    let window: Window?
    let clusters: [String]
  }

  /// What can't be obeyed; its clusters are closed until somebody has put it right.
  package let problems: [WindowProblem]
  private let entries: [Entry]
  /// So many changes are looked through for one that opens.
  private static let openingLimit = 1_000

  /// Reads the rules.
  ///
  /// - Parameters:
  ///   - rules: the schedules and freezes.
  ///   - zone: the rules of a time zone by its name; of the hub's own for the empty one. Nil when there is no such.
  package init(_ rules: [ScheduleRule], zone: (String) -> ZoneRules?) {
    var problems: [WindowProblem] = []
    entries = rules.map { rule in
      var window: Window?
      do throws(WindowProblem) {
        guard let zone = zone(rule.zone) else {
          throw WindowProblem(rule, "has a time zone that is not known here: '\(rule.zone)'")
        }
        window = try Window(rule, zone: zone)
      } catch {
        problems.append(error)
      }
      return Entry(isFreeze: rule.kind == .freeze, window: window, clusters: rule.clusters)
    }
    self.problems = problems
  }

  /// Whether a cluster may not be released.
  package func isClosed(_ cluster: String, _ now: Int64) -> Bool {
    var hasSchedule = false
    var isOpen = false
    for entry in entries
    where SortedNames.position(of: cluster, in: entry.clusters) != nil {
      guard let window = entry.window else { return true }
      if entry.isFreeze {
        if window.holds(at: now) { return true }
      } else {
        hasSchedule = true
        isOpen = isOpen || window.holds(at: now)
      }
    }
    return hasSchedule && !isOpen
  }

  /// The clusters that may not be released, sorted by their bytes.
  package func closed(at now: Int64) -> [String] {
    var shut: Set<String> = []
    var scheduled: Set<String> = []
    var open: Set<String> = []
    for entry in entries {
      guard let window = entry.window else {
        shut.formUnion(entry.clusters)
        continue
      }
      let holds = window.holds(at: now)
      if entry.isFreeze {
        if holds { shut.formUnion(entry.clusters) }
      } else {
        scheduled.formUnion(entry.clusters)
        if holds { open.formUnion(entry.clusters) }
      }
    }
    return scheduled.subtracting(open).union(shut).sorted { $0.precedesInBytes($1) }
  }

  /// When one of these clusters may be released next, later than now; nil for never, or not for very long.
  package func opening(for clusters: [String], after now: Int64) -> Int64? {
    var time = now
    for _ in 0..<Self.openingLimit {
      guard let next = nextChange(after: time) else { return nil }
      time = next
      if clusters.contains(where: { !isClosed($0, time) }) { return time }
    }
    return nil
  }

  /// When something of that may change next; nil for never.
  package func nextChange(after now: Int64) -> Int64? {
    entries.compactMap { $0.window?.nextChange(after: now) }.min()
  }
}
