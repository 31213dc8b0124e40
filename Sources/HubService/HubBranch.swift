// SPDX-License-Identifier: Apache-2.0

import GitStore

/// The branch that the hub compiles: the one that HEAD of `fleet.git` names.
struct HubBranch {
  /// The ref, `refs/heads/main`.
  let ref: String

  /// The branch of a ref.
  init(ref: String) { self.ref = ref }

  /// Reads the branch; `main` when HEAD names none.
  init(of repository: Repository) throws(HubError) {
    ref = try HubError.wrap { try repository.headBranch() } ?? "refs/heads/main"
  }

  /// What people call it, `main`.
  var name: String { ref.split(separator: "/").dropFirst(2).joined(separator: "/") }
}
