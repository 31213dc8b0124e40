// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Rendering
import SliceFormat
import Testing

@Suite("Warnings about manifests")
struct ManyWarningsTests {
  @Test("however many warnings a file gives, no object behind them is lost")
  func keepsObjects() {
    let names = (0..<150).map { "  n\($0): {a: 1, a: 2}\n" }.joined()
    let switches = (0..<150).map { "    k\($0): {on: 1}\n" }.joined()
    let text = """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: first}
      data:
      \(names)
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: second}
      data:
        x:
      \(switches)
      """
    var findings = Findings()
    let manifests = PlainManifests(
      files: [BundleFile(path: "a.yaml", bytes: Array(text.utf8), madeBy: .helm)],
      findings: &findings)
    let options = RenderOptions(bundle: "b", namespace: nil, defaultNamespace: "default")
    let objects = manifests.render(options, scopes: ScopeCatalog(), findings: &findings)
    #expect(objects.map(\.identity.name) == ["first", "second"])
    #expect(findings.all.count == 100 && !findings.hasErrors)
  }
}
