// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import YAMLTree

/// A place in a document, as RFC 6901 writes it: `/spec/containers/0/image`.
struct JSONPointer {
  /// The text as written.
  let text: String
  /// Where it is written.
  let span: SourceSpan
  /// The keys and indexes, unescaped (`~1` is `/`, `~0` is `~`); empty for the whole document.
  let tokens: [String]

  /// Reads the pointer that stands under a key of an operation.
  init(_ key: String, of operation: YAMLNode) throws(PatchProblem) {
    guard let node = operation[key] else {
      throw PatchProblem("the operation has no '\(key)'", at: operation.span)
    }
    guard let text = node.string else {
      throw PatchProblem(
        "'\(key)' must be a string", at: node.span, hint: "write a pointer such as '/spec/replicas'"
      )
    }
    guard text.isEmpty || text.utf8.first == UInt8(ascii: "/") else {
      throw PatchProblem(
        "the pointer \(Wording.quoted(text)) does not begin with '/'", at: node.span,
        hint: "write '/\(Wording.bare(text))'")
    }
    self.text = text
    span = node.span
    tokens = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .dropFirst().map { JSONPointer.unescaped($0) }
  }

  /// The first so many steps, as they are written.
  func prefix(_ count: Int) -> String {
    tokens.prefix(count).map { "/" + JSONPointer.escaped($0) }.joined()
  }

  /// Whether another pointer leads to a place inside of this one's.
  func contains(_ other: JSONPointer) -> Bool {
    tokens.count < other.tokens.count
      && zip(tokens, other.tokens).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
  }

  private static func unescaped(_ token: Substring.UTF8View) -> String {
    var bytes: [UInt8] = []
    var rest = token[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "~"), let code = rest.first, code == 0x30 || code == 0x31 {
        rest.removeFirst()
        bytes.append(code == 0x30 ? UInt8(ascii: "~") : UInt8(ascii: "/"))
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func escaped(_ token: String) -> String {
    var bytes: [UInt8] = []
    for byte in token.utf8 {
      switch byte {
      case UInt8(ascii: "~"): bytes += [byte, 0x30]
      case UInt8(ascii: "/"): bytes += [UInt8(ascii: "~"), 0x31]
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
