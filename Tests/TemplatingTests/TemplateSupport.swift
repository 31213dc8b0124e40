// SPDX-License-Identifier: Apache-2.0

import Templating
import Testing

/// A template and what it gives.
struct TemplateCase: Sendable, CustomTestStringConvertible {
  let id: String
  let template: String
  let expected: String

  init(_ id: String, _ template: String, _ expected: String) {
    self.id = id
    self.template = template
    self.expected = expected
  }

  var testDescription: String { id }
}

/// The cluster of Fleet's own test of its templates, with a few more values.
let sampleContext: TemplateValue = [
  "ClusterNamespace": "dev-clusters",
  "ClusterName": "my-cluster",
  "ClusterLabels": [
    "name": "local", "envType": "dev",
    "really-long-label-name-with-many-many-characters-in-it": "foobar",
  ],
  "ClusterAnnotations": ["testAnnotation": "test"],
  "ClusterValues": [
    "topLevel": "foo",
    "nested": ["secondTier": ["thirdTier": "bar"]],
    "items": ["one", "two"],
    "list": ["alpha", "beta", "omega"],
    "zero": 0, "number": 7, "real": 2.5, "million": 1_000_000.0, "yes": true, "nothing": nil,
  ],
]

/// What a template gives, or the whole text of its error.
func rendered(_ template: String, limits: TemplateLimits = .standard) -> String {
  do {
    return try Template(text: template, name: "values", limits: limits).render(sampleContext)
  } catch {
    return error.description
  }
}
