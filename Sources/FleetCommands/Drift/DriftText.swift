// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree
import Posix
import SliceFormat

/// How drift is shown.
struct DriftText {
  /// What is shown.
  let observed: ObservedDrift
  /// How many clusters were asked for.
  let total: Int
  /// When the last status came.
  let time: Timestamp?
  /// The time now.
  let now: Timestamp

  /// The list for people.
  func text(showsAll: Bool) -> String {
    var text = head + "\n"
    for entry in observed.drift {
      text +=
        "\n"
        + Wording.wrap(
          "\(entry.title), on \(Self.clusters(entry.clusters, showsAll: showsAll))", indent: "    ")
        + "\n"
      text += Self.lines(entry.drift).map { "  \($0)\n" }.joined()
    }
    for entry in observed.untold {
      text +=
        "\n"
        + Wording.wrap(
          "bundle \(Wording.quoted(entry.bundle)) of \(Wording.bare(entry.cluster)) has "
            + "\(Wording.count(entry.count, "more object")) that differ, more than the hub tells",
          indent: "    ") + "\n"
    }
    if observed.isEmpty { return text }
    return text
      + "\nhint: kubectl fleet drift --adopt takes it into the repository, --ignore lets it be\n"
  }

  /// The same for programs.
  var json: JSONValue {
    .object([
      "observed": time.map { .string($0.rfc3339) } ?? .null,
      "total": .integer(Int64(total)),
      "reported": .integer(Int64(observed.reported)),
      "drifted": .integer(Int64(observed.clusters.count)),
      "drift": .array(
        observed.drift.map { entry in
          .object([
            "bundle": .string(entry.bundle), "group": .string(entry.identity.group),
            "kind": .string(entry.identity.kind),
            "namespace": .string(entry.identity.namespace), "name": .string(entry.identity.name),
            "change": .string(entry.drift.change.rawValue),
            "fields": .array(entry.drift.operations.map(Self.json)),
            "moreFields": .integer(Int64(entry.drift.more)),
            "clusters": .strings(entry.clusters),
          ])
        }),
      "untold": .array(
        observed.untold.map {
          .object([
            "bundle": .string($0.bundle), "cluster": .string($0.cluster),
            "objects": .integer(Int64($0.count)),
          ])
        }),
    ])
  }

  private var head: String {
    guard let time else { return "no cluster has reported yet" }
    let age = "as of \(Age.text(now.seconds - time.seconds)) ago"
    let silent = total - observed.reported
    let rest = silent > 0 ? "; \(Wording.number(silent)) never reported" : ""
    if observed.isEmpty {
      return "ok: no drift on \(Wording.count(total, "cluster")), \(age)\(rest)"
    }
    return "drift on \(Wording.number(observed.clusters.count)) of "
      + "\(Wording.count(total, "cluster")), \(age)\(rest)"
  }

  /// `2 clusters: store-1 and store-2`, or the name of the only one.
  static func clusters(_ names: [String], showsAll: Bool = false) -> String {
    if names.count == 1, let only = names.first { return Wording.bare(only) }
    let list = Wording.list(names.map { Wording.bare($0) }, most: showsAll ? .max - 1 : 3)
    return "\(Wording.number(names.count)) clusters: \(list)"
  }

  /// What differs, a line each.
  static func lines(_ drift: StatusDrift) -> [String] {
    switch drift.change {
    case .missing: return ["it is gone"]
    case .remade: return ["somebody deleted it and made it anew"]
    case .changed:
      let fields = drift.operations.map { field in
        let by = field.manager.isEmpty ? "" : ", by \(Wording.quoted(field.manager))"
        return "\(PrintableText.escape(field.path)): \(words(field.wanted)) → "
          + "\(field.value.map(words) ?? "nothing")\(by)"
      }
      return fields + (drift.more > 0 ? ["and \(Wording.count(drift.more, "more field"))"] : [])
    }
  }

  /// A value on a line: texts in quotes, all else as JSON.
  static func words(_ value: JSONValue) -> String {
    if let text = value.string { return Wording.quoted(text) }
    return Wording.bare(String(decoding: JSONWriter.compact(value), as: UTF8.self))
  }

  private static func json(_ field: StatusDrift.Operation) -> JSONValue {
    .object([
      "path": .string(field.path), "source": .string(field.source), "declared": field.wanted,
      "live": field.value ?? .null, "isMissing": .bool(field.value == nil),
      "manager": .string(field.manager),
    ])
  }
}
