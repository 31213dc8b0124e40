// SPDX-License-Identifier: Apache-2.0

import GitObjects
import SliceFormat
import Testing

@Suite("What hub and site agree on") struct SliceFormatTests {
  @Test(
    "an object's file name holds its identity",
    arguments: [
      (
        ObjectIdentity(group: "apps", kind: "Deployment", namespace: "shop", name: "pos"),
        "Deployment.apps~shop~pos.yaml"
      ),
      (
        ObjectIdentity(group: "", kind: "Namespace", namespace: "", name: "shop"),
        "Namespace~~shop.yaml"
      ),
      (
        ObjectIdentity(
          group: "rbac.authorization.k8s.io", kind: "ClusterRole", namespace: "",
          name: "system:a~b.yaml"),
        "ClusterRole.rbac.authorization.k8s.io~~system:a~b.yaml.yaml"
      ),
    ])
  func fileNames(identity: ObjectIdentity, name: String) {
    #expect(identity.fileName == name)
    #expect(ObjectIdentity(fileName: Array(name.utf8)) == identity)
  }

  @Test(
    "other file names are no identities",
    arguments: ["a.yaml", "A~b.yaml", "~a~b.yaml", "A~b~.yaml", "A~b~c.txt"])
  func foreignFileNames(name: String) {
    #expect(ObjectIdentity(fileName: Array(name.utf8)) == nil)
  }

  @Test("a descriptor is written in one form and read again")
  func descriptor() {
    let descriptor = BundleDescriptor(
      name: "pos", gitRepo: "fleet-default/apps", namespace: "shop", createsNamespace: true,
      keepResources: false)
    let text =
      #"{"format":1,"name":"pos","gitRepo":"fleet-default/apps","namespace":"shop","#
      + #""createNamespace":true,"keepResources":false,"deleteCRDResources":false}"#
    #expect(String(decoding: descriptor.json, as: UTF8.self) == text)
    #expect(BundleDescriptor(json: descriptor.json) == descriptor)
    #expect(BundleDescriptor(json: Array(#"{"format":3,"name":"pos"}"#.utf8)) == nil)
  }

  @Test("a hook's file name holds its place and its identity")
  func hookFiles() throws {
    let identity = ObjectIdentity(group: "batch", kind: "Job", namespace: "shop", name: "migrate")
    let file = try #require(HookFile(order: 7, identity: identity))
    #expect(file.fileName == "007-Job.batch~shop~migrate.yaml")
    #expect(HookFile(fileName: Array(file.fileName.utf8)) == file)
    #expect(HookFile(order: 1000, identity: identity) == nil)
  }

  @Test(
    "other file names are no hooks",
    arguments: ["Job.batch~shop~a.yaml", "07-Job~~a.yaml", "0x1-Job~~a.yaml", "001-a.yaml", "001"])
  func foreignHookFiles(name: String) {
    #expect(HookFile(fileName: Array(name.utf8)) == nil)
  }

  @Test(
    "kinds of Kubernetes have one table of scopes",
    arguments: [
      ("", "Namespace", BuiltInKinds.Scope.cluster), ("", "ConfigMap", .namespaced),
      ("apps", "Deployment", .namespaced), ("storage.k8s.io", "StorageClass", .cluster),
      ("policy", "PodDisruptionBudget", .namespaced), ("example.com", "Namespace", nil),
    ] as [(String, String, BuiltInKinds.Scope?)])
  func scopes(group: String, kind: String, scope: BuiltInKinds.Scope?) {
    #expect(BuiltInKinds.scope(group: group, kind: kind) == scope)
  }

  @Test(
    "states that a dependency may be in (Q01 to Q06)",
    arguments: [
      ("Q01", BundleState.ready, [], true), ("Q02", .modified, [], false),
      ("Q03", .notReady, [], false), ("Q04", .modified, [.ready, .modified], true),
      ("Q05", .notReady, [.ready, .modified], false), ("Q06", .waitApplied, [.waitApplied], true),
    ] as [(String, BundleState, [BundleState], Bool)])
  func acceptedStates(id: String, state: BundleState, accepted: [BundleState], isAccepted: Bool) {
    #expect(state.isAccepted(by: accepted) == isAccepted, "\(id)")
  }

  @Test("a slice's message says whose it is and how new")
  func message() throws {
    let source = try #require(ObjectID(hex: String(repeating: "ab", count: 20)))
    let message = SliceMessage(cluster: "store-1", source: source, release: 17, epoch: 2)
    #expect(
      message.text == """
        slice store-1

        Cluster: store-1
        Source: \(source.hex)
        Release: 17
        Epoch: 2
        Format: 1

        """)
    #expect(SliceMessage(text: message.text) == message)
    #expect(SliceMessage(text: "slice x\n\nCluster: x\n") == nil)
  }

  @Test("a slice's message says what the hub has taken away, and reads it again")
  func removals() {
    let message = SliceMessage(
      cluster: "store-1", source: .zero, release: 17, epoch: 2,
      removals: RemovalWord(tally: RemovalTally(objects: 214, bundles: 12), opensEpoch: true))
    #expect(
      message.text.contains(
        "Epoch: 2\nRemoved: 214 objects, 12 bundles\nRemovals-Allowed: epoch\nFormat: 1\n"))
    #expect(SliceMessage(text: message.text) == message)
  }

  @Test("a slice's message says what is to be tried again, sorted, and reads it again")
  func retries() {
    let retries = RetryMarks([
      "web": .init(epoch: 2, release: 19), "a.b": .init(epoch: 2, release: 17),
      "pos": .init(epoch: 1, release: 3),
    ])
    let message = SliceMessage(
      cluster: "store-1", source: .zero, release: 19, epoch: 2, retries: retries)
    #expect(message.text.contains("Epoch: 2\nRetry: a.b 2.17, pos 1.3, web 2.19\nFormat: 1\n"))
    #expect(SliceMessage(text: message.text) == message)
  }

  @Test(
    "only what was refused before the order is tried again",
    arguments: [
      ("R01", "pos 1.17", 1, 16, true), ("R02", "pos 1.17", 1, 17, false),
      ("R03", "pos 1.17", 1, 18, false), ("R04", "pos 2.3", 1, 99, true),
      ("R05", "pos 1.17", 2, 3, false), ("R06", "web 1.17", 1, 16, false),
      ("R07", "", 1, 1, false), ("R08", "web 1.3, pos 1.17", 1, 16, true),
      ("R09", "pos", 1, 1, false), ("R10", "pos 17", 1, 1, false),
      ("R11", "pos 1.17.2", 1, 1, false), ("R12", "pos -1.17", 1, 1, false),
      ("R13", "pos 1.x", 1, 1, false), ("R14", "pos 99999999999999999999.1", 1, 1, false),
      ("R15", "pos 1.0", 1, 0, false),
    ] as [(String, String, Int, Int, Bool)])
  func letsGo(id: String, trailer: String, epoch: Int, release: Int, letsGo: Bool) {
    let mark = RetryMarks.Mark(epoch: epoch, release: release)
    #expect(RetryMarks(trailer: trailer).letsGo("pos", refusedWith: mark) == letsGo, "\(id)")
  }

  @Test(
    "a tally is read as it is written, and nothing else is one",
    arguments: [
      ("0 objects, 0 bundles", RemovalTally()),
      ("214 objects, 12 bundles", RemovalTally(objects: 214, bundles: 12)),
      ("1 objects, 1 bundles", RemovalTally(objects: 1, bundles: 1)),
      ("", nil), ("12", nil), ("-1 objects, 0 bundles", nil), ("1 objects, 1 bundles ", nil),
      ("9999999999999 objects, 0 bundles", nil), ("1 object, 1 bundle", nil),
    ] as [(String, RemovalTally?)])
  func tally(text: String, tally: RemovalTally?) {
    #expect(RemovalTally(text: text) == tally)
    if let tally { #expect(tally.text == text) }
  }

  @Test("what cannot be understood of removals allows nothing")
  func badTally() {
    let word = RemovalWord { $0 == "Removed" ? "everything" : "always" }
    #expect(word == RemovalWord(tally: RemovalTally(), opensEpoch: false))
  }

  @Test("tallies add up over releases, and a lower one allows nothing")
  func since() {
    let early = RemovalTally(objects: 3, bundles: 1)
    let late = early + RemovalTally(objects: 10, bundles: 0) + RemovalTally(objects: 0, bundles: 2)
    #expect(late.since(early) == RemovalTally(objects: 10, bundles: 2))
    #expect(early.since(late) == RemovalTally())
  }

  @Test(
    "only a slice that is not older may follow",
    arguments: [
      (1, 5, 1, 5, true), (1, 5, 1, 6, true), (1, 5, 1, 4, false), (1, 5, 2, 1, true),
      (2, 1, 1, 9, false),
    ])
  func order(epoch: Int, release: Int, nextEpoch: Int, nextRelease: Int, mayFollow: Bool) {
    let old = SliceMessage(cluster: "a", source: .zero, release: release, epoch: epoch)
    let new = SliceMessage(cluster: "a", source: .zero, release: nextRelease, epoch: nextEpoch)
    #expect(new.mayFollow(old) == mayFollow)
  }

  @Test("clusters are spread over shards by the SHA-1 of their names")
  func shards() {
    #expect(Shard.name(of: "abc") == "a9")
    #expect(Shard.name(of: "") == "da")
  }
}
