// SPDX-License-Identifier: Apache-2.0

package import JSONTree

extension YAMLNode {
  /// The JSON that Kubernetes makes of the node.
  ///
  /// A number without a fraction is an integer however it is written; integers above `Int64.max`
  /// become reals, as in `k8s.io/apimachinery`.
  package var json: JSONValue {
    switch content {
    case .sequence(let items):
      return .array(items.map(\.json))
    case .mapping(let pairs):
      return .object(pairs.map { JSONMember($0.key.scalar?.text ?? "", $0.value.json) })
    case .scalar(let scalar):
      switch scalar.resolved {
      case .null: return .null
      case .bool(let value): return .bool(value)
      case .int(let value): return .integer(value)
      case .uint(let value): return .real(Double(value))
      case .string: return .string(scalar.text)
      case .float(let value):
        if let whole = value.wholeNumber { return .integer(whole) }
        return value.isFinite ? .real(value) : .null
      }
    }
  }

  /// Makes a node, written in no file, of JSON.
  package init(_ json: JSONValue) {
    switch json {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .int(value)
    case .real(let value): self = .float(value)
    case .string(let text): self = .string(text)
    case .array(let items): self = .sequence(items.map { YAMLNode($0) })
    case .object(let members):
      self = YAMLNode(
        .mapping(
          members.map { YAMLPair(key: .string($0.name), value: YAMLNode($0.value)) }),
        span: .generated)
    }
  }
}
