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
  /// Whether its template gives nothing but tests: then any fixed result will do.
  var isInTest = false
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
    // The dot goes along: two calls of one helper, or of one loop, shall not give the same.
    let withDot = [
      TextEdit(range: name, text: "list ."), TextEdit(range: end, text: " | \(include)"),
    ]
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
    case .clock where isPinned(call):
      return [TextEdit(range: name, text: Self.fixedDate)]
    case .uuid where isPinned(call):
      return [TextEdit(range: name, text: "(\(include) (list .))")]
    case .text where isPinned(call) && call.use.isCommand:
      return withDot
    case .number where isPinned(call) && call.use.isCommand:
      return [withDot[0], TextEdit(range: end, text: " | \(include) | int")]
    default:
      return [failing]
    }
  }

  private func isPinned(_ call: UnstableCall) -> Bool { calls != .refused || call.isInTest }

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
    guard let function = UnstableFunction(call.use.name),
      call.use.isCommand || function == .uuid
    else { return nil }
    let body: String
    switch function {
    case .date(let arguments, let date):
      let given = (0..<arguments).map { "(index . \($0))" }
      var fixed = given
      fixed[date] = Self.fixedDate
      let otherwise =
        isPinned(call) ? "\(call.use.name) \(fixed.joined(separator: " "))" : failure(call)
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
    case .text(let alphabet) where isPinned(call): body = text(call, alphabet)
    case .number where isPinned(call): body = number(call)
    case .uuid where isPinned(call): body = uuid(call)
    default: return nil
    }
    return "{{ define \"\(definitionName(call))\" }}\(body){{ end }}"
  }

  /// More characters nobody asks for; a larger number is a mistake that would fill the memory.
  private static let longestText = 65_536

  /// What tells two calls of one place apart: the dot, or what it has as a name.
  ///
  /// Not all of the dot: it holds the values, of which any change would give another password.
  private static let who =
    "{{ $dot := index . 0 }}{{ $who := \"\" }}"
    + "{{ if has (kindOf $dot) (list \"string\" \"int\" \"int64\" \"float64\") }}{{ $who = toString $dot }}"
    + "{{ else if kindIs \"map\" $dot }}{{ range list \"key\" \"secret\" \"name\" \"username\" }}"
    + "{{ $it := index $dot . }}"
    + "{{ if kindIs \"string\" $it }}{{ $who = printf \"%s/%q\" $who $it }}{{ end }}"
    + "{{ end }}{{ end }}"

  private func text(_ call: UnstableCall, _ alphabet: UnstableFunction.Alphabet) -> String {
    // The digits of a SHA-256 in base 64: 86 letters and digits, never '+' or '/'.
    let hash = "printf \"\(seed(call))/%s/%d\" $who . | sha256sum"
    let plain = "\(hash) | b64enc | trimSuffix \"==\""
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
        hash + zip("abcdef", "305917").map { " | replace \"\($0)\" \"\($1)\"" }.joined()
    case .printable:
      // Nothing that YAML would read as its own.
      piece = plain + zip("QZIY", "!+_=").map { " | replace \"\($0)\" \"\($1)\"" }.joined()
    }
    return Self.who
      + "{{ $n := max 0 (int (index . 1)) }}{{ if gt (int $n) \(Self.longestText) }}"
      + "{{ fail (printf \"'\(call.use.name)' of %d characters, 'helm.pin' makes \(Self.longestText)\" $n) }}{{ end }}"
      + "{{ $text := \"\" }}{{ range until (int (add 1 (div $n 64))) }}"
      + "{{ $text = printf \"%s%s\" $text (\(piece)) }}{{ end }}{{ trunc (int $n) $text }}"
  }

  private func number(_ call: UnstableCall) -> String {
    // Ten digits of a SHA-256, as a number: 40 bits, which every step of Go's arithmetic holds.
    let value =
      "(printf \"0x%s\" (printf \"\(seed(call))/%s\" $who | sha256sum | trunc 10) | int64)"
    return Self.who
      + "{{ $low := int64 (index . 1) }}{{ $size := sub (int64 (index . 2)) $low }}"
      + "{{ if lt $size 1 }}{{ fail \"'randInt' of a range that is empty\" }}{{ end }}"
      + "{{ add $low (mod \(value) $size) }}"
  }

  private func uuid(_ call: UnstableCall) -> String {
    Self.who + "{{ $h := printf \"\(seed(call))/%s\" $who | sha256sum }}"
      + "{{ printf \"%s-%s-4%s-8%s-%s\" (substr 0 8 $h) (substr 8 12 $h) (substr 12 15 $h) "
      + "(substr 15 18 $h) (substr 18 30 $h) }}"
  }

  private func seed(_ call: UnstableCall) -> String { Hexadecimal.text(digest(call)) }

  private func digest(_ call: UnstableCall) -> [UInt8] {
    var names = ["", ""]
    if case .pinned(let release, let namespace) = calls { names = [release, namespace] }
    var digest = SHA256()
    for part in names + [call.path, call.use.name, String(call.ordinal)] {
      digest.update(Array("\(part.utf8.count):\(part)".utf8))
    }
    return digest.finalize()
  }
}
