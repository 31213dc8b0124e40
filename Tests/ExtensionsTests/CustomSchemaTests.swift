// SPDX-License-Identifier: Apache-2.0

import JSONTree
import ManifestSchema
import Testing

@Suite("Objects against the schema of a CustomResourceDefinition")
struct CustomSchemaTests {
  private func check(_ object: String, _ definition: String = WidgetDefinition.text) throws
    -> [String]?
  {
    var catalog = SchemaCatalog()
    catalog.add(definition: try Sample.json(yaml: definition))
    return catalog.check(try Sample.json(object))?.map(Self.line)
  }

  static func line(_ violation: Violation) -> String {
    "\(violation.pointer) \(violation.code): \(violation.message)"
      + (violation.hint.map { " (\($0))" } ?? "")
  }

  @Test("each rule of a schema, kept and broken", arguments: WidgetDefinition.rows)
  func rules(_ row: WidgetDefinition.Row) throws {
    #expect(try check(row.object) == row.expected)
  }

  @Test(
    "the metadata is that of every object, the status is the API server's own",
    arguments: [
      (#""metadata":{"name":"a","labels":{"a":"b"},"creationTimestamp":null}"#, []),
      (
        #""metadata":{"name":"a","label":{"a":"b"}}"#,
        [
          "/metadata/label unknown-field: there is no field 'metadata.label' (did you mean 'labels'?)"
        ]
      ),
      (
        #""metadata":{"name":"a","annotations":{"a":true}}"#,
        [
          "/metadata/annotations/a wrong-type: 'metadata.annotations.a' must be a string, found true (quote it: a: \"true\")"
        ]
      ),
      (
        #""metadata":{"name":"a","ownerReferences":[{"kind":"A"}]}"#,
        [
          "/metadata/ownerReferences/0 missing-field: 'metadata.ownerReferences[0].apiVersion' is missing",
          "/metadata/ownerReferences/0 missing-field: 'metadata.ownerReferences[0].name' is missing",
          "/metadata/ownerReferences/0 missing-field: 'metadata.ownerReferences[0].uid' is missing",
        ]
      ),
      (#""metadata":{"name":"a"},"status":{"x":1}"#, []),
      (
        #""metadata":{"name":"a"},"other":1"#,
        ["/other unknown-field: there is no field 'other'"]
      ),
    ] as [(String, [String])])
  func metadata(_ members: String, _ expected: [String]) throws {
    #expect(
      try check(#"{"apiVersion":"example.org/v1","kind":"Widget",\#(members),"spec":{"size":1}}"#)
        == expected)
  }

  @Test("a kind or version without a schema is not looked at")
  func unknown() throws {
    #expect(try check(#"{"apiVersion":"example.org/v2","kind":"Widget"}"#) == nil)
    #expect(try check(#"{"apiVersion":"v1","kind":"ConfigMap"}"#) == nil)
    #expect(try check(#"{}"#) == nil)
    #expect(try check(#"[]"#) == nil)
  }

  @Test("a required field that has a default need not be written")
  func defaults() throws {
    let definition = """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      spec:
        group: example.org
        names: {kind: Widget}
        versions:
        - name: v1
          schema:
            openAPIV3Schema:
              type: object
              properties:
                spec:
                  type: object
                  default: {}
                  required: [a, b]
                  properties: {a: {type: string, default: x}, b: {type: string}}
      """
    func check(_ members: String) throws -> [String]? {
      try self.check(#"{"apiVersion":"example.org/v1","kind":"Widget"\#(members)}"#, definition)
    }
    #expect(try check(#","spec":{"b":"1"}"#) == [])
    #expect(try check(#","spec":{"a":null,"b":"1"}"#) == [])
    #expect(try check("") == ["/spec missing-field: 'spec.b' is missing"])
    #expect(try check(#","spec":null"#) == ["/spec missing-field: 'spec.b' is missing"])
  }

  @Test("a definition of the old API keeps unknown fields unless it says otherwise")
  func old() throws {
    let text = """
      apiVersion: apiextensions.k8s.io/v1beta1
      kind: CustomResourceDefinition
      spec:
        group: example.org
        version: v1
        names: {kind: Widget}
        KEEP
        validation: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {a: {type: string}}}}}}
      """
    func definition(_ line: String) -> String {
      text.split(separator: "KEEP").joined(separator: line)
    }
    let object = #"{"apiVersion":"example.org/v1","kind":"Widget","spec":{"unknown":1}}"#
    #expect(try check(object, definition("scope: Namespaced")) == [])
    #expect(
      try check(object, definition("preserveUnknownFields: false"))
        == ["/spec/unknown unknown-field: there is no field 'spec.unknown'"])
  }

  @Test(
    "a schema that refers to itself, is cut off, or has a pattern of another dialect stops nothing")
  func odd() throws {
    var deep = #"{"type":"string"}"#
    for _ in 0..<40 { deep = #"{"type":"object","properties":{"a":\#(deep)}}"# }
    let text = """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      spec:
        group: example.org
        names: {kind: Widget}
        versions:
        - name: v1
          schema:
            openAPIV3Schema:
              type: object
              properties:
                a: {$ref: '#/definitions/none'}
                b: {type: string, pattern: '\\p{Greek}'}
                c: {type: array, items: 7}
                d: {type: [string]}
                e: {type: object, additionalProperties: null, required: 3, enum: x, properties: [1]}
      """
    var catalog = SchemaCatalog()
    catalog.add(definition: try Sample.json(yaml: text))
    let object =
      #"{"apiVersion":"example.org/v1","kind":"Widget","a":1,"b":"x","c":[1,"a"],"d":[1],"e":{}}"#
    #expect(catalog.check(try Sample.json(object)) == [])
    let nested = #"{"a":"#
    let whole = String(repeating: nested, count: 40) + "1" + String(repeating: "}", count: 40)
    catalog.add(
      definition: try Sample.json(
        #"{"spec":{"group":"e.org","names":{"kind":"Deep"},"versions":[{"name":"v1","schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":\#(deep)}}}}]}}"#
      ))
    let violations = catalog.check(
      try Sample.json(#"{"apiVersion":"e.org/v1","kind":"Deep","spec":\#(whole)}"#))
    #expect(violations?.count == 1)
  }

  @Test("after fifty violations the rest of an object is not looked at")
  func most() throws {
    let list = (0..<200).map { _ in "\"x\"" }.joined(separator: ",")
    let text = try check(
      #"{"apiVersion":"example.org/v1","kind":"Widget","metadata":{},"spec":{"size":1,"list":[\#(list)]}}"#
    )
    #expect(text?.count == 51)
  }
}
