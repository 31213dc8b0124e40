// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Rollouts
import Targeting

/// Finds strategies that do not do what they seem to, given the clusters of their bundles.
struct PolicyReview {
  private let inventory: Inventory
  /// What is said about the same place and the same clusters is said once, for all its bundles.
  private var entries: [Entry] = []
  private var atomic: [Finding] = []

  private struct Entry {
    let code: String
    let span: SourceSpan?
    let clusters: [String]
    /// The message, given the words for the bundles.
    let text: (String) -> String
    let hints: [String]
    var bundles: [String]
  }

  init(_ inventory: Inventory) { self.inventory = inventory }

  /// What was found.
  var findings: [Finding] {
    entries.map { entry in
      let names = Wording.list(entry.bundles.map { Wording.quoted($0) })
      let bundles = entry.bundles.count == 1 ? "bundle \(names)" : "bundles \(names)"
      return Finding(
        .warning, entry.code, entry.text(bundles), at: entry.span, hints: entry.hints)
    } + atomic
  }

  /// Looks at one bundle; `own` is what its `fleet.yaml` says, nil when it has the hub's strategy.
  mutating func check(
    _ bundle: String, _ clusters: BitSet, _ strategy: RolloutStrategy, _ policy: RolloutPolicy,
    at own: RolloutStrategy?
  ) {
    let names = clusters.map { inventory.clusters[$0].name }
    if names.isEmpty { return }
    let place = own?.span ?? strategy.span
    switch policy.stages {
    case .stages(let stages):
      for (stage, written) in zip(stages, strategy.stages ?? [])
      where stage.clusters?.isEmpty == true {
        matchesNothing("stage \(Wording.quoted(stage.name))", written.span, names, bundle)
      }
      let last = strategy.stages?.last?.name.span
      neverUpdated(
        policy, names, bundle, at: last ?? place, what: "stage",
        hint: "let the last stage be for all: clusters: 100%, without criteria")
    case .partitions(let partitions):
      for (partition, written) in zip(partitions.partitions, strategy.partitions ?? [])
      where partition.clusters.isEmpty && !written.criteria.isEmpty {
        let name =
          partition.name.isEmpty ? "a partition" : "partition \(Wording.quoted(partition.name))"
        matchesNothing(name, written.span, names, bundle)
      }
      if !partitions.partitions.isEmpty {
        let last = strategy.partitions?.last
        neverUpdated(
          policy, names, bundle, at: last?.name?.span ?? last?.span ?? place, what: "partition",
          hint: "add a last partition with 'clusterSelector: {}'")
      }
      doNotWait(partitions, names, bundle, strategy, at: place)
    }
  }

  private mutating func matchesNothing(
    _ what: String, _ span: SourceSpan?, _ names: [String], _ bundle: String
  ) {
    let count = Wording.count(names.count, "cluster")
    add("matches-nothing", span, names, bundle) { bundles in
      names.count == 1
        ? "\(what) does not match the cluster of \(bundles)"
        : "\(what) matches none of the \(count) of \(bundles)"
    }
  }

  private mutating func neverUpdated(
    _ policy: RolloutPolicy, _ names: [String], _ bundle: String, at span: SourceSpan?,
    what: String, hint: String
  ) {
    let left = StageMembers.inNone(names, policy)
    if left.isEmpty { return }
    let shown = Wording.list(left.map { Wording.bare($0) })
    let all = Wording.count(names.count, "cluster")
    let count = "\(Wording.number(left.count)) of the \(all)"
    add("never-updated", span, left, bundle, hints: [hint]) { bundles in
      "\(count) of \(bundles) are in no \(what) and never get a change: \(shown)"
    }
  }

  /// Fleet's default lets the next partition start at once, whatever becomes of the one before.
  private mutating func doNotWait(
    _ policy: PartitionPolicy, _ names: [String], _ bundle: String, _ strategy: RolloutStrategy,
    at span: SourceSpan?
  ) {
    let isUnlimited: (Limit?) -> Bool = { limit in
      switch limit {
      case nil: true
      case .share(let parts): parts >= 1_000_000
      case .count(let number): number >= names.count
      }
    }
    let limits = policy.partitions.map { $0.maxUnavailable ?? policy.maxUnavailable }
    let isOpen: Bool
    if limits.isEmpty {
      let threshold = policy.autoPartitionThreshold ?? 200
      let size = policy.autoPartitionSize ?? .share(partsPerMillion: 250_000)
      let isOne = threshold <= 0 || names.count < threshold || isUnlimited(size)
      isOpen = !isOne && isUnlimited(policy.maxUnavailable)
    } else {
      isOpen = limits.count > 1 && limits.dropLast().contains(where: isUnlimited)
    }
    guard isOpen else { return }
    add(
      "do-not-wait", span, [], bundle,
      hints: ["add 'maxUnavailable: 10%', or write 'stages', which do wait"]
    ) { bundles in
      "partitions of \(bundles) do not wait for each other: 'maxUnavailable' is 100%"
    }
  }

  /// Words of `atomic` that only one bundle has.
  mutating func checkAtomic(_ words: [(workspace: String, word: Located<String>?)]) {
    var uses: [[String]: Int] = [:]
    for (workspace, word) in words {
      if let word { uses[[workspace, word.value], default: 0] += 1 }
    }
    for (workspace, word) in words {
      guard let word, uses[[workspace, word.value]] == 1 else { continue }
      let others = words.filter { $0.workspace == workspace }.compactMap { $0.word?.value }
        .filter { $0 != word.value }
      let near = Suggestion.nearest(to: word.value, among: others)
      atomic.append(
        Finding(
          .warning, "no-effect",
          "no other bundle has 'atomic: \(PrintableText.escape(word.value))', so this one goes alone",
          at: word.span, hints: near.map { ["did you mean '\($0)'?"] } ?? []))
    }
  }

  private mutating func add(
    _ code: String, _ span: SourceSpan?, _ clusters: [String], _ bundle: String,
    hints: [String] = [], _ text: @escaping (String) -> String
  ) {
    let known = entries.firstIndex {
      $0.code == code && $0.span == span && $0.clusters == clusters
    }
    if let known, span != nil {
      entries[known].bundles.append(bundle)
    } else {
      entries.append(
        Entry(
          code: code, span: span, clusters: clusters, text: text, hints: hints,
          bundles: [bundle]))
    }
  }
}
