// SPDX-License-Identifier: Apache-2.0

package import JSONTree
package import SliceFormat
import Templating

/// What may differ: Fleet's `diff.comparePatches`, and the replicas of what an autoscaler scales.
///
/// An entry with the operation `ignore` takes objects out; its name may be a regular expression, as Go writes
/// them, and an empty name means every name of the namespace. Paths of `jsonPointers` and of other operations
/// are not looked at: Fleet changes both sides by them before it compares.
package struct DriftExceptions: Sendable {
  private struct Entry: Sendable {
    let apiVersion: String
    let kind: String
    let namespace: String
    let name: String
    let pattern: TextPattern?
    let isWhole: Bool
    /// Of `jsonPointers`: no name or namespace means any.
    let loose: [[String]]
    /// Of operations: name and namespace are as they stand.
    let exact: [[String]]
  }

  private let entries: [Entry]
  private var scaled: Set<ObjectIdentity> = []

  /// Reads the entries of a bundle; those that make no sense except nothing.
  package init(_ patches: [JSONValue] = []) {
    entries = patches.map { patch in
      let operations = patch["operations"]?.items ?? []
      let isWhole = operations.contains { $0["op"]?.string == "ignore" }
      let name = patch["name"]?.string ?? ""
      return Entry(
        apiVersion: patch["apiVersion"]?.string ?? "", kind: patch["kind"]?.string ?? "",
        namespace: patch["namespace"]?.string ?? "", name: name,
        pattern: isWhole && !name.isEmpty ? try? TextPattern(name) : nil, isWhole: isWhole,
        loose: (patch["jsonPointers"]?.items ?? []).compactMap { $0.string.flatMap(Self.tokens) },
        exact: operations.filter { $0["op"]?.string != "ignore" }
          .compactMap { $0["path"]?.string.flatMap(Self.tokens) })
    }
  }

  /// Adds what an autoscaler scales, when the object is one.
  package mutating func add(autoscaler object: JSONValue, namespace: String) {
    guard object["kind"]?.string == "HorizontalPodAutoscaler",
      object["apiVersion"]?.string?.hasPrefix("autoscaling/") == true,
      let target = object["spec"]?["scaleTargetRef"], let kind = target["kind"]?.string,
      let name = target["name"]?.string
    else { return }
    scaled.insert(
      ObjectIdentity(
        group: ObjectIdentity.group(ofAPIVersion: target["apiVersion"]?.string ?? ""), kind: kind,
        namespace: namespace, name: name))
  }

  /// Whether an object is not looked at.
  package func ignores(_ identity: ObjectIdentity, apiVersion: String) -> Bool {
    entries.contains { entry in
      guard entry.isWhole, entry.apiVersion == apiVersion, entry.kind == identity.kind,
        entry.namespace == identity.namespace
      else { return false }
      return entry.name.isEmpty || entry.name == identity.name
        || entry.pattern?.matches(identity.name) == true
    }
  }

  /// The fields of an object that are not looked at.
  package func pointers(_ identity: ObjectIdentity, apiVersion: String) -> [[String]] {
    var pointers: [[String]] = []
    for entry in entries where entry.kind == identity.kind {
      let isNamed = entry.name == identity.name && entry.namespace == identity.namespace
      if isNamed, entry.apiVersion == apiVersion { pointers += entry.exact }
      if ObjectIdentity.group(ofAPIVersion: entry.apiVersion) == identity.group,
        entry.name.isEmpty || entry.name == identity.name,
        entry.namespace.isEmpty || entry.namespace == identity.namespace
      {
        pointers += entry.loose
      }
    }
    if scaled.contains(identity) { pointers.append(["spec", "replicas"]) }
    return pointers
  }

  /// The tokens of a JSON pointer (RFC 6901); nil for what is none.
  package static func tokens(_ pointer: String) -> [String]? {
    guard pointer.hasPrefix("/") else { return nil }
    return pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
  }
}

extension JSONValue {
  /// The value without what a pointer leads to; the same where it leads nowhere.
  package func removing(_ tokens: ArraySlice<String>) -> JSONValue {
    guard let token = tokens.first else { return self }
    let rest = tokens.dropFirst()
    switch self {
    case .object(var members):
      guard let index = members.firstIndex(where: { $0.name == token }) else { return self }
      if rest.isEmpty {
        members.remove(at: index)
      } else {
        members[index].value = members[index].value.removing(rest)
      }
      return .object(members)
    case .array(var items):
      guard let index = Int(token), items.indices.contains(index) else { return self }
      if rest.isEmpty {
        items.remove(at: index)
      } else {
        items[index] = items[index].removing(rest)
      }
      return .array(items)
    default: return self
    }
  }
}
