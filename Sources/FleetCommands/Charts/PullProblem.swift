// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Why a chart could not be brought in.
struct PullProblem: Error, Hashable {
  /// What is wrong.
  let message: String
  /// What others said about it, a line each.
  var notes: [String] = []
  /// What can be done.
  var hints: [String] = []
  /// Whether the same may work later.
  var isTemporary = false
  /// Whether the version is what is wrong.
  var isAboutVersion = false

  /// The code of the findings.
  static let code = "chart-not-loaded"

  /// Makes a problem.
  init(
    _ message: String, notes: [String] = [], hints: [String] = [], isTemporary: Bool = false
  ) {
    self.message = message
    self.notes = notes
    self.hints = hints
    self.isTemporary = isTemporary
  }

  /// The finding at a place.
  func finding(_ severity: Severity = .error, at span: SourceSpan) -> Finding {
    Finding(
      severity, Self.code, message, at: span, notes: notes.map { Finding.Note($0) }, hints: hints)
  }

  /// Makes sense of what helm has said before it failed; its words are those of helm 3.
  init(helm said: String, _ source: ChartSource, version: String) {
    let has = { (words: String...) in words.contains { said.contains($0) } }
    let place = Wording.quoted(source.place)
    let host = Wording.quoted(source.host)
    if has("401 Unauthorized", "403 Forbidden", "credential required", "access denied") {
      self.init(
        "\(host) wants a name and a password", hints: [Self.signIn(source)])
    } else if has("dial tcp: lookup ", "no such host") {
      self.init("the host \(host) is not known", isTemporary: true)
    } else if has("connection refused", "connection reset", "network is unreachable", ": EOF") {
      self.init("nobody answers at \(host)", isTemporary: true)
    } else if has("i/o timeout", "deadline exceeded", "Client.Timeout") {
      self.init("\(host) has not answered in time", isTemporary: true)
    } else if has("server gave HTTP response to HTTPS client") {
      self.init(
        "\(host) speaks HTTP and not HTTPS",
        hints: ["for a registry that you trust: kubectl fleet update --plain-http"])
    } else if has("x509:", "tls:") {
      self.init(
        "the certificate of \(host) is not trusted", notes: Self.words(said),
        hints: ["SSL_CERT_FILE=/path/of/ca.pem kubectl fleet update"])
    } else {
      self =
        Self.absence(said, has, source, version, place)
        ?? PullProblem(
          "helm could not load the chart from \(place)", notes: Self.words(said))
    }
  }

  /// What is said when everybody answered and the chart is not there.
  private static func absence(
    _ said: String, _ has: (String...) -> Bool, _ source: ChartSource, _ version: String,
    _ place: String
  ) -> PullProblem? {
    switch source {
    case .repository(_, let chart):
      if said.contains("index.yaml"), said.contains(" : 404") {
        return PullProblem(
          "there is no chart repository at \(place): it has no index.yaml",
          hints: ["a registry needs oci:// in front: repo: oci://\(source.host)/…"])
      }
      let chart = Wording.quoted(chart)
      if has("no chart name found") || (has("not found in") && !has("version \"", " matching ")) {
        return PullProblem("there is no chart \(chart) in \(place)")
      }
      if has("no chart version found") || (has("not found in") && has("version \"", " matching ")) {
        return noVersion(of: chart, version)
      }
    case .registry(let url):
      let name = Wording.quoted(url.split(separator: "/").last.map(String.init) ?? "")
      if has("name unknown", "NAME_UNKNOWN") {
        return PullProblem(
          "there is no chart at \(place)",
          hints: ["with oci:// the last word is the chart's name: \(source.place)/NAME"])
      }
      if has("Could not locate a version", ": not found") { return noVersion(of: name, version) }
    case .archive, .local: break
    }
    return has(" : 404", ": 404") ? PullProblem("there is nothing at \(place)") : nil
  }

  private static func noVersion(of chart: String, _ version: String) -> PullProblem {
    var problem = PullProblem(
      version.isEmpty
        ? "the chart \(chart) has no version that is no preview"
        : ChartVersion.isExact(version)
          ? "the chart \(chart) has no version \(Wording.quoted(version))"
          : "no version of the chart \(chart) is in \(Wording.quoted(version))")
    problem.isAboutVersion = true
    return problem
  }

  private static func signIn(_ source: ChartSource) -> String {
    switch source {
    case .registry: "helm registry login \(source.host)"
    case .repository: "helm repo add NAME \(source.place) --username USER"
    case .archive, .local:
      "use the chart repository in its place, which helm repo add knows with a password"
    }
  }

  /// Helm's words, without what says nothing.
  private static func words(_ said: String) -> [String] {
    said.split(separator: "\n").prefix(3).map { line in
      let text = line.hasPrefix("Error: ") ? line.dropFirst("Error: ".count) : line
      return ChartSource.withoutUsers(in: String(text))
    }
  }
}

/// What a version of a chart says, without knowing any.
enum ChartVersion {
  /// Whether it can only be one version: three numbers, perhaps `v` before and more behind.
  static func isExact(_ version: String) -> Bool {
    let plain = version.hasPrefix("v") ? version.dropFirst() : version[...]
    let core =
      plain.utf8.split(maxSplits: 1, omittingEmptySubsequences: false) {
        $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+")
      }.first ?? plain.utf8[...]
    let isWord = plain.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "+"):
        true
      default: false
      }
    }
    let numbers = core.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return isWord && numbers.count == 3
      && numbers.allSatisfy { number in
        !number.isEmpty
          && number.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      }
  }
}
