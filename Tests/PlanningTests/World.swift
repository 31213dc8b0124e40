// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetTestSupport
import GitObjects
import Planning
import Rendering
import SliceFormat

/// Source trees in memory, compiled and reviewed as the hook does it.
final class World {
  let store = InMemoryObjects()

  /// The root of a source tree of these files.
  func tree(_ files: [String: String]) throws -> ObjectID {
    try MemoryTree(files, in: store).root
  }

  /// Compiles files.
  func compile(_ files: [String: String]) throws -> Compilation {
    try Compiler(
      reader: store, writer: store, branch: "main", engine: RenderEngine(cacheFolder: nil)
    ).compile(tree(files))
  }

  /// Reviews `new` against `old`, or on its own.
  func review(
    _ new: [String: String], after old: [String: String]? = nil, options: [String] = []
  ) throws -> Review {
    var findings = Findings()
    let overrides = Overrides(pushOptions: options, findings: &findings)
    let base = try old.map {
      Review.Base(root: try tree($0), slices: try compile($0).slices)
    }
    return try Reviewer(
      reader: store, store: store, branch: "main", engine: RenderEngine(cacheFolder: nil)
    )
    .review(tree(new), base: base, overrides: overrides)
  }

  /// All files below a tree with their contents, as one text.
  func text(of tree: ObjectID, _ prefix: String = "") throws -> String {
    var text = ""
    for entry in try store.tree(tree) {
      let path = prefix + String(decoding: entry.name, as: UTF8.self)
      if entry.mode == .directory {
        text += try self.text(of: entry.id, path + "/")
      } else {
        let bytes = try store.blob(entry.id, limit: 1 << 20)
        text += "## \(path)\n" + String(decoding: bytes, as: UTF8.self) + "\n"
      }
    }
    return text
  }
}

/// Findings as a person reads them, without lines of source.
func text(_ findings: [Finding]) -> String { FindingRenderer { _ in nil }.text(findings) }

/// An object in the notation of tests: `Deployment.apps~shop~pos`.
func identity(_ text: String) -> ObjectIdentity {
  ObjectIdentity(fileName: Array("\(text).yaml".utf8))
    ?? ObjectIdentity(group: "", kind: "not", namespace: "an", name: "identity: \(text)")
}

/// Objects in the notation of tests, separated by blanks.
func identities(_ text: String) -> [ObjectIdentity] {
  text.split(separator: " ").map { identity(String($0)) }
}
