// SPDX-License-Identifier: Apache-2.0

extension YAMLNode {
  /// Values with others laid over them: mappings key by key, anything else is replaced, also by null.
  package func overlaid(with overlay: YAMLNode) -> YAMLNode {
    guard let basePairs = pairs, let overlayPairs = overlay.pairs else { return overlay }
    var result = basePairs
    var positions: [String: Int] = [:]
    for (position, pair) in basePairs.enumerated() {
      if let key = pair.key.scalar?.text { positions[key] = position }
    }
    for pair in overlayPairs {
      if let key = pair.key.scalar?.text, let position = positions[key] {
        result[position].value = result[position].value.overlaid(with: pair.value)
      } else {
        result.append(pair)
      }
    }
    return YAMLNode(.mapping(result), span: overlay.span)
  }
}
