// SPDX-License-Identifier: Apache-2.0

/// A name after a point, and where it stands.
struct FieldName {
  let name: GoString
  let offset: Int
}

/// An operand of a command.
indirect enum Expression {
  case dot(Int)
  case null(Int)
  case literal(GoValue, Int)
  case field([FieldName], Int)
  case variable(String, [FieldName], Int)
  case function(String, Int)
  case chain(Expression, [FieldName], Int)
  case pipe(Pipeline)

  var offset: Int {
    switch self {
    case .dot(let offset), .null(let offset), .literal(_, let offset), .field(_, let offset),
      .variable(_, _, let offset), .function(_, let offset), .chain(_, _, let offset):
      offset
    case .pipe(let pipe): pipe.offset
    }
  }

  /// The operand as it is written, for messages.
  var text: String {
    switch self {
    case .dot: "."
    case .null: "nil"
    case .literal(let value, _): value.word
    case .field(let fields, _): Self.text(fields)
    case .variable(let name, let fields, _): name + Self.text(fields)
    case .function(let name, _): name
    case .chain(_, let fields, _): "(…)" + Self.text(fields)
    case .pipe: "(…)"
    }
  }

  static func text(_ fields: some Sequence<FieldName>) -> String {
    fields.map { "." + String(decoding: $0.name, as: UTF8.self) }.joined()
  }
}

/// A function or value with its arguments.
struct Command {
  let operands: [Expression]
  let offset: Int
}

/// Commands joined by `|`, and the variables that take the result.
struct Pipeline {
  var variables: [String] = []
  var isAssignment = false
  var commands: [Command] = []
  let offset: Int
}

/// A piece of a template.
indirect enum Node {
  case text(GoString)
  case action(Pipeline)
  case condition(Pipeline, then: [Node], otherwise: [Node])
  case with(Pipeline, then: [Node], otherwise: [Node])
  case range(Pipeline, each: [Node], otherwise: [Node])
  case template(String, Pipeline?, Int)
  case leave
  case proceed
}
