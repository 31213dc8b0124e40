// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// The files of a bundle while overlays are laid over them.
struct OverlayStack {
  private struct Layer {
    /// The paths of all that went into the file.
    var sources: [String]
    var bytes: [UInt8]
    /// The documents, once the file has been patched.
    var documents: [YAMLNode]?
  }

  private let prefix: String
  private var layers: [String: Layer] = [:]

  init(base: [BundleFile], prefix: String) {
    self.prefix = prefix
    for file in base where file.path.utf8.starts(with: prefix.utf8) {
      layers[relative(file.path)] = Layer(sources: [file.path], bytes: file.bytes)
    }
  }

  /// The files as they are now.
  var files: [BundleFile] {
    layers.byName.map { _, layer in
      BundleFile(
        path: layer.sources.joined(separator: " + "),
        bytes: layer.documents.map { YAMLEmitter.emit(documents: $0) } ?? layer.bytes)
    }
  }

  /// Puts a file in the place of another one, or adds it.
  mutating func replace(with file: OverlayFile) {
    layers[file.target] = Layer(sources: [file.file.path], bytes: file.file.bytes)
  }

  /// Lays all documents of a patch file over its target, one after the other.
  mutating func patch(with file: OverlayFile, findings: inout Findings) {
    guard var layer = layers[file.target] else {
      findings.add(missingTarget(of: file))
      return
    }
    guard
      let patches = Self.documents(of: file.file.bytes, path: file.file.path, findings: &findings),
      let documents = layer.documents
        ?? Self.documents(of: layer.bytes, path: layer.sources.first ?? "", findings: &findings)
    else { return }
    var results = documents.isEmpty ? [YAMLNode(.mapping([]), span: .generated)] : documents
    for patch in patches {
      do throws(PatchProblem) {
        let index = try PatchTarget.index(for: patch, among: results, file: prefix + file.target)
        results[index] = try Patch.apply(patch, to: results[index])
      } catch {
        let isSecret = (results + [patch]).contains { $0["kind"]?.string == "Secret" }
        findings.add(error.finding(showsSource: !isSecret))
        return
      }
    }
    layer.documents = results
    layer.sources.append(file.file.path)
    layers[file.target] = layer
  }

  /// The documents of a file without those that are empty; nil when it cannot be read.
  private static func documents(
    of bytes: [UInt8], path: String, findings: inout Findings
  ) -> [YAMLNode]? {
    var own = Findings()
    let documents = YAMLParser.parse(bytes, path: path, findings: &own)
    findings.add(contentsOf: own.all)
    return own.hasErrors ? nil : documents.map(\.root).filter { !$0.isNull }
  }

  private func missingTarget(of file: OverlayFile) -> Finding {
    let patch = file.file.path
    var hint: String?
    let stem = BundlePath.stem(file.target)
    let others = layers.keys.sorted { $0.precedesInBytes($1) }
    if let other = others.first(where: { BundlePath.stem($0).utf8.elementsEqual(stem.utf8) }) {
      let ending = Substring(other.utf8.dropFirst(stem.utf8.count))
      hint = "git mv \(patch) \(BundlePath.stem(patch))\(ending)"
    } else if let near = BundlePath.nearest(to: file.target, among: others) {
      hint = "did you mean to patch '\(Wording.bare(prefix + near))'?"
    }
    return Finding(
      .error, "overlay-base",
      "there is no file \(Wording.quoted(prefix + file.target)), which this one patches",
      path: patch, hints: hint.map { [$0] } ?? [])
  }

  private func relative(_ path: String) -> String {
    String(Substring(path.utf8.dropFirst(prefix.utf8.count)))
  }
}
