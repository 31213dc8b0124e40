// SPDX-License-Identifier: Apache-2.0

package import JSONTree

extension BundleDescriptor {
  /// Why a descriptor cannot be used.
  package enum Refusal: Error, Hashable {
    /// It is no object, or a member has the wrong type: the member's name.
    case malformed(String)
    /// Its format number is not known here.
    case format(Int64)
  }

  /// Reads a descriptor; members that are not known are another version's and left alone.
  ///
  /// `newest` is the newest format that the reader obeys.
  package init(
    _ json: JSONValue, newest: Int = SliceLayout.bundleFormat
  ) throws(Refusal) {
    guard json.members != nil else { throw .malformed("bundle.json") }
    guard let format = json["format"]?.integer else { throw .malformed("format") }
    guard format >= SliceLayout.format, format <= newest else { throw .format(format) }
    let members = DescriptorMembers(json)
    self.init(
      name: try members.text("name"), gitRepo: try members.text("gitRepo"),
      namespace: try members.text("namespace"),
      createsNamespace: try members.flag("createNamespace"),
      keepResources: try members.flag("keepResources"),
      deletesDefinitions: try members.flag("deleteCRDResources"))
    watch = try members.object("watch").map { (members) throws(Refusal) in
      try BundleWatch(members)
    }
    if format == SliceLayout.format { return }
    deletesNamespace = try members.flag("deleteNamespace")
    namespaceLabels = try members.texts("namespaceLabels")
    namespaceAnnotations = try members.texts("namespaceAnnotations")
    serviceAccount = try members.text("serviceAccount")
    for entry in try members.list("ignoreConditions") {
      ignoredConditions.append(try DescriptorMembers.texts(entry, "ignoreConditions"))
    }
    comparePatches = try members.list("comparePatches")
    if let drift = try members.object("correctDrift") {
      driftCorrection = DriftCorrection(
        isEnabled: try drift.flag("enabled"), isForced: try drift.flag("force"))
    }
    takesOwnership = try members.flag("takeOwnership")
    for entry in try members.list("dependsOn") {
      dependencies.append(try Dependency(DescriptorMembers(entry)))
    }
    hasHooks = try members.flag("hooks")
    rendering = try members.object("render").map { (members) throws(Refusal) in
      try SiteRendering(members)
    }
  }

  /// Reads the file; nil when it is no descriptor of a format that we know.
  package init?(json: [UInt8]) {
    guard let value = JSONParser.parse(json), let read = try? BundleDescriptor(value) else {
      return nil
    }
    self = read
  }
}

extension BundleDescriptor.Dependency {
  fileprivate init(_ members: DescriptorMembers) throws(BundleDescriptor.Refusal) {
    let name = try members.text("name")
    guard !name.isEmpty else { throw .malformed("dependsOn") }
    var states: [BundleState] = []
    for item in try members.list("acceptedStates") {
      guard let state = item.string.flatMap(BundleState.init(rawValue:)) else {
        throw .malformed("acceptedStates")
      }
      states.append(state)
    }
    self.init(name: name, acceptedStates: states)
  }
}

/// The members of a JSON object with the types that a descriptor gives them; what is missing or null has
/// said nothing.
struct DescriptorMembers {
  typealias Refusal = BundleDescriptor.Refusal

  private let json: JSONValue

  init(_ json: JSONValue) { self.json = json }

  func flag(_ name: String) throws(Refusal) -> Bool {
    switch json[name] {
    case nil, .some(.null): return false
    case .some(.bool(let value)): return value
    default: throw .malformed(name)
    }
  }

  func text(_ name: String) throws(Refusal) -> String {
    switch json[name] {
    case nil, .some(.null): return ""
    case .some(.string(let text)): return text
    default: throw .malformed(name)
    }
  }

  /// A text that says something; nil where there is none.
  func textIfPresent(_ name: String) throws(Refusal) -> String? {
    if case nil = json[name] { return nil }
    return try text(name)
  }

  /// A whole number that is not negative.
  func count(_ name: String) throws(Refusal) -> Int? {
    switch json[name] {
    case nil, .some(.null): return nil
    case .some(.integer(let number)) where number >= 0: return Int(clamping: number)
    default: throw .malformed(name)
    }
  }

  /// A finite number.
  func number(_ name: String) throws(Refusal) -> Double? {
    switch json[name] {
    case nil, .some(.null): return nil
    case .some(.integer(let number)): return Double(number)
    case .some(.real(let number)) where number.isFinite: return number
    default: throw .malformed(name)
    }
  }

  func list(_ name: String) throws(Refusal) -> [JSONValue] {
    switch json[name] {
    case nil, .some(.null): return []
    case .some(.array(let items)): return items
    default: throw .malformed(name)
    }
  }

  func object(_ name: String) throws(Refusal) -> DescriptorMembers? {
    switch json[name] {
    case nil, .some(.null): return nil
    case .some(.object(let members)): return DescriptorMembers(.object(members))
    default: throw .malformed(name)
    }
  }

  func texts(_ name: String) throws(Refusal) -> [String: String] {
    switch json[name] {
    case nil, .some(.null): return [:]
    case .some(let value): return try Self.texts(value, name)
    }
  }

  /// Whether there is a member of that name that is not null.
  func has(_ name: String) -> Bool {
    switch json[name] {
    case nil, .some(.null): return false
    default: return true
    }
  }

  /// A list of texts.
  func words(_ name: String) throws(Refusal) -> [String] {
    var words: [String] = []
    for item in try list(name) {
      guard let word = item.string else { throw .malformed(name) }
      words.append(word)
    }
    return words
  }

  /// An object whose members are texts.
  static func texts(_ json: JSONValue, _ name: String) throws(Refusal) -> [String: String] {
    guard let members = json.members else { throw .malformed(name) }
    var texts: [String: String] = [:]
    for member in members {
      guard let text = member.value.string else { throw .malformed(name) }
      texts[member.name] = text
    }
    return texts
  }
}
