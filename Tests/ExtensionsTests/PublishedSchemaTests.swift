// SPDX-License-Identifier: Apache-2.0

import JSONTree
import ManifestSchema
import Testing

@Suite("Objects against the documents of an API server")
struct PublishedSchemaTests {
  /// The parts of a document that the tests need, as version 3 writes them.
  static let version3 = #"""
    {"openapi":"3.0.0","components":{"schemas":{
     "io.k8s.api.apps.v1.Thing":{"type":"object","required":["spec"],
      "x-kubernetes-group-version-kind":[{"group":"apps","kind":"Thing","version":"v1"}],
      "properties":{
       "apiVersion":{"type":"string"},"kind":{"type":"string"},
       "metadata":{"default":{},"allOf":[{"$ref":"#/components/schemas/io.k8s.Meta"}]},
       "status":{"type":"object","required":["x"]},
       "spec":{"default":{},"allOf":[{"$ref":"#/components/schemas/io.k8s.Spec"}]}}},
     "io.k8s.Meta":{"type":"object","properties":{"name":{"type":"string"},
       "labels":{"type":"object","additionalProperties":{"type":"string","default":""}}}},
     "io.k8s.Spec":{"type":"object","required":["name"],"properties":{
       "name":{"type":"string","default":""},
       "count":{"type":"integer","format":"int32"},
       "policy":{"type":"string","enum":["Always","Never"]},
       "cpu":{"$ref":"#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity"},
       "port":{"$ref":"#/components/schemas/io.k8s.apimachinery.pkg.util.intstr.IntOrString"},
       "raw":{"$ref":"#/components/schemas/io.k8s.apimachinery.pkg.runtime.RawExtension"},
       "open":{"type":"object"},
       "nested":{"$ref":"#/components/schemas/io.k8s.Spec"},
       "loop":{"$ref":"#/components/schemas/io.k8s.Loop"}}},
     "io.k8s.Loop":{"$ref":"#/components/schemas/io.k8s.Loop"},
     "io.k8s.apimachinery.pkg.api.resource.Quantity":{"oneOf":[{"type":"string"},{"type":"number"}]},
     "io.k8s.apimachinery.pkg.util.intstr.IntOrString":{"format":"int-or-string","oneOf":[{"type":"integer"},{"type":"string"}]},
     "io.k8s.apimachinery.pkg.runtime.RawExtension":{"type":"object"},
     "io.k8s.api.core.v1.Secret":{"type":"object",
      "x-kubernetes-group-version-kind":[{"group":"","kind":"Secret","version":"v1"}],
      "properties":{"apiVersion":{"type":"string"},"kind":{"type":"string"},
       "data":{"type":"object","additionalProperties":{"type":"string","format":"byte"}},
       "immutable":{"type":"boolean"},
       "stringData":{"type":"object","additionalProperties":{"type":"string"}}}}
    }}}
    """#

  struct Row: CustomTestStringConvertible {
    let members: String
    let expected: [String]
    init(_ members: String, _ expected: String...) {
      (self.members, self.expected) = (members, expected)
    }
    var testDescription: String { members }
  }

  @Test(
    "Go's own types and null are read as the API server reads them",
    arguments: [
      Row(#""spec":{"name":"a"}"#), Row(#""metadata":null,"spec":{"name":"a","count":null}"#),
      Row(#""spec":{"name":null}"#, "/spec missing-field: 'spec.name' is missing"),
      Row(#""spec":null"#, " missing-field: 'spec' is missing"),
      Row(#""metadata":{"labels":null}"#, " missing-field: 'spec' is missing"),
      Row(
        #""metadata":{"labels":{"a":1}},"spec":{"name":"a"}"#,
        "/metadata/labels/a wrong-type: 'metadata.labels.a' must be a string, found the number 1 (quote it: a: \"1\")"
      ),
      Row(
        #""spec":{"name":"a","cuont":1}"#,
        "/spec/cuont unknown-field: there is no field 'spec.cuont' (did you mean 'count'?)"),
      Row(
        #""spec":{"name":"a","count":3000000000}"#,
        "/spec/count too-large: 'spec.count' is 3000000000, more than a field of 32 bits holds"),
      Row(#""spec":{"name":"a","count":-2147483648}"#),
      Row(#""spec":{"name":"a","policy":""}"#),
      Row(
        #""spec":{"name":"a","policy":"always"}"#,
        "/spec/policy unknown-value: 'spec.policy' is 'always', allowed are 'Always' and 'Never' (did you mean 'Always'?)"
      ),
      Row(#""spec":{"name":"a","cpu":1}"#), Row(#""spec":{"name":"a","cpu":0.5}"#),
      Row(#""spec":{"name":"a","cpu":"500m"}"#), Row(#""spec":{"name":"a","cpu":"1.5Gi"}"#),
      Row(#""spec":{"name":"a","cpu":"1e3"}"#),
      Row(
        #""spec":{"name":"a","cpu":"1x"}"#,
        "/spec/cpu wrong-format: 'spec.cpu' must be a quantity such as '500m' or '2Gi', found '1x'"),
      Row(
        #""spec":{"name":"a","cpu":true}"#,
        "/spec/cpu wrong-type: 'spec.cpu' must be a quantity such as '500m' or '2Gi', found true"),
      Row(#""spec":{"name":"a","port":"web"}"#), Row(#""spec":{"name":"a","port":80}"#),
      Row(
        #""spec":{"name":"a","port":1.5}"#,
        "/spec/port wrong-type: 'spec.port' must be an integer or a string, found the number 1.5"),
      Row(#""spec":{"name":"a","raw":{"x":[1]},"open":{"y":1},"loop":{"z":1}}"#),
      Row(
        #""spec":{"name":"a","nested":{"nested":{"name":1}}}"#,
        "/spec/nested missing-field: 'spec.nested.name' is missing",
        "/spec/nested/nested/name wrong-type: 'spec.nested.nested.name' must be a string, found the number 1 (quote it: name: \"1\")"
      ),
      Row(#""spec":{"name":"a"},"status":{"anything":1}"#),
    ])
  func published(_ row: Row) throws {
    let object = #"{"apiVersion":"apps/v1","kind":"Thing",\#(row.members)}"#
    var catalog = SchemaCatalog()
    #expect(catalog.add(document: try Sample.json(Self.version3)))
    #expect(catalog.check(try Sample.json(object))?.map(CustomSchemaTests.line) == row.expected)
    // The same in the words of version 2.
    let text = Self.version3.split(separator: #""components":{"schemas":"#)
      .joined(separator: #""x":{"definitions":"#)
    var old = SchemaCatalog()
    #expect(old.add(document: try #require(try Sample.json(text)["x"])))
    #expect(old.check(try Sample.json(object))?.map(CustomSchemaTests.line) == row.expected)
  }

  @Test("no message shows what is in a Secret")
  func secret() throws {
    var catalog = SchemaCatalog()
    #expect(catalog.add(document: try Sample.json(Self.version3)))
    let object =
      #"{"apiVersion":"v1","kind":"Secret","data":{"a":"hunter2!","b":7},"stringData":{"c":42},"immutable":"hunter2"}"#
    #expect(
      catalog.check(try Sample.json(object))?.map(CustomSchemaTests.line) == [
        "/data/a wrong-format: 'data.a' must be base64",
        "/data/b wrong-type: 'data.b' must be a string, found a number",
        "/stringData/c wrong-type: 'stringData.c' must be a string, found a number",
        "/immutable wrong-type: 'immutable' must be true or false, found a string",
      ])
  }

  @Test("what is no document is told", arguments: ["{}", "[]", #"{"components":{}}"#, "1"])
  func noDocument(_ text: String) throws {
    var catalog = SchemaCatalog()
    #expect(!catalog.add(document: try Sample.json(text)))
    #expect(catalog.isEmpty)
  }
}
