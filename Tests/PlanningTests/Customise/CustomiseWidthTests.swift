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

@Suite("renderings side by side", .enabled(if: ChartServer.helm != nil))
struct CustomiseWidthTests {
  @Test("one at a time or four, from nothing or from the cache: the same slices")
  func widths() throws {
    let scratch = try ScratchFolder()
    let bundles =
      (CustomiseTests.charts + CustomiseTests.kustomizations).filter {
        ["chart-values", "chart-capabilities", "hooks", "helm-then-kustomize"].contains($0.id)
      }
    for entry in bundles {
      var trees: [String] = []
      for (width, cache) in [(1, "one"), (4, "four"), (4, "one"), (1, nil)] {
        let engine = RenderEngine(
          cacheFolder: cache.map { "\(scratch.path)/\(entry.id)/\($0)" }, width: width)
        let compilation = try CustomiseWorld().compile(entry.files, engine: engine)
        let slices = try #require(compilation.slices, "\(entry.id)")
        trees.append(slices.hex)
        let isKnown = trees.count == 3
        #expect((engine.statistics.children == 0) == isKnown, "\(entry.id) \(width)")
      }
      #expect(Set(trees).count == 1, "\(entry.id)")
    }
  }
}
