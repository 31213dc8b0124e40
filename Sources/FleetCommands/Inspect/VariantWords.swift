// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import JSONTree
import SliceFormat

/// How the renderings of a bundle are told in a table and to programs.
enum VariantWords {
  /// What they are made from: `helm`, `kustomize, at the site`.
  static func forms(_ variants: [CompiledBundle.Variant]) -> String {
    Set(variants.map(form)).inOrder.joined(separator: "; ")
  }

  /// What one is made from.
  static func form(_ variant: CompiledBundle.Variant) -> String {
    variant.form.rawValue + (variant.isRenderedAtSite ? ", at the site" : "")
  }

  /// How many objects they have: `4`, `4–6`, `?` where only the site knows, `2+?` where it adds to them.
  static func objects(_ variants: [CompiledBundle.Variant]) -> String {
    let counts = variants.map(\.objects.count)
    guard let least = counts.min(), let most = counts.max() else { return "" }
    let known = least == most ? "\(least)" : "\(least)–\(most)"
    guard variants.contains(where: \.isRenderedAtSite) else { return known }
    return most == 0 ? "?" : "\(known)+?"
  }

  /// The namespaces.
  static func namespaces(_ variants: [CompiledBundle.Variant]) -> String {
    Set(variants.map(\.descriptor.namespace)).inOrder.joined(separator: ",")
  }

  /// What programs are told of one.
  static func json(_ variant: CompiledBundle.Variant) -> [JSONMember] {
    var members = [
      JSONMember("namespace", .string(variant.descriptor.namespace)),
      JSONMember("form", .string(variant.form.rawValue)),
      JSONMember("renderedAtSite", .bool(variant.isRenderedAtSite)),
    ]
    if let rendering = variant.descriptor.rendering {
      members.append(
        JSONMember(
          "valuesFrom",
          .array(
            rendering.sources.map {
              .object(["kind": .string($0.kind.rawValue), "name": .string($0.name)])
            })))
    }
    members.append(JSONMember("objects", .strings(variant.objects.map(\.display))))
    members.append(JSONMember("hooks", .strings(variant.hooks.map(\.display))))
    return members
  }
}

/// What every listing says about a bundle that the hub cannot render.
enum RenderedAtSite {
  /// `bundle 'db' is rendered at the site, with values from Secret 'db-values'`.
  static func remark(_ bundle: String, _ rendering: SiteRendering) -> String {
    "bundle \(Wording.quoted(bundle)) is rendered at the site, with values from "
      + sources(rendering)
  }

  /// The remark on a line of its own, for those who print manifests.
  static func note(_ bundle: String, _ rendering: SiteRendering) -> String {
    Wording.wrap(
      "note: \(remark(bundle, rendering)), so what its chart makes is not known here",
      indent: "      ")
      + "\n"
  }

  /// The remarks about renderings of a bundle, no sentence twice.
  static func remarks(_ bundle: String, _ variants: [CompiledBundle.Variant]) -> [String] {
    var remarks: [String] = []
    for rendering in variants.compactMap(\.descriptor.rendering) {
      let text = remark(bundle, rendering)
      if !remarks.contains(text) { remarks.append(text) }
    }
    return remarks
  }

  /// `Secret 'db-values' and ConfigMap 'site'`.
  static func sources(_ rendering: SiteRendering) -> String {
    Wording.list(
      rendering.sources.map { "\($0.kind.rawValue) \(Wording.quoted($0.name))" }, most: 9)
  }
}
