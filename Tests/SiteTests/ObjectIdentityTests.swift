// SPDX-License-Identifier: Apache-2.0

import Reconciling
import Testing
import SliceFormat

@Suite("names of objects in slices and inventories")
struct ObjectIdentityTests {
  @Test(
    "a key is read and written back",
    arguments: [
      ("ConfigMap~shop~settings", "ConfigMap 'settings' in 'shop'"),
      ("Deployment.apps~shop~web", "Deployment 'web' in 'shop'"),
      ("Namespace~~shop", "Namespace 'shop'"),
      ("ClusterRole.rbac.authorization.k8s.io~~system:a~b", "ClusterRole 'system:a~b'"),
    ])
  func roundTrip(key: String, description: String) throws {
    let identity = try #require(ObjectIdentity(key))
    #expect(identity.key == key)
    #expect(identity.description == description)
  }

  @Test(
    "what is no key is refused",
    arguments: [
      "", "ConfigMap", "ConfigMap~shop", "ConfigMap~shop~", "~shop~a", "ConfigMap.~shop~a",
      ".apps~shop~a", "-f~shop~a", "Config Map~shop~a", "ConfigMap~shop~-f", "ConfigMap~shop~..",
      "ConfigMap~s/p~a", "ConfigMap~shop~a/b", "ConfigMap~shop~a b", "ConfigMap~shop~a\n",
      "ConfigMap~-n~a b",
    ])
  func refused(key: String) {
    #expect(ObjectIdentity(key) == nil)
  }

  @Test("an assumed namespace is marked and leads back to the file's name")
  func assumed() throws {
    let identity = try #require(ObjectIdentity("Till.example.com~~front"))
    let reference = ObjectReference(identity: identity, bundleNamespace: "shop")
    #expect(reference.key == "Till.example.com~?shop~front")
    #expect(reference.fileName == "Till.example.com~~front.yaml")
    #expect(ObjectReference(reference.key) == reference)
  }

  @Test("a kind of the cluster's scope gets no namespace, a bundle without one means 'default'")
  func scopes() throws {
    let namespace = try #require(ObjectIdentity("Namespace~~shop"))
    #expect(ObjectReference(identity: namespace, bundleNamespace: "shop").key == "Namespace~~shop")
    let map = try #require(ObjectIdentity("ConfigMap~~a"))
    #expect(ObjectReference(identity: map, bundleNamespace: "").key == "ConfigMap~?default~a")
  }
}
