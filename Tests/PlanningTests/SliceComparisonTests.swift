// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Planning
import SliceFormat
import Testing

@Suite("what a changed slice does")
struct SliceComparisonTests {
  /// A slice in the notation of tests: per bundle a line `name[!]: OBJECT=content …`; `!` keeps resources.
  private static func slice(_ text: String, in store: InMemoryObjects) throws -> ObjectID {
    var bundles: [TreeEntry] = []
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      let keeps = parts[0].hasSuffix("!")
      let name = String(keeps ? parts[0].dropLast() : parts[0])
      var objects: [TreeEntry] = []
      for word in parts.count > 1 ? parts[1].split(separator: " ") : [] {
        let pair = word.split(separator: "=")
        objects.append(TreeEntry("\(pair[0]).yaml", .file, try store.writeBlob("\(pair[1])")))
      }
      let descriptor = BundleDescriptor(
        name: name, gitRepo: "fleet-default/r", namespace: "n", createsNamespace: true,
        keepResources: keeps)
      let tree = try store.writeTree([
        TreeEntry(
          name: SliceLayout.descriptorFile, mode: .file, id: try store.write(.blob, descriptor.json)
        ),
        TreeEntry(
          name: SliceLayout.objectsFolder, mode: .directory, id: try store.writeTree(objects)),
      ])
      bundles.append(TreeEntry(name, .directory, tree))
    }
    return try store.writeTree(bundles)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    let old: String?
    let new: String?
    var removes = false
    let expected: String
    var testDescription: String { id }
  }

  @Test(
    "two slices are compared object by object",
    arguments: [
      Case(
        id: "same", old: "a: ConfigMap~n~x=1", new: "a: ConfigMap~n~x=1",
        expected: "changes no object"),
      Case(id: "empty-to-empty", old: "", new: "", expected: "changes no object"),
      Case(
        id: "created", old: "a: ConfigMap~n~x=1", new: "a: ConfigMap~n~x=1 ConfigMap~n~y=1",
        expected: "creates ConfigMap n/y"),
      Case(
        id: "changed", old: "a: ConfigMap~n~x=1", new: "a: ConfigMap~n~x=2",
        expected: "changes ConfigMap n/x"),
      Case(
        id: "deleted", old: "a: ConfigMap~n~x=1 ConfigMap~n~y=1", new: "a: ConfigMap~n~x=1",
        expected: "deletes ConfigMap n/y"),
      Case(
        id: "deletions-first", old: "a: Secret~n~s=1 ConfigMap~n~x=1",
        new: "a: ConfigMap~n~x=2 Service~n~z=1",
        expected: "deletes Secret n/s; creates Service n/z; changes ConfigMap n/x"),
      Case(
        id: "new-bundle", old: "a: ConfigMap~n~x=1", new: "a: ConfigMap~n~x=1\nb: Secret~n~s=1",
        expected: "creates Secret n/s"),
      Case(
        id: "bundle-gone", old: "a: ConfigMap~n~x=1\nb: Secret~n~s=1", new: "a: ConfigMap~n~x=1",
        expected: "deletes Secret n/s"),
      Case(
        id: "bundle-gone-keeps", old: "a: ConfigMap~n~x=1\nb!: Secret~n~s=1",
        new: "a: ConfigMap~n~x=1", expected: "lets go of Secret n/s"),
      Case(
        id: "object-gone-of-keeping-bundle", old: "b!: Secret~n~s=1 Secret~n~t=1",
        new: "b!: Secret~n~t=1", expected: "deletes Secret n/s"),
      Case(
        id: "moves-between-bundles", old: "a: PersistentVolumeClaim~n~x=1 ConfigMap~n~c=1",
        new: "a: ConfigMap~n~c=1\nb: PersistentVolumeClaim~n~x=2",
        expected: "changes PersistentVolumeClaim n/x"),
      Case(
        id: "bundle-renamed", old: "a: Namespace~~n=1 Secret~n~s=1",
        new: "b: Namespace~~n=2 Secret~n~s=2",
        expected: "changes Namespace n and Secret n/s"),
      Case(
        id: "moves-from-keeping-bundle", old: "a!: Secret~n~s=1", new: "b: Secret~n~s=2",
        expected: "changes Secret n/s"),
      Case(
        id: "other-group-is-another-object", old: "a: Ingress.extensions~n~i=1",
        new: "a: Ingress.networking.k8s.io~n~i=1",
        expected: "deletes Ingress n/i; creates Ingress n/i"),
      Case(
        id: "options-only", old: "a: ConfigMap~n~x=1", new: "a!: ConfigMap~n~x=1",
        expected: "changes the options of a"),
      Case(
        id: "joins", old: nil, new: "a: ConfigMap~n~x=1\nb: Secret~n~s=1",
        expected: "joins; creates ConfigMap n/x and Secret n/s"),
      Case(id: "joins-with-nothing", old: nil, new: "", expected: "joins"),
      Case(
        id: "leaves-keep", old: "a: ConfigMap~n~x=1", new: nil,
        expected: "leaves, its objects stay"),
      Case(
        id: "leaves-remove", old: "a: ConfigMap~n~x=1\nb!: Secret~n~s=1", new: nil, removes: true,
        expected: "leaves, its objects are removed; deletes ConfigMap n/x"),
      Case(
        id: "many-objects",
        old: "a: ConfigMap~n~1=1 ConfigMap~n~2=1 ConfigMap~n~3=1 ConfigMap~n~4=1",
        new: "a:", expected: "deletes 4 ConfigMaps"),
      Case(
        id: "many-kinds",
        old: "a:", new: "a: ConfigMap~n~1=1 ConfigMap~n~2=1 Secret~n~3=1 Service~n~4=1",
        expected: "creates 4 objects (2 ConfigMaps, 1 Secret and 1 Service)"),
    ])
  func comparing(_ entry: Case) throws {
    let store = InMemoryObjects()
    var comparison = SliceComparison(old: store, new: store)
    let old = try entry.old.map { try Self.slice($0, in: store) }
    let new = try entry.new.map { try Self.slice($0, in: store) }
    let effect: Effect
    switch (old, new) {
    case (let old?, let new?): effect = try comparison.effect(from: old, to: new)
    case (nil, let new?): effect = try comparison.effect(joiningWith: new)
    case (let old?, nil): effect = try comparison.effect(leaving: old, removes: entry.removes)
    case (nil, nil): return
    }
    #expect(effect.text == entry.expected)
  }
}
