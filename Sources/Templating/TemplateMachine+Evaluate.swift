// SPDX-License-Identifier: Apache-2.0

import Diagnostics

extension TemplateMachine {
  /// What a pipeline gives; it also sets the pipeline's variables, unless a `range` does.
  mutating func evaluate(
    _ pipe: Pipeline, _ dot: GoValue, declares: Bool = true
  ) throws(LocatedFailure) -> GoValue {
    var value: GoValue?
    for command in pipe.commands {
      try located(command.offset) { try budget.spend() }
      value = try evaluate(command, dot, last: value)
    }
    let result = value ?? .null
    if declares, let name = pipe.variables.first {
      if pipe.isAssignment { assign(name, result) } else { variables.append((name, result)) }
    }
    return result
  }

  private mutating func evaluate(
    _ command: Command, _ dot: GoValue, last: GoValue?
  ) throws(LocatedFailure) -> GoValue {
    guard let first = command.operands.first else { return .null }
    if case .function(let name, let offset) = first {
      return try call(name, offset, Array(command.operands.dropFirst()), dot, last)
    }
    if command.operands.count > 1 || last != nil {
      throw LocatedFailure(
        "'\(first.text)' is not a function and takes no arguments", at: first.offset)
    }
    if case .null(let offset) = first { throw LocatedFailure("nil is not a command", at: offset) }
    return try evaluate(first, dot)
  }

  private mutating func evaluate(
    _ expression: Expression, _ dot: GoValue
  ) throws(LocatedFailure) -> GoValue {
    switch expression {
    case .dot: return dot
    case .null: return .null
    case .literal(let value, _): return value
    case .field(let fields, _): return try follow(dot, "", fields)
    case .variable(let name, let fields, _):
      let found = variables.last { $0.name == name }?.value
      return try follow(found ?? .null, name, fields)
    case .function(let name, let offset): return try call(name, offset, [], dot, nil)
    case .chain(let base, let fields, _):
      return try follow(try evaluate(base, dot), "(…)", fields)
    case .pipe(let pipe):
      let mark = variables.count
      let value = try evaluate(pipe, dot)
      variables.removeLast(variables.count - mark)
      return value
    }
  }

  /// The value that a chain of fields leads to.
  private func follow(
    _ start: GoValue, _ name: String, _ fields: [FieldName]
  ) throws(LocatedFailure) -> GoValue {
    var value = start
    for (index, field) in fields.enumerated() {
      let path = name + Expression.text(fields[..<index])
      let owner = path.isEmpty ? "." : path
      let key = Wording.quoted(String(decoding: field.name, as: UTF8.self))
      guard case .map(let map) = value else {
        throw LocatedFailure(
          "\(Wording.quoted(owner)) is \(value.word) and has no field \(key)", at: field.offset)
      }
      guard let next = map.entries[field.name] else {
        let wanted = String(decoding: field.name, as: UTF8.self)
        let near = Suggestion.nearest(
          to: wanted, among: map.keys.map { String(decoding: $0, as: UTF8.self) })
        let asking = "if hasKey \(owner) \"\(PrintableText.escape(wanted))\""
        throw LocatedFailure(
          "\(Wording.quoted(owner)) has no key \(key)", at: field.offset,
          hint: near.map { "did you mean '\(PrintableText.escape($0))'?" }
            ?? "where it may be missing, ask first: \(asking)",
          missingKey: TemplateError.MissingKey(owner: owner, key: wanted))
      }
      value = next
    }
    return value
  }

  private mutating func call(
    _ name: String, _ offset: Int, _ operands: [Expression], _ dot: GoValue, _ last: GoValue?
  ) throws(LocatedFailure) -> GoValue {
    if name == "and" || name == "or" {
      return try shortCircuit(name, offset, operands, dot, last)
    }
    var values: [GoValue] = []
    for operand in operands { values.append(try evaluate(operand, dot)) }
    if let last { values.append(last) }
    if let function = added[name] {
      return try located(offset) {
        let signature = Signature(name: name, parameters: [.string], rest: nil, family: .text)
        try signature.check(values)
        let call = Call(name: name, arguments: values, budget: budget)
        try call.pay()
        return .text(function(String(decoding: call.bytes(0), as: UTF8.self)))
      }
    }
    guard let signature = Signature.all[name] else {
      throw LocatedFailure("there is no function \(Wording.quoted(name))", at: offset)
    }
    return try located(offset) {
      try signature.check(values)
      let call = Call(name: name, arguments: values, budget: budget)
      try call.pay()
      let result = try signature.run(call)
      try budget.spend(result.weight)
      switch result {
      case .string(let text): try budget.allow(text.count)
      case .list: try result.checkNesting(budget)
      case .map(let map): budget.keep(map)
      default: break
      }
      return result
    }
  }

  /// `and` and `or` evaluate no further than they must.
  private mutating func shortCircuit(
    _ name: String, _ offset: Int, _ operands: [Expression], _ dot: GoValue, _ last: GoValue?
  ) throws(LocatedFailure) -> GoValue {
    var value: GoValue?
    for operand in operands {
      let next = try evaluate(operand, dot)
      value = next
      if next.isTrue == (name == "or") { return next }
    }
    guard let result = last ?? value else {
      throw LocatedFailure("function '\(name)' wants at least 1 argument, got 0", at: offset)
    }
    return result
  }
}
