// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel
import Planning
import Testing
import YAMLTree

@Suite("budgets")
struct BudgetTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    /// The lines below `spec:` of the budget; nil for the built-in one.
    var budget: String?
    var options: [String] = []
    var isFirst = false
    /// Folds: `clusters: +created ~changed -deleted` with `join` or `leave` before the colon.
    let folds: [String]
    var before = 100
    let expected: String
    var testDescription: String { id }
  }

  private static let namespaceRefused = """
    error: the push deletes 2 Namespaces, the budget allows 0
    note: Namespace n on c1 and c2
    hint: if this is meant: 'git push -o fleet.allow-delete=Namespace:2'

    """

  @Test(
    "a push is judged by kinds of deleted objects, clusters changed and clusters removed",
    arguments: [
      Case(id: "nothing", folds: [], expected: ""),
      Case(id: "built-in-namespace", folds: ["c1 c2: -Namespace~~n"], expected: namespaceRefused),
      Case(
        id: "built-in-pvc", folds: ["c1: -PersistentVolumeClaim~n~p -PersistentVolumeClaim~n~q"],
        expected: """
          error: the push deletes 2 PersistentVolumeClaims, the budget allows 0
          note: PersistentVolumeClaim n/p and PersistentVolumeClaim n/q on c1
          hint: if this is meant:
                'git push -o fleet.allow-delete=PersistentVolumeClaim:2'

          """),
      Case(
        id: "built-in-crd",
        folds: ["c1: -CustomResourceDefinition.apiextensions.k8s.io~~tills.example.com"],
        expected: """
          error: the push deletes 1 CustomResourceDefinition, the budget allows 0
          note: CustomResourceDefinition tills.example.com on c1
          hint: if this is meant:
                'git push -o fleet.allow-delete=CustomResourceDefinition:1'

          """),
      Case(id: "other-kinds-free", folds: ["c1: -Secret~n~s -ConfigMap~n~c"], expected: ""),
      Case(
        id: "built-in-stays-when-other-is-written", budget: "deletions:\n    Secret: 5",
        folds: ["c1 c2: -Namespace~~n"], expected: namespaceRefused),
      Case(
        id: "written-limit", budget: "deletions:\n    Namespace: 2",
        folds: ["c1 c2: -Namespace~~n"],
        expected: ""),
      Case(
        id: "default-limit", budget: "deletions:\n    default: 1", folds: ["c1 c2: -Secret~n~s"],
        expected: """
          error: the push deletes 2 Secrets, the budget allows 1
          note: Secret n/s on c1 and c2
          hint: if this is meant: 'git push -o fleet.allow-delete=Secret:2'

          """),
      Case(
        id: "override-exact", options: ["fleet.allow-delete=Namespace:2"],
        folds: ["c1 c2: -Namespace~~n"], expected: ""),
      Case(
        id: "override-too-low", options: ["fleet.allow-delete=Namespace:1"],
        folds: ["c1 c2: -Namespace~~n"],
        expected: """
          error: the push deletes 2 Namespaces, the budget allows 1
          note: Namespace n on c1 and c2
          hint: if this is meant: 'git push -o fleet.allow-delete=Namespace:2'

          """),
      Case(
        id: "override-of-another-kind", options: ["fleet.allow-delete=Secret:2"],
        folds: ["c1 c2: -Namespace~~n"], expected: namespaceRefused),
      Case(
        id: "group-in-kind", folds: ["c1: -Namespace.example.com~~n"],
        expected: """
          error: the push deletes 1 Namespace, the budget allows 0
          note: Namespace n on c1
          hint: if this is meant: 'git push -o fleet.allow-delete=Namespace:1'

          """),
      Case(
        id: "changed-number", budget: "clustersChanged: 1", folds: ["c1 c2: ~ConfigMap~n~c"],
        expected: """
          error: the push changes 2 clusters, the budget allows 1
          note: budget.yaml:6:20: the budget before this push
          hint: if this is meant: 'git push -o fleet.allow-changed=2'

          """),
      Case(
        id: "changed-share", budget: "clustersChanged: 50%",
        folds: ["c1 c2: ~ConfigMap~n~c", "c3: ~ConfigMap~n~d"], before: 4,
        expected: """
          error: the push changes 3 clusters, the budget allows 2 (50% of 4)
          note: budget.yaml:6:20: the budget before this push
          hint: if this is meant: 'git push -o fleet.allow-changed=3'

          """),
      Case(
        id: "changed-within", budget: "clustersChanged: 2", folds: ["c1 c2: ~ConfigMap~n~c"],
        expected: ""),
      Case(
        id: "joining-is-no-change", budget: "clustersChanged: 0",
        folds: ["join c1 c2: +ConfigMap~n~c"],
        expected: ""),
      Case(
        id: "changed-override", budget: "clustersChanged: 0", options: ["fleet.allow-changed=2"],
        folds: ["c1 c2: ~ConfigMap~n~c"], expected: ""),
      Case(
        id: "removed", budget: "clustersRemoved: 1", folds: ["leave c1 c2: -ConfigMap~n~c"],
        expected: """
          error: the push takes 2 clusters out of the inventory, the budget allows
                 1
          note: budget.yaml:6:20: the budget before this push
          note: c1 and c2
          hint: if this is meant: 'git push -o fleet.allow-removed=2'

          """),
      Case(
        id: "removed-override", budget: "clustersRemoved: 0", options: ["fleet.allow-removed=2"],
        folds: ["leave c1 c2: -ConfigMap~n~c"], expected: ""),
      Case(
        id: "removed-without-budget", folds: ["leave c1 c2: -ConfigMap~n~c"], expected: ""),
      Case(
        id: "first-push-has-no-share", budget: "clustersChanged: 0\n  clustersRemoved: 0",
        isFirst: true,
        folds: ["c1: ~ConfigMap~n~c", "leave c2: -ConfigMap~n~c"], expected: ""),
      Case(
        id: "all-at-once", budget: "clustersChanged: 0\n  clustersRemoved: 0",
        folds: ["c1: -Namespace~~n", "leave c2: -Namespace~~n"],
        expected: """
          error: the push deletes 2 Namespaces, the budget allows 0
          note: Namespace n on c1 and c2
          hint: if this is meant: 'git push -o fleet.allow-delete=Namespace:2'

          error: the push changes 1 cluster, the budget allows 0
          note: budget.yaml:6:20: the budget before this push
          hint: if this is meant: 'git push -o fleet.allow-changed=1'

          error: the push takes 1 cluster out of the inventory, the budget allows
                 0
          note: budget.yaml:7:20: the budget before this push
          note: c2
          hint: if this is meant: 'git push -o fleet.allow-removed=1'

          """),
    ])
  func judging(_ entry: Case) throws {
    var findings = Findings()
    var documents = FleetDocuments()
    if let budget = entry.budget {
      let yaml = "apiVersion: fleet/v1\nkind: Budget\nmetadata:\n  name: b\nspec:\n  \(budget)\n"
      let roots = YAMLParser.parse(Array(yaml.utf8), path: "budget.yaml", findings: &findings)
      documents.add(roots.map(\.root), path: "budget.yaml", findings: &findings)
    }
    let overrides = Overrides(pushOptions: entry.options, findings: &findings)
    #expect(text(findings.all) == "")
    let radius = BlastRadius(
      clusterCount: entry.before, oldClusterCount: entry.before,
      folds: entry.folds.map(Self.fold), groups: [])
    let verdict = BudgetVerdict.judge(
      radius, by: documents.budget, overrides: overrides, isFirst: entry.isFirst)
    #expect(text(verdict) == entry.expected)
  }

  private static func fold(_ text: String) -> BlastRadius.Fold {
    let parts = text.split(separator: ":", maxSplits: 1)
    var clusters = parts[0].split(separator: " ").map(String.init)
    var membership = Effect.Membership.stays
    if clusters[0] == "join" { membership = .joins }
    if clusters[0] == "leave" { membership = .leaves(removes: true) }
    if membership != .stays { clusters.removeFirst() }
    let words = parts[1].split(separator: " ")
    func objects(_ sign: Character) -> String {
      words.filter { $0.first == sign }.map { String($0.dropFirst()) }.joined(separator: " ")
    }
    return BlastRadius.Fold(
      effect: Effect(
        membership: membership, created: identities(objects("+")),
        changed: identities(objects("~")),
        deleted: identities(objects("-"))), clusters: clusters)
  }
}
