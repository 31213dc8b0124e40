// SPDX-License-Identifier: Apache-2.0

/// The type of a Git object.
package enum ObjectKind: String, Sendable, Hashable {
  case commit, tree, blob, tag
}
