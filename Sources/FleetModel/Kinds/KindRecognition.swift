// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// The kinds of documents that are read.
enum KnownKind: String, CaseIterable {
  case cluster = "Cluster"
  case clusterGroup = "ClusterGroup"
  case gitRepo = "GitRepo"
  case hub = "Hub"
  case budget = "Budget"
  case rolloutPolicy = "RolloutPolicy"
  case schedule = "Schedule"
  case freeze = "Freeze"
  case notification = "Notification"

  /// The fields of the kind.
  var schema: FieldSchema {
    switch self {
    case .cluster: FieldCatalog.cluster
    case .clusterGroup: FieldCatalog.clusterGroup
    case .gitRepo: FieldCatalog.gitRepo
    case .hub: FieldCatalog.hub
    case .budget: FieldCatalog.budget
    case .rolloutPolicy: FieldCatalog.rolloutPolicy
    case .schedule: FieldCatalog.schedule
    case .freeze: FieldCatalog.freeze
    case .notification: FieldCatalog.notification
    }
  }

  /// Whether Fleet has the kind too.
  var isFleets: Bool {
    switch self {
    case .cluster, .clusterGroup, .gitRepo, .schedule: true
    case .hub, .budget, .rolloutPolicy, .freeze, .notification: false
    }
  }
}

/// Decides from apiVersion and kind what a document is.
enum KindRecognition {
  case known(KnownKind)
  /// Not ours; the finding says so.
  case foreign(Finding)
  /// Ours or Fleet's, but not read; what is to be said has been reported.
  case refused

  static let fleetVersion = "fleet.cattle.io/v1alpha1"
  static let ownVersion = "fleet/v1"

  static func recognise(
    _ document: FieldReader, root: YAMLNode, findings: inout Findings
  ) -> KindRecognition {
    let version = document.string("apiVersion")
    let kind = document.string("kind")
    guard let version else {
      guard let kind, KnownKind(rawValue: kind.value) != nil else {
        return .foreign(notRead(kind, at: root.span))
      }
      findings.error(
        "missing-field", "the \(kind.value) has no 'apiVersion'", at: kind.span,
        hints: ["write 'apiVersion: \(ownVersion)'"])
      return .refused
    }
    let isKnown = version.value == fleetVersion || version.value == ownVersion
    let group = isKnown ? "" : version.value.split(separator: "/").first ?? ""
    guard isKnown || group == "fleet.cattle.io" || group == "fleet" else {
      return .foreign(notRead(kind, at: kind?.span ?? root.span))
    }
    guard isKnown else {
      findings.error(
        "unknown-kind", "the apiVersion \(Wording.quoted(version.value)) is unknown",
        at: version.span,
        hints: ["write '\(ownVersion)' or '\(fleetVersion)'"])
      return .refused
    }
    guard let kind else {
      findings.error("missing-field", "the document has no 'kind'", at: version.span)
      return .refused
    }
    if let known = KnownKind(rawValue: kind.value) {
      if known.isFleets || version.value == ownVersion { return .known(known) }
      findings.error(
        "unknown-kind", "the kind '\(known.rawValue)' is not Fleet's, it is ours", at: version.span,
        hints: ["write 'apiVersion: \(ownVersion)'"])
      return .refused
    }
    other(kind, version.value, findings: &findings)
    return .refused
  }

  private static func other(
    _ kind: Located<String>, _ version: String, findings: inout Findings
  ) {
    if let other = FieldCatalog.otherKinds.first(where: { $0.name == kind.value }) {
      switch other.support {
      case .built: break
      case .inert(let reason, let code):
        findings.warning(
          code, "the kind '\(other.name)' has no effect here: \(reason)", at: kind.span)
      case .refused(let reason):
        findings.error(
          "not-supported", "the kind '\(other.name)' is not supported yet: \(reason)",
          at: kind.span)
      }
      return
    }
    let names = KnownKind.allCases.map(\.rawValue) + FieldCatalog.otherKinds.map(\.name)
    findings.error(
      "unknown-kind", "\(Wording.quoted(version)) has no kind \(Wording.quoted(kind.value))",
      at: kind.span,
      hints: Suggestion.nearest(to: kind.value, among: names).map { ["did you mean '\($0)'?"] }
        ?? [])
  }

  private static func notRead(_ kind: Located<String>?, at span: SourceSpan) -> Finding {
    guard let kind else {
      return Finding(
        .warning, "not-read", "not read: the document has no 'apiVersion' and 'kind'",
        path: span.path)
    }
    return Finding(
      .warning, "not-read", "not read: the kind \(Wording.quoted(kind.value)) is not one of ours",
      at: kind.span)
  }
}
