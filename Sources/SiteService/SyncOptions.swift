// SPDX-License-Identifier: Apache-2.0

import SliceFormat

/// What a run of fleet-sync is told on its command line.
struct SyncOptions: Sendable, Hashable {
  /// Where objects go.
  enum Target: Sendable, Hashable {
    /// Into a cluster, by kubectl.
    case kubectl
    /// Into a folder of manifests.
    case folder(String)

    /// The word of `--target`.
    var name: String {
      switch self {
      case .kubectl: "kubectl"
      case .folder(let path): "dir:\(path)"
      }
    }
  }

  var cluster: String
  /// Where slices come from, in the order in which they are asked; empty for a site without network.
  var hubs: [HubAddress]
  var stateFolder: String
  var target = Target.kubectl
  var kubeconfig: String?
  var context: String?
  /// The namespace of the record of what is ours.
  var inventoryNamespace = "kubectl-fleet-system"
  /// Whether an unchanged slice is applied again.
  var checksDrift = true
  /// Whether a cluster that another name manages may be taken over.
  var takesOver = false
  /// Seconds of `--heartbeat`; 0 says never.
  var heartbeat = 3600
  /// Seconds that one talk with the hub may take.
  var timeout = 120
  /// Seconds that one call of kubectl may take.
  var applyTimeout = 300
  /// Seconds that hooks of one weight may take.
  var hookTimeout = 300
  /// A file with what gate programs are told; nil for nothing.
  var gateConfig: String?
  /// Seconds over which the starts of a fleet are spread.
  var jitter = 0
  var network = NetworkOptions()
  var removals = RemovalOptions()
  /// What a person says of this site, besides what the cluster tells.
  var facts: [SiteFact] = []
  /// What is read instead of the hubs; nil for a usual run.
  var stick: Stick?

  /// The hub that is told how the site is; nil where there are only mirrors.
  var statusHub: HubAddress? { hubs.first { !$0.isRepository } }
}

/// The place of a hub, and what the kind of its URL allows.
struct HubAddress: Sendable, Hashable {
  /// The URL without a slash at its end.
  let url: String

  /// Reads `--hub`; nil when it is empty or would be an option to git.
  init?(_ text: String) {
    var url = Substring(text)
    while url.utf8.count > 1, url.utf8.last == UInt8(ascii: "/") { url = url.dropLast() }
    guard !url.isEmpty, url.utf8.first != UInt8(ascii: "-"),
      url.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
    else { return nil }
    // `ext::` and its like start programs.
    guard !url.contains("::") else { return nil }
    self.url = String(url)
  }

  /// The folder, when the hub is on this machine.
  var localPath: String? {
    if url.hasPrefix("file://") { return String(url.dropFirst(7)) }
    if url.contains("://") { return nil }
    // `host:path` is ssh, unless a slash comes before the colon: Git's rule.
    if let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")) {
      guard let slash = url.utf8.firstIndex(of: UInt8(ascii: "/")), slash < colon else {
        return nil
      }
    }
    return url
  }

  /// The URL without the password that may stand in it: logs are mailed.
  var shown: String {
    guard let start = url.firstRange(of: "://")?.upperBound else { return url }
    let authority = url[start...].prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@"),
      let colon = authority[..<at].firstIndex(of: ":")
    else { return url }
    return String(url[..<colon] + url[at...])
  }

  /// What git said of this hub, without the password.
  func redact(_ text: String) -> String {
    text.replacing(url, with: shown).replacing(plainURL, with: shown)
  }

  /// Whether a file beside the repositories can be asked for by HTTP.
  var isWeb: Bool { url.hasPrefix("http://") || url.hasPrefix("https://") }

  /// Whether the URL is that of a repository of slices, as mirrors are, and not of a hub around it.
  var isRepository: Bool { url.hasSuffix(".git") }

  /// The repository of the slices.
  var slices: String { isRepository ? url : url + "/slices.git" }
  /// The repository of the statuses.
  var status: String { url + "/status.git" }
  /// The descriptor.
  var descriptor: String { (localPath ?? url) + "/hub.json" }
}
