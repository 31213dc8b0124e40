// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// A value and the place where it is written.
package struct Located<Value: Sendable>: Sendable {
  /// The value.
  package let value: Value
  /// Where it is written.
  package let span: SourceSpan

  /// Makes a located value.
  package init(_ value: Value, at span: SourceSpan) {
    self.value = value
    self.span = span
  }
}

extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}
