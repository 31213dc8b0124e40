// SPDX-License-Identifier: Apache-2.0

package import GitObjects

/// One line that Git gives to pre-receive and post-receive: `OLD NEW REF`.
package struct RefUpdate: Sendable, Hashable {
  /// The ref's id before; nil for a new ref.
  package let old: ObjectID?
  /// The ref's id after; nil for a deletion.
  package let new: ObjectID?
  /// The full name: `refs/heads/main`.
  package let name: String

  /// Makes an update.
  package init(old: ObjectID?, new: ObjectID?, name: String) {
    self.old = old
    self.new = new
    self.name = name
  }

  /// Reads all lines; nil when one of them is not of Git's form.
  ///
  /// Source: githooks(5), "pre-receive".
  package static func parse(_ input: [UInt8]) -> [RefUpdate]? {
    var updates: [RefUpdate] = []
    for line in input.split(separator: UInt8(ascii: "\n")) {
      let text = String(decoding: line, as: UTF8.self)
      let words = text.split(separator: " ", maxSplits: 2)
      guard words.count == 3, let old = ObjectID(hex: words[0]), let new = ObjectID(hex: words[1])
      else { return nil }
      updates.append(
        RefUpdate(
          old: old.isZero ? nil : old, new: new.isZero ? nil : new, name: String(words[2])))
    }
    return updates
  }
}
