// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Testing

@testable import SiteService

@Suite("the commit of a slice")
struct SliceCommitTests {
  static let good = """
    tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
    author kubectl fleet <hub@kubectl-fleet> 1700000000 +0000
    committer kubectl fleet <hub@kubectl-fleet> 1700000000 +0000

    slice store-0001

    Cluster: store-0001
    Source: 1111111111111111111111111111111111111111
    Release: 17
    Epoch: 2
    Format: 1

    """

  @Test("its trailers are read")
  func reads() throws {
    let commit = try SliceCommit(Array(Self.good.utf8), cluster: "store-0001")
    #expect(commit.tree == .emptyTree)
    #expect(commit.age == SliceAge(epoch: 2, release: 17))
    #expect(commit.source == "1111111111111111111111111111111111111111")
  }

  @Test(
    "what is not this cluster's slice is refused",
    arguments: [
      (
        "Cluster: store-0001", "Cluster: store-0002",
        "the slice that came is for cluster 'store-0002'"
      ),
      ("Cluster: store-0001\n", "", "the slice cannot be read: its commit has no 'Cluster:'"),
      ("Format: 1", "Format: 2", "the slice has format 2, this fleet-sync knows 1"),
      ("Format: 1", "Format: x", "the slice cannot be read: its commit has no 'Format:'"),
      (
        "Release: 17", "Release: 99999999999999999999",
        "the slice cannot be read: its commit has no 'Epoch:' or no 'Release:'"
      ),
      ("tree 4b", "tree zz", "the slice cannot be read: its commit names no tree"),
    ])
  func refuses(part: String, replacement: String, message: String) {
    let text = Self.good.replacing(part, with: replacement)
    #expect {
      try SliceCommit(Array(text.utf8), cluster: "store-0001")
    } throws: { ($0 as? SliceRefusal)?.message == message }
  }

  @Test("the epoch counts before the release")
  func order() {
    #expect(SliceAge(epoch: 1, release: 9) < SliceAge(epoch: 2, release: 1))
    #expect(SliceAge(epoch: 2, release: 1) < SliceAge(epoch: 2, release: 2))
    #expect(
      SliceRefusal.older(SliceAge(epoch: 1, release: 9), than: SliceAge(epoch: 2, release: 1))
        .message
        == "the slice that came is release 9 of epoch 1, older than release 1 of epoch 2")
  }
}
