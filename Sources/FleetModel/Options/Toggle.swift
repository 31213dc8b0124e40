// SPDX-License-Identifier: Apache-2.0

/// A boolean option that knows whether anybody said something: `false` in a customization takes back the
/// bundle's `true`, and saying nothing does not.
///
/// Fleet cannot tell the two apart, there a flag that is on stays on.
@propertyWrapper
package struct Toggle: Sendable, Hashable {
  /// What was said; nil for nothing.
  package var said: Bool?

  /// Whether the option is on.
  package var wrappedValue: Bool {
    get { said ?? false }
    set { said = newValue }
  }

  /// The flag itself.
  package var projectedValue: Toggle {
    get { self }
    set { self = newValue }
  }

  /// Makes a flag about which this was said.
  package init(_ said: Bool?) { self.said = said }

  /// Makes a flag about which nothing was said.
  package init() { said = nil }

  /// This flag, or what a customization says.
  package func merged(with custom: Toggle) -> Toggle { Toggle(custom.said ?? said) }
}
