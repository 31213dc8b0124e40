// SPDX-License-Identifier: Apache-2.0

extension FieldCatalog {
  /// The page `docs/fields.md`.
  package static func markdown() -> String {
    var page = MarkdownPage()
    page.text = """
      # Fields

      Every field that is read, made from the table that the decoder uses. A key that is not listed is an
      error. Empty values (`""`, `false`, `0`, `[]`, `{}`, null) say nothing, as in Fleet; but `false` in a
      customization takes back the `true` of the bundle.

      - **built**: it does what it says.
      - **inert**: accepted with a warning, changes nothing.
      - **refused**: an error, because leaving it out would change what runs.

      Fields inside an inert or refused field have its class; only their names and types are checked.

      """
    for schema in [
      fleetYAML, gitRepo, cluster, clusterGroup, hub, budget, rolloutPolicy, schedule, freeze,
      notification,
    ] {
      page.text += "\n## \(schema.name)\n\n| field | type | class | meaning |\n|---|---|---|---|\n"
      page.rows(of: schema, path: "")
    }
    page.text += "\n## Fleet's other kinds\n\n| kind | class | why |\n|---|---|---|\n"
    for kind in otherKinds {
      let (word, reason) = MarkdownPage.support(kind.support)
      page.text += "| `\(kind.name)` | \(word) | \(reason) |\n"
    }
    return page.text
  }
}

private struct MarkdownPage {
  var text = ""
  /// Where a mapping has been described, so that the next one only points there.
  private var described: [String: String] = [:]

  mutating func rows(of schema: FieldSchema, path: String, outerClass: String? = nil) {
    for field in schema.fields {
      let fieldPath = path + field.name
      let (own, reason) = MarkdownPage.support(field.support)
      let word = outerClass ?? own
      let nested = MarkdownPage.nested(field.type)
      let place = nested.flatMap { described[$0.schema.name] }
      var meaning = field.meaning
      if !reason.isEmpty, outerClass == nil { meaning += " (\(reason))" }
      if let place { meaning += "; fields as in `\(place)`" }
      text += "| `\(fieldPath)` | \(MarkdownPage.type(field.type)) | \(word) | \(meaning) |\n"
      guard let nested, place == nil else { continue }
      described[nested.schema.name] = fieldPath + nested.suffix
      rows(
        of: nested.schema, path: fieldPath + nested.suffix + ".",
        outerClass: word == "built" ? nil : word)
    }
  }

  static func support(_ support: FieldSupport) -> (word: String, reason: String) {
    switch support {
    case .built: ("built", "")
    case .inert(let reason, _): ("inert", reason)
    case .refused(let reason): ("refused", reason)
    }
  }

  private static func nested(_ type: FieldType) -> (schema: FieldSchema, suffix: String)? {
    switch type {
    case .object(let schema): return (schema, "")
    case .list(let item): return nested(item).map { ($0.schema, "[]" + $0.suffix) }
    default: return nil
    }
  }

  private static func type(_ type: FieldType) -> String {
    switch type {
    case .string: "string"
    case .bool: "boolean"
    case .integer: "integer"
    case .integerOrPercent, .fleetLimit: "integer or percentage"
    case .number: "number"
    case .duration: "duration"
    case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .stringMap: "map of strings"
    case .integerMap: "map of integers"
    case .values: "map"
    case .anything: "any"
    case .list(let item): "list of " + MarkdownPage.type(item)
    case .object: "map"
    }
  }
}
