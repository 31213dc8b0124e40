// SPDX-License-Identifier: Apache-2.0

import GitObjects
package import JSONTree

/// The folder `policy/` of a plan: by which rules what a plan says gets to the clusters.
///
/// A plan has it only when it says something; a plan without it is released at once.
package struct PlanPolicies: Sendable, Hashable {
  /// The bundles, in the order of workspace and name.
  package var bundles: [BundleRule] = []
  /// The resolved policies by their digests.
  package var rollouts: [String: RolloutPolicy] = [:]
  /// When clusters may be released, in the order of their names.
  package var schedules: [ScheduleRule] = []
  /// Who is told what, in the order of their names.
  package var notifications: [NotificationRule] = []
  /// Who may order what, in the order of the file; empty: everyone who may push.
  package var orders: [OrderRule] = []
  /// The clusters that nothing is released to, sorted by their bytes.
  package var paused: [String] = []

  /// The workspace of each cluster; empty where all clusters are in one.
  package var workspaces: [String: String] = [:]

  /// The format of the files.
  static let format: Int64 = 1

  /// Policies that say nothing.
  package init() {}

  /// Whether a plan without the folder says the same: no bundle has a policy, and there is nothing else.
  package var isEmpty: Bool {
    bundles.allSatisfy(\.policy.isEmpty) && schedules.isEmpty && notifications.isEmpty
      && orders.isEmpty && paused.isEmpty
  }

  /// The rule of a bundle; nil when the plan does not have it.
  package func rule(of bundle: String, workspace: String) -> BundleRule? {
    bundles.first { $0.name == bundle && $0.workspace == workspace }
  }

  /// The resolved policy of a bundle; nil for one that is released at once.
  package func policy(of bundle: String, workspace: String) -> RolloutPolicy? {
    rule(of: bundle, workspace: workspace).flatMap { rollouts[$0.policy] }
  }

  /// Takes up a policy and gives the digest by which a ``BundleRule`` names it: the id of its blob.
  package mutating func add(_ policy: RolloutPolicy) -> String {
    let digest = Self.digest(of: Self.file(of: policy))
    rollouts[digest] = policy
    return digest
  }

  static func file(of policy: RolloutPolicy) -> [UInt8] { JSONWriter.pretty(policy.json) }

  static func digest(of file: [UInt8]) -> String { ObjectID.hash(.blob, file).hex }
}

/// What a plan says about a bundle.
package struct BundleRule: Sendable, Hashable {
  /// The name, unique in the workspace.
  package var name: String
  /// The workspace.
  package var workspace: String
  /// The GitRepo that brings it.
  package var gitRepo: String
  /// Its directory in the repository.
  package var path: String
  /// A digest of everything that the repository says about the bundle itself: its files, its options, its
  /// GitRepo, the programs that render it. It stays the same when only clusters or groups change.
  package var definition: String
  /// The first name among the bundles that `dependsOn` or `atomic` connects it with, itself among them; empty for a
  /// bundle that stands alone. Groups are those of a workspace.
  package var group: String
  /// The digest of its resolved policy; empty for a bundle that is released at once.
  package var policy: String

  /// Makes a rule.
  package init(
    name: String, workspace: String, gitRepo: String, path: String, definition: String,
    group: String = "", policy: String = ""
  ) {
    self.name = name
    self.workspace = workspace
    self.gitRepo = gitRepo
    self.path = path
    self.definition = definition
    self.group = group
    self.policy = policy
  }
}

/// When clusters may be released: a `Schedule`, or when they may not: a `Freeze`.
package struct ScheduleRule: Sendable, Hashable {
  /// What it is.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A window: its clusters are released inside of their windows only.
    case schedule
    /// No cluster of it is released while it lasts.
    case freeze
  }

  /// What it is.
  package var kind: Kind
  /// The name.
  package var name: String
  /// When a window opens: a cron expression with seconds, as Fleet's; empty for a freeze of two moments.
  package var cron: String
  /// How long it lasts, in seconds; 0 for a freeze of two moments.
  package var duration: Int
  /// The name of the time zone.
  package var zone: String
  /// When a freeze begins and ends, as they are written: RFC 3339, or a local time in `zone`; empty where none is written.
  package var from: String
  package var until: String
  /// The clusters, sorted by their bytes.
  package var clusters: [String]

  /// Makes a rule.
  package init(
    kind: Kind, name: String, cron: String = "", duration: Int = 0, zone: String = "",
    from: String = "", until: String = "", clusters: [String]
  ) {
    self.kind = kind
    self.name = name
    self.cron = cron
    self.duration = duration
    self.zone = zone
    self.from = from
    self.until = until
    self.clusters = clusters
  }
}

/// Who is told what: a receiver.
package struct NotificationRule: Sendable, Hashable {
  /// How much an event matters.
  package enum Severity: String, Sendable, Hashable, CaseIterable {
    case info, warning, error
  }

  /// The name of the receiver, unique.
  package var name: String
  /// `NAME` runs `fleet-notify-NAME`.
  package var program: String
  /// What the program is told, as the file has it.
  package var settings: JSONValue
  /// Which events; empty for all.
  package var events: [RolloutEvent.Kind]
  /// Which bundles, by names or patterns of Go's `path.Match`; empty for all.
  package var bundles: [String]
  /// From which severity on.
  package var severity: Severity

  /// Makes a rule.
  package init(
    name: String, program: String, settings: JSONValue, events: [RolloutEvent.Kind] = [],
    bundles: [String] = [], severity: Severity = .info
  ) {
    self.name = name
    self.program = program
    self.settings = settings
    self.events = events
    self.bundles = bundles
    self.severity = severity
  }
}

/// Who may give which orders.
package struct OrderRule: Sendable, Hashable {
  /// The orders.
  package var orders: [RolloutOrder.Verb]
  /// Who may give them, as the serving side names them.
  package var principals: [String]

  /// Makes a rule.
  package init(orders: [RolloutOrder.Verb], principals: [String]) {
    self.orders = orders
    self.principals = principals
  }
}
