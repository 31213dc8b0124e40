// SPDX-License-Identifier: Apache-2.0

package import JSONTree

/// How an object differs from what was applied, as a site reports it.
///
/// `{"object":"ConfigMap~retail~settings","change":"changed","patch":[{"op":"replace",
/// "path":"/data/version","value":"3","wanted":"2","manager":"kubectl-edit"}]}`. Applied to what was wanted,
/// the patch (RFC 6902, with members of our own) makes what is there. `source` stands beside a `path` that the
/// manifest has in another place of a list.
package struct StatusDrift: Sendable, Hashable {
  /// What happened to the object.
  package enum Change: String, Sendable, Hashable {
    /// It is gone.
    case missing
    /// Somebody deleted it and made it again.
    case remade
    /// Fields are something else.
    case changed
  }

  /// A field that is something else.
  package struct Operation: Sendable, Hashable {
    /// The field, a JSON pointer.
    package var path: String
    /// Where the manifest has the field, a JSON pointer into it.
    package var source: String
    /// What is there; nil when nothing is.
    package var value: JSONValue?
    /// What was applied.
    package var wanted: JSONValue
    /// The field manager that has it now; empty when none has.
    package var manager: String

    /// Makes an operation.
    package init(
      path: String, source: String? = nil, value: JSONValue?, wanted: JSONValue,
      manager: String = ""
    ) {
      self.path = path
      self.source = source ?? path
      self.value = value
      self.wanted = wanted
      self.manager = manager
    }
  }

  /// Objects of a bundle that are reported, operations of an object, and bytes of a value: a status is small,
  /// the site's log is not.
  package static let objectLimit = 20
  package static let operationLimit = 20
  package static let valueLimit = 512

  /// The object, as in slices and inventories: `ConfigMap~retail~settings`.
  package var object: String
  /// What happened.
  package var change: Change
  /// The fields; empty but for `changed`.
  package var operations: [Operation]
  /// How many fields are not told.
  package var more: Int

  /// Makes an entry.
  package init(object: String, change: Change, operations: [Operation] = [], more: Int = 0) {
    self.object = object
    self.change = change
    self.operations = operations
    self.more = more
  }

  /// The entry as statuses and digests have it.
  package var json: JSONValue {
    var members = [
      JSONMember("object", .string(object)), JSONMember("change", .string(change.rawValue)),
    ]
    if !operations.isEmpty { members.append(JSONMember("patch", .array(operations.map(\.json)))) }
    if more > 0 { members.append(JSONMember("more", .integer(Int64(more)))) }
    return .object(members)
  }

  /// Reads the list of a bundle; entries that make no sense are a newer program's and left out.
  package static func read(_ json: JSONValue?) -> [StatusDrift] {
    (json?.items ?? []).compactMap { item in
      guard let object = item["object"]?.string,
        let change = item["change"]?.string.flatMap(Change.init(rawValue:))
      else { return nil }
      return StatusDrift(
        object: object, change: change,
        operations: (item["patch"]?.items ?? []).compactMap(Operation.init),
        more: Int(clamping: max(0, item["more"]?.integer ?? 0)))
    }
  }
}

extension StatusDrift.Operation {
  fileprivate var json: JSONValue {
    var members = [
      JSONMember("op", .string(value == nil ? "remove" : "replace")),
      JSONMember("path", .string(path)),
    ]
    if let value { members.append(JSONMember("value", value)) }
    if source != path { members.append(JSONMember("source", .string(source))) }
    members.append(JSONMember("wanted", wanted))
    if !manager.isEmpty { members.append(JSONMember("manager", .string(manager))) }
    return .object(members)
  }

  fileprivate init?(_ json: JSONValue) {
    guard let path = json["path"]?.string else { return nil }
    self.init(
      path: path, source: json["source"]?.string,
      value: json["op"]?.string == "remove" ? nil : json["value"],
      wanted: json["wanted"] ?? .null, manager: json["manager"]?.string ?? "")
  }
}
