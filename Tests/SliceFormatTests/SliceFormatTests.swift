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
