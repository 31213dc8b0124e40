// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import Posix
import Rendering
import Testing

/// Helm and kustomize as they are installed here.
@Suite("real renderers")
struct RealRenderersTests {
  private static let hasHelm = Child.find(Environment.get("FLEET_HELM") ?? "helm") != nil
  private static let hasKustomize =
    Child.find(Environment.get("FLEET_KUSTOMIZE") ?? "kubectl") != nil
    || Child.find("kustomize") != nil

  private static let chart = [
    ("Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
    ("values.yaml", "colour: grey\nname: shop\n"),
    (
      "templates/config.yaml",
      """
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: {{ required "a name is needed" .Values.name }}
        namespace: {{ .Release.Namespace }}
      data:
        colour: {{ .Values.colour }}
        files: {{ .Files.Get "files/a b.txt" | trim | quote }}

      """
    ),
    ("files/a b.txt", "a file\n"),
  ]

  private static func helm(_ values: String) -> RenderJob {
    EngineFixture.job(
      .helm, ["template", "till", "{folder}", "--namespace", "pos", "--values", "-"], input: values,
      files: chart.map { (path: $0.0, text: $0.1) })
  }

  private static func kustomize(_ prefix: String) -> RenderJob {
    EngineFixture.job(
      .kustomize, ["{folder}/overlays/prod"],
      files: [
        ("base/kustomization.yaml", "resources: [config.yaml]\n"),
        (
          "base/config.yaml",
          "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shop\ndata:\n  a: b\n"
        ),
        (
          "overlays/prod/kustomization.yaml",
          "resources: [../../base]\nnamePrefix: \(prefix)\n"
        ),
      ])
  }

  @Test("a chart is rendered from its folder and its input, and not again", .enabled(if: hasHelm))
  func charts() throws {
    let fixture = try EngineFixture()
    let jobs = ["red", "green", "red", "blue"].map { Self.helm("colour: \($0)\n") }
    func engine(_ width: Int, cache: String?) -> RenderEngine {
      RenderEngine(cacheFolder: cache, scratchParent: fixture.parent, width: width)
    }
    let expected = ["red", "green", "red", "blue"].map { colour in
      """
      output: ---
      # Source: shop/templates/config.yaml
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: shop
        namespace: pos
      data:
        colour: \(colour)
        files: "a file"

      """
    }
    let first = engine(8, cache: fixture.cache)
    #expect(try first.run(jobs).map(\.text) == expected)
    #expect(first.statistics.children == 3)

    let second = engine(1, cache: fixture.cache)
    #expect(try second.run(jobs).map(\.text) == expected)
    #expect(second.statistics.ranNothing)
    #expect(second.versionsUsed == first.versionsUsed)
    #expect(second.versionsUsed[.helm]?.hasPrefix("v3.") == true)

    let third = engine(1, cache: nil)
    #expect(try third.run(jobs).map(\.text) == expected)
    #expect(third.statistics.children == 3)
    #expect(try fixture.leftovers() == [])
  }

  @Test("what helm says of a mistake is the same wherever it runs", .enabled(if: hasHelm))
  func mistakes() throws {
    let fixture = try EngineFixture()
    let engine = RenderEngine(cacheFolder: nil, scratchParent: fixture.parent)
    let notAChart = EngineFixture.job(
      .helm, ["template", "till", "{folder}"], files: [("a.txt", "")])
    let outcomes = try engine.run([Self.helm("name: ''\n"), notAChart])
    #expect(
      outcomes.map(\.text) == [
        """
        failed: Error: execution error at (shop/templates/config.yaml:4:11): a name is needed

        Use --debug flag to render out invalid YAML

        """,
        """
        failed: Error: Chart.yaml file is missing

        """,
      ])
  }

  @Test("a kustomization is built at a place in its folder", .enabled(if: hasKustomize))
  func kustomizations() throws {
    let fixture = try EngineFixture()
    let jobs = ["eu-", "us-"].map { Self.kustomize($0) }
    let first = RenderEngine(cacheFolder: fixture.cache, scratchParent: fixture.parent)
    let expected = ["eu-", "us-"].map { prefix in
      """
      output: apiVersion: v1
      data:
        a: b
      kind: ConfigMap
      metadata:
        name: \(prefix)shop

      """
    }
    #expect(try first.run(jobs).map(\.text) == expected)
    #expect(first.versionsUsed[.kustomize]?.hasPrefix("v") == true)
    let second = RenderEngine(cacheFolder: fixture.cache, scratchParent: fixture.parent)
    #expect(try second.run(jobs).map(\.text) == expected)
    #expect(second.statistics.ranNothing)
  }

  @Test("a remote base is not fetched: there is no git", .enabled(if: hasKustomize))
  func remoteBase() throws {
    let fixture = try EngineFixture()
    let job = EngineFixture.job(
      .kustomize, ["{folder}"],
      files: [("kustomization.yaml", "resources: [\"https://example.invalid/a.git\"]\n")])
    // Run twice, because what is said must not have a time or a path in it.
    let outcomes = try (0..<2).map { _ in
      try RenderEngine(cacheFolder: nil, scratchParent: fixture.parent).run([job]).map(\.text)
    }
    #expect(outcomes[0] == outcomes[1])
    #expect(outcomes[0].allSatisfy { $0.hasPrefix("failed: ") && $0.contains("no 'git' program") })
  }
}
