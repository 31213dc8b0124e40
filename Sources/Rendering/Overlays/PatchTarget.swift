// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// Which document of a file a patch is for.
///
/// Fleet reads the first document alone and loses the others. Here a patch for a file with one document
/// changes that one, whatever it names, so that it can rename it; a patch for a file with several
/// has to say which one it means by `kind` and `metadata.name`.
enum PatchTarget {
  /// The index of the document.
  static func index(
    for patch: YAMLNode, among documents: [YAMLNode], file: String
  ) throws(PatchProblem) -> Int {
    if documents.count <= 1 { return 0 }
    let several = "\(Wording.quoted(file)) has \(documents.count) documents"
    guard patch.items == nil else {
      throw PatchProblem(
        "\(several); a JSON Patch cannot say which one it is for", at: patch.span,
        hint: "split the file, or write a patch with 'kind' and 'metadata.name'")
    }
    guard let kind = patch["kind"]?.string, let name = patch["metadata"]?["name"]?.string else {
      throw PatchProblem(
        "\(several), and the patch does not say which one it is for", at: patch.span,
        hint: "add 'kind' and 'metadata.name' of the object to the patch")
    }
    let found = documents.indices.filter { index in
      let document = documents[index]
      return holds(document["kind"], kind) && holds(document["metadata"]?["name"], name)
        && agrees(document["apiVersion"], patch["apiVersion"])
        && agrees(document["metadata"]?["namespace"], patch["metadata"]?["namespace"])
    }
    guard let first = found.first else {
      throw PatchProblem(
        "\(Wording.quoted(file)) has no \(Wording.bare(kind)) \(Wording.quoted(name)) to patch",
        at: patch["metadata"]?["name"]?.span ?? patch.span,
        hint: Suggestion.nearest(
          to: name, among: documents.compactMap { $0["metadata"]?["name"]?.string }
        ).flatMap { $0.utf8.elementsEqual(name.utf8) ? nil : "did you mean '\(Wording.bare($0))'?" }
      )
    }
    if found.count > 1, let second = found.last {
      throw PatchProblem(
        "\(Wording.quoted(file)) has several documents that are a \(Wording.bare(kind)) "
          + Wording.quoted(name), at: patch["metadata"]?["name"]?.span ?? patch.span,
        note: .at(documents[second].span, "the last one is here"),
        hint: "add 'apiVersion' or 'metadata.namespace' to the patch, or split the file")
    }
    return first
  }

  private static func holds(_ node: YAMLNode?, _ text: String) -> Bool {
    node?.string?.utf8.elementsEqual(text.utf8) ?? false
  }

  private static func agrees(_ node: YAMLNode?, _ wanted: YAMLNode?) -> Bool {
    guard let wanted = wanted?.string else { return true }
    return holds(node, wanted)
  }
}
