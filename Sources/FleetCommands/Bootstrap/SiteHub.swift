// SPDX-License-Identifier: Apache-2.0

/// The hubs that a site asks, in their order.
struct SiteHubs: Hashable {
  /// At least one.
  let all: [SiteHub]

  init(_ all: [SiteHub]) { self.all = all }

  /// Those that are reached in different ways, the first of each.
  private var ways: [SiteHub] {
    var seen = Set<SiteHub.Way>()
    return all.filter { seen.insert($0.way).inserted }
  }

  /// Whether one wants a name and a password.
  var hasPassword: Bool { all.contains { $0.way == .web } }
  /// The words for fleet-sync.
  var words: [String] { all.flatMap { ["--hub", $0.url] } }
  /// The folders in which a status is written: not those of mirrors.
  var statusFolders: [String] {
    all.filter { $0.way == .folder && !$0.url.hasSuffix(".git") }.map(\.url)
  }

  /// What the administrators of the hubs do once, as comments.
  func notes(cluster: String, credentials: String) -> String {
    ways.enumerated().map { index, hub in
      hub.notes(cluster: cluster, credentials: index == ways.count - 1 ? credentials : "")
    }.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// The variables that lead git to the credentials in a folder.
  func variables(folder: String) -> [(name: String, value: String)] {
    ways.flatMap { $0.variables(folder: folder) }
  }

  /// The files with the credentials.
  func files(folder: String) -> [String] { ways.flatMap { $0.files(folder: folder) } }
}

/// The hub as a site reaches it, and what the site needs for that.
struct SiteHub: Hashable {
  /// How git talks with it.
  enum Way: Hashable {
    case folder, ssh, web, other
  }

  /// The value of `--hub` for fleet-sync.
  let url: String
  /// How.
  let way: Way

  /// Takes the hub that people use. Their own name in the URL of a web server is not the site's.
  init(_ location: HubLocation) {
    var url = location.base
    if location.layout != nil {
      way = .folder
    } else if url.hasPrefix("http://") || url.hasPrefix("https://") {
      way = .web
      if location.origin != "--hub" { url = Self.withoutUser(url) }
    } else if url.hasPrefix("ssh://") || url.hasPrefix("git+ssh://") || !url.contains("://") {
      way = .ssh
      // `host:` alone names the home folder there.
      if url.hasSuffix(":") { url += "." }
    } else {
      way = .other
    }
    self.url = url
  }

  /// What the hub's administrator does once, as comments.
  func notes(cluster: String, credentials: String) -> String {
    let values = ["CLUSTER": cluster, "CREDENTIALS": credentials]
    switch way {
    case .folder: return SiteTemplate.comment("hub-folder.txt", values)
    case .ssh: return SiteTemplate.comment("hub-ssh.txt", values)
    case .web: return SiteTemplate.comment("hub-http.txt", values)
    case .other: return ""
    }
  }

  /// The variables that lead git to the credentials in a folder.
  func variables(folder: String) -> [(name: String, value: String)] {
    switch way {
    case .ssh:
      return [
        (
          "GIT_SSH_COMMAND",
          "ssh -i \(folder)/ssh-key -o IdentitiesOnly=yes -o BatchMode=yes"
            + " -o UserKnownHostsFile=\(folder)/known_hosts"
        )
      ]
    case .web:
      // Only answers: git would tell the same helper what to store.
      return [
        ("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "credential.helper"),
        (
          "GIT_CONFIG_VALUE_0",
          "!f() { test $1 = get && cat \(folder)/git-credentials; }; f"
        ),
      ]
    case .folder, .other: return []
    }
  }

  /// The files with the credentials.
  func files(folder: String) -> [String] {
    switch way {
    case .ssh: ["\(folder)/ssh-key", "\(folder)/known_hosts"]
    case .web: ["\(folder)/git-credentials"]
    case .folder, .other: []
    }
  }

  private static func withoutUser(_ url: String) -> String {
    guard let start = url.firstRange(of: "://")?.upperBound else { return url }
    let authority = url[start...].prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return url }
    return String(url[..<start] + url[url.index(after: at)...])
  }
}
