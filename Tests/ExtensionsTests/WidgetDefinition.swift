// SPDX-License-Identifier: Apache-2.0

import Testing

/// A custom kind with everything that a schema can say, and objects of it that are good or bad.
enum WidgetDefinition {
  static let text = """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: widgets.example.org
    spec:
      group: example.org
      names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
      scope: Namespaced
      versions:
      - name: v1
        served: true
        storage: true
        subresources: {status: {}}
        schema:
          openAPIV3Schema:
            type: object
            required: [spec]
            properties:
              status: {type: object, required: [phase], properties: {phase: {type: string}}}
              spec:
                type: object
                required: [size]
                properties:
                  size: {type: integer, minimum: 1, maximum: 10}
                  mode: {type: string, default: fast, minLength: 2}
                  big: {type: integer, format: int64}
                  small: {type: integer, format: int32}
                  ratio: {type: number, exclusiveMaximum: true, maximum: 1}
                  above: {type: integer, minimum: 0, exclusiveMinimum: true}
                  steps: {type: integer, multipleOf: 5}
                  color: {type: string, enum: [red, green]}
                  title: {type: string, pattern: '^[a-z]+$', minLength: 2, maxLength: 5}
                  port: {x-kubernetes-int-or-string: true}
                  free:
                    type: object
                    x-kubernetes-preserve-unknown-fields: true
                    properties: {known: {type: integer}}
                  any: {x-kubernetes-preserve-unknown-fields: true}
                  object: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
                  pod:
                    type: object
                    x-kubernetes-embedded-resource: true
                    properties: {spec: {type: object, properties: {image: {type: string}}}}
                  map: {type: object, additionalProperties: {type: string}, minProperties: 1, maxProperties: 2}
                  list: {type: array, items: {type: integer}, minItems: 1, maxItems: 2}
                  set: {type: array, x-kubernetes-list-type: set, items: {type: string}}
                  keyed:
                    type: array
                    x-kubernetes-list-type: map
                    x-kubernetes-list-map-keys: [key]
                    items: {type: object, required: [key], properties: {key: {type: string}, value: {type: string}}}
                  maybe: {type: string, nullable: true}
                  flag: {type: boolean}
                  when: {type: string, format: date-time}
                  raw: {type: string, format: byte}
                  address: {type: string, format: ipv4}
                  one:
                    type: object
                    properties: {a: {type: string}, b: {type: string}}
                    oneOf: [{required: [a]}, {required: [b]}]
                  either:
                    type: object
                    properties: {a: {type: integer}, b: {type: string}}
                    anyOf: [{properties: {a: {minimum: 5}}, required: [a]}, {required: [b]}]
                  both:
                    type: object
                    properties: {a: {type: integer}}
                    allOf: [{properties: {a: {minimum: 2}}}, {properties: {a: {maximum: 4}}}]
                  apart:
                    type: object
                    properties: {a: {type: string}, b: {type: string}}
                    not: {required: [a, b]}
    """

  /// A `spec`, and what is wrong with it: nothing for a good one.
  struct Row: CustomTestStringConvertible, Sendable {
    let spec: String
    let expected: [String]
    init(_ spec: String, _ expected: String...) {
      (self.spec, self.expected) = (spec, expected)
    }
    var testDescription: String { spec }

    /// The object.
    var object: String {
      #"{"apiVersion":"example.org/v1","kind":"Widget","metadata":{"name":"a"},"spec":\#(spec)}"#
    }
  }

  static let rows = [
    Row(#"{"size":1}"#), Row(#"{"size":1.0}"#), Row(#"{"size":10,"mode":null}"#),
    Row(
      #"{"size":1,"mode":"x"}"#,
      "/spec/mode too-few: 'spec.mode' has 1 character, at least 2 must be there"),
    Row(#"{}"#, "/spec missing-field: 'spec.size' is missing"),
    Row("null", " missing-field: 'spec' is missing"),
    Row(#""x""#, "/spec wrong-type: 'spec' must be a mapping, found the string 'x'"),
    Row(#"{"size":null}"#, "/spec missing-field: 'spec.size' is missing"),
    Row(#"{"size":0}"#, "/spec/size too-small: 'spec.size' is 0, the least is 1"),
    Row(#"{"size":11}"#, "/spec/size too-large: 'spec.size' is 11, the most is 10"),
    Row(
      #"{"size":"1"}"#,
      "/spec/size wrong-type: 'spec.size' must be an integer, found the string '1'"),
    Row(
      #"{"size":1.5}"#,
      "/spec/size wrong-type: 'spec.size' must be an integer, found the number 1.5"),
    Row(#"{"size":1,"small":3000000000}"#),
    Row(
      #"{"size":1,"big":9223372036854775808}"#,
      "/spec/big wrong-type: 'spec.big' must be an integer, found the number 9.223372036854776e+18"),
    Row(#"{"size":1,"ratio":0.5}"#),
    Row(
      #"{"size":1,"ratio":1}"#, "/spec/ratio too-large: 'spec.ratio' is 1, it must be less than 1"),
    Row(
      #"{"size":1,"above":0}"#, "/spec/above too-small: 'spec.above' is 0, it must be more than 0"),
    Row(#"{"size":1,"steps":10}"#),
    Row(
      #"{"size":1,"steps":7}"#,
      "/spec/steps no-multiple: 'spec.steps' is 7, it must be a multiple of 5"),
    Row(#"{"size":1,"color":"red"}"#), Row(#"{"size":1,"color":null}"#),
    Row(
      #"{"size":1,"color":"gren"}"#,
      "/spec/color unknown-value: 'spec.color' is 'gren', allowed are 'red' and 'green' (did you mean 'green'?)"
    ),
    Row(#"{"size":1,"title":"abc"}"#),
    Row(
      #"{"size":1,"title":"a"}"#,
      "/spec/title too-few: 'spec.title' has 1 character, at least 2 must be there"),
    Row(
      #"{"size":1,"title":"abcdef"}"#,
      "/spec/title too-many: 'spec.title' has 6 characters, at most 5 may be there"),
    Row(
      #"{"size":1,"title":"äöüaa"}"#,
      "/spec/title no-match: 'spec.title' does not match the pattern '^[a-z]+$'"),
    Row(
      #"{"size":1,"title":true}"#,
      "/spec/title wrong-type: 'spec.title' must be a string, found true (quote it: title: \"true\")"
    ),
    Row(#"{"size":1,"port":80}"#), Row(#"{"size":1,"port":"web"}"#),
    Row(#"{"size":1,"port":null}"#),
    Row(
      #"{"size":1,"port":1.5}"#,
      "/spec/port wrong-type: 'spec.port' must be an integer or a string, found the number 1.5"),
    Row(
      #"{"size":1,"sise":2}"#,
      "/spec/sise unknown-field: there is no field 'spec.sise' (did you mean 'size'?)"),
    Row(#"{"size":1,"zebra":2}"#, "/spec/zebra unknown-field: there is no field 'spec.zebra'"),
    Row(#"{"size":1,"free":{"a":{"b":[1]},"known":1}}"#),
    Row(
      #"{"size":1,"free":{"known":"x"}}"#,
      "/spec/free/known wrong-type: 'spec.free.known' must be an integer, found the string 'x'"),
    Row(#"{"size":1,"any":3}"#), Row(#"{"size":1,"any":{"a":null}}"#),
    Row(#"{"size":1,"object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"x":1}}"#),
    Row(#"{"size":1,"object":{"apiVersion":"v1","kind":"Pod"}}"#),
    Row(
      #"{"size":1,"object":{"kind":""}}"#,
      "/spec/object missing-field: 'spec.object.apiVersion' is missing",
      "/spec/object missing-field: 'spec.object.kind' is missing"),
    Row(
      #"{"size":1,"object":{"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"a":1}}}}"#,
      "/spec/object/metadata/labels/a wrong-type: 'spec.object.metadata.labels.a' must be a string, found the number 1 (quote it: a: \"1\")"
    ),
    Row(
      #"{"size":1,"pod":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"imag":"x"}}}"#,
      "/spec/pod/spec/imag unknown-field: there is no field 'spec.pod.spec.imag' (did you mean 'image'?)"
    ),
    Row(#"{"size":1,"map":{"a.b/c":"1"}}"#),
    Row(
      #"{"size":1,"map":{}}"#,
      "/spec/map too-few: 'spec.map' has 0 entries, at least 1 must be there"),
    Row(
      #"{"size":1,"map":{"a":"1","b":"2","c":"3"}}"#,
      "/spec/map too-many: 'spec.map' has 3 entries, at most 2 may be there"),
    Row(
      #"{"size":1,"map":{"a.b/c":1}}"#,
      "/spec/map/a.b~1c wrong-type: 'spec.map[a.b/c]' must be a string, found the number 1 (quote it: a.b/c: \"1\")"
    ),
    Row(
      #"{"size":1,"map":{"a":null}}"#,
      "/spec/map/a wrong-type: 'spec.map.a' must be a string, found null"),
    Row(#"{"size":1,"list":[1,2]}"#), Row(#"{"size":1,"list":null}"#),
    Row(
      #"{"size":1,"list":[]}"#,
      "/spec/list too-few: 'spec.list' has 0 items, at least 1 must be there"),
    Row(
      #"{"size":1,"list":[1,2,3]}"#,
      "/spec/list too-many: 'spec.list' has 3 items, at most 2 may be there"),
    Row(
      #"{"size":1,"list":[1,"a"]}"#,
      "/spec/list/1 wrong-type: 'spec.list[1]' must be an integer, found the string 'a'"),
    Row(
      #"{"size":1,"list":[null]}"#,
      "/spec/list/0 wrong-type: 'spec.list[0]' must be an integer, found null"),
    Row(
      #"{"size":1,"list":{"a":1}}"#,
      "/spec/list wrong-type: 'spec.list' must be a list, found a mapping"),
    Row(#"{"size":1,"set":["a","b"]}"#),
    Row(
      #"{"size":1,"set":["a","b","a"]}"#,
      #"/spec/set/2 duplicate-item: 'spec.set[2]' is in the list twice: "a""#),
    Row(#"{"size":1,"keyed":[{"key":"a","value":"1"},{"key":"b","value":"1"}]}"#),
    Row(
      #"{"size":1,"keyed":[{"key":"a"},{"key":"a","value":"1"}]}"#,
      #"/spec/keyed/1 duplicate-item: 'spec.keyed[1]' is in the list twice: {"key":"a"}"#),
    Row(#"{"size":1,"maybe":null}"#),
    Row(
      #"{"size":1,"flag":"true"}"#,
      "/spec/flag wrong-type: 'spec.flag' must be true or false, found the string 'true'"),
    Row(#"{"size":1,"when":"2024-01-01T00:00:00Z"}"#),
    Row(#"{"size":1,"when":"2024-01-01T00:00:00.123+01:00"}"#),
    Row(
      #"{"size":1,"when":"2024-01-01"}"#,
      "/spec/when wrong-format: 'spec.when' must be a time such as '2026-11-21T12:00:00Z', found '2024-01-01'"
    ),
    Row(#"{"size":1,"raw":"aGk="}"#),
    Row(#"{"size":1,"raw":"!!"}"#, "/spec/raw wrong-format: 'spec.raw' must be base64, found '!!'"),
    Row(#"{"size":1,"address":"10.0.0.1"}"#),
    Row(
      #"{"size":1,"address":"10.0.0"}"#,
      "/spec/address wrong-format: 'spec.address' must be an IPv4 address, found '10.0.0'"),
    Row(#"{"size":1,"one":{"a":"1"}}"#),
    Row(
      #"{"size":1,"one":{}}"#,
      "/spec/one no-alternative: 'spec.one' fits none of the 2 alternatives of which it must fit one (oneOf)"
    ),
    Row(
      #"{"size":1,"one":{"a":"1","b":"2"}}"#,
      "/spec/one no-alternative: 'spec.one' fits 2 of the 2 alternatives of which it must fit one (oneOf)"
    ),
    Row(#"{"size":1,"either":{"a":5}}"#), Row(#"{"size":1,"either":{"a":1,"b":"x"}}"#),
    Row(
      #"{"size":1,"either":{"a":1}}"#,
      "/spec/either no-alternative: 'spec.either' fits none of the 2 alternatives that the schema has (anyOf)"
    ),
    Row(#"{"size":1,"both":{"a":3}}"#),
    Row(#"{"size":1,"both":{"a":5}}"#, "/spec/both/a too-large: 'spec.both.a' is 5, the most is 4"),
    Row(#"{"size":1,"apart":{"a":"1"}}"#),
    Row(
      #"{"size":1,"apart":{"a":"1","b":"2"}}"#,
      "/spec/apart forbidden: 'spec.apart' is what the schema excludes (not)"),
  ]
}
