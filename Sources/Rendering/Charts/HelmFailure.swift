// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import Templating

extension HelmRequest {
  /// Says in our words why helm failed, at the place in the chart as it stands in the repository.
  ///
  /// Go's positions are bytes counted from 0 in the text that helm got; they are brought back to the text
  /// that somebody wrote. Values that Go quotes in a message are cut out: they may be of a Secret.
  ///
  /// - Parameters:
  ///   - errorOutput: what helm wrote to its standard error, or why it was ended.
  ///   - chart: the chart that the request names.
  package func finding(_ errorOutput: [UInt8], chart: ChartFolder) -> Finding {
    let text = HelmFailure.message(String(decoding: errorOutput, as: UTF8.self))
    let failure = HelmFailure(
      chart: chart, replacement: CallReplacement(calls: calls, disablesDNS: disablesDNS),
      kubeVersion: kubeVersion)
    return failure.refusedCall(text) ?? failure.stopped(text) ?? failure.template(text)
      ?? failure.parse(text) ?? failure.yaml(text) ?? failure.schema(text) ?? failure.chart(text)
      ?? failure.other(text)
  }
}

/// Reads the one error that helm ends with.
struct HelmFailure {
  let chart: ChartFolder
  let replacement: CallReplacement
  let kubeVersion: String?

  /// The error without helm's decoration, and without what it logged before.
  static func message(_ output: String) -> String {
    var lines = output.split(separator: "\n", omittingEmptySubsequences: false)
    if let first = lines.lastIndex(where: { $0.hasPrefix("Error: ") }) {
      lines = Array(lines[first...])
      lines[0] = lines[0].dropFirst(7)
    }
    lines.removeAll { $0.hasPrefix("Use --debug flag to render out invalid YAML") }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// A call that is refused: `CallReplacement` has put its number into the text.
  func refusedCall(_ text: String) -> Finding? {
    guard let mark = text.range(ofBytes: CallReplacement.mark) else { return nil }
    let rest = text[mark.upperBound...].prefix { $0 != "\n" }
    // The path in it may have brackets, too, so they are tried from the left.
    for start in rest.indices where rest[start] == "[" {
      let digits = rest[rest.index(after: start)...].prefix { $0 != "]" }
      if let number = Int(digits), let call = chart.calls.element(at: number),
        rest.hasPrefix("'\(call.use.name)' at ")
      {
        return refused(call)
      }
    }
    return nil
  }

  private func refused(_ call: UnstableCall) -> Finding {
    let name = call.use.name
    let function = UnstableFunction(name)
    let isPinned = replacement.calls != .refused
    let message: String
    var hints = ["give the value under 'helm.values:' in fleet.yaml"]
    switch function {
    case .network:
      message = "the chart calls '\(name)', which asks the network"
      hints = ["let it find nothing, as Fleet does: helm.disableDNS: true"]
    case .date:
      message = "the chart calls '\(name)' without a date, which takes the clock"
    default:
      message =
        isPinned
        ? "the chart calls '\(name)', which 'helm.pin' gives no fixed result"
        : "the chart calls '\(name)', which gives another result each time"
    }
    if let function, function.canBePinned, !isPinned {
      hints.append("or take a fixed result, which is no secret: helm.pin: true")
    }
    let start = SourcePosition(
      line: call.use.line, column: call.use.column, offset: call.use.offset)
    let length = name.utf8.count
    let span = SourceSpan(
      path: chart.shown(call.path), start: start,
      end: SourcePosition(
        line: start.line, column: start.column + length, offset: start.offset + length))
    return Finding(.error, "unstable-function", message, at: span, hints: hints)
  }

  /// What nobody here has words for: the first lines as they are.
  func other(_ text: String) -> Finding {
    let lines = text.split(separator: "\n").prefix(3).joined(separator: " ")
    let words = lines.isEmpty ? "it does not say why" : Self.withoutValues(Self.short(lines))
    return Finding(
      .error, "helm", "helm cannot render the chart: \(words)", path: chart.shown("Chart.yaml"))
  }
}

extension HelmFailure {
  /// A place as helm writes it: `web/templates/a.yaml:12:26`, without the column in parse errors.
  struct Place {
    let name: String
    let line: Int
    let column: Int?

    init?(_ text: some StringProtocol) {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count >= 2, let last = Int(parts[parts.count - 1]) else { return nil }
      if parts.count >= 3, let line = Int(parts[parts.count - 2]) {
        name = parts.dropLast(2).joined(separator: ":")
        self.line = line
        column = last
      } else {
        name = parts.dropLast().joined(separator: ":")
        line = last
        column = nil
      }
    }

    /// Whether it is within a text that `tpl` was given.
    var isTpl: Bool { name == "gotpl" }
  }

  /// The place in the repository; nil when helm speaks of something that is not there.
  ///
  /// - Parameter word: what to look for in the line where helm names no column.
  func span(_ place: Place, word: String? = nil) -> SourceSpan? {
    guard let path = chart.path(ofHelm: place.name), let bytes = chart.original(path) else {
      return nil
    }
    var start = 0
    for _ in 1..<max(1, place.line) {
      guard let next = bytes[start...].firstIndex(of: 0x0a) else { return nil }
      start = next + 1
    }
    var end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
    if end > start, bytes[end - 1] == 0x0d { end -= 1 }
    let line = start..<end
    var first = line.lowerBound
    if let column = place.column {
      first = original(line.lowerBound, column, path)
    } else {
      while first < end, bytes[first] == 0x20 || bytes[first] == 0x09 { first += 1 }
    }
    first = min(first, end)
    var isWord = place.column != nil
    if let wanted = word.map({ Array($0.utf8) }),
      let found = (first..<end).first(where: { bytes[$0..<end].starts(with: wanted) })
    {
      first = found
      isWord = true
    }
    var last = isWord ? first : end
    if isWord {
      while last < end, Self.isWord(bytes[last]) { last += 1 }
      if last == first { last = min(first + 1, end) }
    }
    func position(_ offset: Int) -> SourcePosition {
      SourcePosition(
        line: place.line,
        column: bytes[line.lowerBound..<offset].count { $0 & 0xc0 != 0x80 } + 1, offset: offset)
    }
    return SourceSpan(path: chart.shown(path), start: position(first), end: position(last))
  }

  /// The offset in the written text of a column in the text that helm got.
  private func original(_ lineStart: Int, _ column: Int, _ path: String) -> Int {
    guard let range = chart.callsByPath[path] else { return lineStart + column }
    var shift = 0
    for edit in replacement.edits(chart.calls[range]) where edit.range.lowerBound >= lineStart {
      let madeStart = edit.range.lowerBound + shift
      if madeStart >= lineStart + column { break }
      let made = edit.text.utf8.count
      if lineStart + column < madeStart + made { return edit.range.lowerBound }
      shift += made - edit.range.count
    }
    return lineStart + column - shift
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "$")
      || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte & 0xdf) || byte >= 0x80
  }

  /// A finding at a place, or about the file when the line cannot be found.
  func finding(
    _ code: String, _ message: String, at place: Place?, word: String? = nil,
    notes: [Finding.Note] = [], hints: [String] = []
  ) -> Finding {
    if let span = place.flatMap({ span($0, word: word) }) {
      return Finding(.error, code, message, at: span, notes: notes, hints: hints)
    }
    let path = place.flatMap { chart.path(ofHelm: $0.name) } ?? "Chart.yaml"
    return Finding(
      .error, code, message, path: chart.shown(path), notes: notes, hints: hints)
  }

  /// Text of a chart, which may be long.
  static func short(_ text: some StringProtocol) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > 500 else { return String(text) }
    return String(String.UnicodeScalarView(scalars.prefix(499))) + "…"
  }

  /// The text without what Go quotes of a value: between backticks, and behind `%!`.
  static func withoutValues(_ text: String) -> String {
    var result = ""
    var isInside = false
    for character in text {
      if character == "`" {
        isInside.toggle()
        result += isInside ? "'…'" : ""
      } else if !isInside {
        result.append(character)
      }
    }
    return result
  }
}

extension Array {
  /// The element at an index; nil where there is none.
  fileprivate func element(at index: Int) -> Element? {
    indices.contains(index) ? self[index] : nil
  }
}

extension StringProtocol {
  /// Where a text stands in this one, compared byte by byte.
  func range(ofBytes wanted: String) -> Range<Index>? {
    let bytes = Array(wanted.utf8)
    guard let first = bytes.first else { return nil }
    var index = utf8.startIndex
    while let found = utf8[index...].firstIndex(of: first) {
      if utf8[found...].starts(with: bytes) {
        return found..<utf8.index(found, offsetBy: bytes.count)
      }
      index = utf8.index(after: found)
    }
    return nil
  }
}
