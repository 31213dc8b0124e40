// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import FleetModel

/// Finds selectors that can match nothing: mostly a typing error that would take a bundle off its clusters.
///
/// A label key or value that no cluster of the workspace has, a group or cluster that does not exist, are
/// errors in the file that says them; warnings where the selector was there before the push, for then the
/// inventory changed and not the selector. `optional: true` accepts them. Negative requirements
/// (`NotIn`, `DoesNotExist`) match by the absence of a label and are not looked at.
///
/// To be run only when all documents could be read: a cluster that is left out for a mistake in its own
/// file would be missed here a second time.
package struct SelectorChecks {
  /// What has been found.
  package private(set) var findings = Findings()
  private let inventory: Inventory
  private let facts: FactRules
  private let isNew: (SelectorIdentity) -> Bool

  /// Checks against an inventory; `facts` says which facts count, `isNew` whether this push wrote a criterion.
  package init(
    _ inventory: Inventory, facts: FactRules = FactRules(),
    isNew: @escaping (SelectorIdentity) -> Bool = { _ in true }
  ) {
    self.inventory = inventory
    self.facts = facts
    self.isNew = isNew
  }

  /// Checks the targets of a source.
  package mutating func check(_ gitRepo: GitRepo) {
    let context = Context(
      inventory.workspace(gitRepo.workspace), SelectorIdentity.owner(of: gitRepo),
      SelectorIdentity.path(of: gitRepo))
    if context.workspace.clusters.isEmpty {
      if gitRepo.targets.allSatisfy(\.isOptional) { return }
      return emptyWorkspace(gitRepo.metadata, context, all: SelectorIdentity.all(in: gitRepo))
    }
    for entry in gitRepo.targets { check(entry, context) }
  }

  /// Checks the selector of a cluster group.
  package mutating func check(_ group: ClusterGroup) {
    let context = Context(
      inventory.workspace(group.workspace), SelectorIdentity.owner(of: group),
      group.metadata.name.span.path)
    guard let selector = group.selector, !group.isOptional else { return }
    if context.workspace.clusters.isEmpty {
      return emptyWorkspace(group.metadata, context, all: SelectorIdentity.all(in: group))
    }
    check(
      selector, "selector", context, index: inventory.labels, among: context.workspace.clusters,
      noun: "cluster")
  }

  /// Checks the targets and customizations of a bundle in a workspace.
  ///
  /// A workspace without clusters is reported with the GitRepo and not here again.
  package mutating func check(_ fleetYAML: FleetYAML, of bundle: String, workspace: String) {
    let context = Context(
      inventory.workspace(workspace), SelectorIdentity.owner(ofBundle: bundle),
      fleetYAML.path ?? "")
    if context.workspace.clusters.isEmpty { return }
    for entry in fleetYAML.targets + (fleetYAML.overrideTargets ?? []) { check(entry, context) }
  }

  private struct Context {
    let workspace: Workspace
    let owner: String
    let path: String

    init(_ workspace: Workspace, _ owner: String, _ path: String) {
      self.workspace = workspace
      self.owner = owner
      self.path = path
    }
  }

  private mutating func check(_ entry: TargetEntry, _ context: Context) {
    if entry.isOptional || entry.criteria.isEmpty { return }
    let before = findings.all.count
    let criteria = entry.criteria
    if let name = criteria.clusterName { check(clusterName: name, context) }
    if let selector = criteria.clusterSelector {
      check(
        selector, "clusterSelector", context, index: inventory.labels,
        among: context.workspace.clusters, noun: "cluster")
    }
    if let name = criteria.clusterGroup { check(clusterGroup: name, context, entry) }
    if let selector = criteria.clusterGroupSelector {
      let groups = context.workspace.groups
      check(
        selector, "clusterGroupSelector", context,
        index: LabelIndex(groups.map(\.group.labels)), among: BitSet.all(count: groups.count),
        noun: "cluster group")
    }
    // What is wrong with the parts explains why the whole is empty.
    if findings.all.count == before,
      criteria.matchingSet(in: inventory, context.workspace).isEmpty
    {
      let name = entry.name.map { " \(Wording.quoted($0))" } ?? ""
      findings.warning(
        "matches-nothing", "the target\(name) matches no cluster: none meets all its criteria",
        at: entry.span)
    }
  }

  private mutating func report(
    _ code: String, _ message: String, at span: SourceSpan?, criterion: String, _ context: Context,
    notes: [Finding.Note] = [], hints: [String]
  ) {
    let identity = SelectorIdentity(path: context.path, owner: context.owner, text: criterion)
    let finding = Finding(.error, code, message, at: span, notes: notes, hints: hints)
    findings.add(isNew(identity) ? finding : finding.asWarning())
  }

  private mutating func emptyWorkspace(
    _ metadata: Metadata, _ context: Context, all identities: [SelectorIdentity]
  ) {
    let name = context.workspace.name
    let finding = Finding(
      .error, "empty-workspace", "the workspace \(Wording.quoted(name)) has no cluster",
      at: metadata.workspaceSpan ?? metadata.name.span,
      hints: Suggestion.nearest(to: name, among: inventory.workspaceNames)
        .map { ["did you mean '\(PrintableText.escape($0))'?"] } ?? [])
    // A hub without any cluster is one that is being set up.
    let isError = !inventory.clusters.isEmpty && identities.contains { isNew($0) }
    findings.add(isError ? finding : finding.asWarning())
  }

  private mutating func check(clusterName: Located<String>, _ context: Context) {
    let name = clusterName.value
    let positions = inventory.labels.having(TargetCriteria.displayNameLabel, name)
    if !positions.intersection(context.workspace.clusters).isEmpty { return }
    let elsewhere = inventory.position(of: name)
    if let elsewhere, context.workspace.clusters.contains(elsewhere) { return }
    var notes: [Finding.Note] = []
    if let elsewhere {
      let cluster = inventory.clusters[elsewhere]
      notes = [
        Finding.Note(
          "it is in workspace \(Wording.quoted(cluster.workspace))",
          at: cluster.metadata.name.span)
      ]
    }
    let names =
      context.workspace.clusters.map { inventory.clusters[$0].name }
      + inventory.labels.values(
        of: TargetCriteria.displayNameLabel, among: context.workspace.clusters)
    report(
      "unknown-cluster",
      "no cluster in workspace \(Wording.quoted(context.workspace.name)) is named \(Wording.quoted(name))",
      at: clusterName.span, criterion: "clusterName \(name)", context, notes: notes,
      hints: elsewhere == nil
        ? Suggestion.nearest(to: name, among: names)
          .map { ["did you mean '\(PrintableText.escape($0))'?"] } ?? [] : [])
  }

  private mutating func check(
    clusterGroup: Located<String>, _ context: Context, _ entry: TargetEntry
  ) {
    let name = clusterGroup.value
    if context.workspace.groups.contains(where: { $0.group.name == name }) { return }
    var hints =
      Suggestion.nearest(to: name, among: context.workspace.groups.map(\.group.name))
      .map { nearest in ["did you mean '\(PrintableText.escape(nearest))'?"] } ?? []
    if entry.origin == .default {
      hints = ["write 'targets', without them the cluster group 'default' is meant"]
    }
    report(
      "unknown-group",
      "no cluster group in workspace \(Wording.quoted(context.workspace.name)) is named \(Wording.quoted(name))",
      at: clusterGroup.span, criterion: "clusterGroup \(name)", context, hints: hints)
  }
}

extension SelectorChecks {
  private mutating func check(
    _ selector: LabelSelector, _ criterion: String, _ context: Context, index: LabelIndex,
    among all: BitSet, noun: String
  ) {
    let text = "\(criterion) \(selector.text)"
    for requirement in selector.requirements
    where requirement.comparison == .in || requirement.comparison == .exists {
      let having = index.having(requirement.key).intersection(all)
      let fact = FactCheck(requirement.key, facts)
      if having.isEmpty, let fact, noun == "cluster" {
        let span = requirement.keySpan ?? selector.span
        if fact.isAllowed {
          findings.warning("unknown-fact", fact.message, at: span)
        } else {
          report(
            "unknown-fact", fact.message, at: span, criterion: text, context, hints: fact.hints)
        }
        continue
      }
      if having.isEmpty {
        report(
          "unknown-label", "no \(noun) has the label key \(Wording.quoted(requirement.key))",
          at: requirement.keySpan ?? selector.span, criterion: text, context,
          hints: keyHint(requirement.key, index, all, noun))
        continue
      }
      let missing = requirement.values.indices.filter {
        index.having(requirement.key, requirement.values[$0]).intersection(all).isEmpty
      }
      for position in missing {
        let value = requirement.values[position]
        let span =
          requirement.valueSpans.indices.contains(position)
          ? requirement.valueSpans[position] : requirement.keySpan ?? selector.span
        let message =
          "no \(noun) has the label \(Wording.quoted(requirement.key)) with the value \(Wording.quoted(value))"
        let hints = valueHint(requirement.key, value, index, all, noun)
        // Others of the values can still match, and a fact may come.
        if missing.count < requirement.values.count || fact != nil {
          findings.warning("unknown-label", message, at: span, hints: hints)
        } else {
          report("unknown-label", message, at: span, criterion: text, context, hints: hints)
        }
      }
    }
  }

  private func keyHint(
    _ key: String, _ index: LabelIndex, _ all: BitSet, _ noun: String
  ) -> [String] {
    let keys = index.keys(among: all)
    if let nearest = Suggestion.nearest(to: key, among: keys) {
      return [hint(nearest, index.having(nearest).intersection(all).count, all.count, noun)]
    }
    if keys.isEmpty { return ["no \(noun) has any label"] }
    return ["the label keys in use are \(Wording.list(keys.map { Wording.quoted($0) }, most: 5))"]
  }

  private func valueHint(
    _ key: String, _ value: String, _ index: LabelIndex, _ all: BitSet, _ noun: String
  ) -> [String] {
    let values = index.values(of: key, among: all)
    if let nearest = Suggestion.nearest(to: value, among: values) {
      return [hint(nearest, index.having(key, nearest).intersection(all).count, all.count, noun)]
    }
    return ["the values in use are \(Wording.list(values.map { Wording.quoted($0) }, most: 5))"]
  }

  private func hint(_ nearest: String, _ count: Int, _ total: Int, _ noun: String) -> String {
    "did you mean \(Wording.quoted(nearest))? (set on \(Wording.number(count)) of "
      + "\(Wording.count(total, noun)))"
  }
}
