// SPDX-License-Identifier: Apache-2.0

import GitObjects
import GitStore
@preconcurrency import Glibc
import HubService
import Posix
import SliceFormat

/// All sites of a hub have taken their slices: writes what each of them reports, with one measured value.
enum SiteReports {
  /// `HUB P99 COUNTER [EXCEPT]`: prints the commit of the cluster EXCEPT, whose ref stays as it is.
  static func run(_ words: [String]) -> Int32 {
    guard words.count >= 3, let value = Double(words[1]), let counter = Int(words[2]) else {
      return 64
    }
    do {
      let except = words.count > 3 ? words[3] : nil
      if let id = try write(HubLayout(root: words[0]), value, counter, except) { print(id.hex) }
      return 0
    } catch {
      fputs("fleet-bench: \(error)\n", stderr)
      return 1
    }
  }

  private static func write(
    _ hub: HubLayout, _ value: Double, _ counter: Int, _ except: String?
  ) throws -> ObjectID? {
    let slices = try Repository.open(hub.slices)
    let status = try Repository.open(hub.status)
    let pack = PackWriter(objectDirectory: status.objectDirectory)
    let now = Timestamp.now()
    var changes: [PackedRefs.Change] = []
    var left: ObjectID?
    let prefix = HubLayout.Ref.slicePrefix
    for ref in try PackedRefs.read(gitDirectory: hub.slices).references(prefix: prefix) {
      let cluster = String(ref.name.dropFirst(prefix.utf8.count))
      let slice = try slices.commit(ref.id)
      let bundles = try slices.tree(slice.tree).filter { $0.mode == .directory }.map {
        StatusReport.Bundle(
          name: String(decoding: $0.name, as: UTF8.self), state: .ready, tree: $0.id.hex,
          message: "")
      }
      let report = StatusReport(
        cluster: cluster, counter: counter, slice: ref.id.hex,
        source: slice.trailer("Source") ?? "",
        release: slice.trailer("Release").flatMap { Int($0) } ?? 0, time: now.rfc3339,
        state: .ready, bundles: bundles, errors: [],
        metrics: [StatusMetric(name: "p99-latency", value: value, samples: 400)])
      let tree = try pack.writeTree([
        TreeEntry("status.json", .file, try pack.write(.blob, report.json))
      ])
      let commit = Commit(
        tree: tree, parents: [],
        author: Signature(name: cluster, email: "\(cluster)@site", seconds: now.seconds),
        message: "status \(cluster)\n")
      let id = try pack.write(.commit, commit.content)
      if cluster == except {
        left = id
      } else {
        changes.append(PackedRefs.Change(HubLayout.Ref.statusPrefix + cluster, id))
      }
    }
    _ = try pack.finish()
    try PackedRefs.update(gitDirectory: hub.status, changes)
    return left
  }
}
