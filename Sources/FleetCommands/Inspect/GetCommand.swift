// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compiling
import Diagnostics
import FleetModel
import JSONTree

/// `kubectl fleet get`: lists what the repository declares.
struct GetCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "List clusters, groups, gitrepos or bundles.",
    discussion: """
      Shows what the repository declares, not what the clusters run: see 'kubectl fleet status' \
      for that. Names that are not there end with exit code 1.
      """)

  @Argument(
    help: ArgumentHelp(
      "clusters, groups, gitrepos or bundles, or TYPE/NAME.", valueName: "type"))
  var type: String

  @Argument(help: ArgumentHelp("Only these.", valueName: "name"))
  var names: [String] = []

  @OptionGroup var selection: SelectorOptions
  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var table: TableOptions
  @OptionGroup var repository: RepositoryOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    let parts = type.split(separator: "/", maxSplits: 1).map(String.init)
    let kind = try ResourceKind.parse(parts.first ?? type)
    let wanted = (parts.dropFirst() + names).map(NameLookup.bare)
    let selector = try selection.parsed()
    let view = try repository.view(in: context)
    let all = ResourceList(view.compilation).all(kind).filter {
      (workspace.workspace == nil || $0.workspace == workspace.workspace)
        && selector.matches($0.labels)
    }
    view.warnOfErrors(in: context)
    var shown = all
    var status = ExitStatus.done
    if !wanted.isEmpty {
      shown = all.filter { wanted.contains($0.name) }
      for name in wanted where !shown.contains(where: { $0.name == name }) {
        let error = NameLookup.missing(
          kind.noun, name, among: all.map(\.name), list: "kubectl fleet get \(kind.rawValue)")
        context.report(error.text)
        status = .findings
      }
    }
    try print(shown, kind, isSingle: wanted.count == 1, view, in: context)
    if shown.isEmpty, status == .done, table.output?.document == nil {
      let place = workspace.workspace.map { " in workspace \(Wording.quoted($0))" } ?? ""
      context.report("no \(Wording.plural(of: kind.noun)) found\(place)\n")
    }
    return status
  }

  private func print(
    _ resources: [Resource], _ kind: ResourceKind, isSingle: Bool, _ view: FleetView,
    in context: CommandContext
  ) throws(CommandError) {
    if let format = table.output?.document {
      var source = SourceDocuments(view)
      let items = try resources.map { resource throws(CommandError) in
        try source.document(of: resource, kind)
      }
      if isSingle, let only = items.first, items.count == 1 {
        return context.print(only, as: format)
      }
      if isSingle, items.isEmpty { return }
      return context.print(
        .object([
          "apiVersion": .string("v1"), "kind": .string("List"), "items": .array(items),
        ]), as: format)
    }
    if table.output == .name {
      return context.print(resources.map { kind.reference($0.name) + "\n" }.joined())
    }
    if resources.isEmpty { return }
    let isWide = table.output == .wide
    var table = TextTable(kind.headers + (isWide ? kind.wideHeaders : []))
    for resource in resources { table.add(resource.cells + (isWide ? resource.wideCells : [])) }
    context.print(table.text(withHeaders: !self.table.noHeaders))
  }
}
