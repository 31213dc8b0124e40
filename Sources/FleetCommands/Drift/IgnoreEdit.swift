// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import FleetModel
import JSONTree
import Reconciling
import SliceFormat
import YAMLTree

/// Excepts what differs, in `diff.comparePatches` of the bundles.
struct IgnoreEdit: DriftEditMaker {
  static let done = "excepted"
  static let mayExcept = true

  /// An entry of `comparePatches`.
  private struct Key: Hashable {
    let bundle: Int
    let apiVersion: String
    let kind: String
    let namespace: String
    let name: String
    /// Whether the object as a whole is excepted.
    let isWhole: Bool
  }

  private struct Entry {
    let key: Key
    let title: String
    var pointers: [String]
  }

  private let desk: DriftDesk
  private var entries: [Entry] = []
  private(set) var proof: DriftProof
  var troubles = DriftTroubles()

  init(_ desk: DriftDesk) {
    self.desk = desk
    proof = DriftProof(desk.view.compilation, desk.view.objects)
  }

  func objection(to entry: FoldedDrift) -> String? { nil }

  mutating func add(_ entry: FoldedDrift, _ rendering: DriftDesk.Rendering) {
    let variant =
      desk.view.compilation.bundles[rendering.bundle].variants[rendering.variant]
    let version = rendering.manifest["apiVersion"]?.string ?? ""
    let known = DriftExceptions(variant.descriptor.comparePatches)
    let isWhole = entry.drift.change != .changed
    if known.ignores(entry.identity, apiVersion: version) { return }
    var pointers: [String] = []
    for field in entry.drift.operations {
      guard let tokens = DriftExceptions.tokens(field.path) else {
        return troubles.add(
          entry.title, "\(PrintableText.escape(field.path)) is no path of a field")
      }
      if known.pointers(entry.identity, apiVersion: version).contains(tokens) { continue }
      guard field.source == field.path else {
        return troubles.add(
          entry.title,
          "\(PrintableText.escape(field.path)) is \(PrintableText.escape(field.source)) in the manifest, and "
            + "an exception has to hold for both")
      }
      pointers.append(field.path)
      for cluster in rendering.clusters {
        proof[rendering.bundle, cluster, rendering.identity, entry.title].pointers.insert(tokens)
      }
    }
    if isWhole {
      for cluster in rendering.clusters {
        proof[rendering.bundle, cluster, rendering.identity, entry.title].isIgnored = true
      }
    } else if pointers.isEmpty {
      return
    }
    let key = Key(
      bundle: rendering.bundle, apiVersion: version, kind: entry.identity.kind,
      namespace: entry.identity.namespace, name: entry.identity.name, isWhole: isWhole)
    if let index = entries.firstIndex(where: { $0.key == key }) {
      entries[index].pointers += pointers.filter { !entries[index].pointers.contains($0) }
    } else {
      entries.append(Entry(key: key, title: entry.title, pointers: pointers))
    }
  }

  mutating func finish() throws(CommandError) -> DriftEdit {
    var edit = DriftEdit(changes: [], lines: [])
    for bundle in Set(entries.map(\.key.bundle)).sorted() {
      let source = desk.view.compilation.bundles[bundle].source
      let path =
        source.options.path ?? (source.path.isEmpty ? "fleet.yaml" : "\(source.path)/fleet.yaml")
      let old = try desk.file(path)
      do throws(YAMLEdit.Problem) {
        let new = try write(entries.filter { $0.key.bundle == bundle }, into: old ?? [], path)
        edit.changes.append(DriftEdit.Change(path: path, old: old, new: new))
      } catch {
        troubles.add(
          "bundle \(Wording.quoted(source.name))",
          "'\(PrintableText.escape(path))' cannot be changed: \(error.message)")
      }
      for entry in entries where entry.key.bundle == bundle {
        let what =
          entry.key.isWhole
          ? "the whole object may differ"
          : "\(entry.pointers.map { PrintableText.escape($0) }.joined(separator: ", ")) may differ"
        let count = desk.view.compilation.bundles[bundle].clusterCount
        edit.lines.append(
          "\(PrintableText.escape(path)): \(entry.title), \(what), on all of its "
            + Wording.count(count, "cluster"))
      }
    }
    return edit
  }

  /// The file with entries for the objects: those that it has are extended, also in customizations, where one for
  /// the same object takes the place of the bundle's.
  private func write(
    _ entries: [Entry], into old: [UInt8], _ path: String
  ) throws(YAMLEdit.Problem) -> [UInt8] {
    var bytes = old
    for entry in entries {
      var quiet = Findings()
      if YAMLParser.parse(bytes, path: path, findings: &quiet).isEmpty, !quiet.hasErrors {
        // A file of comments alone, or none at all.
        let root = JSONValue.object([
          "diff": .object(["comparePatches": .array([Self.json(entry)])])
        ])
        let isOpen = bytes.last.map { $0 != 0x0a } ?? false
        bytes += (isOpen ? [0x0a] : []) + YAMLEmitter.emit(YAMLNode(root))
        continue
      }
      var text = try YAMLEdit(bytes, path: path, document: 0)
      try Self.write(entry, into: &text)
      bytes = text.bytes
    }
    return bytes
  }

  private static let field = ["diff", "comparePatches"]

  private static func write(_ entry: Entry, into text: inout YAMLEdit) throws(YAMLEdit.Problem) {
    guard let root = text.root else { return }
    var isThere = false
    var customizations: [[String]] = []
    for list in ["targets", "targetCustomizations"] {
      customizations += (root[list]?.items ?? []).indices.map { [list, "\($0)"] }
    }
    for way in [[]] + customizations {
      let holder = way.reduce(root as YAMLNode?) { node, step in
        Int(step).flatMap { node?.items?[$0] } ?? node?[step]
      }
      let items = holder?["diff"]?["comparePatches"]?.items ?? []
      guard let index = items.firstIndex(where: { isSame($0, entry.key) }) else { continue }
      if way.isEmpty { isThere = true }
      try extend(items[index], at: way + field + ["\(index)"], by: entry, &text)
    }
    if isThere { return }
    let item = json(entry)
    let diff = root["diff"]
    if let list = diff?["comparePatches"], list.items != nil {
      try text.append(item, to: field)
    } else if diff?["comparePatches"] != nil {
      try text.replace(field, by: .array([item]))
    } else if diff != nil {
      try text.add("comparePatches", .array([item]), to: ["diff"])
    } else {
      try text.add("diff", .object(["comparePatches": .array([item])]), to: [])
    }
  }

  private static func extend(
    _ item: YAMLNode, at way: [String], by entry: Entry, _ text: inout YAMLEdit
  ) throws(YAMLEdit.Problem) {
    let (name, more) = list(entry)
    guard let present = item[name], let items = present.items else {
      if item[name] == nil { return try text.add(name, .array(more), to: way) }
      return try text.replace(way + [name], by: .array(more))
    }
    for value in more where !items.contains(where: { $0.json == value }) {
      try text.append(value, to: way + [name])
    }
  }

  private static func isSame(_ item: YAMLNode, _ key: Key) -> Bool {
    [
      ("apiVersion", key.apiVersion), ("kind", key.kind), ("namespace", key.namespace),
      ("name", pattern(key)),
    ].allSatisfy { (item[$0.0]?.string ?? "") == $0.1 }
  }

  /// The name of an entry that excepts a whole object is a regular expression, which Fleet matches anywhere.
  private static func pattern(_ key: Key) -> String {
    key.isWhole ? "^\(key.name.replacing(".", with: #"\."#))$" : key.name
  }

  private static func list(_ entry: Entry) -> (name: String, values: [JSONValue]) {
    entry.key.isWhole
      ? ("operations", [.object(["op": .string("ignore")])])
      : ("jsonPointers", entry.pointers.map { .string($0) })
  }

  private static func json(_ entry: Entry) -> JSONValue {
    let key = entry.key
    var members = [
      JSONMember("apiVersion", .string(key.apiVersion)), JSONMember("kind", .string(key.kind)),
    ]
    if !key.namespace.isEmpty { members.append(JSONMember("namespace", .string(key.namespace))) }
    let (name, values) = list(entry)
    members += [JSONMember("name", .string(pattern(key))), JSONMember(name, .array(values))]
    return .object(members)
  }
}
