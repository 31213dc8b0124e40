// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Reconciling

/// A record that has to stand before objects are applied, and can go with them in one call of kubectl.
struct InventoryRecord {
  let store: InventoryStore
  let inventory: Inventory
  /// Whether there was none before, so that its namespace may be missing too.
  let isFirst: Bool

  /// What a call applies ahead of its objects; nil when the record takes more than one step.
  var manifests: [[UInt8]]? {
    store.manifests(inventory, withNamespace: isFirst)?.map { JSONWriter.compact($0) }
  }

  /// Records by calls of its own.
  func write() throws(TargetError) { try store.write(inventory) }
}
