// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree
import Reconciling
import SliceFormat
import YAMLTree

/// The values of a chart that the site renders: those of the hub, and over them those of the cluster in
/// the order of `valuesFrom`.
struct SiteValues {
  /// Why there are none: a sentence without any value in it.
  struct Failure: Error, Hashable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
  }

  /// What helm gets, YAML.
  let bytes: [UInt8]
  /// What must not be told: every text of a secret.
  let secrets: [String]

  init(
    _ chart: SiteChart, _ live: [ObjectIdentity: JSONValue], namespace: String
  ) throws(Failure) {
    var values = try Self.read(chart.values, what: "'values.yaml' of the slice")
    var secrets: [String] = []
    for source in chart.rendering.sources {
      let identity = source.identity(namespace: namespace)
      let key = source.effectiveKey
      guard let object = live[identity] else {
        throw Failure("its values are missing: there is no \(identity.description)")
      }
      guard let text = Self.text(object, key, source.kind) else {
        throw Failure(
          "its values are missing: \(identity.description) has no key '\(key)' with a text")
      }
      let more = try Self.read(
        Array(text.utf8), what: "key '\(key)' of \(identity.description)")
      if source.kind == .secret { Self.collect(more, into: &secrets) }
      values = values.overlaid(with: more)
    }
    bytes = YAMLEmitter.emit(values)
    self.secrets = secrets
  }

  private static func text(
    _ object: JSONValue, _ key: String, _ kind: SiteRendering.Source.Kind
  ) -> String? {
    let data = object["data"]?[key]?.string
    return kind == .secret ? data.flatMap { Base64Text.decode($0) } : data
  }

  private static func read(_ bytes: [UInt8], what: String) throws(Failure) -> YAMLNode {
    // The findings quote what they find, so none of them is told but its place.
    var findings = Findings()
    let documents = YAMLParser.parse(bytes, path: what, findings: &findings)
    if let finding = findings.all.first(where: { $0.severity == .error }) {
      let place = finding.span.map { " in line \($0.start.line)" } ?? ""
      throw Failure("\(what) is no YAML: an error\(place)")
    }
    guard let root = documents.first?.root, !root.isNull else { return .mapping([]) }
    guard documents.count == 1, root.pairs != nil else {
      throw Failure("\(what) is no map of values")
    }
    return root
  }

  private static func collect(_ node: YAMLNode, into texts: inout [String]) {
    switch node.content {
    case .mapping(let pairs): for pair in pairs { collect(pair.value, into: &texts) }
    case .sequence(let items): for item in items { collect(item, into: &texts) }
    case .scalar(let scalar):
      // Shorter ones are in every sentence, and no secrets.
      if scalar.text.utf8.count >= 4 { texts.append(scalar.text) }
    }
  }
}

/// Takes secrets out of what programs say.
struct Redaction {
  private var texts: [String] = []

  /// Remembers texts that must not be told.
  mutating func add(_ secrets: [String]) {
    for secret in secrets {
      // A text of several lines may come back line by line.
      texts +=
        [secret]
        + secret.split(separator: "\n").map(String.init).filter {
          $0.utf8.count >= 4
        }
    }
    texts = Array(Set(texts)).sorted {
      $0.utf8.count == $1.utf8.count
        ? $0.utf8.lexicographicallyPrecedes($1.utf8) : $0.utf8.count > $1.utf8.count
    }
  }

  /// The text without them.
  func redact(_ text: String) -> String {
    var text = text
    for secret in texts {
      text = text.replacing(secret, with: "***")
    }
    return text
  }
}
