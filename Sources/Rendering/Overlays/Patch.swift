// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// A patch of any of the three types; base and patch decide which one it is, as in Fleet
/// (`rancher/wrangler/pkg/patch`):
///
/// - a list is a JSON Patch (RFC 6902);
/// - else, for a base of a built-in kind, a strategic merge patch; CustomResourceDefinitions and
///   kinds that only a cluster knows have no schema here;
/// - else a JSON merge patch (RFC 7386), also for a base without `apiVersion` and `kind`.
enum Patch {
  /// The type of a patch.
  enum Style {
    case json, merge
    case strategic(MergeSchema)
  }

  /// The type of a patch for a base.
  static func style(of patch: YAMLNode, for base: YAMLNode) -> Style {
    if patch.items != nil { return .json }
    guard let kind = base["kind"]?.string, let version = base["apiVersion"]?.string,
      kind != "CustomResourceDefinition",
      let schema = MergeSchema(apiVersion: version, kind: kind)
    else { return .merge }
    return .strategic(schema)
  }

  /// The base after the patch.
  static func apply(_ patch: YAMLNode, to base: YAMLNode) throws(PatchProblem) -> YAMLNode {
    if patch.scalar != nil {
      throw PatchProblem(
        "a patch is a mapping, or a list of JSON Patch operations", at: patch.span)
    }
    switch style(of: patch, for: base) {
    case .json:
      return try JSONPatch.apply(patch, to: base)
    case .merge, .strategic:
      if base.pairs == nil {
        throw PatchProblem(
          "the document to patch is no mapping", at: patch.span,
          note: .at(base.span, "it is here"))
      }
      guard case .strategic(let schema) = style(of: patch, for: base) else {
        return JSONMergePatch.merge(patch, into: base)
      }
      return try StrategicMerge.merge(patch, into: base, schema: schema)
    }
  }
}
