// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import YAMLTree

/// Everything that the files of a fleet repository say, outside the directories of bundles.
package struct FleetDocuments: Sendable {
  /// The clusters, in the order of reading.
  package private(set) var clusters: [Cluster] = []
  /// The cluster groups.
  package private(set) var groups: [ClusterGroup] = []
  /// The sources; of two with one name in a workspace only the first.
  package private(set) var gitRepos: [GitRepo] = []
  /// The settings; the defaults until a file says otherwise.
  package private(set) var hub = HubSettings()
  /// The budget; the built-in one until a file says otherwise.
  package private(set) var budget = Budget()

  /// The rollout policies; of two with one name only the first, and so with the kinds that follow.
  package private(set) var rolloutPolicies: [RolloutPolicyDocument] = []
  /// The schedules; their names are unique in a workspace.
  package private(set) var schedules: [Schedule] = []
  /// The freezes; their names are unique in a workspace.
  package private(set) var freezes: [Freeze] = []
  /// The receivers of notifications.
  package private(set) var notifications: [NotificationReceiver] = []

  private var gitRepoPlaces: [String: Int] = [:]

  /// Nothing yet.
  package init() {}

  /// Documents that are not from files: for a look at one bundle.
  package init(clusters: [Cluster], groups: [ClusterGroup], gitRepos: [GitRepo]) {
    self.clusters = clusters
    self.groups = groups
    self.gitRepos = gitRepos
  }

  /// The same documents with the clusters and groups of others: an earlier version for the inventory of now.
  package func withInventory(of other: FleetDocuments) -> FleetDocuments {
    var result = self
    result.clusters = other.clusters
    result.groups = other.groups
    return result
  }

  /// The same documents with other clusters in the places of theirs.
  func mappingClusters(_ change: (Cluster) -> Cluster) -> FleetDocuments {
    var result = self
    result.clusters = clusters.map(change)
    return result
  }

  /// Reads all documents of one file.
  ///
  /// Documents of other kinds are left alone, with one warning a file. Files have to be added in the
  /// order of their paths, so that of two things with one name the same one counts everywhere.
  package mutating func add(
    _ roots: [YAMLNode], path: String, findings: inout Findings
  ) {
    add(roots.map { PreparedDocument($0) }, path: path, findings: &findings)
  }

  /// The same for documents that were read as far as they can be.
  package mutating func add(
    _ documents: [PreparedDocument], path: String, findings: inout Findings
  ) {
    var foreign: Finding?
    for prepared in documents where !prepared.root.isNull {
      if let reading = prepared.cluster {
        findings.add(contentsOf: reading.findings)
        if let cluster = reading.cluster { clusters.append(cluster) }
        continue
      }
      let root = prepared.root
      let document = FieldReader(root.pairs == nil ? nil : root)
      switch KindRecognition.recognise(document, root: root, findings: &findings) {
      case .known(let kind): read(document, root: root, as: kind, findings: &findings)
      case .foreign(let finding): foreign = foreign ?? finding
      case .refused: break
      }
    }
    if let foreign { findings.add(foreign) }
  }

  private mutating func read(
    _ document: FieldReader, root: YAMLNode, as kind: KnownKind, findings: inout Findings
  ) {
    SchemaCheck.check(root, against: kind.schema, findings: &findings)
    switch kind {
    case .cluster:
      if let cluster = Cluster(document, findings: &findings) { clusters.append(cluster) }
    case .clusterGroup:
      if let group = ClusterGroup(document, findings: &findings) { groups.append(group) }
    case .gitRepo:
      if let gitRepo = GitRepo(document, findings: &findings) {
        add(gitRepo, findings: &findings)
      }
    case .hub:
      let settings = HubSettings(document, findings: &findings)
      if hub.span == nil {
        hub = settings
      } else {
        FleetDocuments.second("Hub", at: settings.span, first: hub.span, findings: &findings)
      }
    case .budget:
      let read = Budget(document, findings: &findings)
      if budget.span == nil {
        budget = read
      } else {
        FleetDocuments.second("Budget", at: read.span, first: budget.span, findings: &findings)
      }
    case .rolloutPolicy, .schedule, .freeze, .notification:
      readReleases(document, as: kind, findings: &findings)
    }
  }

  private mutating func readReleases(
    _ document: FieldReader, as kind: KnownKind, findings: inout Findings
  ) {
    switch kind {
    case .rolloutPolicy:
      guard let read = RolloutPolicyDocument(document, findings: &findings) else { return }
      let first = rolloutPolicies.first { $0.name.value == read.name.value }?.name
      if FleetDocuments.isFirst(read.name, first, "rollout policies", findings: &findings) {
        rolloutPolicies.append(read)
      }
    case .schedule:
      guard let read = Schedule(document, findings: &findings) else { return }
      let first = schedules.first { $0.metadata.isSame(as: read.metadata) }?.metadata.name
      if FleetDocuments.isFirst(read.metadata.name, first, "schedules", findings: &findings) {
        schedules.append(read)
      }
    case .freeze:
      guard let read = Freeze(document, findings: &findings) else { return }
      let first = freezes.first { $0.metadata.isSame(as: read.metadata) }?.metadata.name
      if FleetDocuments.isFirst(read.metadata.name, first, "freezes", findings: &findings) {
        freezes.append(read)
      }
    default:
      guard let read = NotificationReceiver(document, findings: &findings) else { return }
      let first = notifications.first { $0.name.value == read.name.value }?.name
      if FleetDocuments.isFirst(read.name, first, "notifications", findings: &findings) {
        notifications.append(read)
      }
    }
  }

  private static func isFirst(
    _ name: Located<String>, _ first: Located<String>?, _ kinds: String,
    findings: inout Findings
  ) -> Bool {
    guard let first else { return true }
    findings.error(
      "same-name", "there are two \(kinds) \(Wording.quoted(name.value))", at: name.span,
      notes: [Finding.Note("the first is here", at: first.span)])
    return false
  }

  private mutating func add(_ gitRepo: GitRepo, findings: inout Findings) {
    let key = gitRepo.workspace + "/" + gitRepo.name
    if let first = gitRepoPlaces[key] {
      findings.error(
        "same-name", "there are two GitRepos \(Wording.quoted(gitRepo.name))",
        at: gitRepo.metadata.name.span,
        notes: [Finding.Note("the first is here", at: gitRepos[first].metadata.name.span)])
      return
    }
    gitRepoPlaces[key] = gitRepos.count
    gitRepos.append(gitRepo)
  }

  private static func second(
    _ kind: String, at span: SourceSpan?, first: SourceSpan?, findings: inout Findings
  ) {
    findings.error(
      "same-name", "there can be only one \(kind)", at: span,
      notes: [Finding.Note("the first is here", at: first)])
  }
}

extension Metadata {
  fileprivate func isSame(as other: Metadata) -> Bool {
    name.value == other.name.value && workspace == other.workspace
  }
}
