// SPDX-License-Identifier: Apache-2.0

import JSONTree

extension Schema {
  /// A value as the API server sees it before it looks whether it is valid: defaults filled in, and
  /// nulls of fields taken out that may not be null (Kubernetes 1.20 and later).
  func defaulted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(var members):
      members.removeAll { member in
        member.value == .null && properties[member.name].map { !$0.isNullable } ?? false
      }
      let present = Set(members.map(\.name))
      let missing = properties.filter { $0.value.defaultValue != nil && !present.contains($0.key) }
      for (name, property) in missing.sorted(by: {
        $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
      }) {
        if let value = property.defaultValue { members.append(JSONMember(name, value)) }
      }
      for index in members.indices {
        if let property = properties[members[index].name] {
          members[index].value = property.defaulted(members[index].value)
        } else if case .values(let schema) = additional {
          members[index].value = schema.defaulted(members[index].value)
        }
      }
      return .object(members)
    case .array(let values):
      guard let items else { return value }
      return .array(values.map { items.defaulted($0) })
    default: return value
    }
  }
}
