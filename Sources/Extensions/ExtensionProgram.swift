// SPDX-License-Identifier: Apache-2.0

import Posix

/// An external program that extends a command: found by its name.
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

  /// The prefix of the names of check programs.
  package static let checkPrefix = "fleet-check-"

  /// Finds a check program: in the folders of `FLEET_CHECKS_PATH`, then in those given, then on `PATH`.
  /// Relative folders are passed over.
  ///
  /// - Parameters:
  ///   - name: `fleet-check-` and lower case letters, digits and dashes; anything else is not found.
  ///   - folders: such as the `checks` folder of the hub.
  ///   - variables: the environment of this process.
  package static func check(
    named name: String, folders: [String], variables: [String: String] = Environment.all
  ) -> ExtensionProgram? {
    guard isCheckName(name) else { return nil }
    let places = ([variables["FLEET_CHECKS_PATH"] ?? ""] + folders + [variables["PATH"] ?? ""])
    return Child.find(name, path: places.joined(separator: ":"))
      .map { ExtensionProgram(name: name, path: $0) }
  }

  /// Whether a name can be that of a check program.
  package static func isCheckName(_ name: String) -> Bool {
    let rest = name.dropFirst(checkPrefix.count)
    return name.hasPrefix(checkPrefix) && !rest.isEmpty && name.utf8.count <= 63
      && rest.utf8.allSatisfy {
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
      }
  }
}
