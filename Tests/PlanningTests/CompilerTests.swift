// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetTestSupport
import GitObjects
import Planning
import Rendering
import Testing

@Suite("compiling a source tree")
struct CompilerTests {
  @Test("a small fleet becomes slices, file by file")
  func slices() throws {
    let world = World()
    let compilation = try world.compile(SampleFleet.shops)
    #expect(text(compilation.findings.all) == "")
    let slices = try #require(compilation.slices)
    Golden.check(try world.text(of: slices), "planning/slices.txt")
  }

  @Test("the order of the files, and compiling again, change no id")
  func determinism() throws {
    let first = try World().compile(SampleFleet.shops).slices
    #expect(first != nil)
    for _ in 1...5 {
      let store = InMemoryObjects()
      let files = SampleFleet.shops.map { (path: $0.key, text: $0.value) }.shuffled()
      let root = try MemoryTree(files, in: store).root
      let compiler = Compiler(
        reader: store, writer: store, branch: "main", engine: RenderEngine(cacheFolder: nil))
      #expect(try compiler.compile(root).slices == first)
      #expect(try compiler.compile(root).slices == first)
    }
  }

  @Test("a plan is a function of what is deployed: comments and other folders change no id")
  func irrelevantChanges() throws {
    let world = World()
    let first = try world.compile(SampleFleet.shops).slices
    var files = SampleFleet.shops
    files["README.md"] = "# Shops\n"
    files["apps/pos/config.yaml"] =
      "# The currency of the country.\n" + (files["apps/pos/config.yaml"] ?? "")
    files["clusters/all.yaml"] = ["store-0001", "store-0002", "store-0003", "lab-1"]
      .compactMap { files.removeValue(forKey: "clusters/\($0).yaml") }.joined(separator: "---\n")
    #expect(try world.compile(files).slices == first)
  }

  @Test("a change of one cluster's labels changes no other cluster's slice")
  func locality() throws {
    let world = World()
    let old = try #require(try world.compile(SampleFleet.shops).slices)
    var files = SampleFleet.shops
    files["clusters/lab-1.yaml"] = SampleFleet.cluster("lab-1", labels: ["env": "store"])
    files["groups/labs.yaml"] = SampleFleet.group("labs", label: "env", value: "lab")
    let new = try #require(try world.compile(files).slices)
    for name in ["store-0001", "store-0002", "store-0003"] {
      #expect(
        try PlanTree.slice(of: name, in: old, reader: world.store)
          == PlanTree.slice(of: name, in: new, reader: world.store))
    }
    #expect(
      try PlanTree.slice(of: "lab-1", in: old, reader: world.store)
        != PlanTree.slice(of: "lab-1", in: new, reader: world.store))
  }

  @Test("a cluster that nothing is for is in the plan with an empty slice")
  func emptySlice() throws {
    let world = World()
    var files = SampleFleet.shops
    files["clusters/spare.yaml"] = SampleFleet.cluster("spare", labels: ["env": "spare"])
    let slices = try #require(try world.compile(files).slices)
    #expect(try PlanTree.slice(of: "spare", in: slices, reader: world.store) == .emptyTree)
    #expect(try PlanTree.slice(of: "unknown", in: slices, reader: world.store) == nil)
  }

  @Test("an empty tree is a fleet of no clusters")
  func nothing() throws {
    let compilation = try World().compile([:])
    #expect(compilation.findings.all.isEmpty)
    #expect(compilation.slices == .emptyTree)
  }

  @Test("errors in several files are all told, and nothing is compiled")
  func manyErrors() throws {
    var files = SampleFleet.shops
    files["clusters/lab-1.yaml"] = SampleFleet.cluster("lab-1", labels: ["env": "lab"])
      .replacing("labels", with: "lables")
    files["apps/pos/config.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: [a]\n"
    files["apps/base/namespace.yaml"] = "apiVersion: v1\nkind: Namespace\n"
    let compilation = try World().compile(files)
    Golden.check(text(compilation.findings.sorted), "planning/many-errors.txt")
    #expect(compilation.slices == nil)
  }
}

extension String {
  /// The text with every occurrence of a piece replaced.
  func replacing(_ piece: String, with replacement: String) -> String {
    split(separator: piece, omittingEmptySubsequences: false).joined(separator: replacement)
  }
}
