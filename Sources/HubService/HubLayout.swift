// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Posix
import SliceFormat

/// The paths of a hub folder.
package struct HubLayout: Sendable, Hashable {
  /// The folder itself.
  package let root: String

  /// Makes the layout of a folder, which need not exist yet.
  package init(root: String) {
    var path = root
    while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.root = path
  }

  /// The hub that a hook runs in: Git starts hooks in the repository's folder.
  package init(repository: String) {
    self.init(root: Files.split(HubLayout(root: repository).root).folder)
  }

  /// Where people push.
  package var fleet: String { root + "/fleet.git" }
  /// What clusters fetch.
  package var slices: String { root + "/slices.git" }
  /// Where clusters report.
  package var status: String { root + "/status.git" }
  /// What sites read first.
  package var descriptor: String { root + "/hub.json" }
  /// One hub job at a time.
  package var lock: String { root + "/lock" }
  /// What pre-receive decided, by source commit.
  package var accepted: String { root + "/accepted" }
  /// The versions of the renderers that the plans are made with.
  package var renderers: String { root + "/renderers.json" }
  /// Programs that look at what a push deploys.
  package var checks: String { root + "/checks" }
  /// The schemas that such programs compare with.
  package var schemas: String { root + "/schemas" }
  /// What was rendered before.
  package var renderCache: String { root + "/cache/render" }
  /// Large slices as files that can be loaded in pieces.
  package var bundles: String { root + "/" + SliceBundleHead.folder }
  /// A line `TIME NAME` for each fetch of a cluster, written by the web server.
  package var contactLog: String { root + "/contacts.log" }
  /// A file for each cluster, touched by the ssh server's forced command.
  package var contactFolder: String { root + "/contacts" }
  /// When each cluster was last heard of, as the hub knows it.
  package var contactList: String { root + "/contacts.list" }
  /// Is there when statuses have come that nobody has looked at.
  package var statusMark: String { root + "/status-dirty" }
  /// Held by the process that works off what pushes of statuses leave to do.
  package var runnerLock: String { root + "/runner-lock" }
  /// Held by the process that tidies up.
  package var maintenanceLock: String { root + "/maintenance-lock" }
  /// Objects of digests that were replaced, a line `TIME ID` for each.
  package var superseded: String { root + "/observed.superseded" }
  /// What the last look at reported facts came to.
  package var factsMemory: String { root + "/facts.json" }
  /// The id of the state commit that slices.git shows; written after its refs.
  package var published: String { slices + "/fleet-published" }

  /// The names of the hub's refs in fleet.git.
  package enum Ref {
    /// What every cluster should run.
    package static let plan = "refs/fleet/plan"
    /// What every cluster is told to run; the audit log.
    package static let state = "refs/fleet/state"
    /// The digest of the sites' statuses.
    package static let observed = "refs/fleet/observed"
    /// The facts that sites have reported and that count.
    package static let facts = "refs/fleet/facts"
    /// Reported facts that were refused, with the reason; it is there only while there are such.
    package static let factsWaiting = "refs/fleet/facts-waiting"
    /// The slices in slices.git, by cluster.
    package static let slicePrefix = "refs/slices/"
    /// The statuses in status.git, by cluster.
    package static let statusPrefix = "refs/status/"
  }

  /// Whether the folder holds the three repositories.
  package var isComplete: Bool {
    [fleet, slices, status].allSatisfy { Files.isDirectory($0) }
  }
}
