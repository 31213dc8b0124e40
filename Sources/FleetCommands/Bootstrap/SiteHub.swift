// SPDX-License-Identifier: Apache-2.0

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
