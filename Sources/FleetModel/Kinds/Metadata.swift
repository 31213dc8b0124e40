// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
import YAMLTree

/// The `metadata` of a document: name, workspace, labels, annotations.
package struct Metadata: Sendable {
  /// The name.
  package let name: Located<String>
  /// The workspace: Fleet's namespace of the resource, `fleet-default` where nothing is written.
  package let workspace: String
  /// Where the workspace is written, if it is.
  package let workspaceSpan: SourceSpan?
  /// The labels.
  package let labels: Labels
  /// The annotations.
  package let annotations: Labels

  /// The workspace of documents that name none.
  package static let defaultWorkspace = "fleet-default"

  /// Makes metadata.
  package init(
    name: Located<String>, workspace: String = Metadata.defaultWorkspace,
    workspaceSpan: SourceSpan? = nil, labels: Labels = Labels(), annotations: Labels = Labels()
  ) {
    self.name = name
    self.workspace = workspace
    self.workspaceSpan = workspaceSpan
    self.labels = labels
    self.annotations = annotations
  }

  /// The rules for a name, as ``KubernetesName`` has them.
  enum NameRule {
    case cluster, subdomain
  }

  /// Reads the metadata of a document; nil when there is no usable name, which is then reported.
  init?(
    _ document: FieldReader, kind: String, rule: NameRule = .subdomain, findings: inout Findings
  ) {
    let fields = document.object("metadata")
    let labels = fields.stringMap("labels")
    let annotations = fields.stringMap("annotations")
    Metadata.check(labels: labels, annotations: annotations, findings: &findings)
    let namespace = BundleOptions.namespace(fields, "namespace", findings: &findings)
    guard let name = fields.string("name") else {
      if !fields.has("name") || fields.value("name")?.string == "" {
        findings.error(
          "missing-field", "the \(kind) has no 'metadata.name'",
          at: document.keySpan("metadata") ?? document.keySpan("kind") ?? document.node?.span)
      }
      return nil
    }
    let problem =
      switch rule {
      case .cluster: KubernetesName.problem(cluster: name.value)
      case .subdomain: KubernetesName.problem(subdomain: name.value, limit: 63)
      }
    if let problem {
      findings.error(
        "bad-name", "the \(kind) name \(Wording.quoted(name.value)) \(problem)", at: name.span,
        hints: ["a name has lower-case letters, digits and '-', like 'store-0001'"])
      return nil
    }
    self.init(
      name: name, workspace: namespace?.value ?? Metadata.defaultWorkspace,
      workspaceSpan: namespace?.span, labels: labels, annotations: annotations)
  }

  private static let keyHint = "a key is a name or a domain and a name, like 'example.com/tier'"

  /// Reports labels and annotations that Kubernetes would refuse.
  static func check(
    labels: Labels, annotations: Labels, findings: inout Findings
  ) {
    for label in labels.entries {
      if let problem = KubernetesName.problem(labelKey: label.key) {
        findings.error(
          "bad-label", "the label key \(Wording.quoted(label.key)) \(problem)", at: label.keySpan,
          hints: [keyHint])
      }
      if let problem = KubernetesName.problem(labelValue: label.value) {
        findings.error(
          "bad-label", "the label value \(Wording.quoted(label.value)) \(problem)",
          at: label.valueSpan,
          hints: ["a value has at most 63 letters, digits, '-', '_' and '.', like 'eu-west'"])
      }
    }
    for annotation in annotations.entries {
      if let problem = KubernetesName.problem(labelKey: annotation.key) {
        findings.error(
          "bad-label", "the annotation key \(Wording.quoted(annotation.key)) \(problem)",
          at: annotation.keySpan, hints: [keyHint])
      }
    }
  }
}
