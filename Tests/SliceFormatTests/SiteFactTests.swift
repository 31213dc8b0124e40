// SPDX-License-Identifier: Apache-2.0

import JSONTree
import SliceFormat
import Testing

@Suite("facts in a status") struct SiteFactTests {
  @Test(
    "names are like the keys of labels",
    arguments: [
      ("nodes", true), ("feature.node.kubernetes.io/cpu-model.family", true), ("a_b", true),
      ("", false), ("/a", false), ("a/", false), ("a/b/c", false), ("-a", false), ("a.", false),
      ("a b", false), ("ä", false), (String(repeating: "a", count: 128), true),
      (String(repeating: "a", count: 129), false),
    ])
  func names(_ name: String, _ isGood: Bool) {
    #expect(SiteFact.isName(name) == isGood)
  }

  @Test(
    "facts are sorted, the last of a name counts, and what is out of bounds is left out and counted"
  )
  func bounded() {
    let long = String(repeating: "x", count: 129)
    let (facts, leftOut) = SiteFact.bounded([
      SiteFact("b", "1"), SiteFact("a", "1"), SiteFact("b", "2"), SiteFact("c", long),
      SiteFact("d", "a\nb"), SiteFact("e", "\u{7f}"), SiteFact("f", "ü"),
    ])
    #expect(facts == [SiteFact("a", "1"), SiteFact("b", "2"), SiteFact("f", "ü")])
    #expect(leftOut == 3)
    let many = SiteFact.bounded((0..<200).map { SiteFact("n\($0)", "") })
    #expect(many.facts.count == 128)
    #expect(many.leftOut == 72)
  }

  private func report(_ facts: [SiteFact]?) -> StatusReport {
    StatusReport(
      cluster: "store-1", counter: 1, slice: "", source: "", release: 0, time: "", state: .ready,
      bundles: [], errors: [], facts: facts)
  }

  @Test("a status that says nothing of facts is not one that has none")
  func report() {
    let plain = String(decoding: report(nil).json, as: UTF8.self)
    #expect(plain.hasSuffix(#""errors":[]}"#))
    let none = report([])
    #expect(String(decoding: none.json, as: UTF8.self).hasSuffix(#""errors":[],"facts":{}}"#))
    let some = report([SiteFact("a/b", "1"), SiteFact("nodes", "3")])
    #expect(
      String(decoding: some.json, as: UTF8.self)
        .hasSuffix(#""errors":[],"facts":{"a/b":"1","nodes":"3"}}"#))
    for report in [report(nil), none, some] {
      #expect(StatusReport(json: report.json) == report)
    }
    #expect(!some.says(sameAs: none))
    #expect(!none.says(sameAs: report(nil)))
  }

  @Test("what is no text, or out of bounds, is counted and left out")
  func damaged() {
    let json =
      #"{"format":1,"cluster":"c","state":"Ready","facts":{"a":"1","b":2,"-":"x","c":null}}"#
    let report = StatusReport(json: Array(json.utf8))
    #expect(report?.facts == [SiteFact("a", "1")])
    #expect(report?.ignoredFacts == 3)
    let list = #"{"format":1,"cluster":"c","state":"Ready","facts":["a"]}"#
    #expect(StatusReport(json: Array(list.utf8))?.facts == nil)
  }
}
