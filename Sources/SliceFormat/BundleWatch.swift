// SPDX-License-Identifier: Apache-2.0

internal import JSONTree

/// What a site watches after it has applied a bundle deployment: `watch` of its `bundle.json`.
///
/// It stands in the descriptor of every format number: a site that does not know it runs the same, and
/// goes back when the hub says so.
package struct BundleWatch: Sendable, Hashable {
  /// A number that the site measures, and between which bounds it is good.
  package struct Gate: Sendable, Hashable {
    /// The name of the metric, as rollout policies use it; unique in the watch.
    package var name: String
    /// `prometheus` for the program `fleet-gate-prometheus`.
    package var provider: String
    /// What is asked, in the provider's language.
    package var query: String
    /// What tells of how many requests or probes the number is made; nil where nothing does.
    package var samplesQuery: String?
    /// The least good value; nil for none.
    package var min: Double?
    /// The greatest good value; nil for none. Without both the number is reported, and judges nothing.
    package var max: Double?
    /// With fewer samples a measurement is inconclusive.
    package var minSamples = 0
    /// Between two measurements, in seconds, at least 1.
    package var interval = 60
    /// How many measurements may fail before the gate has.
    package var failureLimit = 0
    /// How many may be inconclusive before the gate is not waited for any more.
    package var inconclusiveLimit = 10

    /// Makes a gate with the defaults of every other field.
    package init(name: String, provider: String = "prometheus", query: String) {
      self.name = name
      self.provider = provider
      self.query = query
    }
  }

  /// Objects that do not go back with the bundle (`rollbackExempt`). A field that is nil matches anything.
  package struct Exempt: Sendable, Hashable {
    /// The kind, `PersistentVolumeClaim`.
    package var kind: String
    /// The API group; the empty text is the core group.
    package var group: String?
    /// The namespace, as the manifest says it.
    package var namespace: String?
    /// The name.
    package var name: String?

    /// Makes a pattern.
    package init(kind: String, group: String?, namespace: String?, name: String?) {
      self.kind = kind
      self.group = group
      self.namespace = namespace
      self.name = name
    }

    /// Whether an object is one of these.
    package func matches(_ object: ObjectIdentity) -> Bool {
      kind == object.kind && group ?? object.group == object.group
        && namespace ?? object.namespace == object.namespace && name ?? object.name == object.name
    }
  }

  /// How long the bundle has to stay Ready before it has proved good, in seconds.
  package var soakSeconds: Int
  /// How long it may be not Ready all together while it is watched, in seconds.
  package var deadlineSeconds = 7200
  /// How long it may be ErrApplied without a break, in seconds.
  package var failedAfterSeconds = 300
  /// Whether the site goes back by itself; else it measures, and the hub decides.
  package var undoes: Bool
  /// The gates, in the order of the policy.
  package var gates: [Gate]
  /// What stays as the bad version made it when the site goes back.
  package var exempt: [Exempt] = []

  /// Makes a watch with the defaults of every other field.
  package init(soakSeconds: Int, undoes: Bool, gates: [Gate] = []) {
    self.soakSeconds = soakSeconds
    self.undoes = undoes
    self.gates = gates
  }

  /// Whether a word can stand behind `fleet-gate-`: 1 to 50 lower case letters, digits and dashes.
  package static func isProvider(_ word: String) -> Bool {
    (1...50).contains(word.utf8.count)
      && word.utf8.allSatisfy {
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
      }
  }

  /// The bytes that stand in the descriptor.
  package var bytes: [UInt8] { JSONWriter.compact(json) }

  var json: JSONValue {
    var members = [
      JSONMember("soak", .integer(Int64(soakSeconds))),
      JSONMember("deadline", .integer(Int64(deadlineSeconds))),
      JSONMember("failedAfter", .integer(Int64(failedAfterSeconds))),
      JSONMember("undo", .bool(undoes)),
    ]
    if !gates.isEmpty { members.append(JSONMember("gates", .array(gates.map(\.json)))) }
    if !exempt.isEmpty { members.append(JSONMember("exempt", .array(exempt.map(\.json)))) }
    return .object(members)
  }

  init(_ members: DescriptorMembers) throws(BundleDescriptor.Refusal) {
    self.init(
      soakSeconds: try members.count("soak") ?? 0, undoes: try members.flag("undo"))
    deadlineSeconds = try members.count("deadline") ?? deadlineSeconds
    failedAfterSeconds = try members.count("failedAfter") ?? failedAfterSeconds
    for item in try members.list("gates") {
      let gate = try Gate(DescriptorMembers(item))
      guard !gates.contains(where: { $0.name == gate.name }) else { throw .malformed("gates") }
      gates.append(gate)
    }
    for item in try members.list("exempt") { exempt.append(try Exempt(DescriptorMembers(item))) }
  }
}

extension BundleWatch.Exempt {
  fileprivate var json: JSONValue {
    let fields = [("kind", kind), ("group", group), ("namespace", namespace), ("name", name)]
    return .object(fields.compactMap { key, value in value.map { JSONMember(key, .string($0)) } })
  }

  fileprivate init(_ members: DescriptorMembers) throws(BundleDescriptor.Refusal) {
    self.init(
      kind: try members.text("kind"), group: try members.textIfPresent("group"),
      namespace: try members.textIfPresent("namespace"), name: try members.textIfPresent("name"))
    guard !kind.isEmpty else { throw .malformed("exempt") }
  }
}

extension BundleWatch.Gate {
  fileprivate var json: JSONValue {
    var members = [
      JSONMember("name", .string(name)), JSONMember("provider", .string(provider)),
      JSONMember("query", .string(query)),
    ]
    if let samplesQuery { members.append(JSONMember("samplesQuery", .string(samplesQuery))) }
    if let min { members.append(JSONMember("min", .real(min))) }
    if let max { members.append(JSONMember("max", .real(max))) }
    members += [
      JSONMember("minSamples", .integer(Int64(minSamples))),
      JSONMember("interval", .integer(Int64(interval))),
      JSONMember("failureLimit", .integer(Int64(failureLimit))),
      JSONMember("inconclusiveLimit", .integer(Int64(inconclusiveLimit))),
    ]
    return .object(members)
  }

  fileprivate init(_ members: DescriptorMembers) throws(BundleDescriptor.Refusal) {
    self.init(
      name: try members.text("name"), provider: try members.text("provider"),
      query: try members.text("query"))
    // The provider becomes the name of a program.
    guard !name.isEmpty, !query.isEmpty, BundleWatch.isProvider(provider) else {
      throw .malformed("gates")
    }
    let samples = try members.text("samplesQuery")
    samplesQuery = samples.isEmpty ? nil : samples
    min = try members.number("min")
    max = try members.number("max")
    minSamples = try members.count("minSamples") ?? minSamples
    interval = Swift.max(1, try members.count("interval") ?? interval)
    failureLimit = try members.count("failureLimit") ?? failureLimit
    inconclusiveLimit = try members.count("inconclusiveLimit") ?? inconclusiveLimit
  }
}
