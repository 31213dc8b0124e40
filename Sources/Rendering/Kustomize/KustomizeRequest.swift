// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import GitObjects
import JSONTree

/// A kustomization of a bundle, read and checked once; every call of kustomize is made from it.
package struct KustomizeRequest: Sendable {
  /// The path of the kustomization from the root of the repository.
  package let path: String

  let failure: KustomizeFailure
  private let directory: String
  private let base: [RenderFile]
  private let kustomization: RenderFile
  private let edited: [UInt8]
  private let namesManifests: Bool
  private let load: @Sendable (RenderFile) throws(ObjectAccessError) -> [UInt8]

  /// Reads the kustomization; nil when kustomize cannot be run, which is reported.
  ///
  /// - Parameters:
  ///   - bundle: the bundle's directory from the root of the repository, `""` for the root itself.
  ///   - files: all files of the bundle, from its directory.
  ///   - directory: the folder of the kustomization (`kustomize.dir`) from the bundle's directory.
  ///   - span: where `kustomize.dir` is written.
  ///   - load: gives the content of a file.
  ///   - findings: receives what is wrong: what is missing, outside of the bundle or on the network.
  package init?(
    bundle: String, files: [RenderFile], directory: String, at span: SourceSpan?,
    load: @escaping @Sendable (RenderFile) throws(ObjectAccessError) -> [UInt8],
    findings: inout Findings
  ) throws(ObjectAccessError) {
    guard let place = KustomizePath.resolve(directory, from: ""),
      directory.utf8.first != UInt8(ascii: "/")
    else {
      findings.error(
        "kustomize-outside", "\(Wording.quoted(directory)) is outside the bundle", at: span,
        hints: ["'kustomize.dir' counts from the folder of the fleet.yaml"])
      return nil
    }
    var walk = KustomizeWalk(bundle: bundle, files: files, load: load)
    var own = Findings()
    try walk.visit(place, at: span, findings: &own)
    findings.add(contentsOf: own.all)
    guard !own.hasErrors, let site = walk.sites.first,
      let kustomization = files.first(where: { $0.path == site.path })
    else { return nil }
    let bytes = try load(kustomization)
    self.directory = place
    self.kustomization = kustomization
    self.load = load
    path = walk.shown(site.path)
    edited = KustomizationEdit.withManifests(bytes, root: site.root)
    namesManifests = KustomizationEdit.names(manifestsIn: site.root)
    let reached = walk.reached
    let isOpen = walk.isOpen
    base = files.filter { isOpen || reached.contains($0.path) }
      .sorted { $0.path.precedesInBytes($1.path) }
    failure = KustomizeFailure(walk: walk)
  }

  /// The call of kustomize.
  ///
  /// The folder holds the files that the kustomization leads to, so that a change of any other file
  /// of the bundle gives the same key; with plugins, whose files nobody here can know, all of them.
  ///
  /// - Parameter manifests: what Helm has made of the bundle; it becomes the first resource.
  package func job(manifests: [UInt8]? = nil) -> RenderJob {
    let place = KustomizePath.join(directory, KustomizationEdit.manifests)
    var written: [String: [UInt8]] = [:]
    if let manifests, !manifests.isEmpty {
      written[place] = manifests
      written[kustomization.path] = edited
    } else if namesManifests, !base.contains(where: { $0.path == place }) {
      // Fleet writes the file in any case, so a kustomization may name it without a chart.
      written[place] = []
    }
    let kept = base.filter { written[$0.path] == nil }
    let made = written.byName
    let digest = Self.digest(kept, made.map { ($0.key, $0.value) })
    let load = self.load
    let folder = RenderFolder(digest: digest) { () throws(ObjectAccessError) in
      var files: [(path: String, bytes: [UInt8])] = made.map { ($0.key, $0.value) }
      for file in kept { files.append((file.path, try load(file))) }
      return files
    }
    let target = directory.isEmpty ? "" : "/\(directory)"
    let arguments = [
      "\(RenderJob.folderArgument)\(target)", "--load-restrictor", "LoadRestrictionsRootOnly",
    ]
    let key = JSONValue.object([
      "renderer": .string(Renderer.kustomize.rawValue), "folder": .string(digest),
      "arguments": .array(arguments.map { .string($0) }),
    ])
    return RenderJob(
      renderer: .kustomize, key: JSONWriter.compact(key), folder: folder, arguments: arguments,
      input: [])
  }

  /// Why a call failed, from what kustomize wrote to its standard error, at the place in the bundle.
  package func finding(ofFailure errorOutput: [UInt8]) -> Finding {
    failure.finding(errorOutput)
  }

  /// The output of a call as manifests; their lines are those of the output.
  package func pieces(of output: [UInt8]) -> [BundleFile] {
    [BundleFile(path: path, bytes: output)]
  }

  private static func digest(
    _ kept: [RenderFile], _ made: [(path: String, bytes: [UInt8])]
  ) -> String {
    var digest = SHA256()
    // A path has no NUL, and what stands behind it has no line break.
    for file in kept { digest.update(Array("\(file.path)\0\(file.id)\n".utf8)) }
    digest.update([0])
    for file in made { digest.update(Array("\(file.path)\0\(SHA256.hex(file.bytes))\n".utf8)) }
    return Hexadecimal.text(digest.finalize())
  }
}
