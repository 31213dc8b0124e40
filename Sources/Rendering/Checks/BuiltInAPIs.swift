// SPDX-License-Identifier: Apache-2.0

/// A kind of object in a version of an API group that Kubernetes itself brings, and its history.
package struct BuiltInAPI: Sendable, Hashable {
  /// Group and version, such as `apps/v1`.
  package let apiVersion: String
  /// The kind.
  package let kind: String
  /// The release in which it came; nil when it was there before 1.17.
  package let introduced: KubernetesVersion?
  /// The release since which the API server warns of it.
  package let deprecated: KubernetesVersion?
  /// The first release without it.
  package let removed: KubernetesVersion?
  /// The `apiVersion` that Kubernetes names in its place.
  package let replacement: String?

  /// Whether a release serves it. Versions that are off by default there count as served.
  package func isServed(in version: KubernetesVersion) -> Bool {
    introduced.map { $0 <= version } ?? true && removed.map { version < $0 } ?? true
  }
}

/// The APIs that Kubernetes 1.16 to 1.36 brings, with the ones that it took away.
package enum BuiltInAPIs {
  /// The newest release that the table was made of; a later one may bring what is not known here.
  package static let newest = KubernetesVersion(major: 1, minor: 36)

  /// The oldest release that anybody should still run: what was gone before it is gone everywhere.
  package static let goneEverywhere = KubernetesVersion(major: 1, minor: 22)

  private struct Index {
    var byType: [String: BuiltInAPI] = [:]
    var kindsOfGroup: [String: [BuiltInAPI]] = [:]
    var groupsOfKind: [String: [BuiltInAPI]] = [:]
  }

  private static let index: Index = {
    var index = Index()
    var group = ""
    for line in table.split(separator: "\n") {
      if line.hasPrefix("@") {
        group = String(line.dropFirst())
        continue
      }
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 5 else { continue }
      let replacement = words[4].contains("/") ? words[4] : apiVersion(group, words[4])
      for kind in words[5...] {
        let api = BuiltInAPI(
          apiVersion: apiVersion(group, words[0]), kind: kind,
          introduced: KubernetesVersion(words[1]), deprecated: KubernetesVersion(words[2]),
          removed: KubernetesVersion(words[3]),
          replacement: words[4] == "-" ? nil : replacement)
        index.byType["\(api.apiVersion) \(kind)"] = api
        index.kindsOfGroup[group, default: []].append(api)
        index.groupsOfKind[kind, default: []].append(api)
      }
    }
    return index
  }()

  private static func apiVersion(_ group: String, _ version: String) -> String {
    group.isEmpty ? version : "\(group)/\(version)"
  }

  /// The API of an object, or nil when Kubernetes brings none such.
  package static func api(apiVersion: String, kind: String) -> BuiltInAPI? {
    index.byType["\(apiVersion) \(kind)"]
  }

  /// All versions and kinds of a group, empty for a group that is not Kubernetes' own; the core group
  /// is the empty text.
  package static func apis(inGroup group: String) -> [BuiltInAPI] {
    index.kindsOfGroup[group] ?? []
  }

  /// A kind in all groups and versions that have it.
  package static func apis(ofKind kind: String) -> [BuiltInAPI] { index.groupsOfKind[kind] ?? [] }

  /// All names of kinds.
  package static var kinds: Set<String> { Set(index.groupsOfKind.keys) }

  /// All groups but the core group.
  package static var groups: Set<String> { Set(index.kindsOfGroup.keys).subtracting([""]) }

  /// The `apiVersion` that is best written for a kind: one that the clusters have (all of them when
  /// there are some), not deprecated, stable before beta before alpha, a high version before a low one.
  ///
  /// - Parameter group: the group that the author meant, which is preferred; nil for any.
  package static func best(
    kind: String, group: String?, versions: some Sequence<KubernetesVersion>
  ) -> BuiltInAPI? {
    let wanted = Array(versions)
    let served = apis(ofKind: kind).filter { api in
      wanted.isEmpty
        ? api.removed.map { $0 > newest } ?? true : wanted.allSatisfy { api.isServed(in: $0) }
    }
    let rank: (BuiltInAPI) -> (Int, Int, Int, String) = { api in
      let own = self.group(api.apiVersion)
      // What stood in `extensions` lives elsewhere now.
      let isMeant = group == own || group == "extensions"
      let isOld = api.deprecated.map { $0 <= wanted.max() ?? newest } ?? false
      return (isMeant ? 0 : 1, isOld ? 1 : 0, -stability(api.apiVersion), own)
    }
    return served.min { rank($0) < rank($1) }
  }

  /// A number that is higher for a version that is to be preferred: `v2` > `v1` > `v1beta2` > `v1alpha1`.
  static func stability(_ apiVersion: String) -> Int {
    let version = apiVersion.split(separator: "/").last ?? ""
    let numbers = version.dropFirst().split { !("0"..."9").contains($0) }.compactMap { Int($0) }
    let level = version.contains("alpha") ? 0 : version.contains("beta") ? 1 : 2
    return level * 10_000 + min(numbers.first ?? 0, 99) * 100
      + min(numbers.dropFirst().first ?? 0, 99)
  }

  private static func group(_ apiVersion: String) -> String {
    apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : ""
  }
}
