// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import JSONTree
package import SliceFormat

/// Compares what was applied with what is there.
///
/// The server's record of who has which field tells most: a field that we applied and still have was changed
/// by nobody, whatever the server or a webhook made of our words, because whoever changes a field takes it
/// (Kubernetes, "Field management"). What is wanted and not ours any more is compared by its value.
package struct DriftComparison: Sendable {
  private let manager: String
  private let exceptions: DriftExceptions
  private let recordedAt: String

  /// Makes a comparison for a field manager.
  ///
  /// `recordedAt` is when the inventory was written, RFC 3339 in UTC, empty when that is not known. What was
  /// applied under our name later was not applied by a run that recorded it: there values are compared of
  /// fields that are ours, too.
  package init(manager: String, exceptions: DriftExceptions, recordedAt: String = "") {
    self.manager = manager
    self.exceptions = exceptions
    self.recordedAt = recordedAt
  }

  /// How the live object differs from its manifest, or nil when it does not.
  ///
  /// An object that is being deleted has no drift: it is not ready.
  package func drift(
    of identity: ObjectIdentity, manifest: JSONValue, live: JSONValue?
  ) -> ObjectDrift? {
    let apiVersion = manifest["apiVersion"]?.string ?? ""
    if exceptions.ignores(identity, apiVersion: apiVersion) { return nil }
    guard let live else { return ObjectDrift(identity, .missing) }
    if live["metadata"]?["deletionTimestamp"]?.string != nil { return nil }
    let owners = FieldOwners(live, manager: manager)
    if owners.isKnown, owners.own.isEmpty {
      return ObjectDrift(identity, .remade(owners.others.last?.manager ?? ""))
    }
    var wanted = Self.normal(manifest, identity)
    var present = live
    for pointer in exceptions.pointers(identity, apiVersion: apiVersion) {
      wanted = wanted.removing(pointer[...])
      present = present.removing(pointer[...])
    }
    var walk = DriftWalk(
      owners: owners,
      checksOwned: !recordedAt.isEmpty && recordedAt.precedesInBytes(owners.ownTime))
    walk.compareTop(wanted, present)
    if walk.differences.isEmpty { return nil }
    let drift = ObjectDrift(identity, .fields(walk.differences))
    return identity.kind == "Secret" && identity.group.isEmpty
      ? drift.redacted { _ in "***" } : drift
  }

  /// The manifest as the server keeps it: the texts of a Secret among its data.
  private static func normal(_ manifest: JSONValue, _ identity: ObjectIdentity) -> JSONValue {
    guard identity.kind == "Secret", identity.group.isEmpty,
      let texts = manifest["stringData"]?.members, let members = manifest.members
    else { return manifest }
    var data = (manifest["data"]?.members ?? []).filter { entry in
      !texts.contains { $0.name == entry.name }
    }
    data += texts.compactMap { entry in
      entry.value.string.map { JSONMember(entry.name, .string(Base64.text(Array($0.utf8)))) }
    }
    return .object(
      members.filter { $0.name != "stringData" && $0.name != "data" }
        + [JSONMember("data", .object(data))])
  }
}

/// One object on its way through a comparison.
private struct DriftWalk {
  let owners: FieldOwners
  let checksOwned: Bool
  private(set) var differences: [FieldDifference] = []
  private var steps: [FieldStep] = []

  init(owners: FieldOwners, checksOwned: Bool) {
    self.owners = owners
    self.checksOwned = checksOwned
  }

  /// Identity and status are not compared.
  mutating func compareTop(_ wanted: JSONValue, _ live: JSONValue) {
    for member in wanted.members ?? [] {
      switch member.name {
      case "apiVersion", "kind", "status": continue
      case "metadata":
        let own = owners.own.compactMap { $0.member("metadata") }
        for part in member.value.members ?? [] {
          guard ["labels", "annotations", "finalizers", "ownerReferences"].contains(part.name)
          else { continue }
          steps = [.member("metadata")]
          step(
            .member(part.name), part.value, live["metadata"]?[part.name],
            own.compactMap { $0.member(part.name) })
        }
      default:
        steps = []
        step(
          .member(member.name), member.value, live[member.name],
          owners.own.compactMap { $0.member(member.name) })
      }
    }
  }

  private mutating func step(
    _ step: FieldStep, _ wanted: JSONValue, _ live: JSONValue?, _ own: [ManagedFields]
  ) {
    if wanted == .null { return }
    steps.append(step)
    compare(wanted, live, own)
    steps.removeLast()
  }

  private mutating func compare(
    _ wanted: JSONValue, _ live: JSONValue?, _ own: [ManagedFields]
  ) {
    // An object of which we lost every field looks like one that we have as a whole, so only scalars are
    // ours by that alone.
    let isOurs = own.contains(where: \.isLeaf)
    switch wanted {
    case .object(let members): compareMembers(wanted, members, live, own, isOurs: isOurs)
    case .array(let items): compareItems(wanted, items, live, own)
    default:
      if isOurs, !checksOwned, !isScale { return }
      if !DriftValue.isSame(wanted, live) { add(wanted, live) }
    }
  }

  private mutating func compareMembers(
    _ wanted: JSONValue, _ members: [JSONMember], _ live: JSONValue?, _ own: [ManagedFields],
    isOurs: Bool
  ) {
    if own.isEmpty || isOurs {
      if !isOurs, isTakenAsOne {
        if !DriftValue.isSameWhole(wanted, live) { add(wanted, live) }
        return
      }
      guard live?.members != nil else {
        if !DriftValue.isSame(wanted, live) { add(wanted, live) }
        return
      }
    }
    for member in members {
      step(
        .member(member.name), member.value, live?[member.name],
        own.compactMap { $0.member(member.name) })
    }
  }

  private mutating func compareItems(
    _ wanted: JSONValue, _ items: [JSONValue], _ live: JSONValue?, _ own: [ManagedFields]
  ) {
    let present = live?.items ?? []
    let shapes = own + owners.others.compactMap { $0.fields.at(steps) }
    if let key = shapes.lazy.compactMap({ $0.keyed.first?.key }).first {
      let ownKeyed = own.flatMap(\.keyed)
      for (index, item) in items.enumerated() {
        let found = ownKeyed.first { Self.matches(item, $0.key) }
        // A key's value that the manifest leaves out is the server's default.
        let names = found?.key ?? key.filter { item[$0.name] != nil }
        let exact = found?.key ?? names.map { JSONMember($0.name, item[$0.name] ?? .null) }
        let place = present.firstIndex { other in
          exact.allSatisfy { DriftValue.isSame($0.value, other[$0.name]) }
        }
        step(
          .keyed(exact, wanted: index, live: place), item, place.map { present[$0] },
          found.map { [$0.fields] } ?? [])
      }
    } else if shapes.contains(where: \.isSet) {
      for (index, item) in items.enumerated() {
        if own.contains(where: { $0.value(item) != nil }) { continue }
        if present.contains(where: { DriftValue.isSame(item, $0) }) { continue }
        steps.append(.value(item, wanted: index))
        add(item, nil)
        steps.removeLast()
      }
    } else if shapes.contains(where: \.isIndexed) {
      for (index, item) in items.enumerated() {
        step(
          .index(index), item, present.indices.contains(index) ? present[index] : nil,
          own.compactMap { $0.index(index) })
      }
    } else if !DriftValue.isSame(wanted, live) {
      add(wanted, live)
    }
  }

  /// Whether the field is what `kubectl scale` sets: servers before Kubernetes 1.22 leave it ours.
  private var isScale: Bool {
    guard steps.count == 2, case .member("spec") = steps[0], case .member("replicas") = steps[1]
    else { return false }
    return true
  }

  /// Whether somebody else has the object here as one.
  private var isTakenAsOne: Bool {
    owners.others.contains { owner in owner.fields.at(steps)?.isLeaf ?? false }
  }

  private static func matches(_ item: JSONValue, _ key: [JSONMember]) -> Bool {
    key.allSatisfy { member in
      guard let value = item[member.name], value != .null else { return true }
      return DriftValue.isSame(value, member.value)
    }
  }

  private mutating func add(_ wanted: JSONValue, _ live: JSONValue?) {
    differences.append(
      FieldDifference(
        pointer: "/" + steps.map(\.token).joined(separator: "/"),
        source: "/" + steps.map(\.sourceToken).joined(separator: "/"), wanted: wanted,
        live: live == .null ? nil : live, manager: owners.manager(of: steps)))
  }
}
