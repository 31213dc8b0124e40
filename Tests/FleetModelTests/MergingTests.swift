// SPDX-License-Identifier: Apache-2.0

import FleetModel
import Testing
import YAMLTree

/// Cases O01–O08 and B01–B03: options of a customization laid over those of the bundle.
@Suite("merging options")
struct MergingTests {
  private func resources(_ list: [DownstreamResource]) -> BundleOptions {
    var options = BundleOptions()
    options.downstreamResources = list
    return options
  }

  @Test(
    "resources that go along are merged by kind and name",
    arguments: [
      (
        "O01", ["Secret base-secret"], ["ConfigMap target-cm"],
        ["Secret base-secret", "ConfigMap target-cm"]
      ),
      ("O02", ["Secret shared"], ["Secret shared"], ["Secret shared"]),
      ("O03", ["Secret sec"], ["secret sec"], ["secret sec"]),
      ("O04", ["Secret base-secret"], [], ["Secret base-secret"]),
      ("O05", [], ["Secret target-secret"], ["Secret target-secret"]),
    ])
  func downstreamResources(id: String, base: [String], custom: [String], expected: [String]) {
    let parse: ([String]) -> [DownstreamResource] = { list in
      list.map { text in
        let words = text.split(separator: " ")
        return DownstreamResource(kind: String(words[0]), name: String(words[1]))
      }
    }
    let merged = resources(parse(base)).merged(with: resources(parse(custom)))
    #expect(merged.downstreamResources == parse(expected))
  }

  @Test("values of the cluster are merged by object and key: O06, O07, O08")
  func valuesFrom() {
    let configMap = ValuesFrom(
      configMap: .init(name: "base-cm", namespace: "ns", key: "values.yaml"))
    let secret = ValuesFrom(secret: .init(name: "custom-sec", namespace: "ns", key: "values.yaml"))
    let options: ([ValuesFrom]) -> BundleOptions = { list in
      var helm = HelmOptions()
      helm.valuesFrom = list
      var options = BundleOptions()
      options.helm = helm
      return options
    }
    let merge: ([ValuesFrom], [ValuesFrom]) -> [ValuesFrom]? = { base, custom in
      options(base).merged(with: options(custom)).helm?.valuesFrom
    }
    #expect(merge([configMap], [secret]) == [configMap, secret])
    #expect(merge([configMap], [configMap]) == [configMap])
    #expect(merge([secret], [secret]) == [secret])
    #expect(merge([ValuesFrom()], [ValuesFrom()]) == [ValuesFrom(), ValuesFrom()])
  }

  @Test(
    "lists are merged by key",
    arguments: [
      ("B01", [1, 2, 3], [], [1, 2, 3]), ("B02", [], [4, 5], [4, 5]),
      ("B03", [1, 2], [3, 4], [1, 2, 3, 4]), ("same key", [1, 2], [2, 1], [1, 2]),
      ("twice in the customization", [1], [2, 2], [1, 2]),
    ] as [(String, [Int], [Int], [Int])])
  func keyed(id: String, base: [Int], custom: [Int], expected: [Int]) {
    #expect(KeyedMerge.merge(base, custom) { String($0) } == expected)
  }

  @Test(
    "on collision the caller decides, in the place of the base; elements without key are appended")
  func collision() {
    let merged = KeyedMerge.merge(["a1", "b1", "-"], ["b2", "-", "a2", "a3"]) {
      $0 == "-" ? "" : String($0.prefix(1))
    } onCollision: {
      $0 + $1
    }
    #expect(merged == ["a1a2", "b1b2", "-", "-"])
  }

  @Test(
    "a flag is what the customization says, and else what the bundle says",
    arguments: [
      (nil, nil, false), (nil, true, true), (nil, false, false), (true, nil, true),
      (true, true, true), (true, false, false), (false, true, true), (false, nil, false),
    ] as [(Bool?, Bool?, Bool)])
  func flags(base: Bool?, custom: Bool?, expected: Bool) {
    let merged = options(flags: base).merged(with: options(flags: custom))
    #expect(merged.keepsResources == expected)
    #expect(merged.deletesNamespace == expected)
    #expect(merged.deletesDefinitions == expected)
    #expect(merged.createsNamespace == custom ?? base)
    let helm = merged.helm ?? HelmOptions()
    #expect(
      [
        helm.isForced, helm.isAtomic, helm.takesOwnership, helm.disablesTemplates,
        helm.waitsForJobs, helm.disablesDNS, helm.skipsSchemaValidation,
        helm.disablesDependencyUpdate, helm.pins,
      ] == [Bool](repeating: expected, count: 9))
  }

  private func options(flags: Bool?) -> BundleOptions {
    var options = BundleOptions()
    options.$keepsResources = Toggle(flags)
    options.$deletesNamespace = Toggle(flags)
    options.$deletesDefinitions = Toggle(flags)
    options.createsNamespace = flags
    var helm = HelmOptions()
    helm.$isForced = Toggle(flags)
    helm.$isAtomic = Toggle(flags)
    helm.$takesOwnership = Toggle(flags)
    helm.$disablesTemplates = Toggle(flags)
    helm.$waitsForJobs = Toggle(flags)
    helm.$disablesDNS = Toggle(flags)
    helm.$skipsSchemaValidation = Toggle(flags)
    helm.$disablesDependencyUpdate = Toggle(flags)
    helm.$pins = Toggle(flags)
    options.helm = helm
    return options
  }

  @Test("a negative timeout resets, a number that is not 0 replaces")
  func helmNumbers() {
    var base = HelmOptions()
    base.timeoutSeconds = 30
    base.maxHistory = 3
    var custom = HelmOptions()
    custom.timeoutSeconds = -1
    custom.maxHistory = 9
    let merged = base.merged(with: custom)
    #expect(merged.timeoutSeconds == 0)
    #expect(merged.maxHistory == 9)
    #expect(base.merged(with: HelmOptions()).timeoutSeconds == 30)
    #expect(base.merged(with: HelmOptions()).maxHistory == 3)
  }

  @Test(
    "customizations are merged with one another or one after the other, with the same result",
    arguments: [
      ("says nothing", "{}", "{}", "base"), ("replaces", "{namespace: one}", "{}", "one"),
      ("the last counts", "{namespace: one}", "{namespace: two}", "two"),
      ("takes back", "{namespace: \"-\"}", "{}", nil),
      ("takes back what the first says", "{namespace: one}", "{namespace: \"-\"}", nil),
      ("says it again", "{namespace: \"-\"}", "{namespace: two}", "two"),
    ] as [(String, String, String, String?)])
  func resets(id: String, first: String, second: String, expected: String?) throws {
    var reading = Reading()
    let read = reading.options(
      "namespace: base\ntargetCustomizations:\n"
        + [first, second].map { "- {clusterName: a, \($0.dropFirst())\n" }.joined())
    #expect(reading.text == "")
    try #require(read.targets.count == 2)
    let (one, two) = (read.targets[0].options, read.targets[1].options)
    #expect(read.options.merged(with: one).merged(with: two).namespace?.value == expected)
    #expect(read.options.merged(with: one.merged(with: two)).namespace?.value == expected)
  }

  @Test("each kind of option has its own way of merging")
  func everything() throws {
    var reading = Reading()
    let read = reading.options(
      """
      defaultNamespace: a
      namespaceLabels: {both: base, base: "1"}
      kustomize: {dir: base}
      yaml: {overlays: [one]}
      ignore: {conditions: [{type: A}]}
      diff: {comparePatches: [{kind: A, name: a, jsonPointers: [/x]}, {kind: B, name: b}]}
      correctDrift: {enabled: true}
      helm:
        releaseName: base
        values: {a: {b: 1, c: 1}, list: [1], gone: 1}
        templateValues: {x: base, z: base}
      targetCustomizations:
        - clusterName: x
          defaultNamespace: "-"
          namespaceLabels: {both: custom}
          kustomize: {dir: custom}
          yaml: {overlays: [two]}
          ignore: {conditions: [{type: A}, {type: B}]}
          diff: {comparePatches: [{kind: A, name: a, jsonPointers: [/y]}]}
          correctDrift: {force: true}
          helm:
            releaseName: "-"
            values: {a: {c: 2}, list: [2], gone: null}
            templateValues: {z: custom}
      """)
    #expect(reading.text == "")
    let merged = read.options.merged(with: try #require(read.targets.first).options)
    #expect(merged.defaultNamespace == nil)
    #expect(
      merged.namespaceLabels.entries.map { "\($0.key)=\($0.value)" } == ["base=1", "both=custom"])
    #expect(merged.kustomizeDirectory?.value == "custom")
    #expect(merged.overlays.map(\.value) == ["one", "two"])
    #expect(merged.ignoredConditions.map { $0["type"] } == ["A", "B"])
    #expect(merged.comparePatches.map(\.key) == ["|A||a", "|B||b"])
    #expect(merged.comparePatches.first?.node?["jsonPointers"]?.items?.first?.string == "/y")
    #expect(merged.correctDrift?.isEnabled == false && merged.correctDrift?.isForced == true)
    let helm = try #require(merged.helm)
    #expect(helm.releaseName == nil)
    #expect(helm.templateValues.entries.map { "\($0.key)=\($0.value)" } == ["x=base", "z=custom"])
    #expect(
      String(decoding: YAMLEmitter.emit(try #require(helm.values)), as: UTF8.self) == """
        a:
          b: 1
          c: 2
        list:
        - 2
        gone: null

        """)
  }

  @Test(
    "a quantity is a number or a percentage",
    arguments: [
      ("5", "5", 5), ("0", "0", 0), ("10%", "10%", 250), ("12.5%", "12.5%", 312),
      ("100%", "100%", 2500),
      ("0.01%", "0.01%", 0), ("150%", "150%", 3750), ("50.0%", "50%", 1250),
    ])
  func quantity(text: String, written: String, of2500: Int) throws {
    let quantity = try #require(Quantity(parsing: text))
    #expect(quantity.text == written)
    #expect(quantity.resolved(of: 2500) == of2500)
  }

  @Test(
    "other text is no quantity",
    arguments: ["", "%", "-1", "-5%", "1.2", "x%", "1.23456%", "1e3", "5 %", "99999999999"])
  func noQuantity(text: String) {
    #expect(Quantity(parsing: text) == nil)
  }
}
