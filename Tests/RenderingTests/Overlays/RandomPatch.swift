// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import YAMLTree

/// Objects and patches that meet in the same few names, so that they nearly always have to do with each
/// other.
///
/// Never made: what makes kubectl panic (null in a merged list), and what it decides by chance (a value
/// that one patch adds to a set and takes out of it).
enum RandomPatch {
  typealias Pairs = [(String, YAMLNode)]

  private static func chance(_ random: inout SeededRandom, _ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  private static func word(_ random: inout SeededRandom, _ words: [String] = ["a", "b", "c", "d"])
    -> String
  {
    words[Int.random(in: 0..<words.count, using: &random)]
  }

  /// A value, in a patch sometimes null.
  private static func value(_ random: inout SeededRandom, _ isPatch: Bool) -> YAMLNode {
    if isPatch, chance(&random, 15) { return .null }
    return chance(&random, 60)
      ? .string(word(&random)) : .int(Int64.random(in: 0...3, using: &random))
  }

  /// A mapping with directives, if it is a patch.
  private static func mapping(
    _ random: inout SeededRandom, _ isPatch: Bool, _ pairs: Pairs
  ) -> YAMLNode {
    var pairs = pairs
    if isPatch, chance(&random, 4) {
      pairs.append(("$patch", .string(word(&random, ["replace", "delete", "replace", "merge"]))))
    }
    if isPatch, chance(&random, 4) {
      var keys = pairs.map(\.0).filter { !$0.hasPrefix("$") }
      if chance(&random, 15) { keys.append("other") } else { keys += ["name", "image", "spec"] }
      if chance(&random, 15) { keys.removeFirst() }
      pairs.append(("$retainKeys", .sequence(keys.map { .string($0) })))
    }
    return .mapping(pairs)
  }

  /// A list of mappings that a key tells apart.
  private static func keyed(
    _ random: inout SeededRandom, _ isPatch: Bool, _ name: String, by key: String,
    values: [String] = ["a", "b", "c", "d"],
    _ more: (inout SeededRandom) -> Pairs
  ) -> Pairs {
    guard chance(&random, 60) else { return [] }
    if isPatch, chance(&random, 5) { return [(name, .null)] }
    var names = Array(values.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)))
    if isPatch, chance(&random, 5), let first = names.first { names.append(first) }
    var items = names.map { (text: String) -> YAMLNode in
      let tells: YAMLNode = Int64(text).map { .int($0) } ?? .string(text)
      if isPatch, chance(&random, 12) {
        return .mapping([(key, tells), ("$patch", .string("delete"))])
      }
      if isPatch, chance(&random, 1) { return .mapping(more(&random)) }
      return mapping(&random, isPatch && chance(&random, 15), [(key, tells)] + more(&random))
    }
    if isPatch, chance(&random, 3) { items.append(.mapping([("$patch", .string("replace"))])) }
    var pairs: Pairs = [(name, .sequence(items))]
    if isPatch, chance(&random, 20) {
      var order = Array(values.shuffled(using: &random))
      if chance(&random, 70) {
        order = names + order.filter { text in !names.contains(text) && chance(&random, 60) }
      }
      let list = order.map { (text: String) -> YAMLNode in
        .mapping([(key, Int64(text).map { .int($0) } ?? .string(text))])
      }
      pairs.append(("$setElementOrder/\(name)", .sequence(list)))
      if chance(&random, 20) { pairs.removeFirst() }
    }
    return pairs
  }

  private static func free(_ random: inout SeededRandom, _ isPatch: Bool, _ name: String) -> Pairs {
    guard chance(&random, 30) else { return [] }
    let kind = Int.random(in: 0..<10, using: &random)
    if kind == 0 { return [(name, value(&random, isPatch))] }
    return [
      (
        name,
        mapping(
          &random, isPatch,
          ["x", "y", "z"].filter { _ in chance(&random, 50) }.map { ($0, value(&random, isPatch)) })
      )
    ]
  }

  private static func atomic(_ random: inout SeededRandom, _ isPatch: Bool, _ name: String) -> Pairs
  {
    guard chance(&random, 30) else { return [] }
    return [
      (
        name,
        .sequence(
          (0..<Int.random(in: 0...2, using: &random)).map { _ in
            .mapping([("key", .string(word(&random))), ("v", value(&random, isPatch))])
          })
      )
    ]
  }

  private static func container(_ random: inout SeededRandom, _ isPatch: Bool) -> Pairs {
    var pairs: Pairs = []
    if chance(&random, 60) { pairs.append(("image", value(&random, isPatch))) }
    pairs += keyed(&random, isPatch, "env", by: "name") { [("value", value(&$0, isPatch))] }
    pairs += keyed(&random, isPatch, "ports", by: "containerPort", values: ["1", "2", "3"]) {
      chance(&$0, 50) ? [("protocol", value(&$0, isPatch))] : []
    }
    pairs += keyed(&random, isPatch, "volumeMounts", by: "mountPath") {
      [("name", value(&$0, isPatch))]
    }
    pairs += free(&random, isPatch, "securityContext")
    pairs += atomic(&random, isPatch, "envFrom")
    return pairs
  }

  private static func podSpec(_ random: inout SeededRandom, _ isPatch: Bool) -> YAMLNode {
    var pairs: Pairs = []
    for name in ["containers", "initContainers"] {
      pairs += keyed(&random, isPatch, name, by: "name") { container(&$0, isPatch) }
    }
    pairs += keyed(&random, isPatch, "volumes", by: "name") { free(&$0, isPatch, "emptyDir") }
    pairs += keyed(&random, isPatch, "imagePullSecrets", by: "name") { _ in [] }
    pairs += keyed(&random, isPatch, "topologySpreadConstraints", by: "topologyKey") {
      [("maxSkew", value(&$0, isPatch))]
    }
    pairs += atomic(&random, isPatch, "tolerations")
    pairs += free(&random, isPatch, "nodeSelector")
    pairs += free(&random, isPatch, "securityContext")
    return mapping(&random, isPatch, pairs)
  }

  /// A Deployment, or a patch for one.
  static func object(_ random: inout SeededRandom, isPatch: Bool) -> YAMLNode {
    var metadata: Pairs = isPatch ? [] : [("name", .string("web"))]
    if chance(&random, 50) {
      let pool = isPatch ? ["a", "b", "e"] : ["a", "b", "c", "d"]
      let values = pool.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random))
      var list = values.map { YAMLNode.string($0) }
      if isPatch, chance(&random, 20), let first = list.first { list.append(first) }
      metadata.append(("finalizers", .sequence(list)))
    }
    if isPatch, chance(&random, 25) {
      metadata.append(
        ("$deleteFromPrimitiveList/finalizers", .sequence([.string("c"), .string("x")])))
    }

    var spec: Pairs = []
    if chance(&random, 50) { spec.append(("replicas", value(&random, isPatch))) }
    spec += free(&random, isPatch, "strategy") + free(&random, isPatch, "selector")
    if chance(&random, 90) {
      spec.append(("template", .mapping([("spec", podSpec(&random, isPatch))])))
    }
    var pairs: Pairs =
      isPatch ? [] : [("apiVersion", .string("apps/v1")), ("kind", .string("Deployment"))]
    pairs.append(("metadata", .mapping(metadata)))
    pairs.append(("spec", .mapping(spec)))
    return .mapping(pairs)
  }
}

extension RandomPatch {
  private static func tree(_ random: inout SeededRandom, _ depth: Int, nulls: Bool) -> YAMLNode {
    switch Int.random(in: 0..<(depth > 3 ? 4 : 8), using: &random) {
    case 0: return nulls ? .null : .bool(true)
    case 1: return .int(Int64.random(in: 0...2, using: &random))
    case 2, 3: return .string(word(&random))
    case 4:
      return .sequence(
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
          tree(&random, depth + 1, nulls: nulls)
        })
    default:
      return .mapping(
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
          (word(&random, ["a", "b", "a/b", "m~n"]), tree(&random, depth + 1, nulls: nulls))
        })
    }
  }

  /// An object of a kind that only a cluster knows.
  static func custom(_ random: inout SeededRandom) -> YAMLNode {
    .mapping([
      ("apiVersion", .string("example.com/v1")), ("kind", .string("Till")),
      ("metadata", .mapping([("name", .string("t"))])),
      (
        "spec",
        .mapping([("a", tree(&random, 0, nulls: false)), ("b", tree(&random, 0, nulls: false))])
      ),
    ])
  }

  /// A merge patch for it.
  static func mergePatch(_ random: inout SeededRandom) -> YAMLNode {
    .mapping([
      (
        "spec",
        .mapping([("a", tree(&random, 0, nulls: true)), ("b", tree(&random, 0, nulls: true))])
      )
    ])
  }

  /// Some JSON Patch operations, mostly at places that the object has.
  static func operations(_ random: inout SeededRandom, for base: YAMLNode) -> YAMLNode {
    var places: [String] = []
    collect(base["spec"] ?? .null, "/spec", into: &places)
    func place(_ random: inout SeededRandom) -> String {
      let text = places[Int.random(in: 0..<places.count, using: &random)]
      return chance(&random, 40)
        ? text + "/" + word(&random, ["a", "0", "1", "-", "-1", "zz"]) : text
    }
    return .sequence(
      (0..<Int.random(in: 1...3, using: &random)).map { index in
        // A copy of what is not there is null for kubectl and an error for us.
        let kind = word(
          &random,
          ["add", "add", "remove", "replace", "test", "move"] + (index == 0 ? ["copy"] : []))
        var pairs: Pairs = [("op", .string(kind)), ("path", .string(place(&random)))]
        if ["add", "replace", "test"].contains(kind) {
          pairs.append(("value", tree(&random, 2, nulls: false)))
        }
        if kind == "move" || kind == "copy" {
          let from = places[Int.random(in: 0..<places.count, using: &random)]
          pairs.append(
            ("from", .string(kind == "copy" ? word(&random, ["/spec/a", "/spec/b"]) : from)))
        }
        return .mapping(pairs)
      })
  }

  private static func collect(_ node: YAMLNode, _ path: String, into places: inout [String]) {
    places.append(path)
    for pair in node.pairs ?? [] {
      let key = (pair.key.scalar?.text ?? "").split(
        separator: "~", omittingEmptySubsequences: false
      )
      .joined(separator: "~0").split(separator: "/", omittingEmptySubsequences: false)
      .joined(separator: "~1")
      collect(pair.value, path + "/" + key, into: &places)
    }
    for (index, item) in (node.items ?? []).enumerated() {
      collect(item, path + "/\(index)", into: &places)
    }
  }
}
