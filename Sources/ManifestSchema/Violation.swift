// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// A step from a value to a part of it.
package enum PathStep: Sendable, Hashable {
  case member(String)
  case item(Int)
}

/// Something in an object that its schema does not allow.
package struct Violation: Sendable, Hashable {
  /// A stable name in kebab case.
  package let code: String
  /// Where in the object; empty for the object as a whole.
  package let path: [PathStep]
  /// What is wrong there, with the path.
  package let message: String
  /// What was probably meant.
  package let hint: String?

  /// The place as a JSON pointer (RFC 6901).
  package var pointer: String {
    path.map { step in
      switch step {
      case .item(let index): return "/\(index)"
      case .member(let name):
        let escaped = name.unicodeScalars.map { scalar in
          scalar == "~" ? "~0" : scalar == "/" ? "~1" : String(scalar)
        }
        return "/" + escaped.joined()
      }
    }.joined()
  }
}

extension [PathStep] {
  /// The path as people write it: `spec.containers[0].image`, `metadata.labels[a.b/c]`.
  var text: String {
    var text = ""
    for step in self {
      switch step {
      case .item(let index): text += "[\(index)]"
      case .member(let name):
        let isPlain =
          !name.isEmpty
          && name.utf8.allSatisfy {
            $0 == 0x2d || $0 == 0x5f || (0x30...0x39).contains($0)
              || (0x41...0x5a).contains($0 & 0xdf)
          }
        text += isPlain ? (text.isEmpty ? name : ".\(name)") : "[\(name)]"
      }
    }
    return text
  }
}
