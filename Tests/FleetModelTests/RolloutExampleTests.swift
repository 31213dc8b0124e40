// SPDX-License-Identifier: Apache-2.0

import FleetModel
import FleetTestSupport
import Testing

@Suite("examples of rollouts")
struct RolloutExampleTests {
  private static func lines(_ path: String) throws -> [Substring] {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    let bytes = try #require(TestFiles.read(root.joined(separator: "/") + "/" + path))
    return String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  @Test("what the scaffold has behind '#' can be taken as it is")
  func template() throws {
    let lines = try Self.lines("templates/fleet-repo/policy/rollouts.yaml").drop { $0 != "#" }
    var reading = Reading()
    reading.file(
      "policy/rollouts.yaml", lines.map { String($0.dropFirst(2)) }.joined(separator: "\n"))
    #expect(reading.text == "")
    let documents = reading.documents
    #expect(
      [
        documents.rolloutPolicies.count, documents.schedules.count, documents.freezes.count,
        documents.notifications.count,
      ] == [1, 1, 1, 1])
  }

  @Test("the examples of docs/rollouts.md are read without a word")
  func page() throws {
    var blocks: [String] = []
    var isInside = false
    for line in try Self.lines("docs/rollouts.md") {
      if line == "```yaml" {
        blocks.append("")
        isInside = true
      } else if line == "```" {
        isInside = false
      } else if isInside {
        blocks[blocks.count - 1] += line + "\n"
      }
    }
    #expect(blocks.count == 4)
    for block in blocks {
      var reading = Reading()
      if block.contains("kind:") {
        reading.file("policy/f.yaml", block)
        #expect(reading.documents.rolloutPolicies.count == 1)
      } else if block.hasPrefix("spec:") {
        reading.file(
          "policy/f.yaml", "apiVersion: fleet/v1\nkind: Hub\nmetadata: {name: h}\n" + block)
        #expect(reading.documents.hub.orders.count == 1)
      } else {
        #expect(reading.options(block).rolloutStrategy != nil)
      }
      #expect(reading.text == "")
    }
  }
}
