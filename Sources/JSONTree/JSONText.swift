// SPDX-License-Identifier: Apache-2.0

import CJansson
package import Diagnostics

/// JSON text ↔ values, through jansson.
package enum JSONText {
  /// Limits of what is read.
  private static let depthLimit = 200

  /// Reads JSON; nil when it is malformed. For files that programs wrote.
  package static func parse(_ bytes: [UInt8]) -> JSONValue? {
    switch read(bytes) {
    case .success(let value): value
    case .failure: nil
    }
  }

  /// Reads JSON that a person may have written; what is wrong becomes a finding at its place.
  package static func parse(
    _ bytes: [UInt8], path: String, findings: inout Findings
  ) -> JSONValue? {
    switch read(bytes) {
    case .success(let value): return value
    case .failure(let problem):
      let end = min(max(0, problem.offset), bytes.count)
      let lines = bytes[..<end].split(
        separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let column = String(decoding: lines.last ?? [], as: UTF8.self).unicodeScalars.count
      let start = SourcePosition(line: max(1, lines.count), column: max(1, column), offset: end)
      findings.error(
        "json-syntax", "this is not JSON: \(problem.text)",
        at: SourceSpan(path: path, start: start, end: start))
      return nil
    }
  }

  private struct Problem: Error {
    let text: String
    let offset: Int
  }

  private static func read(_ bytes: [UInt8]) -> Result<JSONValue, Problem> {
    var error = json_error_t()
    let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL
    let root = bytes.withUnsafeBytes { buffer in
      json_loadb(
        buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, Int(flags), &error)
    }
    guard let root else {
      let text = withUnsafeBytes(of: error.text) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      return .failure(Problem(text: PrintableText.escape(text), offset: Int(error.position)))
    }
    defer { fleet_json_decref(root) }
    guard let value = value(of: root, depth: 0) else {
      return .failure(Problem(text: "nested deeper than \(depthLimit)", offset: 0))
    }
    return .success(value)
  }

  private static func value(
    of node: UnsafeMutablePointer<json_t>, depth: Int
  ) -> JSONValue? {
    guard depth < depthLimit else { return nil }
    switch node.pointee.type {
    case JSON_OBJECT:
      var members: [JSONMember] = []
      members.reserveCapacity(json_object_size(node))
      var iterator = json_object_iter(node)
      while let current = iterator {
        guard let key = json_object_iter_key(current), let item = json_object_iter_value(current),
          let converted = value(of: item, depth: depth + 1)
        else { return nil }
        let name = UnsafeRawBufferPointer(start: key, count: json_object_iter_key_len(current))
        members.append(JSONMember(String(decoding: name, as: UTF8.self), converted))
        iterator = json_object_iter_next(node, current)
      }
      return .object(members)
    case JSON_ARRAY:
      var items: [JSONValue] = []
      let count = json_array_size(node)
      items.reserveCapacity(count)
      for index in 0..<count {
        guard let item = json_array_get(node, index), let converted = value(of: item, depth: depth + 1)
        else { return nil }
        items.append(converted)
      }
      return .array(items)
    case JSON_STRING:
      let text = UnsafeRawBufferPointer(
        start: json_string_value(node), count: json_string_length(node))
      return .string(String(decoding: text, as: UTF8.self))
    case JSON_INTEGER: return .integer(Int64(json_integer_value(node)))
    case JSON_REAL: return .real(json_real_value(node))
    case JSON_TRUE: return .bool(true)
    case JSON_FALSE: return .bool(false)
    default: return .null
    }
  }
}
