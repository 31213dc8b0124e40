// SPDX-License-Identifier: Apache-2.0

package import GitObjects
import GitStore
package import HubService
import Posix
package import SliceFormat

/// Thousands of sites in one loop: they poll slices.git, become ready after a while, and report to status.git.
///
/// The hub sees what real sites would leave: contacts in `contacts.log`, status commits behind refs. Only the
/// processes are missing; a few sites may be left to real ones (`isReal`).
package final class SimulatedSites {
  /// What one site does.
  package struct Behaviour {
    /// Whether it has a connection, so many seconds after the start.
    package var isOnline: (_ cluster: String, _ time: Double) -> Bool = { _, _ in true }
    /// Seconds from the fetch of a slice until its workloads are ready.
    package var delay: (_ cluster: String) -> Double = { _ in 0.2 }
    /// How a bundle is with a tree.
    package var health: (_ cluster: String, _ bundle: String, _ tree: ObjectID) -> BundleState = {
      _, _, _ in .ready
    }
    /// What is measured with these trees.
    package var metrics: (_ cluster: String, _ trees: [String: ObjectID]) -> [StatusMetric] = {
      _, _ in []
    }
    /// How far its clock is off, in seconds.
    package var drift: (_ cluster: String) -> Int64 = { _ in 0 }
    /// Whether a real program plays this site.
    package var isReal: (_ cluster: String) -> Bool = { _ in false }

    /// A site on which all goes well.
    package init() {}
  }

  private struct Site {
    var slice: ObjectID?
    var trees: [String: ObjectID] = [:]
    var release = 0
    var source = ""
    var due: Double?
    var counter = 0
  }

  /// What each site ever served: its trees, by the time of the fetch.
  package private(set) var served: [(time: Double, cluster: String, trees: [String: ObjectID])] = []
  /// How many reports were written.
  package private(set) var reports = 0

  private let hub: HubLayout
  private let behaviour: Behaviour
  private let slices: Repository
  private let status: Repository
  private var sites: [String: Site] = [:]
  private var rows: [ObjectID: [String: ObjectID]] = [:]

  /// Sites of a hub; they know nothing yet.
  package init(_ hub: HubLayout, _ behaviour: Behaviour) throws {
    self.hub = hub
    self.behaviour = behaviour
    slices = try Repository.open(hub.slices)
    status = try Repository.open(hub.status)
  }

  /// Lets every site poll once, and report what is due.
  ///
  /// - Parameter time: seconds since the start; rising.
  package func step(time: Double) throws {
    try slices.refresh()
    let now = Timestamp.now()
    var contacts: [UInt8] = []
    var refs: [PackedRefs.Change] = []
    let pack = PackWriter(objectDirectory: status.objectDirectory)
    let prefix = HubLayout.Ref.slicePrefix
    for ref in try PackedRefs.read(gitDirectory: hub.slices).references(prefix: prefix) {
      let cluster = String(ref.name.dropFirst(prefix.count))
      if behaviour.isReal(cluster) || !behaviour.isOnline(cluster, time) { continue }
      contacts += Array("\(now.seconds) \(cluster)\n".utf8)
      var site = sites[cluster] ?? Site()
      if site.slice != ref.id {
        site.slice = ref.id
        let commit = try slices.commit(ref.id)
        site.trees = try trees(commit.tree)
        site.release = commit.trailer("Release").flatMap { Int($0) } ?? 0
        site.source = commit.trailer("Source") ?? ""
        site.due = time + behaviour.delay(cluster)
        served.append((time, cluster, site.trees))
      }
      if let due = site.due, due <= time {
        site.due = nil
        site.counter += 1
        let report = try pack.write(.blob, report(cluster, site, now).json)
        let tree = try pack.writeTree([TreeEntry("status.json", .file, report)])
        let commit = Commit(
          tree: tree, parents: [],
          author: Signature(name: cluster, email: "\(cluster)@site", seconds: now.seconds),
          message: "status \(cluster)\n")
        let id = try pack.write(.commit, commit.content)
        refs.append(PackedRefs.Change(HubLayout.Ref.statusPrefix + cluster, id))
      }
      sites[cluster] = site
    }
    try append(contacts)
    if refs.isEmpty {
      pack.discard()
      return
    }
    _ = try pack.finish()
    try PackedRefs.update(gitDirectory: hub.status, refs)
    reports += refs.count
  }

  /// The clusters that ever had one of these trees of a bundle.
  package func clusters(thatServed trees: Set<ObjectID>, of bundle: String) -> Set<String> {
    Set(served.filter { $0.trees[bundle].map(trees.contains) ?? false }.map(\.cluster))
  }

  /// What a site has now.
  package func trees(of cluster: String) -> [String: ObjectID] { sites[cluster]?.trees ?? [:] }

  private func report(_ cluster: String, _ site: Site, _ now: Timestamp) -> StatusReport {
    let bundles = site.trees.sorted { $0.key < $1.key }.map { name, tree in
      let state = behaviour.health(cluster, name, tree)
      return StatusReport.Bundle(
        name: name, state: state, tree: tree.hex, message: state == .ready ? "" : "not well")
    }
    let drifted = Timestamp(seconds: now.seconds + behaviour.drift(cluster))
    return StatusReport(
      cluster: cluster, counter: site.counter, slice: site.slice?.hex ?? "", source: site.source,
      release: site.release, time: drifted.rfc3339,
      state: bundles.contains { $0.state != .ready } ? .notReady : .ready, bundles: bundles,
      errors: [], metrics: behaviour.metrics(cluster, site.trees))
  }

  private func trees(_ slice: ObjectID) throws -> [String: ObjectID] {
    if let known = rows[slice] { return known }
    var row: [String: ObjectID] = [:]
    for entry in try slices.tree(slice) where entry.mode == .directory {
      row[String(decoding: entry.name, as: UTF8.self)] = entry.id
    }
    rows[slice] = row
    return row
  }

  /// As a web server writes its log: one write, at the end.
  private func append(_ lines: [UInt8]) throws {
    if lines.isEmpty { return }
    let path = hub.root + "/contacts.log"
    let result = try Child.run(
      ["/bin/sh", "-c", "cat >> \"$1\"", "sh", path], input: .bytes(lines))
    guard result.succeeded else { throw HubFixture.Failure("cannot write '\(path)'") }
  }
}
