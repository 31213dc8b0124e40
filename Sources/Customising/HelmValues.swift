// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import FleetModel
import JSONTree
import YAMLTree

/// The values of a chart, for any cluster.
///
/// As Fleet makes them (`internal/cmd/controller/target/builder.go`): labels in the places of
/// `global.fleet.clusterLabels.…`, then `helm.values` as one text with `${ }` templates, then
/// `helm.templateValues` laid over its keys. Files with values have to be part of the values by now; what
/// `valuesFrom` brings the site adds.
///
/// Everything that does not depend on the cluster is done once.
package struct HelmValues {
  private struct Prepared {
    let values: YAMLNode
    let template: ValuesTemplate?
  }

  /// So many results are remembered: enough for the variants of a fleet, too few to fill the memory where
  /// every cluster has its own.
  private static let remembered = 512

  private let values: YAMLNode
  private let isTemplate: Bool
  private let references: LabelReferences
  private let source: (String) -> [UInt8]?
  private var byLabels: [[String?]: Prepared] = [:]
  private var byText: [[String]: [UInt8]] = [:]
  private var templateValues: [(key: String, template: ValuesTemplate)] = []
  private var isBroken = false

  /// Whether all clusters have the same values.
  package let isConstant: Bool

  /// Prepares the values of merged options and reports what is wrong with them for every cluster.
  ///
  /// `source` gives the bytes of a file of the repository; it is asked when something is wrong, to tell the
  /// column in texts of several lines or with escapes.
  package init(
    _ options: HelmOptions, source: @escaping (_ path: String) -> [UInt8]? = { _ in nil },
    findings: inout Findings
  ) {
    values = options.values?.pairs == nil ? .mapping([]) : options.values ?? .mapping([])
    isTemplate = !options.disablesTemplates
    self.source = source
    references = LabelReferences(in: values)
    var isConstant = references.all.isEmpty
    if isTemplate {
      for entry in options.templateValues.entries {
        let text = Array(entry.value.utf8)
        isConstant = isConstant && !text.containsTemplate
        do throws(ValuesProblem) {
          let origin = ValuesTemplate.Origin.text(key: entry.key, text, entry.valueSpan)
          templateValues.append((entry.key, try ValuesTemplate(origin, source: source)))
        } catch {
          isBroken = true
          HelmValues.report(error, &findings)
        }
      }
    }
    if let deep = references.tooDeep {
      isBroken = true
      findings.error(
        "bad-values",
        "values stand in one another more than \(LabelReferences.deepest) levels deep",
        at: deep)
    }
    var first: Prepared?
    do throws(ValuesProblem) {
      let prepared = try HelmValues.prepare(values, isTemplate: isTemplate, source: source)
      isConstant = isConstant && prepared.template == nil
      first = prepared
    } catch {
      isBroken = true
      HelmValues.report(error, &findings)
    }
    self.isConstant = isConstant
    if references.all.isEmpty, let first { byLabels[[]] = first }
  }

  /// The values of a cluster in canonical YAML: equal values are equal bytes.
  ///
  /// Nil when something is wrong with them: added to `problems`, or reported when they were prepared.
  package mutating func values(
    for facts: ClusterFacts, problems: inout ValuesProblems
  ) -> [UInt8]? {
    if isBroken { return nil }
    do throws(ValuesProblem) {
      let labels = references.all.map { facts.label($0.label) }
      for (reference, label) in zip(references.all, labels) where label == nil {
        problems.add(
          ValuesProblem(
            .reads(label: reference.label), at: reference.span,
            hints: ["give the cluster the label '\(PrintableText.escape(reference.label))'"]),
          on: facts.cluster.name)
      }
      let prepared = try prepared(labels, facts)
      var texts: [String] = []
      if let template = prepared.template { texts.append(try template.render(facts)) }
      for entry in templateValues { texts.append(try entry.template.render(facts)) }
      let key = texts + labels.map { $0 ?? "" }
      if let known = byText[key] { return known }
      let result = try finished(prepared, texts)
      if byText.count < HelmValues.remembered { byText[key] = result }
      return result
    } catch {
      problems.add(error, on: facts.cluster.name)
      return nil
    }
  }

  private mutating func prepared(
    _ labels: [String?], _ facts: ClusterFacts
  ) throws(ValuesProblem) -> Prepared {
    if let known = byLabels[labels] { return known }
    let resolved = LabelReferences.resolved(values) { facts.label($0) }
    let prepared = try HelmValues.prepare(resolved, isTemplate: isTemplate, source: source)
    if byLabels.count < HelmValues.remembered { byLabels[labels] = prepared }
    return prepared
  }

  private static func prepare(
    _ values: YAMLNode, isTemplate: Bool, source: @escaping (String) -> [UInt8]?
  ) throws(ValuesProblem) -> Prepared {
    guard isTemplate else { return Prepared(values: values, template: nil) }
    let text = ValuesText(values)
    if text.pieces.isEmpty { return Prepared(values: values, template: nil) }
    return Prepared(
      values: values, template: try ValuesTemplate(.values(text, values), source: source))
  }

  /// Puts the rendered texts together: that of the values first, if they hold templates.
  private func finished(
    _ prepared: Prepared, _ texts: [String]
  ) throws(ValuesProblem) -> [UInt8] {
    var rest = texts[...]
    var values = prepared.values
    if let template = prepared.template { values = try template.parse(rest.popFirst() ?? "") }
    for (entry, text) in zip(templateValues, rest) {
      values.set(entry.key, to: try entry.template.parse(text))
    }
    return HelmValues.canonical(values)
  }

  /// Keys by their bytes, numbers in one way of writing.
  private static func canonical(_ values: YAMLNode) -> [UInt8] {
    YAMLEmitter.emit(YAMLNode(sorted(values.json)))
  }

  private static func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let items): .array(items.map { sorted($0) })
    case .object(let members):
      .object(
        members.map { JSONMember($0.name, sorted($0.value)) }
          .sorted { $0.name.precedesInBytes($1.name) })
    default: value
    }
  }

  private static func report(_ problem: ValuesProblem, _ findings: inout Findings) {
    guard case .says(let message) = problem.kind else { return }
    findings.error("bad-template", message, at: problem.span, hints: problem.hints)
  }
}

extension Array where Element == UInt8 {
  /// Whether a template begins somewhere in the text.
  var containsTemplate: Bool { zip(self, dropFirst()).contains { $0 == 0x24 && $1 == 0x7b } }
}
