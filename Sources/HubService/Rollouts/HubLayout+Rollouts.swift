// SPDX-License-Identifier: Apache-2.0

extension HubLayout {
  /// Who pushed the orders that are not carried out yet, by commit.
  var orders: String { root + "/orders" }
}
