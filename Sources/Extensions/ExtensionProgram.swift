// SPDX-License-Identifier: Apache-2.0

/// An external program that extends a command: found by its name on the PATH.
package struct ExtensionProgram: Sendable, Hashable {
  /// The name, such as `fleet-check-schema`.
  package let name: String
  /// The file.
  package let path: String

  /// Makes a program.
  package init(name: String, path: String) {
    self.name = name
    self.path = path
  }
}
