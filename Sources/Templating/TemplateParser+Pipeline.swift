// SPDX-License-Identifier: Apache-2.0

import Diagnostics

extension TemplateParser {
  /// Commands up to `end`, which is stepped over.
  mutating func pipeline(_ place: String, until end: Token.Kind) throws(LocatedFailure) -> Pipeline
  {
    skipSpace()
    var pipe = Pipeline(offset: token.offset)
    try declarations(&pipe, place)
    while true {
      skipSpace()
      if token.kind == end {
        try check(pipe, place)
        at += 1
        return pipe
      }
      switch token.kind {
      case .string, .character, .number, .word, .field, .variable, .dot, .open:
        pipe.commands.append(try command(place))
      default:
        throw LocatedFailure("unexpected \(token.description) in \(place)", at: token.offset)
      }
    }
  }

  private mutating func declarations(_ pipe: inout Pipeline, _ place: String) throws(LocatedFailure)
  {
    let start = at
    var found: [(String, Int)] = []
    while case .variable(let name) = token.kind {
      found.append((name, token.offset))
      at += 1
      skipSpace()
      if token.kind == .comma, place == "'range'", found.count == 1 {
        at += 1
        skipSpace()
        continue
      }
      break
    }
    guard let first = found.first, token.kind == .declare || token.kind == .assign else {
      if token.kind == .comma, found.count > 1 || (found.count == 1 && place != "'range'") {
        throw LocatedFailure("too many variables in \(place)", at: token.offset)
      }
      at = start
      return
    }
    pipe.isAssignment = token.kind == .assign
    at += 1
    pipe.variables = found.map { $0.0 }
    if pipe.isAssignment {
      for (name, offset) in found { try use(name, offset) }
    } else if first.0 == "$" || found.last?.0 == "$" {
      throw LocatedFailure("'$' is the data and cannot be declared", at: first.1)
    } else {
      variables += pipe.variables
    }
  }

  /// A pipeline is not empty, and only functions stand behind a `|`.
  private func check(_ pipe: Pipeline, _ place: String) throws(LocatedFailure) {
    if pipe.commands.isEmpty {
      throw LocatedFailure("a value is missing in \(place)", at: token.offset)
    }
    if at > 0, tokens[..<at].last(where: { $0.kind != .space })?.kind == .pipe {
      throw LocatedFailure("a function is missing after '|'", at: token.offset)
    }
    for command in pipe.commands.dropFirst() {
      switch command.operands.first {
      case .dot, .null, .literal:
        throw LocatedFailure(
          "\(command.operands.first?.text ?? "") after '|' is not a function", at: command.offset)
      default: continue
      }
    }
  }

  private mutating func command(_ place: String) throws(LocatedFailure) -> Command {
    let offset = token.offset
    var operands: [Expression] = []
    while true {
      skipSpace()
      if let operand = try operand() { operands.append(operand) }
      switch token.kind {
      case .space: continue
      case .actionEnd, .close: break
      case .pipe: at += 1
      default:
        throw LocatedFailure("unexpected \(token.description) in \(place)", at: token.offset)
      }
      break
    }
    guard !operands.isEmpty else { throw LocatedFailure("a command is empty", at: offset) }
    return Command(operands: operands, offset: offset)
  }

  private mutating func operand() throws(LocatedFailure) -> Expression? {
    guard let term = try term() else { return nil }
    guard case .field = token.kind else { return term }
    var fields: [FieldName] = []
    while case .field(let name) = token.kind {
      fields.append(FieldName(name: name, offset: token.offset))
      at += 1
    }
    switch term {
    case .field(let first, let offset): return .field(first + fields, offset)
    case .variable(let name, _, let offset): return .variable(name, fields, offset)
    case .literal, .null, .dot:
      throw LocatedFailure(
        "\(term.text) has no field '\(Expression.text(fields))'", at: fields.first?.offset ?? 0)
    default: return .chain(term, fields, term.offset)
    }
  }

  private mutating func term() throws(LocatedFailure) -> Expression? {
    let offset = token.offset
    switch token.kind {
    case .dot:
      at += 1
      return .dot(offset)
    case .string(let text):
      at += 1
      return .literal(.string(text), offset)
    case .character(let number):
      at += 1
      return .literal(.int(number, isLong: false), offset)
    case .number(let text):
      guard let value = GoValue.number(text) else {
        throw LocatedFailure("\(Wording.quoted(text)) is not a number", at: offset)
      }
      at += 1
      return .literal(value, offset)
    case .field(let name):
      at += 1
      return .field([FieldName(name: name, offset: offset)], offset)
    case .variable(let name):
      try use(name, offset)
      at += 1
      return .variable(name, [], offset)
    case .open:
      at += 1
      try enter(offset)
      defer { depth -= 1 }
      return .pipe(try pipeline("the parentheses", until: .close))
    case .word(let word):
      at += 1
      return try named(word, offset)
    default: return nil
    }
  }

  private func named(_ word: String, _ offset: Int) throws(LocatedFailure) -> Expression {
    switch word {
    case "true", "false": return .literal(.bool(word == "true"), offset)
    case "nil": return .null(offset)
    case "if", "else", "end", "range", "with", "define", "block", "template", "break", "continue":
      throw LocatedFailure("unexpected '\(word)' in a pipeline", at: offset)
    default: break
    }
    if isKnown(word) { return .function(word, offset) }
    if let reason = RefusedFunctions.reason(word) {
      throw LocatedFailure("function '\(word)' is refused: \(reason)", at: offset)
    }
    let near = Suggestion.nearest(to: word, among: names())
    throw LocatedFailure(
      "there is no function \(Wording.quoted(word))", at: offset,
      hint: near.map { "did you mean '\($0)'?" })
  }

  private func use(_ name: String, _ offset: Int) throws(LocatedFailure) {
    if variables.contains(name) { return }
    let near = Suggestion.nearest(to: name, among: variables)
    throw LocatedFailure(
      "there is no variable \(Wording.quoted(name)) here", at: offset,
      hint: near.map { "did you mean '\($0)'?" })
  }
}
