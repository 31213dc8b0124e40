// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import FleetTestSupport
import GitObjects
import Planning
import Rendering
import Targeting
import Testing

@Suite("each way of customising a bundle", .enabled(if: ChartServer.helm != nil))
struct CustomiseTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    var clusters = ["store-0001", "store-0002"]
    var archives: @Sendable () throws -> [String: [UInt8]] = { [:] }
    let files: [String: String]
    var testDescription: String { id }
  }

  @Test("gives the whole slice that it should", arguments: plain + charts + kustomizations + edge)
  func slice(_ entry: Case) throws {
    let world = CustomiseWorld()
    let archives = try entry.archives()
    var files = entry.files
    // Digests of archives made here stand where the locks name them.
    for (path, bytes) in archives {
      files = files.mapValues {
        $0.replacing("DIGEST(\(path))", with: ChartArchive.digest(bytes))
      }
    }
    let compilation = try world.compile(files, archives: archives)
    Golden.check(try world.text(compilation, entry.clusters), "customise/\(entry.id).txt")
    #expect(compilation.brokenClusters.isEmpty)
    #expect(!compilation.findings.hasErrors)
  }
}
