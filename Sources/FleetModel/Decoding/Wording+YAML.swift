// SPDX-License-Identifier: Apache-2.0

package import Diagnostics
package import YAMLTree

extension Wording {
  /// What a node is, in words: `a list`, `the number 3`, `the string 'yes'`.
  package static func kind(of node: YAMLNode) -> String {
    switch node.content {
    case .mapping: return "a mapping"
    case .sequence: return "a list"
    case .scalar(let scalar):
      switch scalar.resolved {
      case .null: return "nothing"
      case .bool: return "the boolean \(bare(scalar.text))"
      case .int, .uint, .float: return "the number \(bare(scalar.text))"
      case .string: return "the string \(quoted(scalar.text))"
      }
    }
  }
}
