// SPDX-License-Identifier: Apache-2.0

import Compiling
import Diagnostics
import JSONTree
import Reconciling
import Rendering
import SliceFormat
import YAMLTree

/// Writes what is on the clusters into the manifests: finds the values in the files that the clusters have otherwise.
struct AdoptEdit: DriftEditMaker {
  static let done = "taken over"
  static let mayExcept = false

  /// A value of a file.
  private struct Spot: Hashable {
    let document: Int
    let way: [String]
  }

  private struct Wish {
    let spot: Spot
    let value: JSONValue?
    let title: String
    let path: String
  }

  private let desk: DriftDesk
  private var wishes: [String: [Wish]] = [:]
  private(set) var proof: DriftProof
  var troubles = DriftTroubles()

  init(_ desk: DriftDesk) {
    self.desk = desk
    proof = DriftProof(desk.view.compilation, desk.view.objects)
  }

  func objection(to entry: FoldedDrift) -> String? {
    switch entry.drift.change {
    case .missing: "it is gone; if it is to stay so, take its manifest out of the repository"
    case .remade: "somebody made it anew, and the site does not tell what it says by now"
    case .changed: nil
    }
  }

  mutating func add(
    _ entry: FoldedDrift, _ rendering: DriftDesk.Rendering
  ) throws(CommandError) {
    var manifest = rendering.manifest
    var removals: [[String]] = []
    for field in entry.drift.operations {
      let shown = PrintableText.escape(field.path)
      guard let way = DriftExceptions.tokens(field.source) else {
        return troubles.add(entry.title, "\(shown) is no path of a field")
      }
      let declared = rendering.manifest.value(at: way[...])
      if declared == field.value { continue }
      if let value = field.value, !value.isTold {
        return troubles.add(
          entry.title, "the site does not tell the value of \(shown): \(DriftText.words(value))")
      }
      guard declared == field.wanted || !field.wanted.isTold else {
        return troubles.add(
          entry.title,
          "\(shown) is \(declared.map(DriftText.words) ?? "nothing") in the repository by now, not "
            + DriftText.words(field.wanted))
      }
      guard rendering.place.span != nil else {
        return troubles.add(
          entry.title,
          "it is made of '\(PrintableText.escape(rendering.place.path))', and what makes \(shown) is not "
            + "known; change the values or the template by hand: \(Self.patch(entry.drift))")
      }
      guard try find(entry, field, way, rendering) else { return }
      if let value = field.value {
        manifest = manifest.replacing(way[...], by: value)
      } else {
        removals.append(way)
      }
    }
    // Places of items count from the front, so the last go first.
    for way in removals.sorted(by: { Self.precedes($1, $0) }) {
      manifest = manifest.removing(way[...])
    }
    if manifest == rendering.manifest { return }
    for cluster in rendering.clusters {
      proof[rendering.bundle, cluster, rendering.identity, entry.title].manifest = manifest
    }
  }

  /// Notes the place in the file that has the last word; false when there is none.
  private mutating func find(
    _ entry: FoldedDrift, _ field: StatusDrift.Operation, _ way: [String],
    _ rendering: DriftDesk.Rendering
  ) throws(CommandError) -> Bool {
    // What overlays have patched names all its files, the first one first.
    let paths = rendering.place.path.split(separator: " + ").map(String.init)
    for (index, path) in paths.enumerated().reversed() {
      guard let bytes = try desk.file(path) else { continue }
      let isPatch = index > 0
      let found = Self.documents(bytes, path).first { document in
        if paths.count == 1, let span = rendering.place.span {
          return document.root["kind"]?.span.start.offset == span.start.offset
        }
        return Self.names(document.root, rendering.manifest, isPatch: isPatch)
      }
      guard let found else { continue }
      if isPatch, found.root.json.value(at: way[...]) != field.wanted { continue }
      wishes[path, default: []].append(
        Wish(
          spot: Spot(document: found.number, way: found.way + way), value: field.value,
          title: entry.title, path: field.source))
      return true
    }
    troubles.add(
      entry.title,
      "\(PrintableText.escape(field.path)) is not found in '\(PrintableText.escape(rendering.place.path))'"
    )
    return false
  }

  private struct Document {
    let number: Int
    let way: [String]
    let root: YAMLNode
  }

  /// The objects of a file; those of a `List` one by one.
  private static func documents(_ bytes: [UInt8], _ path: String) -> [Document] {
    var quiet = Findings()
    var result: [Document] = []
    func add(_ root: YAMLNode, _ number: Int, _ way: [String]) {
      if root["kind"]?.string?.hasSuffix("List") == true, let items = root["items"]?.items,
        way.count < 6
      {
        for (index, item) in items.enumerated() { add(item, number, way + ["items", "\(index)"]) }
      } else {
        result.append(Document(number: number, way: way, root: root))
      }
    }
    for (number, document) in YAMLParser.parse(bytes, path: path, findings: &quiet).enumerated() {
      add(document.root, number, [])
    }
    return result
  }

  /// Whether a document is that of an object; a patch need not say for which it is.
  private static func names(_ root: YAMLNode, _ manifest: JSONValue, isPatch: Bool) -> Bool {
    let kind = root["kind"]?.string
    let name = root["metadata"]?["name"]?.string
    if isPatch, root.pairs != nil, kind == nil, name == nil { return true }
    return kind == manifest["kind"]?.string && name == manifest["metadata"]?["name"]?.string
  }

  /// The patch (RFC 6902) that makes what is there.
  private static func patch(_ drift: StatusDrift) -> String {
    let operations = drift.operations.map { field -> JSONValue in
      var members = [
        JSONMember("op", .string(field.value == nil ? "remove" : "replace")),
        JSONMember("path", .string(field.source)),
      ]
      if let value = field.value { members.append(JSONMember("value", value)) }
      return .object(members)
    }
    return String(decoding: JSONWriter.compact(.array(operations)), as: UTF8.self)
  }

  mutating func finish() throws(CommandError) -> DriftEdit {
    var edit = DriftEdit(changes: [], lines: [])
    for path in wishes.keys.inOrder {
      guard let old = try desk.file(path), let new = try write(path, old, &edit.lines) else {
        continue
      }
      edit.changes.append(DriftEdit.Change(path: path, old: old, new: new))
    }
    return edit
  }

  private mutating func write(
    _ path: String, _ old: [UInt8], _ lines: inout [String]
  ) throws(CommandError) -> [UInt8]? {
    var known: [Spot: Wish] = [:]
    var order: [Wish] = []
    for wish in wishes[path] ?? [] {
      if let other = known[wish.spot] {
        if other.value != wish.value {
          troubles.add(
            wish.title,
            "\(PrintableText.escape(wish.path)) is \(Self.words(other.value)) on some clusters and "
              + "\(Self.words(wish.value)) on others, and all have it from '\(PrintableText.escape(path))'"
          )
        }
        continue
      }
      known[wish.spot] = wish
      order.append(wish)
    }
    let removals = order.filter { $0.value == nil }
      .sorted { Self.precedes($1.spot.way, $0.spot.way) }
    var bytes = old
    for wish in order.filter({ $0.value != nil }) + removals {
      do throws(YAMLEdit.Problem) {
        var text = try YAMLEdit(bytes, path: path, document: wish.spot.document)
        if let value = wish.value {
          try text.replace(wish.spot.way, by: value)
        } else {
          try text.remove(wish.spot.way)
        }
        bytes = text.bytes
      } catch {
        troubles.add(
          wish.title,
          "\(PrintableText.escape(wish.path)) cannot be changed in '\(PrintableText.escape(path))': "
            + error.message)
        return nil
      }
      lines.append(
        "\(PrintableText.escape(path)): \(wish.title), \(PrintableText.escape(wish.path)) is "
          + Self.words(wish.value))
    }
    return bytes
  }

  private static func words(_ value: JSONValue?) -> String {
    value.map(DriftText.words) ?? "gone"
  }

  private static func precedes(_ left: [String], _ right: [String]) -> Bool {
    for (one, other) in zip(left, right) where one != other {
      if let number = Int(one), let second = Int(other) { return number < second }
      return one.precedesInBytes(other)
    }
    return left.count < right.count
  }
}

extension JSONValue {
  /// Whether this is the value itself: sites write `***` for what is secret, and the size of what is large.
  fileprivate var isTold: Bool {
    switch self {
    case .string(let text):
      let size =
        text.hasPrefix("(") && text.hasSuffix(" bytes)") ? text.dropFirst().dropLast(7) : ""
      return !text.contains("***") && (Int(size) ?? 0) <= StatusDrift.valueLimit
    case .array(let items): return items.allSatisfy(\.isTold)
    case .object(let members): return members.allSatisfy { $0.value.isTold }
    default: return true
    }
  }
}
