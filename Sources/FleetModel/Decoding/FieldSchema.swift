// SPDX-License-Identifier: Apache-2.0

/// What becomes of a field that Fleet or we know.
package enum FieldSupport: Sendable, Hashable {
  /// It does what its meaning says.
  case built
  /// It is accepted with a warning and changes nothing; the text says why, the code names the warning.
  case inert(String, code: String = "no-effect")
  /// It is an error, because leaving it out would change what runs; the text says what is missing.
  case refused(String)
}

/// What may stand in a field.
package indirect enum FieldType: Sendable {
  /// Text; numbers and booleans have to be quoted.
  case string
  /// true or false, not quoted.
  case bool
  /// A whole number.
  case integer
  /// A whole number, or a percentage such as `10%`.
  case integerOrPercent
  /// What Fleet takes for its limits: a whole number, or text with a number above 0 or a percentage; negative
  /// ones count as 0.
  case fleetLimit
  /// A number, with or without a fraction.
  case number
  /// A duration, such as `1h30m` or `2d`.
  case duration
  /// One of these words.
  case choice([String])
  /// A mapping with text keys and text values.
  case stringMap
  /// A mapping with text keys and whole numbers.
  case integerMap
  /// A mapping with text keys and any values.
  case values
  /// Anything: parts that Kubernetes or Fleet write and nobody here reads.
  case anything
  /// A list of one type.
  case list(FieldType)
  /// A mapping with fixed fields.
  case object(FieldSchema)
}

/// A field of a mapping: its name, type, class and meaning, for the decoder and for the docs alike.
package struct Field: Sendable {
  /// The key.
  package let name: String
  /// What may stand there.
  package let type: FieldType
  /// Whether it is built, inert or refused.
  package let support: FieldSupport
  /// One sentence for the docs.
  package let meaning: String
  /// True where `false`, `0` or an empty list says something else than leaving the field out.
  package let emptyCounts: Bool

  /// Makes a row of the catalog.
  package init(
    _ name: String, _ type: FieldType, _ support: FieldSupport, emptyCounts: Bool = false,
    _ meaning: String
  ) {
    self.name = name
    self.type = type
    self.support = support
    self.meaning = meaning
    self.emptyCounts = emptyCounts
  }

  /// Makes a row for a field that is built.
  package init(_ name: String, _ type: FieldType, emptyCounts: Bool = false, _ meaning: String) {
    self.init(name, type, .built, emptyCounts: emptyCounts, meaning)
  }
}

/// The fields of one mapping.
package struct FieldSchema: Sendable {
  /// How people call the mapping: `GitRepo`, `fleet.yaml`, `helm`.
  package let name: String
  /// The fields in the order of the docs.
  package let fields: [Field]
  private let positions: [String: Int]

  /// Makes a schema; of two fields with one name the first counts.
  package init(_ name: String, _ fields: [Field]) {
    self.name = name
    self.fields = fields
    self.positions = Dictionary(
      fields.enumerated().map { ($0.element.name, $0.offset) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The field with this key, or nil.
  package subscript(_ name: String) -> Field? { positions[name].map { fields[$0] } }
}
