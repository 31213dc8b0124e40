// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetTestSupport
import GitObjects
import Planning
import Testing

@Suite("the review of a change")
struct ReviewTests {
  private static func budget(_ line: String) -> String {
    "apiVersion: fleet/v1\nkind: Budget\nmetadata:\n  name: b\nspec:\n  \(line)\n"
  }

  @Test("without a version before everything is new, and all warnings are shown")
  func noBase() throws {
    var files = SampleFleet.shops
    files["apps/pos/secret.yaml"] = Self.secret
    let review = try World().review(files)
    #expect(review.isAcceptable)
    #expect(review.radius?.joiningClusterCount == 4)
    #expect(review.changedPaths == Set(files.keys))
    #expect(review.findings.map(\.code) == ["plaintext-secret"])
    #expect(review.hiddenWarnings == 0)
  }

  private static let secret =
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  a: b\n"

  @Test("warnings about files that the change does not touch are counted, not shown")
  func hiddenWarnings() throws {
    var files = SampleFleet.shops
    files["apps/pos/secret.yaml"] = Self.secret
    var new = files
    new["README.md"] = "# Shops\n"
    let review = try World().review(new, after: files)
    #expect(review.findings.isEmpty)
    #expect(review.hiddenWarnings == 1)
    #expect(review.changedPaths == ["README.md"])
  }

  @Test("a group that goes away is told where others, in unchanged files, name it")
  func groupRemoved() throws {
    var new = SampleFleet.shops
    new["groups/labs.yaml"] = nil
    let review = try World().review(new, after: SampleFleet.shops)
    Golden.check(text(review.findings), "planning/group-removed.txt")
    #expect(!review.isAcceptable)
  }

  /// A change of policy, and whether a push that uses it at once is taken.
  struct Policy: Sendable, CustomTestStringConvertible {
    let id: String
    let old: [String: String]
    let new: [String: String]
    /// The codes of the errors.
    let errors: [String]
    var testDescription: String { id }
  }

  @Test(
    "limits are those of the version before, wherever they are written",
    arguments: [
      Policy(
        id: "kept", old: ["policy/a.yaml": budget("clustersRemoved: 0")],
        new: ["policy/a.yaml": budget("clustersRemoved: 0")], errors: ["budget-removed"]),
      Policy(
        id: "loosened", old: ["policy/a.yaml": budget("clustersRemoved: 0")],
        new: ["policy/a.yaml": budget("clustersRemoved: 9")], errors: ["budget-removed"]),
      Policy(
        id: "deleted", old: ["policy/a.yaml": budget("clustersRemoved: 0")], new: [:],
        errors: ["budget-removed"]),
      Policy(
        id: "moved-and-loosened", old: ["policy/a.yaml": budget("clustersRemoved: 0")],
        new: ["policy/b.yaml": budget("clustersRemoved: 9")], errors: ["budget-removed"]),
      Policy(
        id: "tightened", old: ["policy/a.yaml": budget("clustersRemoved: 9")],
        new: ["policy/a.yaml": budget("clustersRemoved: 0")], errors: []),
      Policy(
        id: "introduced", old: [:], new: ["policy/a.yaml": budget("clustersRemoved: 0")], errors: []
      ),
      Policy(id: "none", old: [:], new: [:], errors: []),
      // What a bundle ships is no policy, however much it looks like one.
      Policy(
        id: "lookalike",
        old: [
          "policy/a.yaml": budget("clustersRemoved: 0"),
          "apps/pos/lookalike.yaml": budget("clustersRemoved: 9"),
        ],
        new: [
          "policy/a.yaml": budget("clustersRemoved: 0"),
          "apps/pos/lookalike.yaml": budget("clustersRemoved: 8"),
        ], errors: ["budget-removed"]),
    ])
  func policies(_ policy: Policy) throws {
    var old = SampleFleet.shops
    old["policy/budget.yaml"] = nil
    var new = old
    new["clusters/store-0003.yaml"] = nil
    old.merge(policy.old) { $1 }
    new.merge(policy.new) { $1 }
    if policy.id == "lookalike" {
      // An API server could serve such a kind, too; the clusters say so.
      for path in old.keys where path.hasPrefix("clusters/") {
        old[path]? += "spec:\n  apiVersions: [fleet/v1]\n"
        new[path]? += "spec:\n  apiVersions: [fleet/v1]\n"
      }
    }
    let review = try World().review(new, after: old)
    #expect(review.findings.filter { $0.severity == .error }.map(\.code) == policy.errors)
  }

  @Test("what happens at a cluster that leaves is said by the version in which it still was")
  func whenRemoved() throws {
    func effects(old: String?, new: [String: String]) throws -> [String] {
      var before = SampleFleet.shops
      before["policy/budget.yaml"] = nil
      if let old { before["clusters/lab-1.yaml"]? += "spec:\n  whenRemoved: \(old)\n" }
      var after = before
      after["clusters/lab-1.yaml"] = nil
      after.merge(new) { $1 }
      let review = try World().review(
        after, after: before, options: ["fleet.allow-delete=Namespace:1"])
      return review.radius?.folds.map(\.effect.text) ?? []
    }
    let keeps = ["leaves, its objects stay"]
    let removes = ["leaves, its objects are removed; deletes Namespace retail"]
    let hub =
      "apiVersion: fleet/v1\nkind: Hub\nmetadata:\n  name: h\nspec:\n  whenClusterRemoved: remove\n"
    #expect(try effects(old: nil, new: [:]) == keeps)
    #expect(try effects(old: "remove", new: [:]) == removes)
    #expect(try effects(old: "keep", new: [:]) == keeps)
    // A setting that comes with the removal counts for the next one.
    #expect(try effects(old: nil, new: ["policy/hub.yaml": hub]) == keeps)
  }
}
