// SPDX-License-Identifier: Apache-2.0

package import CheckFormat
import Diagnostics
import JSONTree
import ManifestSchema

/// Answers a request: every object against the schema of its kind.
///
/// A kind that the fleet defines is checked by its CustomResourceDefinition, another one by the
/// documents of each version of Kubernetes that the bundle's clusters have. What has no schema is
/// counted and passed over.
package struct SchemaCheck {
  private let request: CheckRequest
  private let folder: SchemaFolder

  /// Makes a check.
  package init(_ request: CheckRequest, folder: SchemaFolder) {
    self.request = request
    self.folder = folder
  }

  /// Looks at all objects.
  package func answer() throws(SchemaFolder.Problem) -> CheckAnswer {
    var catalogs: [String: SchemaCatalog] = [:]
    var findings: [CheckAnswer.Finding] = []
    var checked = 0
    var skipped: [String: Int] = [:]
    // A bundle with its own rendering for each cluster has most objects many times.
    var known: [JSONValue: [Violation]?] = [:]
    for bundle in request.bundles {
      let places = Set(
        bundle.kubernetesVersions.isEmpty
          ? [folder.place(for: nil)] : bundle.kubernetesVersions.map { folder.place(for: $0) })
      for place in places.sorted(by: { ($0 ?? "").precedesInBytes($1 ?? "") }) {
        let key = place ?? ""
        let catalog: SchemaCatalog
        if let made = catalogs[key] {
          catalog = made
        } else {
          catalog = try self.catalog(place)
          catalogs[key] = catalog
        }
        for object in bundle.objects {
          let about = JSONValue.array([.string(key), object.manifest])
          let violations: [Violation]?
          if let seen = known[about] {
            violations = seen
          } else {
            violations = catalog.check(object.manifest)
            known[about] = .some(violations)
          }
          guard let violations else {
            skipped["\(object.apiVersion) \(object.kind)", default: 0] += 1
            continue
          }
          checked += 1
          findings += violations.map { Self.finding($0, object, bundle) }
        }
      }
    }
    return CheckAnswer(findings: unique(findings), summary: Self.summary(checked, skipped))
  }

  private func catalog(_ place: String?) throws(SchemaFolder.Problem) -> SchemaCatalog {
    var catalog = SchemaCatalog()
    for definition in request.definitions { catalog.add(definition: definition) }
    if let place { try SchemaFolder.read(place, into: &catalog) }
    return catalog
  }

  private func unique(_ findings: [CheckAnswer.Finding]) -> [CheckAnswer.Finding] {
    var seen = Set<CheckAnswer.Finding>()
    return findings.filter { seen.insert($0).inserted }
  }

  private static func finding(
    _ violation: Violation, _ object: CheckRequest.Object, _ bundle: CheckRequest.Bundle
  ) -> CheckAnswer.Finding {
    CheckAnswer.Finding(
      severity: .error, code: violation.code, message: violation.message, bundle: bundle.name,
      workspace: bundle.workspace,
      object: CheckAnswer.ObjectName(
        apiVersion: object.apiVersion, kind: object.kind, namespace: object.namespace,
        name: object.name), pointer: violation.pointer,
      hints: violation.hint.map { [$0] } ?? [])
  }

  private static func summary(_ checked: Int, _ skipped: [String: Int]) -> String {
    let done = "\(Wording.count(checked, "object")) checked"
    guard !skipped.isEmpty else { return done }
    let kinds = skipped.keys.sorted { $0.precedesInBytes($1) }
    let count = skipped.values.reduce(0, +)
    return "\(done), \(Wording.count(count, "object")) without a schema: \(Wording.list(kinds))"
  }
}
