// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// One rendering of a template: walks the nodes and writes.
struct TemplateMachine {
  /// Why the walk through a list of nodes ended.
  enum Exit { case done, leave, proceed }

  let data: GoValue
  let templates: [String: [Node]]
  let budget: Budget
  let added: [String: Template.TextFunction]
  var output: GoString = []
  var variables: [(name: String, value: GoValue)]
  var depth = 0

  init(
    data: GoValue, templates: [String: [Node]], limits: TemplateLimits,
    added: [String: Template.TextFunction]
  ) {
    self.data = data
    self.templates = templates
    self.added = added
    budget = Budget(limits)
    variables = [("$", data)]
  }

  /// Runs what may fail without knowing where it is.
  func located<Result>(_ offset: Int, _ work: () throws -> Result) throws(LocatedFailure) -> Result
  {
    do {
      return try work()
    } catch let error as Failure {
      throw LocatedFailure(error.message, at: offset, hint: error.hint)
    } catch let error as LocatedFailure {
      throw error
    } catch {
      throw LocatedFailure("\(error)", at: offset)
    }
  }

  mutating func write(_ text: GoString, _ offset: Int) throws(LocatedFailure) {
    if output.count + text.count > budget.limits.bytes {
      let most = Wording.number(budget.limits.bytes >> 10)
      throw LocatedFailure("the result is larger than \(most) KiB", at: offset)
    }
    output += text
  }

  mutating func walk(_ nodes: [Node], dot: GoValue) throws(LocatedFailure) -> Exit {
    for node in nodes {
      let exit = try walk(node, dot)
      if exit != .done { return exit }
    }
    return .done
  }

  private mutating func walk(_ node: Node, _ dot: GoValue) throws(LocatedFailure) -> Exit {
    switch node {
    case .text(let text):
      try located(0) { try budget.spend() }
      try write(text, 0)
    case .action(let pipe):
      let value = try evaluate(pipe, dot)
      guard pipe.variables.isEmpty else { return .done }
      try write(
        try located(pipe.offset) {
          try value.isNull ? Array("<no value>".utf8) : GoFormat.print(value, budget)
        },
        pipe.offset)
    case .condition(let pipe, let then, let otherwise):
      return try scoped(pipe.offset) { machine throws(LocatedFailure) in
        let value = try machine.evaluate(pipe, dot)
        return try machine.walk(value.isTrue ? then : otherwise, dot: dot)
      }
    case .with(let pipe, let then, let otherwise):
      return try scoped(pipe.offset) { machine throws(LocatedFailure) in
        let value = try machine.evaluate(pipe, dot)
        return try value.isTrue
          ? machine.walk(then, dot: value) : machine.walk(otherwise, dot: dot)
      }
    case .range(let pipe, let each, let otherwise):
      return try scoped(pipe.offset) { machine throws(LocatedFailure) in
        try machine.range(pipe, each, otherwise, dot)
      }
    case .template(let name, let pipe, let offset): try call(name, pipe, offset, dot)
    case .leave: return .leave
    case .proceed: return .proceed
    }
    return .done
  }

  /// Forgets the variables of a block at its end and counts how deep blocks stand.
  private mutating func scoped(
    _ offset: Int, _ work: (inout TemplateMachine) throws(LocatedFailure) -> Exit
  ) throws(LocatedFailure) -> Exit {
    depth += 1
    if depth > budget.limits.depth {
      let most = Wording.number(budget.limits.depth)
      throw LocatedFailure("blocks and templates stand more than \(most) levels deep", at: offset)
    }
    let mark = variables.count
    let exit = try work(&self)
    variables.removeLast(variables.count - mark)
    depth -= 1
    return exit
  }

  private mutating func call(
    _ name: String, _ pipe: Pipeline?, _ offset: Int, _ dot: GoValue
  ) throws(LocatedFailure) {
    guard let nodes = templates[name] else {
      let near = Suggestion.nearest(to: name, among: templates.keys.sorted())
      throw LocatedFailure(
        "there is no template \(Wording.quoted(name))", at: offset,
        hint: near.map { "did you mean '\($0)'?" })
    }
    var value = GoValue.null
    if let pipe { value = try evaluate(pipe, dot) }
    let outer = variables
    variables = [("$", value)]
    _ = try scoped(offset) { machine throws(LocatedFailure) in
      try machine.walk(nodes, dot: value)
    }
    variables = outer
  }

  private mutating func range(
    _ pipe: Pipeline, _ each: [Node], _ otherwise: [Node], _ dot: GoValue
  ) throws(LocatedFailure) -> Exit {
    let base = variables.count
    let value = try evaluate(pipe, dot, declares: false)
    var turns = 0
    func index(_ machine: inout Self, _ key: GoValue, _ item: GoValue) throws(LocatedFailure)
      -> Exit
    {
      turns += 1
      try machine.located(pipe.offset) { try machine.budget.spend() }
      let names = pipe.variables
      let values = names.count > 1 ? [key, item] : [item]
      for (name, value) in zip(names, values) {
        if pipe.isAssignment {
          machine.assign(name, value)
        } else {
          machine.variables.append((name, value))
        }
      }
      let exit = try machine.walk(each, dot: item)
      machine.variables.removeLast(machine.variables.count - base)
      return exit
    }
    switch value {
    case .list(let items, _):
      for (number, item) in items.enumerated() {
        if try index(&self, .int(number), item) == .leave { break }
      }
    case .map(let map):
      for key in map.keys {
        // A key that the loop itself has taken away is skipped, as Go's ranging over maps may.
        guard let item = map.entries[key] else { continue }
        if try index(&self, .string(key), item) == .leave { break }
      }
    case .int(let count, let isLong):
      if pipe.variables.count > 1 {
        throw LocatedFailure("'range' over an integer has one variable", at: pipe.offset)
      }
      var number: Int64 = 0
      while number < count {
        let item = GoValue.int(number, isLong: isLong)
        if try index(&self, item, item) == .leave { break }
        number += 1
      }
    case .null: break
    case .bool, .float, .string:
      throw LocatedFailure("'range' cannot go over \(value.word)", at: pipe.offset)
    }
    return turns == 0 ? try walk(otherwise, dot: dot) : .done
  }

  mutating func assign(_ name: String, _ value: GoValue) {
    if let place = variables.lastIndex(where: { $0.name == name }) {
      variables[place].value = value
    }
  }
}
