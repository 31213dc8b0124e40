// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import SliceFormat

/// Facts as labels, so that every selector of Fleet's can ask for them: `facts.kubectl-fleet.io/architecture`.
package enum FactLabel {
  /// The prefix of the keys. It is reserved: nobody declares such a label.
  package static let prefix = "facts.kubectl-fleet.io/"

  /// Whether a key is that of a fact.
  package static func isFact(_ key: String) -> Bool { key.utf8.starts(with: prefix.utf8) }

  /// The key of a fact; nil when it would be too long for a label.
  ///
  /// A label has one `/`, which comes before the fact's name. One in the name becomes `_`, which no domain has:
  /// `facts.kubectl-fleet.io/nvidia.com_gpu.product`.
  package static func key(_ name: String) -> String? {
    let key = prefix + name.replacing("/", with: "_")
    return KubernetesName.problem(labelKey: key) == nil ? key : nil
  }

  /// The value of a fact as the value of a label; nil when nothing of it can be one.
  ///
  /// What a label cannot have becomes `-`, and goes at the ends: `1.31.4+k3s1` is `1.31.4-k3s1`. What is longer than
  /// 63 characters is cut.
  package static func value(_ text: String) -> String? {
    if text.isEmpty { return "" }
    func isEnd(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
    let legal = text.unicodeScalars.map { scalar -> UInt8 in
      let byte = scalar.isASCII ? UInt8(truncatingIfNeeded: scalar.value) : 0x2d
      return isEnd(byte) || byte == 0x2e || byte == 0x5f ? byte : 0x2d
    }
    var rest = legal.drop { !isEnd($0) }.prefix(63)
    while let last = rest.last, !isEnd(last) { rest = rest.dropLast() }
    return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
  }

  /// The labels of facts; of two with one key the first fact counts. Facts that cannot be labels are left out.
  package static func labels(_ facts: [SiteFact]) -> Labels {
    Labels(
      facts.reversed().compactMap { fact in
        guard let key = key(fact.name), let value = value(fact.value) else { return nil }
        return Label(key: key, value: value)
      })
  }

  /// Reports labels of a document that only a site may say.
  static func check(_ labels: Labels, findings: inout Findings) {
    for label in labels.entries where isFact(label.key) {
      findings.error(
        "reserved-label",
        "the label \(Wording.quoted(label.key)) is reserved: facts are reported by the site, not declared",
        at: label.keySpan,
        hints: [
          "use a key of your own, like 'example.com/\(PrintableText.escape(String(label.key.dropFirst(prefix.utf8.count))))'"
        ])
    }
  }
}
