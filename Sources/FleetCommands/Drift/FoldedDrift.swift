// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import SliceFormat

/// An object that differs on some clusters in the same way.
struct FoldedDrift {
  /// The bundle that it is of.
  let bundle: String
  /// The object.
  let identity: ObjectIdentity
  /// How it differs.
  let drift: StatusDrift
  /// The clusters, in order.
  let clusters: [String]

  /// The object in a sentence: `ConfigMap retail/settings of bundle 'pos'`.
  var title: String {
    "\(PrintableText.escape(identity.display)) of bundle \(Wording.quoted(bundle))"
  }
}

/// What the hub has heard of drift, of some clusters.
struct ObservedDrift {
  /// What is asked for.
  struct Selection {
    /// The one bundle; nil for all.
    var bundle: String?
    /// The one object, `KIND/NAME`; nil for all.
    var object: String?

    fileprivate func takes(_ identity: ObjectIdentity) -> Bool {
      guard let object else { return true }
      let parts = object.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return false }
      let kinds = [identity.kind, identity.typeName, Wording.plural(of: identity.kind)]
      return kinds.contains { $0.lowercased() == parts[0].lowercased() }
        && parts[1] == identity.name
    }
  }

  /// A bundle of a cluster of which the digest has no room for all.
  struct Untold {
    let bundle: String
    let cluster: String
    let count: Int
  }

  /// The differences: by bundle and object, those of most clusters first.
  let drift: [FoldedDrift]
  /// What is not told.
  let untold: [Untold]
  /// How many of the clusters ever reported.
  let reported: Int

  /// Folds what clusters report.
  init(_ lines: [ObservedDigest.Line], _ selection: Selection) {
    struct Key: Hashable {
      let bundle: String
      let drift: StatusDrift
    }
    var clusters: [Key: [String]] = [:]
    var untold: [Untold] = []
    for line in lines {
      for bundle in line.bundles where selection.bundle.map({ $0 == bundle.name }) ?? true {
        for drift in bundle.drift {
          clusters[Key(bundle: bundle.name, drift: drift), default: []].append(line.cluster)
        }
        if bundle.untoldDrift > 0 {
          untold.append(
            Untold(bundle: bundle.name, cluster: line.cluster, count: bundle.untoldDrift))
        }
      }
    }
    let found = clusters.compactMap { key, names -> FoldedDrift? in
      guard let identity = ObjectIdentity(key.drift.object), selection.takes(identity) else {
        return nil
      }
      return FoldedDrift(
        bundle: key.bundle, identity: identity, drift: key.drift, clusters: names.inOrder)
    }
    drift = found.sorted(by: Self.precedes)
    self.untold = untold.sorted {
      $0.bundle != $1.bundle
        ? $0.bundle.precedesInBytes($1.bundle) : $0.cluster.precedesInBytes($1.cluster)
    }
    reported = lines.count
  }

  /// The clusters on which something differs, in order.
  var clusters: [String] { Set(drift.flatMap(\.clusters) + untold.map(\.cluster)).inOrder }

  /// Whether nothing differs.
  var isEmpty: Bool { drift.isEmpty && untold.isEmpty }

  private static func precedes(_ left: FoldedDrift, _ right: FoldedDrift) -> Bool {
    if left.bundle != right.bundle { return left.bundle.precedesInBytes(right.bundle) }
    if left.identity != right.identity { return left.identity < right.identity }
    if left.clusters.count != right.clusters.count {
      return left.clusters.count > right.clusters.count
    }
    // A cluster reports an object once, so no two have the same first one.
    return (left.clusters.first ?? "").precedesInBytes(right.clusters.first ?? "")
  }
}
