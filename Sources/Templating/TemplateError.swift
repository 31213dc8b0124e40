// SPDX-License-Identifier: Apache-2.0

package import Diagnostics

/// Why a template cannot be read or rendered: the first thing that is wrong, as Go stops there too.
package struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The template's name as the caller gave it.
  package let name: String
  /// What is wrong: lower case, no full stop; it shows no values, which may be secrets.
  package let message: String
  /// The place in the template's text.
  package let position: SourcePosition
  /// What can be done about it.
  package let hint: String?
  /// The key that the data has not, where that is what is wrong.
  package let missingKey: MissingKey?

  /// A key of a map that a template wants and the data has not.
  package struct MissingKey: Sendable, Hashable {
    /// The map as the template writes it: `.ClusterLabels`; `.` for the data itself.
    package let owner: String
    /// The key.
    package let key: String
  }

  /// Makes an error.
  package init(
    name: String, message: String, position: SourcePosition, hint: String? = nil,
    missingKey: MissingKey? = nil
  ) {
    self.name = name
    self.message = message
    self.position = position
    self.hint = hint
    self.missingKey = missingKey
  }

  /// `NAME:LINE:COLUMN: message`, with the hint on a line of its own.
  package var description: String {
    let place = "\(PrintableText.escape(name)):\(position.line):\(position.column): \(message)"
    return hint.map { "\(place)\nhint: \($0)" } ?? place
  }
}

/// The bounds of a template, so that none can stop the hub.
package struct TemplateLimits: Sendable, Hashable {
  /// Bytes of the result, and of any text on the way to it.
  package var bytes = 4 << 20
  /// Steps: an action, an argument, an item, and every 16 bytes that a function reads or makes.
  package var steps = 10_000_000
  /// How deeply blocks and `template` calls stand in one another while rendering.
  package var depth = 200

  /// The limits of a push.
  package static let standard = TemplateLimits()

  /// Makes the standard limits.
  package init() {}
}

/// What went wrong, before the place is known.
struct Failure: Error {
  let message: String
  let hint: String?

  init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

/// What a rendering may still spend.
final class Budget {
  let limits: TemplateLimits
  private var steps = 0
  private var maps: [GoMap] = []

  init(_ limits: TemplateLimits) { self.limits = limits }

  /// Counts steps; fails when there were too many.
  func spend(_ count: Int = 1) throws(Failure) {
    steps += min(max(count, 0), limits.steps)
    if steps > limits.steps {
      throw Failure("the template takes more than \(Wording.number(limits.steps)) steps")
    }
  }

  /// Fails when a text or a list of this size must not be made.
  func allow(_ size: Int) throws(Failure) {
    if size > limits.bytes {
      throw Failure("a value grows larger than \(Wording.number(limits.bytes >> 10)) KiB")
    }
  }

  /// Fails when `count` pieces of `size` bytes must not be made.
  func allow(_ count: Int, times size: Int) throws(Failure) {
    let (product, overflow) = max(count, 0).multipliedReportingOverflow(by: max(size, 0))
    try allow(overflow ? .max : product)
  }

  /// Remembers a map that a template may have put into another one.
  func keep(_ map: GoMap) {
    if map.isKept { return }
    map.isKept = true
    maps.append(map)
  }

  /// Takes the maps apart: chains of them are not freed one inside the other, which would need a stack
  /// as deep as the chain, and circles are freed at all.
  func release() { for map in maps { map.entries = [:] } }
}
