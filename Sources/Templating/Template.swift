// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// A text with Go's template actions, read and checked.
///
/// The language is Go's text/template with `missingkey=error` and Sprig's functions that give the same
/// result whenever they are called; docs/design/0002-templates.md says where it differs.
package struct Template: Sendable {
  /// A function of one string that the caller adds, such as a digest.
  package typealias TextFunction = @Sendable (String) -> String

  /// The names of all functions, by their bytes; without those that a caller adds.
  package static var functionNames: [String] {
    Signature.all.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The name in messages.
  package let name: String
  private let text: [UInt8]
  private let nodes: UncheckedNodes
  private let limits: TemplateLimits
  private let added: [String: TextFunction]
  /// What it reads of a context.
  var reads: TemplateReads { nodes.reads }

  /// Reads a template; fails at the first thing that is wrong, a refused function among them.
  package init(
    text: String, delimiters: (open: String, close: String) = ("${", "}"),
    name: String = "template",
    limits: TemplateLimits = .standard, functions: [String: TextFunction] = [:]
  ) throws(TemplateError) {
    self.name = name
    self.text = Array(text.utf8)
    self.limits = limits
    added = functions
    let (open, close) = (Array(delimiters.open.utf8), Array(delimiters.close.utf8))
    do throws(LocatedFailure) {
      var lexer = TemplateLexer(
        self.text, open: open.isEmpty ? Array("{{".utf8) : open,
        close: close.isEmpty ? Array("}}".utf8) : close)
      var parser = TemplateParser(
        try lexer.run(),
        isKnown: { Signature.all[$0] != nil || functions[$0] != nil },
        names: { Self.functionNames + functions.keys.sorted() })
      let main = try parser.run()
      nodes = UncheckedNodes(main: main, templates: parser.templates)
    } catch {
      throw TemplateError(
        name: name, message: error.message, position: Self.position(error.offset, in: self.text),
        hint: error.hint)
    }
  }

  /// The text that the template gives for `context`; a missing key is an error.
  package func render(_ context: TemplateValue) throws(TemplateError) -> String {
    var machine = TemplateMachine(
      data: GoValue(context), templates: nodes.templates, limits: limits, added: added)
    let budget = machine.budget
    defer { budget.release() }
    do throws(LocatedFailure) {
      _ = try machine.walk(nodes.main, dot: machine.data)
    } catch {
      throw TemplateError(
        name: name, message: error.message, position: Self.position(error.offset, in: text),
        hint: error.hint, missingKey: error.missingKey)
    }
    guard let result = String(validating: machine.output, as: UTF8.self) else {
      throw TemplateError(
        name: name, message: "the result is not UTF-8", position: .start,
        hint: "'trunc' and 'substr' count bytes and may cut a character")
    }
    return result
  }

  /// Line and column of a byte.
  private static func position(_ offset: Int, in text: [UInt8]) -> SourcePosition {
    var (line, column) = (1, 1)
    for byte in text.prefix(offset) {
      if byte == 0x0a {
        line += 1
        column = 1
      } else if byte & 0xc0 != 0x80 {
        column += 1
      }
    }
    return SourcePosition(line: line, column: column, offset: offset)
  }
}

/// The nodes of a template.
///
/// Unchecked because a GoValue can hold a GoMap, which is shared and changes; nodes hold only literals,
/// and no literal is a map.
private struct UncheckedNodes: @unchecked Sendable {
  let main: [Node]
  let templates: [String: [Node]]
  let reads: TemplateReads

  init(main: [Node], templates: [String: [Node]]) {
    self.main = main
    self.templates = templates
    reads = TemplateReads(main)
  }
}
