// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetTestSupport
import GitObjects
import Planning
import Rendering
import SliceFormat
import Testing

/// Objects that can be lost.
private final class LossyObjects: ObjectReader, ObjectWriter {
  private let store = InMemoryObjects()
  private var lost: Set<ObjectID> = []
  /// How many blobs were written.
  var blobs = 0

  func lose(_ id: ObjectID) { lost.insert(id) }

  func tree(_ id: ObjectID) throws(ObjectAccessError) -> [TreeEntry] {
    if lost.contains(id) { throw .missing(id) }
    return try store.tree(id)
  }

  func blob(_ id: ObjectID, limit: Int) throws(ObjectAccessError) -> [UInt8] {
    if lost.contains(id) { throw .missing(id) }
    return try store.blob(id, limit: limit)
  }

  func blobSize(_ id: ObjectID) throws(ObjectAccessError) -> Int {
    if lost.contains(id) { throw .missing(id) }
    return try store.blobSize(id)
  }

  func write(_ kind: ObjectKind, _ content: [UInt8]) throws(ObjectAccessError) -> ObjectID {
    let id = try store.write(kind, content)
    lost.remove(id)
    if kind == .blob { blobs += 1 }
    return id
  }

  func root(_ files: [String: String]) throws -> ObjectID {
    try MemoryTree(files.filter { !$0.value.isEmpty }, in: store).root
  }

  /// All objects below a tree, itself first; throws where one is missing.
  func all(below tree: ObjectID) throws -> [ObjectID] {
    var ids = [tree]
    for entry in try self.tree(tree) {
      if entry.mode == .directory {
        ids += try all(below: entry.id)
      } else {
        _ = try blob(entry.id, limit: 1 << 20)
        ids.append(entry.id)
      }
    }
    return ids
  }
}

@Suite("the memory of deployments", .enabled(if: ChartServer.helm != nil))
struct DeploymentMemoryTests {
  private static let use = "deployments 1"

  private static let till = CustomiseWorld.fleet.merging(Sample.chart("apps/till")) { $1 }.merging([
    "apps/till/fleet.yaml": """
    name: till
    defaultNamespace: retail
    helm:
      values:
        colour: "${ .ClusterLabels.region }"

    """,
    "apps/till/templates/more.yaml": """
    apiVersion: v1
    kind: Secret
    metadata:
      name: plain
    stringData: {word: secret}
    ---
    apiVersion: example.com/v1
    kind: Drawer
    metadata:
      name: drawer
    ---
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: prepare
      annotations: {"helm.sh/hook": "pre-install,post-delete"}
    spec:
      template: {spec: {restartPolicy: Never, containers: [{name: a, image: a/b}]}}

    """,
    "policy/hub.yaml": hub("warn"),
  ]) { $1 }

  /// A memory without the seconds of its making, ten digits with their count before them.
  private static func untimed(_ memory: [UInt8]?) -> ArraySlice<UInt8>? { memory?.dropFirst(14) }

  private static func hub(_ secrets: String) -> String {
    """
    apiVersion: fleet/v1
    kind: Hub
    metadata: {name: hub}
    spec:
      plaintextSecrets: \(secrets)
      unknownKinds: allow

    """
  }

  private func compile(
    _ files: [String: String], in objects: LossyObjects, _ engine: RenderEngine
  ) throws -> Compilation {
    try Compiler(reader: objects, writer: objects, branch: "main", engine: engine)
      .compile(objects.root(files))
  }

  /// What is asked about a compilation, as one text.
  private func text(_ compilation: Compilation) -> String {
    var lines = [compilation.slices?.hex ?? "no slices"]
    for bundle in compilation.bundles {
      lines.append("\(bundle.source.name) \(bundle.assignment.map { $0.map(String.init) ?? "-" })")
      for variant in bundle.variants {
        lines.append(
          "\(variant.form) \(variant.tree.hex) \(variant.objects.map(\.key)) "
            + "\(variant.places.map(\.shown)) \(variant.hooks.map(\.key))")
        lines.append(String(decoding: variant.descriptor.json, as: UTF8.self))
      }
    }
    lines += compilation.renderers.map { "\($0.key) \($0.value)" }
    return lines.joined(separator: "\n") + "\n" + PlanningTests.text(compilation.findings.sorted)
  }

  @Test("what is known is neither rendered nor written, and says the same")
  func known() throws {
    let scratch = try ScratchFolder()
    let objects = LossyObjects()
    let first = RenderEngine(cacheFolder: scratch.path + "/cache")
    let expected = text(try compile(Self.till, in: objects, first))
    #expect(expected.contains("do not run: Job 'prepare' (post-delete)"))
    #expect(expected.contains("the Secret 'plain' stands in the"))
    let memory = try #require(first.recall(Self.use))
    // Nothing but the memory, and no program to render with.
    let second = RenderEngine(
      cacheFolder: scratch.path + "/other", environment: [:], expectedVersions: first.versionsUsed)
    second.remember(Self.use, memory)
    let blobs = objects.blobs
    #expect(text(try compile(Self.till, in: objects, second)) == expected)
    #expect(objects.blobs == blobs)
    #expect(second.statistics.ranNothing && second.statistics.hits == 2)
    #expect(second.recall(Self.use) == memory)
  }

  @Test("whichever object is lost, the deployment is made again")
  func pruned() throws {
    let scratch = try ScratchFolder()
    let objects = LossyObjects()
    let first = try compile(Self.till, in: objects, RenderEngine(cacheFolder: scratch.path))
    let till = try #require(first.bundle(named: "till"))
    let ids = try Set(till.variants.flatMap { try objects.all(below: $0.tree) })
    // Of each variant the tree, the folder of objects, the config map; of both the other objects, the
    // descriptor, the hook and its two folders.
    #expect(ids.count == 12)
    for id in ids {
      objects.lose(id)
      let engine = RenderEngine(cacheFolder: scratch.path)
      let again = try compile(Self.till, in: objects, engine)
      #expect(text(again) == text(first), "\(id)")
      #expect(engine.statistics.ranNothing)
      _ = try objects.all(below: try #require(again.slices))
    }
  }

  @Test("a memory that is cut short is no memory")
  func cut() throws {
    let scratch = try ScratchFolder()
    let objects = LossyObjects()
    let engine = RenderEngine(cacheFolder: scratch.path)
    let expected = text(try compile(Self.till, in: objects, engine))
    let memory = try #require(engine.recall(Self.use))
    for count in [0, 1, 4, 13, memory.count / 2, memory.count - 20, memory.count - 1] {
      engine.remember(Self.use, Array(memory.prefix(count)))
      let blobs = objects.blobs
      #expect(text(try compile(Self.till, in: objects, engine)) == expected, "\(count)")
      #expect(objects.blobs > blobs, "\(count)")
      #expect(Self.untimed(engine.recall(Self.use)) == Self.untimed(memory), "\(count)")
    }
    engine.remember(Self.use, memory + [0])
    #expect(text(try compile(Self.till, in: objects, engine)) == expected)
    #expect(Self.untimed(engine.recall(Self.use)) == Self.untimed(memory))
  }

  /// A change of the fleet that shapes the deployments in another way.
  struct Change: Sendable, CustomTestStringConvertible {
    let id: String
    let files: [String: String]
    var testDescription: String { id }
  }

  @Test(
    "after a change everything is as if nothing had been remembered",
    arguments: [
      Change(id: "secrets-allowed", files: ["policy/hub.yaml": hub("allow")]),
      Change(id: "secrets-refused", files: ["policy/hub.yaml": hub("refuse")]),
      Change(
        id: "kind-defined-with-scope",
        files: [
          "apps/crd/crd.yaml": """
          apiVersion: apiextensions.k8s.io/v1
          kind: CustomResourceDefinition
          metadata: {name: drawers.example.com}
          spec:
            group: example.com
            names: {kind: Drawer, plural: drawers}
            scope: Namespaced
            versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]

          """
        ]),
      Change(
        id: "forced-namespace",
        files: [
          "apps/till/fleet.yaml": """
          name: till
          namespace: tills
          helm:
            values:
              colour: "${ .ClusterLabels.region }"

          """
        ]),
      Change(
        id: "kept-resources",
        files: [
          "apps/till/fleet.yaml": """
          name: till
          defaultNamespace: retail
          keepResources: true
          helm:
            values:
              colour: "${ .ClusterLabels.region }"

          """
        ]),
      Change(
        id: "same-object-elsewhere",
        files: [
          "apps/other/secret.yaml":
            "apiVersion: v1\nkind: Secret\nmetadata: {name: plain, namespace: retail}\n"
        ]),
    ])
  func changed(_ change: Change) throws {
    let scratch = try ScratchFolder()
    let objects = LossyObjects()
    let files = Self.till.merging(change.files) { $1 }
    let fresh = text(
      try compile(files, in: LossyObjects(), RenderEngine(cacheFolder: nil)))
    let before = text(
      try compile(Self.till, in: objects, RenderEngine(cacheFolder: scratch.path)))
    #expect(before != fresh)
    for _ in 0..<2 {
      #expect(
        text(try compile(files, in: objects, RenderEngine(cacheFolder: scratch.path))) == fresh)
    }
    #expect(
      text(try compile(Self.till, in: objects, RenderEngine(cacheFolder: scratch.path))) == before)
  }
}
