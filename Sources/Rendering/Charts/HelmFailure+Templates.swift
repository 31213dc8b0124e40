// SPDX-License-Identifier: Apache-2.0

import Diagnostics

extension HelmFailure {
  /// `execution error at (web/templates/a.yaml:12:26): MESSAGE`: the chart itself says `fail` or `required`.
  ///
  /// Helm names the outermost template there, not the one that says so.
  func stopped(_ text: String) -> Finding? {
    let head = "execution error at ("
    guard text.hasPrefix(head), let end = text.range(ofBytes: "): ") else { return nil }
    let place = Place(text[..<end.lowerBound].dropFirst(head.utf8.count))
    let message = Self.oneLine(text[end.upperBound...])
    return finding("chart-fails", "the chart says: \(message)", at: place)
  }

  /// `parse error at (web/templates/a.yaml:5): function "b" not defined`.
  func parse(_ text: String) -> Finding? {
    let head = "parse error at ("
    guard text.hasPrefix(head), let end = text.range(ofBytes: "): ") else { return nil }
    var place = Place(text[..<end.lowerBound].dropFirst(head.utf8.count))
    let words = String(text[end.upperBound...])
    if let start = words.after("unclosed action started at ").flatMap({ Place($0) }) {
      place = start
    }
    let name = words.between("function \"", "\" not defined")
    return finding("template-syntax", Self.words(words, in: nil), at: place, word: name)
  }

  /// `template: web/templates/a.yaml:6:26: executing "…" at <…>: …`, in chains of `include` and `tpl`.
  func template(_ text: String) -> Finding? {
    var steps: [(place: Place, expression: String?)] = []
    var rest = text[...]
    while let step = Self.step(&rest) {
      steps.append(step)
      if steps.count > 5000 { break }
    }
    guard let inner = steps.last(where: { !$0.place.isTpl }) else { return nil }
    let isInTpl = steps.last?.place.isTpl == true
    let expression = steps.last?.expression
    var message = Self.words(String(rest), in: expression)
    if isInTpl { message = "in a text that 'tpl' reads: \(message)" }
    var notes: [Finding.Note] = []
    if let outer = steps.first, steps.count > 1, let span = span(outer.place),
      span != self.span(inner.place)
    {
      notes.append(Finding.Note("it is used from here", at: span))
    }
    return finding(
      "template", message, at: inner.place, notes: notes,
      hints: Self.hints(String(rest), expression))
  }

  /// Takes one `template: PLACE: executing "NAME" at <EXPRESSION>: ` off, with the words that lead to the
  /// next one.
  private static func step(_ rest: inout Substring) -> (place: Place, expression: String?)? {
    var text = rest
    for lead in ["error calling include: ", "error calling tpl: "] where text.hasPrefix(lead) {
      text = text.dropFirst(lead.count)
    }
    // The text that `tpl` was given stands here in full, values and all.
    if text.hasPrefix("error during tpl function execution for ")
      || text.hasPrefix("cannot parse template "),
      let end = text.range(ofBytes: "\": template: ")
    {
      text = text[end.lowerBound...].dropFirst(3)
    }
    guard text.hasPrefix("template: ") else { return nil }
    text = text.dropFirst(10)
    guard let colon = text.range(ofBytes: ": "), let place = Place(text[..<colon.lowerBound]) else {
      return nil
    }
    text = text[colon.upperBound...]
    var expression: String?
    if text.hasPrefix("executing "), let at = text.range(ofBytes: " at <"),
      let end = text[at.upperBound...].range(ofBytes: ">: ")
    {
      expression = String(text[at.upperBound..<end.lowerBound])
      text = text[end.upperBound...]
    }
    rest = text
    return (place, expression)
  }

  /// Go's words about a template in ours.
  static func words(_ text: String, in expression: String?) -> String {
    let place = expression.map { " in \(Wording.quoted($0))" } ?? ""
    if let field = text.after("nil pointer evaluating interface {}.") {
      return "cannot read \(Wording.quoted(field))\(place): what stands before it is not set"
    }
    if let field = text.between("can't evaluate field ", " in type ") {
      return "cannot read \(Wording.quoted(field))\(place): what stands before it is no map, "
        + "or has no such key"
    }
    if let got = text.after("wrong type for value; expected ").flatMap({ $0.after("; got ") }),
      let wanted = text.between("wrong type for value; expected ", "; got ")
    {
      let what = got == "interface {}" ? "nothing" : got
      return "\(what) stands where \(wanted) is wanted\(place)"
    }
    if let name = text.between("nested reference name: ", ": unable to execute") {
      return "the template \(Wording.quoted(name)) includes itself without end"
    }
    if text.hasPrefix("unclosed action") { return "the action is not closed with '}}'" }
    if text.hasPrefix("unexpected {{end}}") { return "there is one '{{ end }}' too many" }
    if text.hasPrefix("unexpected EOF") { return "an '{{ end }}' is missing before the end" }
    if let value = text.after("range can't iterate over ") {
      return "'range' cannot go over \(oneLine(value))"
    }
    if let name = text.between("function \"", "\" not defined") {
      return "there is no function \(Wording.quoted(name))"
    }
    if let name = text.between("template \"", "\" not defined")
      ?? text.after("error calling include: template: ")?.between("no template \"", "\" associated")
      ?? text.between("no template \"", "\" associated")
    {
      return "there is no template \(Wording.quoted(name))"
    }
    if let name = text.between("wrong number of args for ", ": want "),
      let counts = text.after("wrong number of args for \(name): want "),
      let got = counts.after(" got "), let want = counts.before(" got ")
    {
      return "\(Wording.quoted(name)) wants \(argument(want)) and gets \(got)"
    }
    if let name = text.between("error calling ", ": "),
      let what = text.after("error calling \(name): ")
    {
      return "\(Wording.quoted(name)) fails\(place): \(withoutValues(oneLine(what)))"
    }
    return withoutValues(oneLine(text)) + place
  }

  private static func argument(_ count: String) -> String {
    count == "1" ? "1 argument" : "\(count) arguments"
  }

  private static func hints(_ text: String, _ expression: String?) -> [String] {
    guard let expression, expression.hasPrefix(".Values."),
      let field = text.after("nil pointer evaluating interface {}."),
      let end = expression.range(ofBytes: ".\(field)")
    else { return [] }
    let key = expression[..<end.lowerBound].dropFirst(8)
    return key.isEmpty ? [] : ["set '\(key)' under 'helm.values:' in fleet.yaml"]
  }

  /// A message of somebody else, which may have several lines and be long.
  static func oneLine(_ text: some StringProtocol) -> String {
    let line = short(
      text.split(whereSeparator: \.isNewline).map { line in
        line.drop(while: \.isWhitespace)
      }.joined(separator: " "))
    return line.isEmpty ? "it does not say why" : line
  }
}

extension String {
  /// What follows on a text at the start.
  func after(_ head: String) -> String? {
    guard let range = range(ofBytes: head) else { return nil }
    return String(self[range.upperBound...])
  }

  /// What stands before a text.
  func before(_ tail: String) -> String? {
    guard let range = range(ofBytes: tail) else { return nil }
    return String(self[..<range.lowerBound])
  }

  /// What stands between two texts.
  func between(_ head: String, _ tail: String) -> String? { after(head)?.before(tail) }
}
