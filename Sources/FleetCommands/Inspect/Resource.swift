// SPDX-License-Identifier: Apache-2.0

import Compiling
import FleetModel
import JSONTree
import SliceFormat
import Targeting

/// A row of `kubectl fleet get`.
struct Resource {
  /// The name.
  let name: String
  /// The workspace.
  let workspace: String
  /// The labels, for `-l`.
  let labels: Labels
  /// The cells of the table.
  let cells: [String]
  /// The cells that `-o wide` adds.
  let wideCells: [String]
  /// Where the document stands; nil for what no document declares.
  let metadata: Metadata?
  /// What `-o json` shows besides the document.
  let facts: [JSONMember]
}

/// All resources of a kind, in the order of workspaces and names.
struct ResourceList {
  private let compilation: Compilation
  private var inventory: Inventory { compilation.inventory }

  /// Makes the lists of a compiled version.
  init(_ compilation: Compilation) {
    self.compilation = compilation
  }

  /// The resources of a kind.
  func all(_ kind: ResourceKind) -> [Resource] {
    switch kind {
    case .clusters: clusters()
    case .groups: groups()
    case .gitrepos: gitRepos()
    case .bundles: compilation.bundles.map(bundle)
    }
  }

  private func clusters() -> [Resource] {
    inventory.clusters.enumerated().map { position, cluster in
      let groups = inventory.workspace(cluster.workspace).groups(of: position).map(\.name)
      let bundles = compilation.bundles.filter { $0.assignment[position] != nil }
        .map(\.source.name)
      return Resource(
        name: cluster.name, workspace: cluster.workspace, labels: cluster.labels,
        cells: [cluster.name, cluster.workspace, "\(bundles.count)"],
        wideCells: [
          groups.joined(separator: ","),
          ([cluster.metadata.labels.text] + cluster.facts.reported).filter { !$0.isEmpty }
            .joined(separator: ","),
        ],
        metadata: cluster.metadata,
        facts: [
          JSONMember("groups", .strings(groups)), JSONMember("bundles", .strings(bundles)),
        ]
          + (cluster.facts.isEmpty ? [] : [JSONMember("reported", cluster.facts.json)]))
    }
  }

  private func groups() -> [Resource] {
    let workspaces = Set(compilation.documents.groups.map(\.workspace)).inOrder
    return workspaces.flatMap { name in
      inventory.workspace(name).groups.map { entry in
        Resource(
          name: entry.group.name, workspace: name, labels: entry.group.labels,
          cells: [entry.group.name, name, "\(entry.members.count)"],
          wideCells: [
            entry.group.selector.map { $0.isEmpty ? "<all>" : $0.text } ?? ""
          ],
          metadata: entry.group.metadata,
          facts: [
            JSONMember("clusters", .strings(entry.members.map { inventory.clusters[$0].name }))
          ])
      }
    }
  }

  private func gitRepos() -> [Resource] {
    let sorted = compilation.documents.gitRepos.sorted {
      [$0.workspace, $0.name].precedes([$1.workspace, $1.name])
    }
    return sorted.map { gitRepo in
      let bundles = compilation.bundles.filter {
        $0.source.gitRepo.name == gitRepo.name && $0.source.workspace == gitRepo.workspace
      }
      let clusters = inventory.clusters.indices.count { position in
        bundles.contains { $0.assignment[position] != nil }
      }
      return Resource(
        name: gitRepo.name, workspace: gitRepo.workspace, labels: gitRepo.metadata.labels,
        cells: [
          gitRepo.name, gitRepo.workspace, gitRepo.paths.map(\.value).joined(separator: ","),
          "\(bundles.count)", "\(clusters)",
        ],
        wideCells: [
          gitRepo.targets.enumerated().map { $1.name ?? "target \($0 + 1)" }
            .joined(separator: ",")
        ],
        metadata: gitRepo.metadata,
        facts: [
          JSONMember("bundles", .strings(bundles.map(\.source.name))),
          JSONMember("clusters", .integer(Int64(clusters))),
        ])
    }
  }

  private func bundle(_ bundle: CompiledBundle) -> Resource {
    let source = bundle.source
    let path = source.path.isEmpty ? "." : source.path
    var counts = [Int](repeating: 0, count: bundle.variants.count)
    for variant in bundle.assignment.compactMap({ $0 }) { counts[variant] += 1 }
    let namespaces = Set(bundle.variants.map(\.descriptor.namespace)).inOrder
    return Resource(
      name: source.name, workspace: source.workspace, labels: source.options.labels,
      cells: [
        source.name, source.workspace, source.gitRepo.name, path,
        VariantWords.forms(bundle.variants), "\(bundle.clusterCount)",
        VariantWords.objects(bundle.variants),
      ],
      wideCells: [
        "\(bundle.variants.count)", namespaces.joined(separator: ","), source.options.labels.text,
      ],
      metadata: nil,
      facts: [
        JSONMember("gitRepo", .string(source.gitRepo.name)), JSONMember("path", .string(path)),
        JSONMember("clusters", .integer(Int64(bundle.clusterCount))),
        JSONMember(
          "renderings",
          .array(
            bundle.variants.enumerated().map { index, variant in
              .object(
                [JSONMember("clusters", .integer(Int64(counts[index])))]
                  + VariantWords.json(variant))
            })),
      ])
  }
}

extension Labels {
  /// The labels as kubectl prints them: `env=dev,region=eu`.
  var text: String { entries.map { "\($0.key)=\($0.value)" }.joined(separator: ",") }

  /// Each label as kubectl prints it, with the remark that nobody declared it.
  var reported: [String] { entries.map { "\($0.key)=\($0.value) (reported)" } }

  /// The labels as an object.
  var json: JSONValue { .object(entries.map { JSONMember($0.key, .string($0.value)) }) }
}

extension JSONValue {
  /// An array of strings.
  static func strings(_ words: [String]) -> JSONValue { .array(words.map { .string($0) }) }
}

extension Sequence<String> {
  /// The words in the order of their bytes.
  var inOrder: [String] { sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}

extension [String] {
  /// Whether these words come before others, compared one by one by their bytes.
  func precedes(_ other: [String]) -> Bool {
    for (left, right) in zip(self, other) where !left.utf8.elementsEqual(right.utf8) {
      return left.utf8.lexicographicallyPrecedes(right.utf8)
    }
    return count < other.count
  }
}
