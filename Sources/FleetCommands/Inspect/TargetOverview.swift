// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import JSONTree
import SliceFormat
import Targeting

/// The clusters of a bundle, those with the same decision together.
struct TargetOverview {
  private struct Group {
    let target: String
    let customizations: [String]
    /// Every rendering that some of the clusters get, with those clusters.
    var renderings: [Rendering] = []
    /// All the clusters.
    var clusters: [String] = []
  }

  private struct Rendering {
    let index: Int
    let variant: CompiledBundle.Variant
    var clusters: [String]
  }

  private let bundle: CompiledBundle
  private let total: Int
  private var groups: [Group] = []
  private var failed: [String] = []
  private var skipped: [(by: String, clusters: [String])] = []
  private var untargeted: [String] = []

  /// Puts the clusters together that the filter lets through.
  init(_ bundle: CompiledBundle, inventory: Inventory, isShown: (Cluster) -> Bool) {
    self.bundle = bundle
    let workspace = inventory.workspace(bundle.source.workspace)
    var places: [TargetDecision: Int] = [:]
    var renderings: [TargetDecision: [Int: Int]] = [:]
    var skippers: [Int: Int] = [:]
    var total = 0
    for position in workspace.clusters where isShown(inventory.clusters[position]) {
      total += 1
      let name = inventory.clusters[position].name
      let decision = bundle.matcher.decision(for: position)
      switch decision {
      case .notTargeted: untargeted.append(name)
      case .skipped(_, let by):
        if let place = skippers[by] {
          skipped[place].clusters.append(name)
        } else {
          skippers[by] = skipped.count
          skipped.append((Self.name(of: by, bundle.targets), [name]))
        }
      case .deployed(let target, let customizations):
        guard let index = bundle.assignment[position] else {
          failed.append(name)
          continue
        }
        let place = places[decision] ?? groups.count
        if place == groups.count {
          places[decision] = place
          groups.append(
            Group(
              target: Self.name(of: target, bundle.targets),
              customizations: customizations.map { Self.name(of: $0, bundle.targets) }))
        }
        groups[place].clusters.append(name)
        if let known = renderings[decision]?[index] {
          groups[place].renderings[known].clusters.append(name)
        } else {
          renderings[decision, default: [:]][index] = groups[place].renderings.count
          groups[place].renderings.append(
            Rendering(index: index, variant: bundle.variants[index], clusters: [name]))
        }
      }
    }
    self.total = total
    groups.sort { $0.clusters.count > $1.clusters.count }
  }

  /// The names of the clusters that get the bundle, in order.
  var deployedClusters: [String] { groups.flatMap(\.clusters).inOrder }

  /// The overview for people.
  func text(showsAll: Bool, withHeaders: Bool) -> String {
    var text = withHeaders ? headline + "\n" : ""
    if !groups.isEmpty {
      var table = TextTable([
        "TARGET", "CUSTOMIZATIONS", "NAMESPACE", "FORM", "RENDERINGS", "OBJECTS", "CLUSTERS",
        "NAMES",
      ])
      for group in groups {
        let variants = group.renderings.map(\.variant)
        table.add([
          group.target, group.customizations.joined(separator: ","),
          VariantWords.namespaces(variants), VariantWords.forms(variants), "\(variants.count)",
          VariantWords.objects(variants), "\(group.clusters.count)",
          Wording.list(group.clusters, most: showsAll ? .max - 1 : 3),
        ])
      }
      text += (withHeaders ? "\n" : "") + table.text(withHeaders: withHeaders)
    }
    guard withHeaders else { return text }
    var rest = RenderedAtSite.remarks(
      bundle.source.name, groups.flatMap(\.renderings).map(\.variant))
    rest += skipped.map {
      "not deployed by 'doNotDeploy' of \($0.by): \(list($0.clusters, showsAll))"
    }
    if !failed.isEmpty {
      rest.append("cannot be rendered, see 'kubectl fleet check': \(list(failed, showsAll))")
    }
    if !untargeted.isEmpty { rest.append("not targeted: \(list(untargeted, showsAll))") }
    if !rest.isEmpty {
      text += "\n" + rest.map { Wording.wrap($0, indent: "  ") + "\n" }.joined()
    }
    return text
  }

  private var headline: String {
    let count = groups.reduce(0) { $0 + $1.clusters.count }
    let renderings = Set(groups.flatMap { $0.renderings.map(\.index) }).count
    let path = bundle.source.path.isEmpty ? "." : bundle.source.path
    return Wording.wrap(
      "bundle \(Wording.quoted(bundle.source.name)) (\(PrintableText.escape(path))) goes to "
        + "\(Wording.number(count)) of \(Wording.count(total, "cluster"))"
        + (renderings > 1 ? ", in \(Wording.count(renderings, "rendering"))" : ""),
      indent: "  ")
  }

  /// The overview for programs.
  var json: JSONValue {
    .object([
      "bundle": .string(bundle.source.name),
      "workspace": .string(bundle.source.workspace),
      "gitRepo": .string(bundle.source.gitRepo.name),
      "path": .string(bundle.source.path),
      "total": .integer(Int64(total)),
      "deployed": .array(
        groups.map { group in
          .object([
            "target": .string(group.target),
            "customizations": .strings(group.customizations),
            "clusters": .strings(group.clusters),
            "renderings": .array(
              group.renderings.map { rendering in
                .object(
                  VariantWords.json(rendering.variant)
                    + [JSONMember("clusters", .strings(rendering.clusters))])
              }),
          ])
        }),
      "failed": .strings(failed),
      "skipped": .array(
        skipped.map { .object(["by": .string($0.by), "clusters": .strings($0.clusters)]) }),
      "untargeted": .strings(untargeted),
    ])
  }

  private func list(_ clusters: [String], _ showsAll: Bool) -> String {
    "\(Wording.count(clusters.count, "cluster")), "
      + Wording.list(clusters, most: showsAll ? .max - 1 : 3)
  }

  /// What the user called a target, else its place in its own list.
  private static func name(of position: Int, _ bundle: BundleTargets) -> String {
    guard bundle.targets.indices.contains(position) else { return "" }
    if let name = bundle.targets[position].name { return name }
    let first = position < bundle.customizationCount ? 0 : bundle.customizationCount
    return "target \(position - first + 1)"
  }
}
