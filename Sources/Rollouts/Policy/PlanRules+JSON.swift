// SPDX-License-Identifier: Apache-2.0

package import JSONTree

extension BundleRule {
  var json: JSONValue {
    .object([
      "name": .string(name), "workspace": .string(workspace), "gitRepo": .string(gitRepo),
      "path": .string(path), "definition": .string(definition), "group": .string(group),
      "policy": .string(policy),
    ])
  }

  init(_ members: PolicyMembers) throws(PolicyMembers.Malformed) {
    self.init(
      name: try members.required("name"), workspace: try members.required("workspace"),
      gitRepo: try members.text("gitRepo") ?? "", path: try members.text("path") ?? "",
      definition: try members.required("definition"), group: try members.text("group") ?? "",
      policy: try members.text("policy") ?? "")
  }
}

extension ScheduleRule {
  /// The rule as the plan has it.
  package var json: JSONValue {
    var writer = PolicyWriter()
    writer.add("name", name)
    writer.add("kind", kind.rawValue)
    if !cron.isEmpty {
      writer.add("cron", cron)
      writer.add("duration", duration)
    }
    if !zone.isEmpty { writer.add("zone", zone) }
    if !from.isEmpty { writer.add("from", from) }
    if !until.isEmpty { writer.add("until", until) }
    writer.add("clusters", texts: clusters)
    return writer.json
  }

  init(_ members: PolicyMembers) throws(PolicyMembers.Malformed) {
    guard let kind: Kind = try members.word("kind") else { throw PolicyMembers.Malformed() }
    self.init(
      kind: kind, name: try members.required("name"), cron: try members.text("cron") ?? "",
      duration: try members.number("duration") ?? 0, zone: try members.text("zone") ?? "",
      from: try members.text("from") ?? "", until: try members.text("until") ?? "",
      clusters: try members.texts("clusters") ?? [])
  }
}

extension NotificationRule {
  var json: JSONValue {
    var writer = PolicyWriter()
    writer.add("name", name)
    writer.add("program", program)
    writer.add("settings", settings)
    writer.add("events", list: events.map { .string($0.rawValue) })
    writer.add("bundles", list: bundles.map { .string($0) })
    writer.add("severity", severity.rawValue)
    return writer.json
  }

  init(_ members: PolicyMembers) throws(PolicyMembers.Malformed) {
    self.init(
      name: try members.required("name"), program: try members.required("program"),
      settings: members.value("settings") ?? .object([JSONMember]()),
      events: try members.words("events"), bundles: try members.texts("bundles") ?? [],
      severity: try members.word("severity") ?? .info)
  }
}

extension OrderRule {
  var json: JSONValue {
    .object([
      "orders": .array(orders.map { .string($0.rawValue) }),
      "principals": .array(principals.map { .string($0) }),
    ])
  }

  init(_ members: PolicyMembers) throws(PolicyMembers.Malformed) {
    self.init(
      orders: try members.words("orders"), principals: try members.texts("principals") ?? [])
  }
}

extension PolicyMembers {
  /// The words of a list.
  func words<Word: RawRepresentable<String>>(_ name: String) throws(Malformed) -> [Word] {
    var words: [Word] = []
    for text in try texts(name) ?? [] {
      guard let word = Word(rawValue: text) else { throw Malformed() }
      words.append(word)
    }
    return words
  }
}
