// SPDX-License-Identifier: Apache-2.0

import Posix
package import SliceFormat

extension HubDescriptor {
  /// Reads the descriptor of a hub; a missing one is epoch 1 of the only layout.
  package static func read(_ hub: HubLayout) throws(HubError) -> HubDescriptor {
    let bytes = try HubError.wrap { try Files.readIfPresent(hub.descriptor, limit: 1 << 16) }
    guard let bytes else { return HubDescriptor() }
    guard let descriptor = try? HubDescriptor(json: bytes) else {
      throw HubError(
        "'\(hub.descriptor)' cannot be understood",
        hint: "restore it from a backup, or run 'kubectl fleet doctor'")
    }
    return descriptor
  }

  /// Writes the descriptor of a hub.
  package func write(to hub: HubLayout) throws(HubError) {
    try HubError.wrap { try Files.writeAtomically(hub.descriptor, json) }
  }
}
