// SPDX-License-Identifier: Apache-2.0

import FleetTestSupport
import JSONTree
import Planning
import Testing

@Suite("the blast radius as a person reads it")
struct BlastRadiusTextTests {
  private static func stores(_ range: ClosedRange<Int>) -> [String] {
    range.map { number in
      let digits = String(number)
      return "store-" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
  }

  @Test("clusters with one effect are one line, the most first, and the few are named")
  func outliers() {
    let image = identity("Deployment.apps~retail~pos")
    let radius = BlastRadius(
      clusterCount: 2500, oldClusterCount: 2500,
      folds: [
        BlastRadius.Fold(
          effect: Effect(
            membership: .stays, changed: [image],
            deleted: identities("PersistentVolumeClaim~retail~sales")), clusters: ["store-0831"]),
        BlastRadius.Fold(
          effect: Effect(
            membership: .stays, created: identities("ConfigMap~retail~tax"), changed: [image]),
          clusters: Self.stores(2481...2499)),
        BlastRadius.Fold(
          effect: Effect(membership: .stays, changed: [image]),
          clusters: Self.stores(1...830) + Self.stores(832...2480) + ["store-2500"]),
      ],
      groups: [
        BlastRadius.GroupShare(group: "stores", changed: 2500, total: 2500),
        BlastRadius.GroupShare(group: "canary", changed: 25, total: 25),
      ])
    #expect(
      radius.text() == """
        blast radius: 2,500 of 2,500 clusters change
          groups: stores 2,500 of 2,500, canary 25 of 25
          objects: ConfigMap 19 created; Deployment.apps 2,500 changed;
                   PersistentVolumeClaim 1 deleted
          2,480 clusters: changes Deployment retail/pos
          19 clusters, store-2481, store-2482, store-2483 and 16 more: creates
            ConfigMap retail/tax; changes Deployment retail/pos
          1 cluster, store-0831: deletes PersistentVolumeClaim retail/sales;
            changes Deployment retail/pos

        """)
  }

  @Test("nothing is said to be nothing")
  func nothing() {
    let radius = BlastRadius(clusterCount: 4, oldClusterCount: 4, folds: [], groups: [])
    #expect(radius.isEmpty)
    #expect(radius.text() == "blast radius: nothing changes on any cluster\n")
  }

  @Test("more than twelve effects are counted, more than four groups too")
  func manyEffects() {
    let folds = (1...15).map { number in
      BlastRadius.Fold(
        effect: Effect(membership: .stays, changed: [identity("ConfigMap~n~c\(number)")]),
        clusters: Self.stores(number...number))
    }
    let groups = (1...6).map { BlastRadius.GroupShare(group: "g\($0)", changed: 1, total: 2) }
    let radius = BlastRadius(clusterCount: 20, oldClusterCount: 20, folds: folds, groups: groups)
    let lines = radius.text().split(separator: "\n")
    #expect(lines[0] == "blast radius: 15 of 20 clusters change")
    #expect(lines[1] == "  groups: g1 1 of 2, g2 1 of 2, g3 1 of 2, g4 1 of 2 and 2 more")
    #expect(lines[3] == "  1 cluster, store-0001: changes ConfigMap n/c1")
    #expect(lines.count == 16)
    #expect(lines[15] == "  3 more clusters in 3 other ways; see 'kubectl fleet plan -o json'")
  }

  @Test("clusters that join and leave are counted apart from those that change")
  func membership() {
    let radius = BlastRadius(
      clusterCount: 3, oldClusterCount: 4,
      folds: [
        BlastRadius.Fold(
          effect: Effect(membership: .joins, created: identities("ConfigMap~n~x")),
          clusters: ["new"]),
        BlastRadius.Fold(
          effect: Effect(membership: .leaves(removes: false), kept: identities("ConfigMap~n~x")),
          clusters: ["old-1"]),
        BlastRadius.Fold(
          effect: Effect(membership: .leaves(removes: true), deleted: identities("ConfigMap~n~x")),
          clusters: ["old-2"]),
      ], groups: [])
    #expect(
      radius.text() == """
        blast radius: 1 cluster joins, 2 clusters leave
          objects: ConfigMap 1 created, 1 deleted
          1 cluster, old-2: leaves, its objects are removed; deletes ConfigMap
            n/x
          1 cluster, new: joins; creates ConfigMap n/x
          1 cluster, old-1: leaves, its objects stay

        """)
    Golden.check(
      String(decoding: JSONWriter.pretty(radius.json), as: UTF8.self), "planning/blast-radius.json")
    #expect(radius.changedClusterCount == 0)
    #expect(radius.joiningClusterCount == 1)
    #expect(radius.leavingClusterCount == 2)
  }

  @Test("the order of clusters and effects in the input changes no byte of the text")
  func order() {
    let folds = (1...9).map { number in
      BlastRadius.Fold(
        effect: Effect(
          membership: .stays,
          changed: identities("Secret~n~c\(number) ConfigMap~n~b ConfigMap~m~b Secret~n~a")
            .shuffled()),
        clusters: Self.stores(number...number))
    }
    func text(_ folds: [BlastRadius.Fold]) -> String {
      BlastRadius(clusterCount: 9, oldClusterCount: 9, folds: folds, groups: []).text()
    }
    let first = text(folds)
    for _ in 1...20 { #expect(text(folds.shuffled()) == first) }
  }
}
