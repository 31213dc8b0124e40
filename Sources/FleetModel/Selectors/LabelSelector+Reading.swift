// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import YAMLTree

extension LabelSelector {
  /// The fields of a selector.
  package static let schema = FieldSchema(
    "selector",
    [
      Field("matchLabels", .stringMap, "labels that all have to be there with these values"),
      Field(
        "matchExpressions", .list(.object(requirementSchema)),
        "requirements that all have to hold"),
    ])

  private static let requirementSchema = FieldSchema(
    "requirement",
    [
      Field("key", .string, "the label key"),
      Field(
        "operator", .choice(Operator.allCases.map(\.rawValue)),
        "`In` and `NotIn` compare with `values`, `Exists` and `DoesNotExist` take none"),
      Field("values", .list(.string), "the values to compare with"),
    ])

  /// Reads a selector; nil when the field is absent. What Kubernetes would refuse is reported.
  package init?(_ fields: FieldReader, _ name: String, findings: inout Findings) {
    guard let node = fields.value(name), node.pairs != nil else { return nil }
    let reader = FieldReader(node)
    var requirements: [Requirement] = []
    for label in reader.stringMap("matchLabels").entries {
      LabelSelector.checkKey(label.key, at: label.keySpan, findings: &findings)
      LabelSelector.checkValue(label.value, at: label.valueSpan, findings: &findings)
      requirements.append(
        Requirement(
          label.key, .in, [label.value], keySpan: label.keySpan,
          valueSpans: label.valueSpan.map { [$0] } ?? []))
    }
    for expression in reader.objects("matchExpressions") {
      if let requirement = LabelSelector.requirement(expression, findings: &findings) {
        requirements.append(requirement)
      }
    }
    self.init(requirements, span: node.span)
  }

  private static func requirement(
    _ fields: FieldReader, findings: inout Findings
  ) -> Requirement? {
    let place = fields.node?.span
    guard let key = fields.string("key") else {
      if !fields.has("key") || fields.value("key")?.string == "" {
        findings.error("missing-field", "a requirement needs a 'key'", at: place)
      }
      return nil
    }
    checkKey(key.value, at: key.span, findings: &findings)
    guard let word = fields.string("operator") else {
      if !fields.has("operator") {
        findings.error(
          "missing-field", "a requirement needs an 'operator'", at: place,
          hints: ["it can be 'In', 'NotIn', 'Exists', 'DoesNotExist'"])
      }
      return nil
    }
    guard let comparison = Operator(rawValue: word.value) else { return nil }
    let values = fields.value("values")?.items?.compactMap { item in
      item.string.map { Located($0, at: item.span) }
    }
    for value in values ?? [] { checkValue(value.value, at: value.span, findings: &findings) }
    switch comparison {
    case .in, .notIn:
      // An item of a wrong type was reported by the schema and is missing from `values`.
      if fields.value("values")?.items?.isEmpty ?? !fields.has("values") {
        findings.error(
          "bad-selector", "the operator '\(comparison.rawValue)' needs 'values'", at: word.span)
      }
    case .exists, .doesNotExist:
      if let values, !values.isEmpty {
        findings.error(
          "bad-selector", "the operator '\(comparison.rawValue)' takes no 'values'",
          at: fields.keySpan("values"))
      }
    }
    return Requirement(
      key.value, comparison, (values ?? []).map(\.value), keySpan: key.span,
      valueSpans: (values ?? []).map(\.span))
  }

  private static func checkKey(_ key: String, at span: SourceSpan?, findings: inout Findings) {
    guard let problem = KubernetesName.problem(labelKey: key) else { return }
    findings.error("bad-label", "the label key \(Wording.quoted(key)) \(problem)", at: span)
  }

  private static func checkValue(_ value: String, at span: SourceSpan?, findings: inout Findings) {
    guard let problem = KubernetesName.problem(labelValue: value) else { return }
    findings.error("bad-label", "the label value \(Wording.quoted(value)) \(problem)", at: span)
  }
}
