// SPDX-License-Identifier: Apache-2.0

import GitObjects
import JSONTree
import Reconciling
import SliceFormat
import Testing

@testable import SiteService

@Suite("reading a slice")
struct SliceContentTests {
  /// A slice of one bundle 'a' with these files.
  private static func read(
    _ files: [(String, String)], newest: Int = SliceLayout.bundleFormat
  ) throws -> SliceContent {
    var blobs: [ObjectID: [UInt8]] = [:]
    var entries = [
      SliceEntry(path: ["a"], mode: "040000", id: ObjectID.emptyTree, size: 0)
    ]
    for (path, text) in files {
      let bytes = Array(text.utf8)
      let id = ObjectID.hash(.blob, bytes)
      blobs[id] = bytes
      entries.append(
        SliceEntry(
          path: ("a/" + path).split(separator: "/"), mode: "100644", id: id, size: bytes.count))
    }
    let needed = SliceContent.neededBlobs(entries)
    return try SliceContent.assemble(
      entries, blobs: blobs.filter { needed.contains($0.key) }, newest: newest
    ) { JSONParser.parse($0) }
  }

  private static func refusal(
    _ files: [(String, String)], newest: Int = SliceLayout.bundleFormat
  ) throws -> String? {
    do {
      _ = try read(files, newest: newest)
      return nil
    } catch let refusal as SliceRefusal {
      return refusal.message
    }
  }

  @Test("a site of format 1 refuses a slice with a bundle of format 2")
  func oldSite() throws {
    let files = [("bundle.json", #"{"format":2,"name":"a","deleteNamespace":true}"#)]
    #expect(
      try Self.refusal(files, newest: 1) == "the slice has format 2, this fleet-sync knows 1")
    #expect(try Self.refusal(files) == nil)
    #expect(
      try Self.refusal([("bundle.json", #"{"format":3,"name":"a"}"#)])
        == "the slice has format 3, this fleet-sync knows 2")
  }

  @Test("hooks are read by phase, number and identity")
  func hooks() throws {
    let content = try Self.read([
      ("bundle.json", #"{"format":2,"name":"a","namespace":"shop","hooks":true}"#),
      ("objects/ConfigMap~shop~x.yaml", "x"),
      ("hooks/post/000-Job.batch~shop~after.yaml", "after"),
      ("hooks/pre/001-Job.batch~~before.yaml", "before"),
    ])
    guard case .bundles(let slice) = content else {
      Issue.record("no bundles")
      return
    }
    #expect(
      slice.bundles.first?.hooks.map {
        "\($0.description) \($0.order) \(String(decoding: $0.object.manifest, as: UTF8.self))"
      } == [
        "pre hook Job 'before' in 'shop' 1 before", "post hook Job 'after' in 'shop' 0 after",
      ])
  }

  @Test(
    "a hook's file that no hub writes refuses the slice",
    arguments: [
      ("hooks/during/000-Job.batch~~a.yaml", "during/000-Job.batch~~a.yaml"),
      ("hooks/pre/Job.batch~~a.yaml", "pre/Job.batch~~a.yaml"),
    ])
  func badHooks(path: String, shown: String) throws {
    #expect(
      try Self.refusal([("bundle.json", #"{"format":2,"name":"a","hooks":true}"#), (path, "x")])
        == "the slice cannot be read: bundle 'a' has a hook file '\(shown)'")
  }

  @Test("a chart is read with its values")
  func chart() throws {
    let content = try Self.read([
      (
        "bundle.json",
        #"{"format":2,"name":"a","render":{"renderer":"helm","release":"a","namespace":"shop"}}"#
      ),
      ("values.yaml", "x: 1\n"), ("chart/Chart.yaml", "name: a\n"),
      ("chart/templates/x.yaml", "kind: X\n"),
    ])
    guard case .bundles(let slice) = content else {
      Issue.record("no bundles")
      return
    }
    let chart = slice.bundles.first?.chart
    #expect(chart?.values == Array("x: 1\n".utf8))
    #expect(chart?.files.map(\.path) == ["Chart.yaml", "templates/x.yaml"])
    #expect(chart?.rendering.release == "a")
  }
}
