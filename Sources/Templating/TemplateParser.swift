// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// Reads the words of a template into nodes, by the rules of Go's text/template/parse.
struct TemplateParser {
  /// The deepest nesting of blocks and of parentheses.
  static let deepest = 100

  let tokens: [Token]
  let isKnown: (String) -> Bool
  let names: () -> [String]
  var at = 0
  var depth = 0
  var loops = 0
  var variables = ["$"]
  var templates: [String: [Node]] = [:]

  /// How a list of nodes ended.
  enum Stop { case endOfText, end, otherwise }

  init(_ tokens: [Token], isKnown: @escaping (String) -> Bool, names: @escaping () -> [String]) {
    self.tokens = tokens
    self.isKnown = isKnown
    self.names = names
  }

  var token: Token { tokens[min(at, tokens.count - 1)] }

  mutating func skipSpace() { while token.kind == .space { at += 1 } }

  mutating func expect(_ kind: Token.Kind, _ place: String) throws(LocatedFailure) {
    skipSpace()
    guard token.kind == kind else {
      throw LocatedFailure("unexpected \(token.description) in \(place)", at: token.offset)
    }
    at += 1
  }

  mutating func enter(_ offset: Int) throws(LocatedFailure) {
    depth += 1
    if depth > Self.deepest {
      throw LocatedFailure("nested more than \(Self.deepest) levels deep", at: offset)
    }
  }

  /// The whole template.
  mutating func run() throws(LocatedFailure) -> [Node] {
    let (nodes, stop, offset) = try list(isTop: true)
    switch stop {
    case .endOfText: return nodes
    case .end: throw LocatedFailure("there is no block for this 'end'", at: offset)
    case .otherwise: throw LocatedFailure("there is no block for this 'else'", at: offset)
    }
  }

  /// Nodes up to `end`, `else` or the end of the text, and where that stands.
  mutating func list(isTop: Bool = false) throws(LocatedFailure) -> ([Node], Stop, Int) {
    var nodes: [Node] = []
    while true {
      let start = token.offset
      switch token.kind {
      case .text(let text):
        at += 1
        nodes.append(.text(text))
      case .actionStart:
        at += 1
        skipSpace()
        guard case .word(let word) = token.kind else {
          nodes.append(.action(try pipeline("the action", until: .actionEnd)))
          continue
        }
        let offset = token.offset
        switch word {
        case "end":
          at += 1
          try expect(.actionEnd, "'end'")
          return (nodes, .end, offset)
        case "else":
          at += 1
          skipSpace()
          return (nodes, .otherwise, offset)
        case "define" where isTop:
          at += 1
          try define(offset)
        default: nodes.append(try keyword(word, offset))
        }
      default: return (nodes, .endOfText, start)
      }
    }
  }

  private mutating func keyword(_ word: String, _ offset: Int) throws(LocatedFailure) -> Node {
    switch word {
    case "if", "with", "range":
      at += 1
      return try control(word, offset)
    case "break", "continue":
      guard loops > 0 else { throw LocatedFailure("'\(word)' outside of a 'range'", at: offset) }
      at += 1
      try expect(.actionEnd, "'\(word)'")
      return word == "break" ? .leave : .proceed
    case "template", "block":
      at += 1
      return try call(word, offset)
    case "define":
      throw LocatedFailure("'define' must not stand inside of another block", at: offset)
    default: return .action(try pipeline("the action", until: .actionEnd))
    }
  }

  private mutating func control(_ word: String, _ offset: Int) throws(LocatedFailure) -> Node {
    let mark = variables.count
    try enter(offset)
    defer {
      variables.removeLast(variables.count - mark)
      depth -= 1
    }
    let pipe = try pipeline("'\(word)'", until: .actionEnd)
    if word == "range" { loops += 1 }
    let (body, stop, last) = try list()
    if word == "range" { loops -= 1 }
    var otherwise: [Node] = []
    switch stop {
    case .end: break
    case .endOfText: throw LocatedFailure("there is no 'end' for this '\(word)'", at: offset)
    case .otherwise:
      if case .word(let next) = token.kind, next == word, word != "range" {
        let start = token.offset
        at += 1
        otherwise = [try control(word, start)]
      } else {
        try expect(.actionEnd, "'else'")
        let (nodes, finish, second) = try list()
        switch finish {
        case .end: otherwise = nodes
        case .endOfText: throw LocatedFailure("there is no 'end' for this 'else'", at: last)
        case .otherwise: throw LocatedFailure("a second 'else' in one '\(word)'", at: second)
        }
      }
    }
    switch word {
    case "if": return .condition(pipe, then: body, otherwise: otherwise)
    case "with": return .with(pipe, then: body, otherwise: otherwise)
    default: return .range(pipe, each: body, otherwise: otherwise)
    }
  }

  private mutating func templateName(_ word: String) throws(LocatedFailure) -> String {
    skipSpace()
    guard case .string(let name) = token.kind else {
      throw LocatedFailure("'\(word)' needs a name in double quotes", at: token.offset)
    }
    at += 1
    return String(decoding: name, as: UTF8.self)
  }

  /// The nodes of a definition, which sees no variables of its surroundings.
  private mutating func body(_ word: String, _ offset: Int) throws(LocatedFailure) -> [Node] {
    let (outer, outerLoops) = (variables, loops)
    (variables, loops) = (["$"], 0)
    try enter(offset)
    defer {
      (variables, loops) = (outer, outerLoops)
      depth -= 1
    }
    let (nodes, stop, second) = try list()
    switch stop {
    case .end: return nodes
    case .endOfText: throw LocatedFailure("there is no 'end' for this '\(word)'", at: offset)
    case .otherwise: throw LocatedFailure("unexpected 'else' in '\(word)'", at: second)
    }
  }

  private mutating func define(_ offset: Int) throws(LocatedFailure) {
    let name = try templateName("define")
    try expect(.actionEnd, "'define'")
    let nodes = try body("define", offset)
    try add(name, nodes, offset)
  }

  /// Go keeps the earlier definition when the later one is empty, and refuses two that are not.
  private mutating func add(_ name: String, _ nodes: [Node], _ offset: Int) throws(LocatedFailure) {
    let isEmpty = nodes.allSatisfy {
      if case .text(let text) = $0 { text.allSatisfy { TemplateLexer.isSpace($0) } } else { false }
    }
    guard let old = templates[name], !old.isEmpty else {
      templates[name] = nodes
      return
    }
    if !isEmpty {
      throw LocatedFailure("the template \(Wording.quoted(name)) is defined twice", at: offset)
    }
  }

  private mutating func call(_ word: String, _ offset: Int) throws(LocatedFailure) -> Node {
    let name = try templateName(word)
    skipSpace()
    var pipe: Pipeline?
    if token.kind == .actionEnd, word == "template" {
      at += 1
    } else {
      pipe = try pipeline("'\(word)'", until: .actionEnd)
    }
    if word == "block" { try add(name, try body("block", offset), offset) }
    return .template(name, pipe, offset)
  }
}
