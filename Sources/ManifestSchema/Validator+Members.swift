// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import JSONTree

extension Validator {
  /// Looks at the members of an object: those that must be there, those that may not, and all values.
  mutating func checkMembers(_ members: [JSONMember], _ schema: Schema, _ path: [PathStep]) {
    checkCount(members.count, schema.propertyCount, path, "entry", "entries")
    for name in schema.required {
      let value = members.first { $0.name == name }?.value
      // Go cannot tell null from nothing.
      if value == nil || (dialect == .published && value == .null) {
        add("missing-field", path, "\(self.name(path + [.member(name)])) is missing")
      }
    }
    if schema.isEmbeddedResource { checkEmbedded(members, path) }
    for member in members {
      let place = path + [.member(member.name)]
      if let property = schema.properties[member.name] {
        check(member.value, property, at: place)
      } else if case .values(let values) = schema.additional {
        check(member.value, values, at: place)
      } else if !allowsUnknown(schema), !isEmbeddedName(member.name, schema) {
        unknown(member.name, schema, place)
      }
    }
  }

  private func allowsUnknown(_ schema: Schema) -> Bool {
    if isInCombination || keepsUnknown || schema.preservesUnknown { return true }
    switch schema.additional {
    case .anything: return true
    case .forbidden, .values: return false
    case .unsaid: return dialect == .published && schema.isOpenObject
    }
  }

  private func isEmbeddedName(_ name: String, _ schema: Schema) -> Bool {
    schema.isEmbeddedResource && ["apiVersion", "kind", "metadata"].contains(name)
  }

  mutating func unknown(_ name: String, _ schema: Schema, _ place: [PathStep]) {
    var known = Set(schema.properties.keys)
    if schema.isEmbeddedResource { known.formUnion(["apiVersion", "kind", "metadata"]) }
    let near = Suggestion.nearest(to: name, among: known)
    add(
      "unknown-field", place, "there is no field \(self.name(place))",
      hint: near.map { "did you mean '\($0)'?" })
  }

  private mutating func checkEmbedded(_ members: [JSONMember], _ path: [PathStep]) {
    for name in ["apiVersion", "kind"] {
      let place = path + [.member(name)]
      let value = members.first { $0.name == name }?.value
      switch value {
      case nil, .some(.null), .some(.string("")):
        add("missing-field", path, "\(self.name(place)) is missing")
      case .some(.string): break
      case .some(let value): mustBe("a string", value, place, isText: true)
      }
    }
    if let metadata = members.first(where: { $0.name == "metadata" })?.value {
      checkMetadata(metadata, at: path + [.member("metadata")])
    }
  }

  /// Looks at the metadata of an object, which every API server reads in the same way.
  mutating func checkMetadata(_ metadata: JSONValue, at path: [PathStep]) {
    var other = Validator(
      .published, definitions: ObjectMetadata.definitions, showsValues: showsValues)
    other.check(metadata, ObjectMetadata.schema, at: path)
    take(other.violations)
  }

  /// Looks at what an array as a whole must be.
  mutating func checkItems(_ items: [JSONValue], _ schema: Schema, _ path: [PathStep]) {
    checkCount(items.count, schema.itemCount, path, "item", "items")
    // What the lists of Go types are by key is checked by each kind's own code.
    guard dialect == .structural else { return }
    var seen = Set<JSONValue>()
    for (index, item) in items.enumerated() {
      let key: JSONValue
      switch schema.listType {
      case .atomic: return
      case .set: key = item
      case .map(let names):
        key = .object(names.map { JSONMember($0, item[$0] ?? .null) })
      }
      if !seen.insert(key).inserted {
        let what = showsValues ? ": \(Wording.bare(key.plainText))" : ""
        add(
          "duplicate-item", path + [.item(index)],
          "\(name(path + [.item(index)])) is in the list twice\(what)")
      }
    }
  }

  mutating func checkCount(
    _ count: Int, _ limits: (least: Int?, most: Int?), _ path: [PathStep], _ one: String,
    _ several: String
  ) {
    let words = "\(name(path)) has \(Wording.count(count, one, several))"
    if let least = limits.least, count < least {
      add("too-few", path, "\(words), at least \(Wording.number(least)) must be there")
    }
    if let most = limits.most, count > most {
      add("too-many", path, "\(words), at most \(Wording.number(most)) may be there")
    }
  }
}
