// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// Takes the output of `helm template` apart, by the templates that it names.
enum HelmPieces {
  /// What one template has given; of a file in `crds/` all documents, of a template one.
  struct Piece {
    /// Helm's name for the template: `web/charts/cache/templates/x.yaml`.
    let source: String
    let text: ArraySlice<UInt8>
  }

  private static let separator = Array("---\n# Source: ".utf8)

  /// The pieces in the order of the output; text before the first one is left out.
  ///
  /// Within a block scalar the separator cannot begin a line, so no value can look like one.
  static func split(_ output: [UInt8]) -> [Piece] {
    var pieces: [Piece] = []
    var starts: [Int] = []
    var lineStart = 0
    while lineStart < output.count {
      if output[lineStart] == separator[0], output[lineStart...].starts(with: separator) {
        starts.append(lineStart)
      }
      lineStart = (output[lineStart...].firstIndex(of: 0x0a) ?? output.count) + 1
    }
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1] : output.count
      let nameStart = start + separator.count
      let nameEnd = output[nameStart..<end].firstIndex(of: 0x0a) ?? end
      pieces.append(
        Piece(
          source: String(decoding: output[nameStart..<nameEnd], as: UTF8.self),
          text: output[min(nameEnd + 1, end)..<end]))
    }
    return pieces
  }
}

extension ChartFolder {
  /// The finding about two renderings of one request that differ; nil when they are equal.
  package func difference(_ first: [UInt8], _ second: [UInt8]) -> Finding? {
    if first == second { return nil }
    let left = HelmPieces.split(first)
    let right = HelmPieces.split(second)
    let pair = zip(left, right).first { $0.source != $1.source || $0.text != $1.text }
    let source = pair?.0.source ?? (left.count > right.count ? left : right).last?.source
    let template = source.flatMap { path(ofHelm: $0) } ?? "Chart.yaml"
    return Finding(
      .error, "unstable-chart",
      "two renderings of the same input differ: a text that 'tpl' reads calls a function of clock or "
        + "chance",
      path: shown(template),
      hints: ["look for 'now' and 'rand…' in 'helm.values' and in the chart's values"])
  }
}
