// SPDX-License-Identifier: Apache-2.0

package import JSONTree
package import SliceFormat

/// A field that is not on the cluster what its manifest says.
package struct FieldDifference: Sendable, Hashable {
  /// Where, as a JSON pointer into the live object; `-` stands for an item that is not in its list.
  package let pointer: String
  /// Where the manifest says it, as a JSON pointer into it: lists may have other places there.
  package let source: String
  /// What the manifest says.
  package let wanted: JSONValue
  /// What is there; nil when nothing is.
  package let live: JSONValue?
  /// Who has the field now, by the name of the field manager; empty when nobody has.
  package let manager: String

  /// Makes a difference.
  package init(
    pointer: String, source: String? = nil, wanted: JSONValue, live: JSONValue?,
    manager: String = ""
  ) {
    self.pointer = pointer
    self.source = source ?? pointer
    self.wanted = wanted
    self.live = live
    self.manager = manager
  }
}

/// How an object of ours is not what was applied.
package struct ObjectDrift: Sendable, Hashable {
  /// What happened to it.
  package enum Change: Sendable, Hashable {
    /// It is gone.
    case missing
    /// Somebody deleted it and made it again: the field manager, or nothing where none is told.
    case remade(String)
    /// Fields of ours are something else; at least one.
    case fields([FieldDifference])
  }

  /// The object.
  package let identity: ObjectIdentity
  /// What happened to it.
  package let change: Change

  /// Makes a record.
  package init(_ identity: ObjectIdentity, _ change: Change) {
    self.identity = identity
    self.change = change
  }

  /// How many differences there are.
  package var count: Int { if case .fields(let fields) = change { fields.count } else { 1 } }

  /// `ConfigMap retail/settings: /data/version is '3', not '2'`: the first difference in a sentence.
  package var sentence: String { words(isPast: false) }

  /// The same of what was put back: `ConfigMap retail/settings: /data/version was '3', not '2'`.
  package var pastSentence: String { words(isPast: true) }

  private func words(isPast: Bool) -> String {
    let name = identity.display
    switch change {
    case .missing: return isPast ? "\(name), which was missing" : "\(name) is missing"
    case .remade(let manager):
      let who = manager.isEmpty ? "somebody" : "'\(manager)'"
      return "\(name)\(isPast ? ", which" : "") was made anew by \(who)"
    case .fields(let fields):
      guard let first = fields.first else { return name }
      return "\(name): \(first.words(isPast ? "was" : "is"))"
    }
  }

  /// The first difference of some objects, with the number of the others.
  package static func summary(_ drift: [ObjectDrift]) -> String {
    guard let first = drift.first else { return "" }
    let more = drift.reduce(0) { $0 + $1.count } - 1
    return more > 0 ? "\(first.sentence) (and \(more) more)" : first.sentence
  }

  /// The record with other texts: what must not be told goes.
  package func redacted(_ change: (String) -> String) -> ObjectDrift {
    guard case .fields(let fields) = self.change else { return self }
    return ObjectDrift(
      identity,
      .fields(
        fields.map { field in
          FieldDifference(
            pointer: field.pointer, source: field.source,
            wanted: field.wanted.changingTexts(change),
            live: field.live?.changingTexts(change), manager: field.manager)
        }))
  }
}

extension FieldDifference {
  /// Longer texts are not told in sentences.
  private static let textLimit = 60

  fileprivate func words(_ verb: String) -> String {
    guard let live else { return "\(pointer) \(verb) missing" }
    guard let present = Self.text(live), let wanted = Self.text(wanted) else {
      return "\(pointer) \(verb) something else"
    }
    return "\(pointer) \(verb) '\(present)', not '\(wanted)'"
  }

  /// A short scalar as people write it; nil for anything else.
  private static func text(_ value: JSONValue) -> String? {
    let text: String
    switch value {
    case .string(let string): text = string
    case .array, .object: return nil
    default: text = String(decoding: JSONWriter.compact(value), as: UTF8.self)
    }
    return text.utf8.count <= textLimit && !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f })
      ? text : nil
  }
}

extension JSONValue {
  /// The value with other texts; names of members stay.
  fileprivate func changingTexts(_ change: (String) -> String) -> JSONValue {
    switch self {
    case .string(let text): .string(change(text))
    case .array(let items): .array(items.map { $0.changingTexts(change) })
    case .object(let members):
      .object(members.map { JSONMember($0.name, $0.value.changingTexts(change)) })
    default: self
    }
  }
}
