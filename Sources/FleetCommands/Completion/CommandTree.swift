// SPDX-License-Identifier: Apache-2.0

import JSONTree

/// The commands and options, as the argument parser describes them.
struct CommandTree {
  /// An option or an argument.
  struct Parameter {
    /// The names with their dashes; none for an argument.
    let names: [String]
    /// The name of its value; nil for a flag.
    let value: String?
    /// Whether more of them may follow.
    let isRepeating: Bool
    /// The values that it may have; empty when anything goes.
    let values: [String]
    /// What it is for.
    let abstract: String
  }

  /// The name of the command.
  let name: String
  /// What it does.
  let abstract: String
  /// The commands below.
  let commands: [CommandTree]
  /// The options.
  let options: [Parameter]
  /// The arguments, in order.
  let arguments: [Parameter]

  /// Reads the description of the whole program.
  init(dump: String) {
    self.init(JSONParser.parse(Array(dump.utf8))?["command"] ?? .null)
  }

  private init(_ json: JSONValue) {
    func isShown(_ item: JSONValue) -> Bool { item["shouldDisplay"]?.bool ?? true }
    name = json["commandName"]?.string ?? ""
    abstract = json["abstract"]?.string ?? ""
    commands = (json["subcommands"]?.items ?? []).filter(isShown).map { CommandTree($0) }
    let all = (json["arguments"]?.items ?? []).filter(isShown)
    options = all.filter { $0["kind"]?.string != "positional" }.map { Parameter($0) }
    arguments = all.filter { $0["kind"]?.string == "positional" }.map { Parameter($0) }
  }
}

extension CommandTree.Parameter {
  fileprivate init(_ json: JSONValue) {
    names = (json["names"]?.items ?? []).compactMap { item in
      guard let name = item["name"]?.string else { return nil }
      return (item["kind"]?.string == "long" ? "--" : "-") + name
    }
    value =
      json["kind"]?.string == "flag" ? nil : json["valueName"]?.string ?? "value"
    isRepeating = json["isRepeating"]?.bool ?? false
    values = (json["allValues"]?.items ?? []).compactMap(\.string)
    abstract = json["abstract"]?.string ?? ""
  }
}
