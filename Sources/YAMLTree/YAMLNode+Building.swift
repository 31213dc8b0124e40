// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

extension SourceSpan {
  /// The place of what is written in no file.
  package static let generated = SourceSpan(path: "", start: .start, end: .start)
}

extension YAMLNode {
  /// A text, whatever it looks like.
  package static func string(_ text: String) -> YAMLNode {
    YAMLNode(
      .scalar(YAMLScalar(text: text, style: .plain, resolved: .string)), span: .generated)
  }

  /// A boolean.
  package static func bool(_ value: Bool) -> YAMLNode {
    YAMLNode(
      .scalar(YAMLScalar(text: value ? "true" : "false", style: .plain, resolved: .bool(value))),
      span: .generated)
  }

  /// An integer.
  package static func int(_ value: Int64) -> YAMLNode {
    YAMLNode(
      .scalar(YAMLScalar(text: String(value), style: .plain, resolved: .int(value))),
      span: .generated)
  }

  /// A number with a fraction; what JSON can't hold (`nan`, infinities) becomes null.
  package static func float(_ value: Double) -> YAMLNode {
    guard value.isFinite else { return .null }
    return YAMLNode(
      .scalar(YAMLScalar(text: value.description, style: .plain, resolved: .float(value))),
      span: .generated)
  }

  /// The null value.
  package static var null: YAMLNode {
    YAMLNode(.scalar(YAMLScalar(text: "null", style: .plain, resolved: .null)), span: .generated)
  }

  /// A list.
  package static func sequence(_ items: [YAMLNode]) -> YAMLNode {
    YAMLNode(.sequence(items), span: .generated)
  }

  /// A map with these pairs in this order; of a key that is given twice the last value counts.
  package static func mapping(_ pairs: [(String, YAMLNode)]) -> YAMLNode {
    var node = YAMLNode(.mapping([]), span: .generated)
    for (key, value) in pairs { node.set(key, to: value) }
    return node
  }
}

extension YAMLNode {
  /// Gives a key of a map a value: in its place when it is there, else at the end.
  ///
  /// A node that is null becomes a map first; any other node that is no map is left as it is.
  ///
  /// - Returns: whether the node is a map that has the value now.
  @discardableResult
  package mutating func set(_ key: String, to value: YAMLNode) -> Bool {
    if isNull { content = .mapping([]) }
    guard case .mapping(var pairs) = content else { return false }
    // The copy in `content` would make every change a copy of the whole array.
    content = .mapping([])
    if let index = pairs.firstIndex(where: { $0.key.isKey(key) }) {
      pairs[index].value = value
    } else {
      pairs.append(YAMLPair(key: .string(key), value: value))
    }
    content = .mapping(pairs)
    return true
  }

  /// Gives a key that is there another value; false when the node has no such key.
  @discardableResult
  package mutating func replace(_ key: String, with value: YAMLNode) -> Bool {
    self[key] == nil ? false : set(key, to: value)
  }

  /// Removes a key and gives its value; nil when the node has no such key.
  @discardableResult
  package mutating func remove(_ key: String) -> YAMLNode? {
    guard case .mapping(var pairs) = content,
      let index = pairs.firstIndex(where: { $0.key.isKey(key) })
    else { return nil }
    let value = pairs.remove(at: index).value
    content = .mapping(pairs)
    return value
  }

  /// Whether the node is a scalar with exactly these bytes.
  func isKey(_ text: String) -> Bool {
    guard case .scalar(let scalar) = content else { return false }
    return scalar.text.isSameBytes(as: text)
  }
}

extension YAMLNode {
  /// Whether Kubernetes reads the same in both nodes: places, ways of writing and the order of a map's
  /// keys do not count, and `1` is the same number as `1.0`.
  package func isSame(as other: YAMLNode) -> Bool {
    switch (content, other.content) {
    case (.scalar(let left), .scalar(let right)):
      left.isSame(as: right)
    case (.sequence(let left), .sequence(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
    case (.mapping(let left), .mapping(let right)):
      left.count == right.count && Self.areSame(left, right)
    default:
      false
    }
  }

  private static func areSame(_ left: [YAMLPair], _ right: [YAMLPair]) -> Bool {
    var rest: [ByteKey: YAMLNode]?
    for (index, pair) in left.enumerated() {
      let key = pair.key.scalar?.text ?? ""
      // Nearly always the keys have the same order.
      if rest == nil, right[index].key.isKey(key) {
        if !pair.value.isSame(as: right[index].value) { return false }
        continue
      }
      let table =
        rest
        ?? Dictionary(
          right.map { (ByteKey($0.key.scalar?.text ?? ""), $0.value) },
          uniquingKeysWith: { first, _ in first })
      rest = table
      guard let value = table[ByteKey(key)], pair.value.isSame(as: value) else { return false }
    }
    return true
  }
}

extension YAMLScalar {
  /// Whether both are the same value.
  fileprivate func isSame(as other: YAMLScalar) -> Bool {
    switch (resolved, other.resolved) {
    case (.string, .string):
      text.isSameBytes(as: other.text)
    case (.float(let left), .float(let right)): left == right
    case (.float(let number), .int(let whole)), (.int(let whole), .float(let number)):
      number.wholeNumber == whole
    case (.float(let number), .uint(let whole)), (.uint(let whole), .float(let number)):
      number == Double(whole) && number < 0x1p64 && UInt64(number) == whole
    default: resolved == other.resolved
    }
  }
}

extension Double {
  /// The same number as an integer; nil when it has a fraction or does not fit.
  ///
  /// `Int64(exactly:)` would need the mathematics library, which not every program links.
  var wholeNumber: Int64? {
    guard self >= -0x1p63, self < 0x1p63 else { return nil }
    let whole = Int64(self)
    return Double(whole) == self ? whole : nil
  }
}
