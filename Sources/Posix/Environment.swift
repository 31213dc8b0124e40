// SPDX-License-Identifier: Apache-2.0

// Glibc's `environ` is a global variable, which Swift 6 would refuse; nothing here changes it.
@preconcurrency import Glibc

/// The environment that this process was given.
package enum Environment {
  /// The value of a variable; nil when it is not set.
  package static func get(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// All variables; of one that is set twice the first counts, as for `get`.
  package static var all: [String: String] {
    var variables: [String: String] = [:]
    var next = pointer
    while let pointer = next, let text = pointer.pointee {
      let entry = String(cString: text)
      if let equals = entry.utf8.firstIndex(of: UInt8(ascii: "=")) {
        let name = String(entry[..<equals])
        if variables[name] == nil {
          variables[name] = String(entry[entry.utf8.index(after: equals)...])
        }
      }
      next = pointer + 1
    }
    return variables
  }

  static var pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? { environ }
}
