// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree

/// A step on the way to a field, as managed fields name it.
enum FieldStep {
  /// A member of an object: `f:name`.
  case member(String)
  /// An item of a list that has keys: `k:{"name":"web"}`. Places are counted in the manifest and in the
  /// live list.
  case keyed([JSONMember], wanted: Int, live: Int?)
  /// An item of a set: `v:"x"`, by its place in the manifest.
  case value(JSONValue, wanted: Int)
  /// An item by its place: `i:0`.
  case index(Int)

  /// What stands for the step in a JSON pointer.
  var token: String {
    switch self {
    case .member(let name):
      name.replacing("~", with: "~0").replacing("/", with: "~1")
    case .keyed(_, _, let live): live.map { String($0) } ?? "-"
    case .value: "-"
    case .index(let number): String(number)
    }
  }

  /// What stands for the step in a JSON pointer into the manifest.
  var sourceToken: String {
    switch self {
    case .keyed(_, let wanted, _), .value(_, let wanted): String(wanted)
    default: token
    }
  }
}

/// A part of the fields that one manager has: the server's `fieldsV1`.
///
/// Source: sigs.k8s.io/structured-merge-diff, `fieldpath/serialize.go`: `f:` a member, `k:` an item by the
/// values of its keys, `v:` an item of a set, `i:` an item by its place, `.` the thing itself. A part without
/// members is a leaf: a scalar, or an object or list that is owned as one.
struct ManagedFields {
  let json: JSONValue

  init(_ json: JSONValue) { self.json = json }

  /// Whether it is owned as one.
  var isLeaf: Bool { json.members?.allSatisfy { $0.name == "." } ?? true }

  /// The part below a member.
  func member(_ name: String) -> ManagedFields? {
    for member in json.members ?? [] {
      let field = member.name.utf8
      if field.count == name.utf8.count + 2, member.name.hasPrefix("f:"),
        field.dropFirst(2).elementsEqual(name.utf8)
      {
        return ManagedFields(member.value)
      }
    }
    return nil
  }

  /// The keyed items, with the members that make up their keys.
  var keyed: [(key: [JSONMember], fields: ManagedFields)] {
    (json.members ?? []).compactMap { member in
      guard member.name.hasPrefix("k:"),
        let key = JSONParser.parse(Array(member.name.utf8.dropFirst(2)))?.members
      else { return nil }
      return (key, ManagedFields(member.value))
    }
  }

  /// Whether items are members of a set.
  var isSet: Bool { json.members?.contains { $0.name.hasPrefix("v:") } ?? false }

  /// Whether items go by their places.
  var isIndexed: Bool { json.members?.contains { $0.name.hasPrefix("i:") } ?? false }

  /// The part below a member of a set.
  func value(_ value: JSONValue) -> ManagedFields? {
    for member in json.members ?? [] where member.name.hasPrefix("v:") {
      if JSONParser.parse(Array(member.name.utf8.dropFirst(2))) == value {
        return ManagedFields(member.value)
      }
    }
    return nil
  }

  /// The part below an item by its place.
  func index(_ number: Int) -> ManagedFields? { json["i:\(number)"].map { ManagedFields($0) } }

  /// The part at the end of some steps.
  func at(_ steps: [FieldStep]) -> ManagedFields? {
    var fields = self
    for step in steps {
      let next: ManagedFields?
      switch step {
      case .member(let name): next = fields.member(name)
      case .keyed(let key, _, _): next = fields.keyed.first { Set($0.key) == Set(key) }?.fields
      case .value(let value, _): next = fields.value(value)
      case .index(let number): next = fields.index(number)
      }
      guard let next else { return nil }
      fields = next
    }
    return fields
  }
}

/// Who has which fields of a live object.
struct FieldOwners {
  struct Owner {
    let manager: String
    let time: String
    let fields: ManagedFields
  }

  /// What we applied, by each version of the API that we did it in; empty when we have nothing.
  let own: [ManagedFields]
  /// The others, the latest first.
  let others: [Owner]
  /// Whether the server told any owner at all.
  let isKnown: Bool
  /// When we applied last, RFC 3339 in UTC; empty when it is not known.
  let ownTime: String

  init(_ object: JSONValue, manager: String) {
    var own: [ManagedFields] = []
    var others: [Owner] = []
    var ownTime = ""
    let entries = object["metadata"]?["managedFields"]?.items ?? []
    for entry in entries {
      guard let fields = entry["fieldsV1"] else { continue }
      let name = entry["manager"]?.string ?? ""
      let time = entry["time"]?.string ?? ""
      if name == manager, entry["operation"]?.string == "Apply",
        entry["subresource"]?.string ?? "" == ""
      {
        own.append(ManagedFields(fields))
        if ownTime.precedesInBytes(time) { ownTime = time }
      } else {
        others.append(Owner(manager: name, time: time, fields: ManagedFields(fields)))
      }
    }
    self.own = own
    // Times are of one form, so that their bytes sort as they do.
    self.others = others.sorted { $1.time.precedesInBytes($0.time) }
    self.ownTime = ownTime
    isKnown = !entries.isEmpty
  }

  /// The manager that has a field, or something above or below it; empty when none has.
  func manager(of steps: [FieldStep]) -> String {
    for length in stride(from: steps.count, to: 0, by: -1) {
      let path = Array(steps.prefix(length))
      if let owner = others.first(where: { owner in
        owner.fields.at(path).map { length == steps.count || $0.isLeaf } ?? false
      }) {
        return owner.manager
      }
    }
    return ""
  }
}
