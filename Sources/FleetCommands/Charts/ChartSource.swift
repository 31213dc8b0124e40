// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import FleetModel

/// Where a chart comes from, by what `helm` of a `fleet.yaml` says.
///
/// Rules of Rancher Fleet (`internal/bundlereader/resources.go`, `charturl.go`, `source.go`): a `chart`
/// that is there as a directory is local unless `repo` is set; a `repo` with `oci://` names the chart
/// itself, and `chart` does not count; `http::` in front of a URL says nothing new.
enum ChartSource: Hashable {
  /// A directory of the bundle, from the bundle; `.` for the bundle itself.
  case local(String)
  /// A chart of a repository with an index.
  case repository(url: String, chart: String)
  /// A chart of a registry, with `oci://`.
  case registry(String)
  /// An archive at a URL.
  case archive(String)

  /// What cannot be brought in, and what to do instead.
  struct Refusal: Error {
    /// What is wrong.
    let message: String
    /// What can be done.
    var hints: [String] = []
  }

  /// Decides; nil where nothing says that there is a chart.
  ///
  /// - Parameter isDirectory: whether a path from the bundle is a directory.
  init?(_ helm: HelmOptions, isDirectory: (String) -> Bool) throws(Refusal) {
    if let repo = helm.repo?.value {
      if repo.hasPrefix("oci://") {
        self = .registry(repo)
        return
      }
      guard Self.isWeb(repo) else {
        throw Refusal(
          message: "a chart repository begins with https://, http:// or oci://",
          hints: ["write a directory of the bundle as 'chart:', without 'repo:'"])
      }
      guard let chart = helm.chart?.value else {
        throw Refusal(
          message: "'helm.repo' needs the name of a chart", hints: ["add chart: NAME to helm"])
      }
      self = .repository(url: repo, chart: chart)
      return
    }
    guard let chart = helm.chart?.value else { return nil }
    if let path = BundleLayout.normalized(chart), isDirectory(path.isEmpty ? "." : path) {
      self = .local(path.isEmpty ? "." : path)
      return
    }
    if chart.hasPrefix("oci://") {
      self = .registry(chart)
      return
    }
    if Self.isGit(chart) {
      throw Refusal(
        message: "charts are not taken from Git repositories",
        hints: ["copy the directory of the chart into the bundle, and commit it"])
    }
    let url = Self.dropping(["http::", "https::"], from: chart)
    if Self.isWeb(url) {
      let path = url.split(separator: "?", maxSplits: 1)[0].split(separator: "://", maxSplits: 1)
      if path.count > 1, path[1].contains("//") {
        throw Refusal(
          message: "a directory of an archive cannot be taken alone",
          hints: ["copy the directory of the chart into the bundle, and commit it"])
      }
      self = .archive(url)
      return
    }
    throw Refusal(
      message: "there is no directory \(Wording.quoted(chart)) in the bundle",
      hints: ["a chart from elsewhere needs 'repo:', or a chart: that begins with oci://"])
  }

  /// Where it comes from, without names and passwords.
  var place: String {
    switch self {
    case .local(let path): path
    case .repository(let url, _), .registry(let url), .archive(let url): Self.withoutUser(url)
    }
  }

  /// The name of the chart, as far as it is known before it is there.
  var name: String {
    switch self {
    case .repository(_, let chart): chart
    case .local(let path): path
    case .registry(let url), .archive(let url):
      url.split(separator: "/").last.map(String.init) ?? url
    }
  }

  /// Whether it is one file, that no version chooses.
  var isArchive: Bool { if case .archive = self { true } else { false } }

  /// The host and port.
  var host: String {
    let rest = Self.withoutUser(place).split(separator: "://", maxSplits: 1).last ?? ""
    return rest.split(separator: "/", maxSplits: 1).first.map(String.init) ?? ""
  }

  /// A URL without what stands before `@`.
  static func withoutUser(_ url: String) -> String {
    guard let start = url.firstRange(of: "://")?.upperBound else { return url }
    let end = url[start...].utf8.firstIndex { $0 == UInt8(ascii: "/") } ?? url.endIndex
    guard let sign = url[start..<end].utf8.lastIndex(of: UInt8(ascii: "@")) else { return url }
    return String(url[..<start]) + url[url.utf8.index(after: sign)...]
  }

  /// A text in which no URL has what stands before `@`.
  static func withoutUsers(in text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false)
      .map { withoutUser(String($0)) }.joined(separator: " ")
  }

  /// Whether a text is an address of the web.
  static func isWeb(_ url: String) -> Bool {
    url.hasPrefix("https://") || url.hasPrefix("http://")
  }

  /// What Fleet gives to git: forced, by scheme, by well-known host, or as `user@host:path`.
  private static func isGit(_ text: String) -> Bool {
    let starts = [
      "git::", "ssh::", "git://", "ssh://", "github.com/", "gitlab.com/", "bitbucket.org/",
    ]
    if starts.contains(where: { text.hasPrefix($0) }) { return true }
    guard !text.contains("://"), let colon = text.firstIndex(of: ":") else { return false }
    return text[..<colon].contains("@")
  }

  private static func dropping(_ prefixes: [String], from text: String) -> String {
    for prefix in prefixes where text.hasPrefix(prefix) {
      return String(text.dropFirst(prefix.count))
    }
    return text
  }
}
