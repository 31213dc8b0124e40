// SPDX-License-Identifier: Apache-2.0

import FleetModel
import Glibc
import Testing

@Suite("the page of fields")
struct CatalogTests {
  @Test("docs/fields.md is what the catalog says (FLEET_RECORD=1 writes it)")
  func page() throws {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    let path = parts.joined(separator: "/") + "/docs/fields.md"
    let expected = FleetModel.FieldCatalog.markdown()
    if getenv("FLEET_RECORD") != nil {
      let file = try #require(fopen(path, "w"))
      let bytes = Array(expected.utf8)
      #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
      fclose(file)
    }
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      content += buffer[..<count]
    }
    #expect(String(decoding: content, as: UTF8.self) == expected)
  }

  @Test("no schema has a field twice")
  func unique() {
    for schema in [
      FieldCatalog.fleetYAML, FieldCatalog.gitRepo, FieldCatalog.cluster, FieldCatalog.clusterGroup,
      FieldCatalog.hub, FieldCatalog.budget, FieldCatalog.rolloutPolicy, FieldCatalog.schedule,
      FieldCatalog.freeze, FieldCatalog.notification,
    ] {
      #expect(CatalogTests.twice(schema) == [])
    }
  }

  private static func twice(_ schema: FieldSchema) -> [String] {
    var seen = Set<String>()
    return schema.fields.flatMap { field -> [String] in
      let own = seen.insert(field.name).inserted ? [] : ["\(schema.name).\(field.name)"]
      var type = field.type
      while case .list(let item) = type { type = item }
      if case .object(let nested) = type { return own + twice(nested) }
      return own
    }
  }
}
