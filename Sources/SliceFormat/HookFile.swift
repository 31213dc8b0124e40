// SPDX-License-Identifier: Apache-2.0

/// When hooks are run.
package enum HookPhase: String, Sendable, Hashable, CaseIterable {
  /// Before the objects (Helm: `pre-install`, `pre-upgrade`).
  case pre
  /// After them (Helm: `post-install`, `post-upgrade`).
  case post
}

/// The name of a hook's file in a bundle deployment: `hooks/PHASE/NNN-KIND.GROUP~NAMESPACE~NAME.yaml`.
///
/// `NNN` is the place of the hook's weight among the weights of its phase: hooks of one number run
/// together, and all of them are done before those of the next number begin.
package struct HookFile: Sendable, Hashable {
  /// The most numbers that a phase has.
  package static let orderLimit = 1000

  /// The number, 0 to 999.
  package let order: Int
  /// The object.
  package let identity: ObjectIdentity

  /// Makes a name; nil when the number has more than three digits.
  package init?(order: Int, identity: ObjectIdentity) {
    guard (0..<Self.orderLimit).contains(order) else { return nil }
    self.order = order
    self.identity = identity
  }

  /// Reads a file's name; nil for one that no hub writes.
  package init?(fileName: some Collection<UInt8>) {
    let digits = Array(fileName.prefix(4))
    guard digits.count == 4, digits[3] == UInt8(ascii: "-"),
      digits[..<3].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let identity = ObjectIdentity(fileName: Array(fileName.dropFirst(4)))
    else { return nil }
    order = digits[..<3].reduce(0) { 10 * $0 + Int($1 - UInt8(ascii: "0")) }
    self.identity = identity
  }

  /// The name of the file in the folder of its phase.
  package var fileName: String {
    let number = String(order)
    return String(repeating: "0", count: max(0, 3 - number.utf8.count)) + number + "-"
      + identity.fileName
  }
}
