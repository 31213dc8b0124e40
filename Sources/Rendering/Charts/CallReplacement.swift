// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Templating

/// A call of an unstable function in a template of a chart.
struct UnstableCall: Sendable {
  /// The number among all calls of the chart; stands in the text of the failure.
  let number: Int
  /// The template, by its path in the folder that helm gets.
  let path: String
  /// The place.
  let use: FunctionUse
  /// The number among the calls of this function in this template; with these two a pinned result
  /// stays as it is while the lines around it move.
  let ordinal: Int
}

/// A change of a template's text: never over the end of a line, so that lines keep their numbers.
struct TextEdit {
  let range: Range<Int>
  let text: String
}

/// Puts something else in the place of calls, without knowing what stands around them.
struct CallReplacement {
  let calls: UnstableCalls
  /// Whether the name service is never asked, so that helm's own answer, nothing, is stable.
  let disablesDNS: Bool

  /// What begins the text of every failure that is put into a template.
  static let mark = "kubectl-fleet: the chart calls "

  /// The template as helm gets it.
  func replaced(_ bytes: [UInt8], _ found: ArraySlice<UnstableCall>) -> [UInt8] {
    if found.isEmpty { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 100 * found.count)
    var position = 0
    for edit in edits(found) {
      guard edit.range.lowerBound >= position, edit.range.upperBound <= bytes.count else {
        continue
      }
      result += bytes[position..<edit.range.lowerBound]
      result += edit.text.utf8
      position = edit.range.upperBound
    }
    result += bytes[position...]
    for call in found {
      // Behind the last line, where a definition adds nothing to the output.
      if let definition = definition(call) { result += definition.utf8 }
    }
    return result
  }

  /// The changes of one template, in the order of its text.
  func edits(_ found: ArraySlice<UnstableCall>) -> [TextEdit] {
    var result: [TextEdit] = []
    for call in found { result += edits(call) }
    return result.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  private func edits(_ call: UnstableCall) -> [TextEdit] {
    guard let function = UnstableFunction(call.use.name) else { return [] }
    let name = call.use.nameRange
    let end = call.use.commandEnd..<call.use.commandEnd
    let include = "include \"\(definitionName(call))\""
    let failing = TextEdit(range: name, text: "(\(failure(call)))")
    switch function {
    case .network where disablesDNS:
      return []
    case .date, .roundedAge:
      // As an argument of something else it has no arguments itself, and helm says so.
      guard call.use.isCommand else { return [] }
      return [TextEdit(range: name, text: "list"), TextEdit(range: end, text: " | \(include)")]
    case .keys:
      return call.use.isCommand ? [TextEdit(range: end, text: " | sortAlpha")] : []
    case .values:
      guard call.use.isCommand else { return [] }
      return [
        TextEdit(range: name, text: "list"),
        TextEdit(range: end, text: " | \(include) | fromJsonArray"),
      ]
    case .clock where isPinned:
      return [TextEdit(range: name, text: Self.fixedDate)]
    case .uuid where isPinned:
      return [TextEdit(range: name, text: "(\"\(uuid(call))\")")]
    case .text where isPinned && call.use.isCommand:
      return [TextEdit(range: name, text: include)]
    case .number where isPinned && call.use.isCommand:
      return [
        TextEdit(range: name, text: "list"), TextEdit(range: end, text: " | \(include) | int"),
      ]
    default:
      return [failing]
    }
  }

  private var isPinned: Bool { calls != .refused }

  /// The first instant of the year 2000, as a value that date functions take.
  private static let fixedDate =
    "(toDate \"2006-01-02T15:04:05Z07:00\" \"2000-01-01T00:00:00Z\")"

  private func definitionName(_ call: UnstableCall) -> String { "kubectl-fleet.\(call.number)" }

  private func failure(_ call: UnstableCall) -> String {
    let text = "\(Self.mark)'\(call.use.name)' at \(Self.place(call)) [\(call.number)]"
    return "fail \(Self.quoted(text))"
  }

  private static func place(_ call: UnstableCall) -> String {
    "\(call.path):\(call.use.line):\(call.use.column)"
  }

  /// A text as a string of a template.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f: result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension CallReplacement {
  /// The definition that an edited call includes; nil when it includes none.
  private func definition(_ call: UnstableCall) -> String? {
    guard call.use.isCommand, let function = UnstableFunction(call.use.name) else { return nil }
    let body: String
    switch function {
    case .date(let arguments, let date):
      let given = (0..<arguments).map { "(index . \($0))" }
      var fixed = given
      fixed[date] = Self.fixedDate
      let otherwise =
        isPinned ? "\(call.use.name) \(fixed.joined(separator: " "))" : failure(call)
      body =
        "{{ if has (typeOf \(given[date])) (list \"time.Time\" \"*time.Time\" \"int\" \"int32\" \"int64\") }}"
        + "{{ \(call.use.name) \(given.joined(separator: " ")) }}{{ else }}{{ \(otherwise) }}{{ end }}"
    case .roundedAge:
      body =
        "{{ if eq (typeOf (index . 0)) \"time.Time\" }}{{ \(failure(call)) }}"
        + "{{ else }}{{ \(call.use.name) (index . 0) }}{{ end }}"
    case .values:
      // Numbers of values files are floating already, so they come back as they were.
      body =
        "{{ $all := list }}{{ range . }}{{ range $_, $v := . }}{{ $all = append $all $v }}"
        + "{{ end }}{{ end }}{{ toJson $all }}"
    case .text(let alphabet) where isPinned: body = text(call, alphabet)
    case .number where isPinned: body = number(call)
    default: return nil
    }
    return "{{ define \"\(definitionName(call))\" }}\(body){{ end }}"
  }

  /// More characters nobody asks for; a larger number is a mistake that would fill the memory.
  private static let longestText = 65_536

  private func text(_ call: UnstableCall, _ alphabet: UnstableFunction.Alphabet) -> String {
    // The digits of a SHA-256 in base 64: 86 letters and digits, never '+' or '/'.
    let plain = "printf \"\(seed(call))/%d\" . | sha256sum | b64enc | trimSuffix \"==\""
    let piece: String
    switch alphabet {
    case .alphanumeric: piece = plain
    case .letters:
      piece =
        plain
        + zip("0123456789", "ghjkmpqrst").map { " | replace \"\($0)\" \"\($1)\"" }
        .joined()
    case .digits:
      piece =
        "printf \"\(seed(call))/%d\" . | sha256sum"
        + zip("abcdef", "305917").map { " | replace \"\($0)\" \"\($1)\"" }.joined()
    case .printable:
      // Nothing that YAML would read as its own.
      piece = plain + zip("QZIY", "!+_=").map { " | replace \"\($0)\" \"\($1)\"" }.joined()
    }
    return "{{ $n := max 0 (int .) }}{{ if gt (int $n) \(Self.longestText) }}"
      + "{{ fail (printf \"'\(call.use.name)' of %d characters, 'helm.pin' makes \(Self.longestText)\" $n) }}{{ end }}"
      + "{{ $text := \"\" }}{{ range until (int (add 1 (div $n 64))) }}"
      + "{{ $text = printf \"%s%s\" $text (\(piece)) }}{{ end }}{{ trunc (int $n) $text }}"
  }

  private func number(_ call: UnstableCall) -> String {
    let value = "0x" + Hexadecimal.text(Array(digest(call).prefix(6)))
    return "{{ $low := int64 (index . 0) }}{{ $size := sub (int64 (index . 1)) $low }}"
      + "{{ if lt $size 1 }}{{ fail \"'randInt' of a range that is empty\" }}{{ end }}"
      + "{{ add $low (mod \(value) $size) }}"
  }

  private func uuid(_ call: UnstableCall) -> String {
    var bytes = Array(digest(call).prefix(16))
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16]
      .map { Hexadecimal.text(Array(bytes[$0])) }.joined(separator: "-")
  }

  private func seed(_ call: UnstableCall) -> String { Hexadecimal.text(digest(call)) }

  private func digest(_ call: UnstableCall) -> [UInt8] {
    guard case .pinned(let release, let namespace) = calls else { return [] }
    var digest = SHA256()
    for part in [release, namespace, call.path, call.use.name, String(call.ordinal)] {
      digest.update(Array("\(part.utf8.count):\(part)".utf8))
    }
    return digest.finalize()
  }
}
