// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import YAMLTree

/// Checks a YAML tree against a schema: unknown keys, wrong types, fields that are inert or refused.
///
/// Values are read afterwards with ``FieldReader``, which is silent about what is reported here.
/// A null is the same as leaving the field out, as in Kubernetes; so are `""`, `false`, `0`, `[]` and
/// `{}`, except where the schema says that they count.
package struct SchemaCheck {
  /// What has been found.
  package private(set) var findings: Findings

  /// Checks a document or a part of one; `place` is what the user calls it (`fleet.yaml`, `GitRepo`).
  package static func check(
    _ node: YAMLNode, against schema: FieldSchema, findings: inout Findings
  ) {
    var check = SchemaCheck(findings: findings)
    check.object(node, schema, path: "", judges: true)
    findings = check.findings
  }

  private mutating func object(
    _ node: YAMLNode, _ schema: FieldSchema, path: String, judges: Bool
  ) {
    guard let pairs = node.pairs else {
      if !node.isNull { wrongType(node, "a mapping", path.isEmpty ? schema.name : path) }
      return
    }
    for pair in pairs {
      guard let key = key(of: pair) else { continue }
      guard let field = schema[key] else {
        unknown(key, at: pair.key.span, in: schema, path: path)
        continue
      }
      let fieldPath = path.isEmpty ? key : path + "." + key
      let counts = !pair.value.isNull && (field.emptyCounts || !pair.value.isEmptyValue)
      if judges, counts { judge(field, fieldPath, at: pair.key.span) }
      value(pair.value, field.type, path: fieldPath, judges: judges && field.support == .built)
    }
  }

  private mutating func value(
    _ node: YAMLNode, _ type: FieldType, path: String, judges: Bool, isItem: Bool = false
  ) {
    if node.isNull, !isItem { return }
    switch type {
    case .anything: return
    case .object(let schema): object(node, schema, path: path, judges: judges)
    case .list(let item):
      guard let items = node.items else { return wrongType(node, "a list", path) }
      for (index, element) in items.enumerated() {
        let place = "\(path)[\(index)]"
        if element.isNull {
          wrongType(element, "a value", place)
        } else {
          value(element, item, path: place, judges: judges, isItem: true)
        }
      }
    case .stringMap: map(node, .string, path: path)
    case .integerMap: map(node, .integer, path: path)
    case .values: map(node, .anything, path: path)
    case .duration: duration(node, path: path)
    case .string, .bool, .integer, .integerOrPercent, .fleetLimit, .number, .choice:
      scalar(node, type, path: path)
    }
  }

  private mutating func map(_ node: YAMLNode, _ type: FieldType, path: String) {
    guard let pairs = node.pairs else { return wrongType(node, "a mapping", path) }
    for pair in pairs {
      guard let key = key(of: pair) else { continue }
      if case .anything = type { continue }
      if pair.value.isNull {
        wrongType(pair.value, type.inWords, "\(path).\(key)", key: key)
      } else {
        scalar(pair.value, type, path: "\(path).\(key)", key: key)
      }
    }
  }

  private mutating func scalar(
    _ node: YAMLNode, _ type: FieldType, path: String, key: String? = nil
  ) {
    guard let scalar = node.scalar else { return wrongType(node, type.inWords, path, key: key) }
    let fits =
      switch (type, scalar.resolved) {
      case (.string, .string), (.bool, .bool), (.integer, .int), (.integerOrPercent, .int),
        (.choice, .string):
        true
      case (.integerOrPercent, .string): Quantity(parsing: scalar.text) != nil
      case (.fleetLimit, .int), (.number, .int), (.number, .uint), (.number, .float): true
      case (.fleetLimit, .string): Quantity(fleet: scalar.text) != nil
      default: false
      }
    guard fits else { return wrongType(node, type.inWords, path, key: key) }
    if case .choice(let words) = type, !scalar.text.isEmpty, !words.contains(scalar.text) {
      let hint =
        Suggestion.nearest(to: scalar.text, among: words).map { "did you mean '\($0)'?" }
        ?? "it can be \(Wording.quotedList(words))"
      findings.error(
        "unknown-value",
        "\(Wording.quoted(path)) has the unknown value \(Wording.quoted(scalar.text))",
        at: node.span, hints: [hint])
    }
  }

  private mutating func duration(_ node: YAMLNode, path: String) {
    guard let scalar = node.scalar else {
      return wrongType(node, FieldType.duration.inWords, path)
    }
    let isText = scalar.resolved == .string
    // What is no text is told by what it lacks: '30' has no unit, and a plain 0 needs none.
    guard isText || Int64(scalar.text) != nil else {
      return wrongType(node, FieldType.duration.inWords, path)
    }
    if isText, scalar.text.isEmpty { return }
    if scalar.text == "None", lastName(path) == "progressDeadline" {
      findings.error(
        "bad-duration",
        "\(Wording.quoted(path)) cannot be 'None': one cluster could hold up all others for ever",
        at: node.span, hints: ["write how long a cluster may take: progressDeadline: 2h"])
      return
    }
    do throws(DurationText.Problem) {
      _ = try DurationText.seconds(scalar.text)
    } catch {
      findings.error(
        "bad-duration",
        "the duration \(Wording.quoted(scalar.text)) for \(Wording.quoted(path)) \(error.text)",
        at: node.span, hints: [error.hint])
    }
  }

  /// The text of a key; a key that Kubernetes would read as a number or boolean is reported.
  private mutating func key(of pair: YAMLPair) -> String? {
    guard let scalar = pair.key.scalar else {
      findings.error("wrong-type", "a key must be text", at: pair.key.span)
      return nil
    }
    if scalar.resolved != .string {
      findings.error(
        "wrong-type", "a key must be text, found \(Wording.kind(of: pair.key))", at: pair.key.span,
        hints: ["quote it: \"\(PrintableText.escape(scalar.text))\":"])
      return nil
    }
    return scalar.text
  }

  private mutating func judge(_ field: Field, _ path: String, at span: SourceSpan) {
    switch field.support {
    case .built: break
    case .inert(let reason, let code):
      findings.warning(
        code, "\(Wording.quoted(path)) has no effect here: \(reason)", at: span)
    case .refused(let reason):
      findings.error(
        "not-supported", "\(Wording.quoted(path)) is not supported yet: \(reason)", at: span)
    }
  }

  private mutating func unknown(
    _ key: String, at span: SourceSpan, in schema: FieldSchema, path: String
  ) {
    let place = path.isEmpty ? schema.name : Wording.quoted(path)
    let hints = Suggestion.nearest(to: key, among: schema.fields.map(\.name))
      .map { "did you mean '\($0)'?" }
    let known = Wording.list(schema.fields.map(\.name), most: 6)
    findings.error(
      "unknown-field", "unknown field \(Wording.quoted(key)) in \(place)", at: span,
      hints: [hints ?? "the fields here are \(known)"])
  }

  private mutating func wrongType(
    _ node: YAMLNode, _ expected: String, _ path: String, key: String? = nil
  ) {
    findings.error(
      "wrong-type",
      "expected \(expected) for \(Wording.quoted(path)), found \(Wording.kind(of: node))",
      at: node.span, hints: quotingHint(node, expected, key ?? lastName(path)))
  }

  /// What to write instead, where only the quotes are wrong.
  private func quotingHint(_ node: YAMLNode, _ expected: String, _ key: String) -> [String] {
    guard let scalar = node.scalar, scalar.text.utf8.count <= 60 else {
      return shapeHint(expected, key)
    }
    let text = PrintableText.escape(scalar.text)
    switch (expected, scalar.resolved) {
    case (FieldType.string.inWords, .bool), (FieldType.string.inWords, .int),
      (FieldType.string.inWords, .uint), (FieldType.string.inWords, .float):
      return ["quote it: \(key): \"\(text)\""]
    case (FieldType.bool.inWords, .string) where text == "true" || text == "false":
      return ["remove the quotes: \(key): \(text)"]
    case (FieldType.integer.inWords, .string) where Int64(text) != nil:
      return ["remove the quotes: \(key): \(text)"]
    case (FieldType.list(.string).inWords, _) where !text.isEmpty:
      return ["write it as a list: \(key): [\(text)]"]
    default: return shapeHint(expected, key)
    }
  }

  /// An example of the right shape, where what stands there tells nothing about it.
  private func shapeHint(_ expected: String, _ key: String) -> [String] {
    switch expected {
    case FieldType.string.inWords: ["for example \(key): text"]
    case FieldType.bool.inWords: ["write \(key): true or \(key): false"]
    case FieldType.integer.inWords: ["for example \(key): 3"]
    case FieldType.integerOrPercent.inWords: ["for example \(key): 10%"]
    case FieldType.number.inWords: ["for example \(key): 99.5"]
    case FieldType.duration.inWords: ["for example \(key): 30m"]
    case FieldType.list(.string).inWords: ["the items of a list begin with '- '"]
    case FieldType.stringMap.inWords: ["a mapping has lines 'name: value'"]
    default: []
    }
  }

  private func lastName(_ path: String) -> String {
    let name = path.split(separator: ".").last ?? ""
    return String(name.split(separator: "[").first ?? "")
  }
}

extension FieldType {
  /// What is expected, as it stands in a message.
  var inWords: String {
    switch self {
    case .string, .choice: "a string"
    case .bool: "true or false"
    case .integer: "a whole number"
    case .integerOrPercent, .fleetLimit: "a number or a percentage"
    case .number: "a number"
    case .duration: "a duration"
    case .stringMap, .integerMap, .values, .object: "a mapping"
    case .list: "a list"
    case .anything: "a value"
    }
  }
}

extension YAMLNode {
  /// Whether Kubernetes' Go types cannot tell the value from a field that was left out.
  var isEmptyValue: Bool {
    switch content {
    case .mapping(let pairs): pairs.isEmpty
    case .sequence(let items): items.isEmpty
    case .scalar(let scalar):
      switch scalar.resolved {
      case .null, .bool(false), .int(0): true
      case .string: scalar.text.isEmpty
      default: false
      }
    }
  }
}
