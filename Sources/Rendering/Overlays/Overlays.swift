// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import YAMLTree

/// The overlays of a bundle of plain YAML (Fleet: `yaml.overlays`).
///
/// `overlays/NAME/FILE` takes the place of FILE or adds it; `FILE_patch.yaml` patches it. The overlays are
/// applied in the order of the list, each to what the one before has left; of one overlay first the
/// files that replace, then the patches, both by the bytes of their paths. (Fleet takes the files of one
/// overlay in a random order.) A name that is listed twice is applied twice, as in Fleet.
package enum Overlays {
  /// The files of the bundle after the overlays, sorted by the paths that they stand for.
  ///
  /// A file that replaces keeps its own path, `overlays/prod/app.yaml`, so that findings lead to what is
  /// written. A patched file is written anew; its path names all its sources,
  /// `app.yaml + overlays/prod/app_patch.yaml`, and its lines are those of the new text.
  ///
  /// - Parameters:
  ///   - names: the overlays and where each is listed.
  ///   - base: the manifests outside of `overlays/`.
  ///   - overlayFiles: the files below `overlays/`, of any overlay.
  ///   - bundle: the bundle's directory from the root of the repository, `""` for the root itself.
  ///   - findings: receives what is wrong; a patch with an error is left out.
  package static func apply(
    _ names: [(name: String, span: SourceSpan)], base: [BundleFile], overlayFiles: [BundleFile],
    bundle: String, findings: inout Findings
  ) -> [BundleFile] {
    let prefix = bundle.isEmpty ? "" : bundle + "/"
    var stack = OverlayStack(base: base, prefix: prefix)
    let files = overlayFiles.compactMap { OverlayFile($0, below: prefix) }
    let known = Set(files.map(\.overlay)).sorted { $0.precedesInBytes($1) }
    for (name, span) in names {
      guard isUsable(name, span, &findings) else { continue }
      guard known.contains(name) else {
        findings.add(unknown(name, span, known, prefix))
        continue
      }
      let own = files.filter { $0.overlay == name }
        .sorted { $0.file.path.precedesInBytes($1.file.path) }
      for file in own where !file.isPatch { stack.replace(with: file) }
      for file in own where file.isPatch { stack.patch(with: file, findings: &findings) }
    }
    return stack.files
  }

  private static func isUsable(
    _ name: String, _ span: SourceSpan, _ findings: inout Findings
  ) -> Bool {
    let trimmed = name.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    if !name.isEmpty, name == trimmed, name != "..", !name.utf8.contains(UInt8(ascii: "/")) {
      return true
    }
    let isName = !trimmed.isEmpty && trimmed != ".." && !trimmed.utf8.contains(UInt8(ascii: "/"))
    findings.error(
      "overlay-name", "\(Wording.quoted(name)) is no name of a folder in 'overlays/'", at: span,
      hints: isName ? ["write '\(Wording.bare(trimmed))'"] : [])
    return false
  }

  private static func unknown(
    _ name: String, _ span: SourceSpan, _ known: [String], _ prefix: String
  ) -> Finding {
    let hint: String
    if let near = Suggestion.nearest(to: name, among: known) {
      hint = "did you mean '\(Wording.bare(near))'?"
    } else if known.isEmpty {
      hint = "put its files into '\(Wording.bare(prefix))overlays/\(Wording.bare(name))/'"
    } else {
      hint = "there is \(Wording.list(known.map { Wording.quoted($0) }, most: 5))"
    }
    return Finding(
      .error, "overlay-unknown", "the bundle has no overlay \(Wording.quoted(name))", at: span,
      hints: [hint])
  }
}
