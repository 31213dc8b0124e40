// SPDX-License-Identifier: Apache-2.0

import YAMLTree

/// JSON merge patch (RFC 7386), for kinds of which nobody here knows the schema.
///
/// One difference to the RFC is kept, because kubectl and Fleet have it (`evanphx/json-patch`): in a value
/// that replaces another one, or that is new, nulls are dropped inside of lists' items too.
enum JSONMergePatch {
  /// The base with the patch laid over it; null removes a key, a list replaces a list.
  static func merge(_ patch: YAMLNode, into base: YAMLNode) -> YAMLNode {
    guard let changes = patch.pairs, base.pairs != nil else {
      return patch.pairs == nil ? patch : withoutNulls(patch)
    }
    var result = base
    for change in changes {
      guard let key = change.key.scalar?.text else { continue }
      if change.value.isNull {
        result.remove(key)
      } else if let old = result[key], old.pairs != nil {
        result.set(key, to: merge(change.value, into: old))
      } else {
        result.set(key, to: withoutNulls(change.value))
      }
    }
    return result
  }

  /// A value without the keys of mappings that are null; nulls that are items of lists stay.
  static func withoutNulls(_ node: YAMLNode) -> YAMLNode {
    switch node.content {
    case .scalar: node
    case .sequence(let items): YAMLNode(.sequence(items.map(withoutNulls)), span: node.span)
    case .mapping(let pairs):
      YAMLNode(
        .mapping(
          pairs.filter { !$0.value.isNull }
            .map { YAMLPair(key: $0.key, value: withoutNulls($0.value)) }),
        span: node.span)
    }
  }
}
