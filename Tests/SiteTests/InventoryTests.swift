// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Reconciling
import SliceFormat
import Testing

@Suite("the record of what is ours")
struct InventoryTests {
  @Test("an inventory is read back as it was written")
  func roundTrip() throws {
    let inventory = Inventory(
      cluster: "store-0001",
      bundles: [
        try Fixture.record("b", ["Till.example.com~?shop~front", "Namespace~~shop"], keeps: true),
        Inventory.Bundle(
          name: "a", tree: nil, keepsResources: false, deletesDefinitions: true, objects: []),
      ])
    #expect(try Inventory(inventory.json) == inventory)
    var marked = inventory
    marked.mark = RemovalMark(epoch: 2, tally: RemovalTally(objects: 214, bundles: 12))
    #expect(try Inventory(marked.json) == marked)
    #expect(inventory.bundles.map(\.name) == ["a", "b"])
    #expect(inventory.objectCount == 2)
  }

  @Test("an inventory that is damaged in one place is refused as a whole")
  func damaged() throws {
    let bundle: JSONValue = .object([
      "name": .string("a"), "tree": .null, "keepResources": .bool(false),
      "deleteCRDResources": .bool(false), "objects": .array([.string("ConfigMap~x")]),
    ])
    #expect(throws: Inventory.Refusal.malformed("objects")) {
      try Inventory(
        .object(["format": .integer(1), "cluster": .string("a"), "bundles": .array([bundle])]))
    }
    #expect(throws: Inventory.Refusal.malformed("format")) { try Inventory(.null) }
    #expect(throws: Inventory.Refusal.format(2)) {
      try Inventory(.object(["format": .integer(2)]))
    }
  }
}
