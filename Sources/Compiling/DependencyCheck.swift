// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import FleetModel
package import SliceFormat
package import Targeting

/// A dependency that a site can check: a bundle, and the states that are good enough.
package struct ResolvedDependency: Sendable, Hashable {
  /// The name of the bundle, in the workspace of the one that depends on it.
  package let name: String
  /// The states that are good enough; empty for `Ready`.
  package let acceptedStates: [BundleState]

  /// Makes a value.
  package init(name: String, acceptedStates: [BundleState]) {
    self.name = name
    self.acceptedStates = acceptedStates
  }
}

/// Resolves `dependsOn`, and finds what could never be met.
///
/// Rules (Fleet): a dependency is looked for among the bundles of the same cluster and workspace; with a
/// name and a selector both have to fit; a selector stands for every bundle that it selects there, and
/// for at least one. Fleet finds out on the cluster, where the bundle then waits for ever.
package enum DependencyCheck {
  /// A bundle, as far as dependencies are concerned.
  package struct Bundle: Sendable {
    /// The workspace.
    package let workspace: String
    /// The name, unique in the workspace.
    package let name: String
    /// The labels that `dependsOn.selector` looks at.
    package let labels: Labels
    /// The entries of `dependsOn`.
    package let dependencies: [BundleDependency]
    /// The clusters that get it.
    package let clusters: BitSet

    /// Makes a value.
    package init(
      workspace: String, name: String, labels: Labels, dependencies: [BundleDependency],
      clusters: BitSet
    ) {
      self.workspace = workspace
      self.name = name
      self.labels = labels
      self.dependencies = dependencies
      self.clusters = clusters
    }

    /// The labels, with those that Fleet itself sets.
    var allLabels: Labels {
      labels.merged(
        with: Labels([
          "fleet.cattle.io/bundle-name": name, "fleet.cattle.io/bundle-namespace": workspace,
        ]))
    }
  }

  /// What came out.
  package struct Result: Sendable {
    /// For each bundle, in the order given, what it depends on: by name (bytes), none twice. A bundle
    /// that a selector found may be missing on some clusters; there it does not count.
    package let resolved: [[ResolvedDependency]]
    /// What is wrong.
    package let findings: [Finding]
  }

  /// An entry of `dependsOn` and the bundles that it stands for.
  struct Edge {
    let from: Int
    let to: Int
    let span: SourceSpan?
  }

  /// Checks all bundles of a fleet.
  ///
  /// - Parameter clusterName: the name of a cluster, by its position in the sets of clusters.
  package static func check(_ bundles: [Bundle], clusterName: (Int) -> String) -> Result {
    var findings: [Finding] = []
    var edges: [Edge] = []
    var resolved: [[ResolvedDependency]] = []
    let labels = bundles.map(\.allLabels)
    for (index, bundle) in bundles.enumerated() {
      var mine = Set<ResolvedDependency>()
      for dependency in bundle.dependencies {
        let span = dependency.name?.span ?? dependency.selector?.span
        guard let targets = targets(of: dependency, index, bundles, labels, &findings) else {
          continue
        }
        if let finding = missing(dependency, index, targets, bundles, span, clusterName) {
          findings.append(finding)
        }
        for target in targets {
          mine.insert(
            ResolvedDependency(
              name: bundles[target].name, acceptedStates: dependency.acceptedStates))
          // A selector is about bundles that are on the same cluster.
          let meets =
            dependency.name != nil
            || !bundle.clusters.intersection(bundles[target].clusters).isEmpty
          if meets { edges.append(Edge(from: index, to: target, span: span)) }
        }
      }
      resolved.append(mine.sorted(by: precedes))
    }
    findings += DependencyCycles(bundles.map(\.name), edges).findings
    return Result(resolved: resolved, findings: findings.sorted(by: Finding.precedes))
  }

  private static func precedes(_ left: ResolvedDependency, _ right: ResolvedDependency) -> Bool {
    if left.name != right.name { return left.name.precedesInBytes(right.name) }
    return left.acceptedStates.map(\.rawValue).lexicographicallyPrecedes(
      right.acceptedStates.map(\.rawValue))
  }

  /// The bundles that an entry stands for; nil when it is wrong, which is reported.
  private static func targets(
    of dependency: BundleDependency, _ index: Int, _ bundles: [Bundle], _ labels: [Labels],
    _ findings: inout [Finding]
  ) -> [Int]? {
    // An entry that says nothing is reported where it is read; it does not stand for everything.
    if dependency.name == nil, dependency.selector == nil { return nil }
    let bundle = bundles[index]
    let mine = bundles.indices.filter { bundles[$0].workspace == bundle.workspace }
    var fitting = mine
    if let name = dependency.name {
      guard !name.value.isEmpty else { return nil }
      fitting = mine.filter { bundles[$0].name == name.value }
      guard !fitting.isEmpty else {
        findings.append(unknown(name, bundle, bundles))
        return nil
      }
      if fitting == [index] {
        findings.append(
          Finding(
            .error, "depends-on-itself", "bundle \(Wording.quoted(bundle.name)) depends on itself",
            at: name.span, hints: ["take the entry out of 'dependsOn:'"]))
        return nil
      }
    }
    guard let selector = dependency.selector else { return fitting }
    fitting = fitting.filter { selector.matches(labels[$0]) }
    guard !fitting.isEmpty else {
      findings.append(selectsNothing(selector, dependency.name?.value))
      return nil
    }
    guard !fitting.contains(index) else {
      findings.append(
        Finding(
          .error, "depends-on-itself",
          "\(words(selector)) in 'dependsOn' selects bundle \(Wording.quoted(bundle.name)) itself",
          at: selector.span, hints: ["select by a label that the bundle itself does not have"]))
      return nil
    }
    return fitting
  }

  private static func words(_ selector: LabelSelector) -> String {
    selector.isEmpty ? "the empty selector" : "the selector \(Wording.quoted(selector.text))"
  }

  private static func unknown(
    _ name: Located<String>, _ bundle: Bundle, _ bundles: [Bundle]
  ) -> Finding {
    let mine = bundles.filter { $0.workspace == bundle.workspace && $0.name != bundle.name }
    let elsewhere = bundles.filter { $0.name == name.value }.map(\.workspace)
      .min { $0.precedesInBytes($1) }
    let near = Suggestion.nearest(to: name.value, among: mine.map(\.name))
    let notes = elsewhere.map {
      [
        Finding.Note(
          "there is one in workspace \(Wording.quoted($0)), but bundles depend only on bundles of their own"
        )
      ]
    }
    return Finding(
      .error, "unknown-bundle", "there is no bundle \(Wording.quoted(name.value))", at: name.span,
      notes: notes ?? [], hints: near.map { ["did you mean '\($0)'?"] } ?? [])
  }

  private static func selectsNothing(_ selector: LabelSelector, _ name: String?) -> Finding {
    let what = name.map { "does not select bundle \(Wording.quoted($0))" } ?? "selects no bundle"
    let example = selector.requirements.first { $0.comparison == .in && !$0.values.isEmpty }
      .map { "labels: {\(Wording.bare($0.key)): \(Wording.bare($0.values[0]))}" }
    return Finding(
      .error, "selects-nothing", "\(words(selector)) in 'dependsOn' \(what)", at: selector.span,
      hints: example.map { ["the labels of a bundle stand in its fleet.yaml: \($0)"] } ?? [])
  }

  /// Clusters that get the bundle and not what it depends on.
  private static func missing(
    _ dependency: BundleDependency, _ index: Int, _ targets: [Int], _ bundles: [Bundle],
    _ span: SourceSpan?, _ clusterName: (Int) -> String
  ) -> Finding? {
    let bundle = bundles[index]
    var without = bundle.clusters
    for target in targets { without.subtract(bundles[target].clusters) }
    guard !without.isEmpty else { return nil }
    let names = without.map { Wording.bare(clusterName($0)) }
      .sorted { $0.precedesInBytes($1) }
    let all = bundle.clusters.count
    let lacks = dependency.name == nil ? "none of which" : "which"
    let which: String
    if all == 1 {
      which = dependency.name == nil ? "its cluster gets: " : "its cluster does not get: "
    } else if names.count == all {
      which =
        dependency.name == nil
        ? "its \(Wording.number(all)) clusters get: "
        : "none of its \(Wording.number(all)) clusters gets: "
    } else {
      which =
        "\(Wording.number(names.count)) of its \(Wording.number(all)) clusters "
        + (dependency.name == nil ? "get: " : "do not get: ")
    }
    let what =
      dependency.name.map { Wording.quoted($0.value) }
      ?? dependency.selector.map { Wording.quoted($0.text) } ?? ""
    let hint =
      dependency.name.map { "let bundle \(Wording.quoted($0.value)) go to the same clusters" }
      ?? "let one of the selected bundles go to the same clusters"
    return Finding(
      .error, "dependency-missing",
      "bundle \(Wording.quoted(bundle.name)) depends on \(what), \(lacks) \(which)"
        + Wording.list(names), at: span, hints: [hint])
  }
}
