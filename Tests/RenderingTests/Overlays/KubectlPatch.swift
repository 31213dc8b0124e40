// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetTestSupport
import Posix
import YAMLTree

@testable import Rendering

/// The peer of our patches: `kubectl patch --local`, which talks to no cluster.
enum KubectlPatch {
  /// What kubectl makes of each base; nil where it refuses.
  ///
  /// One child for all bases: they get their number as `metadata.uid`, which no patch may touch.
  static func apply(
    _ patch: YAMLNode, type: String, to bases: [YAMLNode]
  ) throws -> (results: [YAMLNode?], messages: String) {
    let folder = try ScratchFolder()
    for (index, base) in bases.enumerated() {
      try folder.write(
        String(decoding: YAMLEmitter.emit(numbered(base, index)), as: UTF8.self),
        to: "base/\(index).yaml")
    }
    let file = try folder.write(
      String(decoding: YAMLEmitter.emit(patch), as: UTF8.self), to: "patch.yaml")
    let child = try Child.run(
      [
        "kubectl", "patch", "--local", "-f", "\(folder.path)/base", "--type", type, "--patch-file",
        file, "-o", "json",
      ], environment: ["PATH": Environment.get("PATH") ?? "", "HOME": folder.path])
    var results = [YAMLNode?](repeating: nil, count: bases.count)
    // One object after the other, each of them ends with a brace at the start of a line.
    let text = String(decoding: child.output, as: UTF8.self)
    var findings = Findings()
    for object in text.split(separator: "\n}\n") {
      let trimmed = object.hasSuffix("\n}") ? object : object + "\n}"
      guard
        let root = YAMLParser.parse(Array(trimmed.utf8), path: "kubectl", findings: &findings)
          .first?.root,
        let number = root["metadata"]?["uid"]?.string.flatMap({ Int($0.dropFirst(4)) })
      else { continue }
      results[number] = root
    }
    return (results, String(decoding: child.errorOutput, as: UTF8.self))
  }

  /// The base with its number.
  static func numbered(_ base: YAMLNode, _ index: Int) -> YAMLNode {
    var metadata = base["metadata"] ?? .mapping([])
    metadata.set("uid", to: .string("uid-\(index)"))
    var result = base
    result.set("metadata", to: metadata)
    return result
  }

  /// What we make of a base; the message where we refuse.
  static func ours(_ patch: YAMLNode, type: String, to base: YAMLNode) -> Result<
    YAMLNode, PatchProblem
  > {
    do throws(PatchProblem) {
      switch type {
      case "json": return .success(try JSONPatch.apply(patch, to: base))
      case "merge": return .success(JSONMergePatch.merge(patch, into: base))
      default:
        guard
          let schema = MergeSchema(
            apiVersion: base["apiVersion"]?.string ?? "", kind: base["kind"]?.string ?? "")
        else { return .failure(PatchProblem("no schema", at: base.span)) }
        return .success(try StrategicMerge.merge(patch, into: base, schema: schema))
      }
    } catch {
      return .failure(error)
    }
  }

  /// Where we and kubectl differ, in words; empty when nowhere.
  static func differences(_ patch: YAMLNode, type: String, bases: [YAMLNode]) throws -> String {
    let peer = try apply(patch, type: type, to: bases)
    var words = ""
    for (index, base) in bases.enumerated() {
      let mine: YAMLNode?
      var told = ""
      switch ours(patch, type: type, to: numbered(base, index)) {
      case .success(let node): mine = node
      case .failure(let problem):
        mine = nil
        told = problem.message
      }
      switch (mine, peer.results[index]) {
      case (nil, nil): continue
      case (let mine?, let theirs?) where mine.isSame(as: theirs): continue
      default:
        words += """
          base:
          \(show(base))
          patch:
          \(show(patch))
          ours: \(told)
          \(show(mine))
          kubectl: \(peer.messages)
          \(show(peer.results[index]))

          """
      }
    }
    return words
  }

  private static func show(_ node: YAMLNode?) -> String {
    node.map { String(decoding: YAMLEmitter.emit($0), as: UTF8.self) } ?? "(refused)"
  }

  /// Reads one document.
  static func parse(_ text: String) -> YAMLNode {
    var findings = Findings()
    return YAMLParser.parse(Array(text.utf8), path: "test.yaml", findings: &findings).first?.root
      ?? .null
  }
}
