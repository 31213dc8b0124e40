// SPDX-License-Identifier: Apache-2.0

import CJansson
package import Diagnostics

/// How large a JSON text may be.
package struct JSONLimits: Sendable, Hashable {
  /// The largest text, in bytes.
  package var maxBytes: Int
  /// The deepest nesting of arrays and objects.
  package var maxDepth: Int

  /// Makes limits; what is not given is as in `standard`.
  package init(maxBytes: Int = 16 << 20, maxDepth: Int = 100) {
    self.maxBytes = maxBytes
    self.maxDepth = maxDepth
  }

  /// 16 MiB and 100 levels.
  package static let standard = JSONLimits()
}

/// Reads JSON as Kubernetes does: strict syntax, members in their order, none twice.
package enum JSONParser {
  /// The value of a text; nil, and a finding, when the text is no JSON or is over a limit.
  ///
  /// Integers outside of `Int64` become reals, as in `k8s.io/apimachinery`; reals too large for a
  /// double are refused. A byte order mark is not JSON.
  ///
  /// - Parameters:
  ///   - bytes: the text, UTF-8.
  ///   - path: the path that findings name.
  ///   - limits: sizes above which the text is refused.
  ///   - findings: receives what is wrong.
  package static func parse(
    _ bytes: [UInt8], path: String, limits: JSONLimits = .standard, findings: inout Findings
  ) -> JSONValue? {
    guard bytes.count <= limits.maxBytes else {
      findings.add(
        Finding(
          .error, "json-too-large",
          "the file has \(bytes.count) bytes, more than the \(limits.maxBytes) allowed", path: path)
      )
      return nil
    }
    // jansson follows every level with a call of its own, and has a limit of its own; ours is first.
    let shape = JSONShape(bytes, maxDepth: limits.maxDepth)
    if let offset = shape.tooDeepAt {
      let place = JSONErrorWords.span(offset..<(offset + 1), in: bytes, path: path)
      findings.error(
        "json-too-deep", "arrays and objects are nested more than \(limits.maxDepth) deep here",
        at: place)
      return nil
    }
    let text = shape.withRealsForHugeIntegers(bytes)
    var error = json_error_t()
    let flags = Int(JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL)
    let root = text.withUnsafeBytes { buffer in
      buffer.baseAddress.flatMap {
        json_loadb($0.assumingMemoryBound(to: CChar.self), buffer.count, flags, &error)
      }
    }
    guard let root else {
      let offset = shape.originalOffset(text.isEmpty ? 0 : Int(error.position))
      findings.add(JSONErrorWords(error, in: bytes, at: offset, path: path).finding())
      return nil
    }
    defer { json_decref(root) }
    return value(root)
  }
}

extension JSONParser {
  /// Copies a value out of jansson's memory.
  private static func value(_ json: UnsafeMutablePointer<json_t>) -> JSONValue {
    switch json.pointee.type {
    case JSON_OBJECT:
      var members: [JSONMember] = []
      members.reserveCapacity(json_object_size(json))
      var position = json_object_iter(json)
      while let current = position {
        if let key = json_object_iter_key(current), let item = json_object_iter_value(current) {
          members.append(
            JSONMember(text(key, json_object_iter_key_len(current)), value(item)))
        }
        position = json_object_iter_next(json, current)
      }
      return .object(members)
    case JSON_ARRAY:
      var items: [JSONValue] = []
      let count = json_array_size(json)
      items.reserveCapacity(count)
      for index in 0..<count {
        if let item = json_array_get(json, index) { items.append(value(item)) }
      }
      return .array(items)
    case JSON_STRING:
      guard let start = json_string_value(json) else { return .string("") }
      return .string(text(start, json_string_length(json)))
    case JSON_INTEGER: return .integer(Int64(json_integer_value(json)))
    case JSON_REAL: return .real(json_real_value(json))
    case JSON_TRUE: return .bool(true)
    case JSON_FALSE: return .bool(false)
    default: return .null
    }
  }

  private static func text(_ start: UnsafePointer<CChar>, _ count: Int) -> String {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    return String(decoding: bytes, as: UTF8.self)
  }
}
