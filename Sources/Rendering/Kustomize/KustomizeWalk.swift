// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
import YAMLTree

/// What a kustomization reads: the kustomizations that it is made of and the files that they name.
///
/// The walk finds what kustomize would refuse, and what it would do that must not be done here: it never
/// goes to the network, out of the bundle, or to other programs.
struct KustomizeWalk {
  /// A kustomization that has been read.
  struct Site {
    let directory: String
    /// From the root of the bundle.
    let path: String
    let root: YAMLNode
    let entries: [KustomizeEntry]
  }

  let bundle: String
  private let files: [String: RenderFile]
  private let directories: Set<String>
  private let load: @Sendable (RenderFile) throws(ObjectAccessError) -> [UInt8]

  /// The kustomizations in the order of reading; the first one is that which is built.
  private(set) var sites: [Site] = []
  /// The files that kustomize can open.
  private(set) var reached: Set<String> = []
  /// Whether more files than `reached` may be opened.
  private(set) var isOpen = false

  init(
    bundle: String, files: [RenderFile],
    load: @escaping @Sendable (RenderFile) throws(ObjectAccessError) -> [UInt8]
  ) {
    self.bundle = bundle
    self.load = load
    self.files = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    var directories: Set<String> = [""]
    for file in files {
      var directory = KustomizePath.directory(of: file.path)
      while !directory.isEmpty, directories.insert(directory).inserted {
        directory = KustomizePath.directory(of: directory)
      }
    }
    self.directories = directories
  }

  /// Reads the kustomization of a directory and all that it leads to.
  ///
  /// - Parameters:
  ///   - span: where the directory is named, nil when it is the bundle itself.
  ///   - above: the directories that have led here.
  mutating func visit(
    _ directory: String, at span: SourceSpan?, above: [String] = [], findings: inout Findings
  ) throws(ObjectAccessError) {
    let found = Kustomization.find(in: files.keys, directory: directory)
    guard let path = found.first, let file = files[path] else {
      findings.error(
        "kustomize-missing",
        "the folder \(Wording.quoted(shown(directory))) has no 'kustomization.yaml'", at: span)
      return
    }
    if found.count > 1, let second = found.last {
      findings.add(
        Finding(
          .error, "two-kustomizations",
          "the folder has a '\(Self.name(path))' and a '\(Self.name(second))'",
          path: shown(second), hints: ["keep one of them: git rm \(shown(second))"]))
      return
    }
    reached.insert(path)
    if sites.contains(where: { $0.path == path }) { return }
    var parsing = Findings()
    let bytes = try load(file)
    let documents = YAMLParser.parse(bytes, path: shown(path), findings: &parsing)
    findings.add(contentsOf: parsing.all)
    guard !parsing.hasErrors, let root = documents.first?.root, root.pairs != nil else { return }
    let entries = KustomizeEntry.all(of: root)
    sites.append(Site(directory: directory, path: path, root: root, entries: entries))
    refuseHelm(root, &findings)
    for entry in entries {
      try follow(entry, from: directory, above: above + [directory], findings: &findings)
    }
  }

  /// The bytes of a file of the bundle; nil when there is none.
  func bytes(_ path: String) throws(ObjectAccessError) -> [UInt8]? {
    guard let file = files[path] else { return nil }
    return try load(file)
  }

  /// A path from the root of the repository.
  func shown(_ path: String) -> String {
    let whole = KustomizePath.join(bundle, path)
    return whole.isEmpty ? "." : whole
  }

  private static func name(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }

  private func refuseHelm(_ root: YAMLNode, _ findings: inout Findings) {
    for pair in root.pairs ?? [] {
      guard let key = pair.key.scalar?.text,
        key == "helmCharts" || key == "helmChartInflationGenerator"
      else { continue }
      findings.error(
        "kustomize-helm", "'\(key)' is not rendered: kustomize calls no other program here",
        at: pair.key.span,
        hints: ["name the chart under 'helm:' in fleet.yaml; kustomize gets what helm makes of it"])
    }
  }

  private mutating func follow(
    _ entry: KustomizeEntry, from directory: String, above: [String], findings: inout Findings
  ) throws(ObjectAccessError) {
    if entry.kind == .plugin { isOpen = true }
    if entry.isInline { return }
    // kustomize looks for a file first, whatever the name looks like.
    let path = KustomizePath.resolve(entry.text, from: directory)
    let isFile = path.map { files[$0] != nil } ?? false
    if entry.isRemote, !isFile {
      findings.add(remote(entry))
      return
    }
    guard let path, entry.text.utf8.first != UInt8(ascii: "/") else {
      findings.error(
        "kustomize-outside",
        "the kustomization reads \(Wording.quoted(entry.text)), which is outside the bundle "
          + Wording.quoted(bundle.isEmpty ? "." : bundle),
        at: entry.span, hints: ["move it into the bundle, or move the bundle's fleet.yaml up"])
      return
    }
    if isFile, entry.kind != .directory {
      reached.insert(path)
      if !KustomizePath.isInside(path, directory) {
        findings.error(
          "kustomize-file",
          "\(Wording.quoted(entry.text)) is a file outside the kustomization's folder",
          at: entry.span,
          hints: ["kustomize takes folders from elsewhere: give that one a kustomization.yaml"])
      }
      return
    }
    if directories.contains(path), entry.kind != .file, entry.kind != .patch {
      if let inner = above.last(where: { KustomizePath.isInside($0, path) }) {
        findings.error(
          "kustomize-cycle",
          "\(Wording.quoted(entry.text)) is or holds the folder \(Wording.quoted(shown(inner))), "
            + "which leads here", at: entry.span,
          hints: ["move what both need to a folder beside them, such as '../base'"])
        return
      }
      try visit(path, at: entry.span, above: above, findings: &findings)
      return
    }
    // It comes from Helm, or stays empty.
    if path == KustomizePath.join(directory, KustomizationEdit.manifests) { return }
    findings.add(missing(entry, path))
  }

  private func missing(_ entry: KustomizeEntry, _ path: String) -> Finding {
    let place = KustomizePath.directory(of: path)
    let near = BundlePath.nearest(
      to: path,
      among: files.keys.filter { KustomizePath.directory(of: $0) == place }
        + directories.filter { !$0.isEmpty })
    return Finding(
      .error, "kustomize-missing",
      "there is no \(Wording.quoted(entry.text)) in the bundle "
        + Wording.quoted(bundle.isEmpty ? "." : bundle),
      at: entry.span,
      hints: near.map { ["did you mean '\(Wording.bare(shown($0)))'?"] } ?? [])
  }

  private func remote(_ entry: KustomizeEntry) -> Finding {
    // A command is copied, so it is not cut like other words.
    let url = PrintableText.escape(entry.text)
    let path = entry.text.prefix { $0 != "?" }
    let name = path.split(separator: "/").last.map { Wording.bare(String($0)) } ?? "base.yaml"
    let isFile = ["yaml", "yml", "json"].contains { path.hasSuffix(".\($0)") }
    let hint =
      entry.kind == .file || isFile
      ? "commit a copy and name it here: curl -fsSLo \(name) '\(url)'"
      : "commit a copy and name it here: kubectl kustomize '\(url)' > remote.yaml"
    return Finding(
      .error, "kustomize-remote",
      "the kustomization reads \(Wording.quoted(entry.text)) from "
        + "the network, which is never done here", at: entry.span, hints: [hint])
  }
}
