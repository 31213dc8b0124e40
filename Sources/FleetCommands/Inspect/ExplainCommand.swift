// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Compiling
import Diagnostics
import FleetModel
import SliceFormat
import Targeting

/// `kubectl fleet explain`: tells why a cluster gets a bundle or not.
struct ExplainCommand: FleetCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tell why a cluster gets a bundle, or why it does not.",
    discussion: "Exits 0 in both cases.")

  @Argument(help: ArgumentHelp("The bundle.", valueName: "bundle"))
  var bundle: String

  @Argument(help: ArgumentHelp("The cluster.", valueName: "cluster"))
  var cluster: String

  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var repository: RepositoryOptions

  func run(in context: CommandContext) throws -> ExitStatus {
    let view = try repository.view(in: context)
    let lookup = NameLookup(view.compilation)
    let compiled = try lookup.bundle(bundle, workspace: workspace.workspace)
    let position = try lookup.cluster(cluster)
    view.warnOfErrors(in: context)
    guard let story = compiled.matcher.explain(position, in: view.compilation.inventory) else {
      throw CommandError("there is no cluster \(Wording.quoted(cluster))")
    }
    context.print(story.text)
    if let index = compiled.assignment[position] {
      context.print(
        Wording.wrap(result(compiled.variants[index], of: compiled), indent: "  ") + "\n"
          + "see 'kubectl fleet show \(story.cluster.name) --bundle \(compiled.source.name)'\n")
    } else if compiled.failed.contains(position) {
      context.print("result: it cannot be rendered for this cluster, see 'kubectl fleet check'\n")
    }
    return .done
  }

  private func result(
    _ variant: CompiledBundle.Variant, of bundle: CompiledBundle
  ) -> String {
    let namespace = "in namespace \(Wording.quoted(variant.descriptor.namespace))"
    let form = variant.form == .plain ? "" : ", made by \(variant.form.rawValue)"
    if let rendering = variant.descriptor.rendering {
      return "result: rendered at the site \(namespace)\(form), with values from "
        + PrintableText.escape(RenderedAtSite.sources(rendering))
    }
    let objects = Wording.list(variant.objects.map(\.display))
    let hooks =
      variant.hooks.isEmpty ? "" : " and \(Wording.count(variant.hooks.count, "hook"))"
    return "result: \(Wording.count(variant.objects.count, "object"))\(hooks) \(namespace)\(form)"
      + (objects.isEmpty ? "" : ": \(PrintableText.escape(objects))")
  }
}
