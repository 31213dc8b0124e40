// SPDX-License-Identifier: Apache-2.0

import FleetModel
import Testing

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

  @Test("flags can only be switched on, and a negative timeout resets")
  func helmFlags() {
    var base = HelmOptions()
    base.isAtomic = true
    base.timeoutSeconds = 30
    base.maxHistory = 3
    var custom = HelmOptions()
    custom.isForced = true
    custom.timeoutSeconds = -1
    custom.maxHistory = 9
    let merged = base.merged(with: custom)
    #expect(merged.isAtomic && merged.isForced)
    #expect(merged.timeoutSeconds == 0)
    #expect(merged.maxHistory == 3)
    #expect(base.merged(with: HelmOptions()).timeoutSeconds == 30)
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
