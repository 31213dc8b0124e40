// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import SliceFormat

/// One way to make an edit of the repository of what differs on clusters.
protocol DriftEditMaker {
  /// What an edit of this kind does to drift, as `DriftTroubles.error` says it: `taken over`.
  static var done: String { get }
  /// Whether the edit may change the exceptions of a bundle.
  static var mayExcept: Bool { get }

  init(_ desk: DriftDesk)

  /// What the edited repository has to compile to.
  var proof: DriftProof { get }
  /// Why parts of it cannot be done.
  var troubles: DriftTroubles { get set }

  /// Why nothing can be edited for this kind of change; nil where something can.
  func objection(to entry: FoldedDrift) -> String?
  /// Notes what an edit has to do for the clusters of one rendering.
  mutating func add(
    _ entry: FoldedDrift, _ rendering: DriftDesk.Rendering) throws(CommandError)
  /// The edit of all that was noted.
  mutating func finish() throws(CommandError) -> DriftEdit
}

extension DriftDesk {
  /// Makes an edit, and compiles the repository with it to see that it does just that.
  ///
  /// - Throws: where a part of it cannot be done, or more than it would be; nothing is written then.
  func edit<Maker: DriftEditMaker>(
    _ observed: ObservedDrift, _ kind: Maker.Type
  ) throws(CommandError) -> DriftEdit {
    var maker = Maker(self)
    for entry in observed.drift { try add(entry, to: &maker) }
    for entry in observed.untold {
      maker.troubles.add(
        "bundle \(Wording.quoted(entry.bundle))",
        "\(Wording.bare(entry.cluster)) has \(Wording.count(entry.count, "more object")) that differ "
          + "than the hub tells")
    }
    let edit = try maker.finish()
    var troubles = maker.troubles
    if troubles.isEmpty, !edit.changes.isEmpty {
      try maker.proof.check(
        try compile(edit.changes), mayExcept: Maker.mayExcept, troubles: &troubles)
    }
    guard troubles.isEmpty else { throw troubles.error(Maker.done) }
    return edit
  }

  private func add(
    _ entry: FoldedDrift, to maker: inout some DriftEditMaker
  ) throws(CommandError) {
    if let objection = maker.objection(to: entry) {
      return maker.troubles.add(entry.title, objection)
    }
    if entry.drift.more > 0 {
      return maker.troubles.add(
        entry.title,
        "the hub tells \(entry.drift.operations.count) of "
          + "\(Wording.count(entry.drift.operations.count + entry.drift.more, "field"))")
    }
    let found: [Rendering]
    do throws(CommandError) {
      found = try renderings(of: entry)
    } catch {
      return maker.troubles.add(entry.title, error.message)
    }
    for rendering in found { try maker.add(entry, rendering) }
  }
}
