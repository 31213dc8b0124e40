// SPDX-License-Identifier: Apache-2.0

/// What a template reads of its context, where that can be told without running it.
///
/// Most templates of a fleet print a label or two: those of 2,500 clusters give a handful of texts.
struct TemplateReads {
  /// The chains of fields from the context; nil when the template may look at anything.
  let chains: [[GoString]]?

  init(_ nodes: [Node]) {
    var walk = Walk()
    walk.visit(nodes)
    chains = walk.isOpen ? nil : walk.chains
  }

  private struct Walk {
    var chains: [[GoString]] = []
    var isOpen = false

    mutating func visit(_ nodes: [Node]) {
      for node in nodes {
        switch node {
        case .text, .leave, .proceed: continue
        case .action(let pipe): visit(pipe)
        case .condition(let pipe, let then, let otherwise):
          visit(pipe)
          visit(then)
          visit(otherwise)
        // The point means something else in these.
        case .with, .range, .template: isOpen = true
        }
      }
    }

    private mutating func visit(_ pipe: Pipeline) {
      if !pipe.variables.isEmpty { isOpen = true }
      for operand in pipe.commands.flatMap(\.operands) { visit(operand) }
    }

    private mutating func visit(_ expression: Expression) {
      switch expression {
      case .null, .literal, .function: return
      case .field(let fields, _), .variable("$", let fields, _):
        if fields.isEmpty { isOpen = true }
        let chain = fields.map(\.name)
        if !chains.contains(chain) { chains.append(chain) }
      case .chain(let base, _, _): visit(base)
      case .pipe(let pipe): visit(pipe)
      case .dot, .variable: isOpen = true
      }
    }
  }
}

extension Template {
  /// Everything that the result depends on: contexts with equal answers give equal texts.
  ///
  /// Nil when that cannot be told, and when something that the template may read is missing: then the words
  /// about it may depend on what else there is.
  package func inputs(_ context: TemplateValue) -> [TemplateValue]? {
    guard let chains = reads.chains else { return nil }
    var values: [TemplateValue] = []
    values.reserveCapacity(chains.count)
    for chain in chains {
      var value = context
      for name in chain {
        guard case .map(let members) = value,
          let member = members.last(where: { $0.name.utf8.elementsEqual(name) })
        else { return nil }
        value = member.value
      }
      values.append(value)
    }
    return values
  }
}
