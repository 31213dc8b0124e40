// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import GitObjects
package import JSONTree
import SliceFormat

extension Trial {
  /// The trial of a bundle as `site.json` has it.
  package func json(bundle: String) -> JSONValue {
    var members = [
      JSONMember("bundle", .string(bundle)), JSONMember("tree", .string(tree.hex)),
      JSONMember("since", .integer(since)),
    ]
    switch outcome {
    case .watching: members.append(JSONMember("outcome", .string("watching")))
    case .passed: members.append(JSONMember("outcome", .string("passed")))
    case .failed(let reason):
      members.append(JSONMember("outcome", .string("failed")))
      members.append(JSONMember("reason", .string(reason)))
    }
    members += [
      JSONMember("soaked", .integer(soaked)), JSONMember("unready", .integer(unready)),
      JSONMember("failing", .integer(failing)),
      JSONMember("state", lastState.map { .string($0.rawValue) } ?? .null),
      JSONMember("clock", clock?.json ?? .null),
      JSONMember(
        "gates",
        .array(
          gates.byName
            .map { $0.value.json(name: $0.key) })),
    ]
    return .object(members)
  }

  /// Reads trials, by bundle; what makes no sense is left out, and begins anew.
  package static func read(_ json: JSONValue?) -> [String: Trial] {
    var result: [String: Trial] = [:]
    for item in json?.items ?? [] {
      guard let bundle = item["bundle"]?.string, let trial = Trial(item) else { continue }
      result[bundle] = trial
    }
    return result
  }

  private init?(_ json: JSONValue) {
    guard let tree = json["tree"]?.string.flatMap({ ObjectID(hex: $0) }),
      let since = json["since"]?.integer
    else { return nil }
    self.init(tree, since: since)
    switch json["outcome"]?.string {
    case "watching": break
    case "passed": outcome = .passed
    case "failed": outcome = .failed(json["reason"]?.string ?? "")
    default: return nil
    }
    soaked = max(0, json["soaked"]?.integer ?? 0)
    unready = max(0, json["unready"]?.integer ?? 0)
    failing = max(0, json["failing"]?.integer ?? 0)
    lastState = json["state"]?.string.flatMap(BundleState.init(rawValue:))
    clock = json["clock"].flatMap { SiteClock($0) }
    for item in json["gates"]?.items ?? [] {
      if let name = item["name"]?.string { gates[name] = Gate(item) }
    }
  }
}

extension Trial.Gate {
  fileprivate func json(name: String) -> JSONValue {
    .object([
      "name": .string(name), "phase": phase.map { .string($0.rawValue) } ?? .null,
      "value": value.map { .real($0) } ?? .null, "samples": .integer(Int64(samples)),
      "message": .string(message), "failures": .integer(Int64(failures)),
      "inconclusive": .integer(Int64(inconclusive)), "waited": .integer(waited),
    ])
  }

  fileprivate init(_ json: JSONValue) {
    phase = json["phase"]?.string.flatMap(Phase.init(rawValue:))
    switch json["value"] {
    case .integer(let number): value = Double(number)
    case .real(let number): value = number
    default: value = nil
    }
    samples = Self.count(json["samples"])
    message = json["message"]?.string ?? ""
    failures = Self.count(json["failures"])
    inconclusive = Self.count(json["inconclusive"])
    waited = max(0, json["waited"]?.integer ?? 0)
  }

  /// A count that can be counted on, whatever the file says.
  private static func count(_ json: JSONValue?) -> Int {
    Int(clamping: min(max(0, json?.integer ?? 0), Int64(1) << 53))
  }
}
