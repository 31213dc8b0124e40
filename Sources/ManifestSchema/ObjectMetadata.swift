// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// The `metadata` of every object, which the schema of a CustomResourceDefinition leaves out.
enum ObjectMetadata {
  /// `io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta`.
  static let schema = Schema(
    object([
      "annotations": texts, "clusterName": text, "creationTimestamp": time,
      "deletionGracePeriodSeconds": integer, "deletionTimestamp": time,
      "finalizers": list(text), "generateName": text, "generation": integer, "labels": texts,
      "managedFields": list(anything), "name": text, "namespace": text,
      "ownerReferences": list(
        object(
          [
            "apiVersion": text, "blockOwnerDeletion": flag, "controller": flag, "kind": text,
            "name": text, "uid": text,
          ], required: ["apiVersion", "kind", "name", "uid"])),
      "resourceVersion": text, "selfLink": text, "uid": text,
    ]))

  /// Nothing that it refers to.
  static let definitions: [String: Schema] = [:]

  private static let text = JSONValue.object(["type": .string("string")])
  private static let flag = JSONValue.object(["type": .string("boolean")])
  private static let integer = JSONValue.object(["type": .string("integer")])
  private static let anything = JSONValue.object(["type": .string("object")])
  private static let time = JSONValue.object([
    "type": .string("string"), "format": .string("date-time"),
  ])
  private static let texts = JSONValue.object([
    "type": .string("object"), "additionalProperties": text,
  ])

  private static func list(_ items: JSONValue) -> JSONValue {
    .object(["type": .string("array"), "items": items])
  }

  private static func object(
    _ properties: KeyValuePairs<String, JSONValue>, required: [String] = []
  ) -> JSONValue {
    .object([
      "type": .string("object"), "properties": .object(properties),
      "required": .array(required.map { .string($0) }),
    ])
  }
}
