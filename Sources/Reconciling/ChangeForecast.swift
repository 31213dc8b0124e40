// SPDX-License-Identifier: Apache-2.0

package import SliceFormat

/// What a run would do to one object.
package struct ForeseenChange: Sendable, Hashable {
  /// What happens, in the order in which it is shown.
  package enum Operation: String, Sendable, Hashable, CaseIterable {
    case create, update, delete
    /// A hook is run.
    case run
    /// Nothing.
    case noop
  }

  /// What happens.
  package let operation: Operation
  /// The bundle that it happens for.
  package let bundle: String
  /// The object.
  package let identity: ObjectIdentity
  /// Why.
  package let reason: String
  /// What would change, as lines of a unified diff without its heads; empty where nobody compared.
  package let difference: String

  /// Makes a change.
  package init(
    _ operation: Operation, _ bundle: String, _ identity: ObjectIdentity, _ reason: String,
    difference: String = ""
  ) {
    self.operation = operation
    self.bundle = bundle
    self.identity = identity
    self.reason = reason
    self.difference = difference
  }
}

/// How an object that is wanted was found.
package enum FoundState: Sendable, Hashable {
  /// It is not there.
  case missing
  /// It is there, and nobody asked whether it is as it is wanted.
  case present
  /// It is as it is wanted.
  case same
  /// It differs: the lines of a unified diff.
  case different(String)
  /// The server would not take it: why.
  case refused(String)
}

/// Turns what was found into changes with their reasons.
package struct ChangeForecast: Sendable {
  private let slice: DesiredSlice
  private let recorded: Inventory

  /// Makes a forecast of what a slice does over what is recorded.
  package init(_ slice: DesiredSlice, recorded: Inventory) {
    self.slice = slice
    self.recorded = recorded
  }

  /// What happens to an object that is wanted.
  package func change(of object: DesiredObject, _ found: FoundState) -> ForeseenChange {
    let bundle = object.bundle
    let before = recorded[bundle]
    let isOurs = recorded.bundles.contains { bundle in
      bundle.objects.contains { $0.identity == object.identity }
    }
    let isSameTree = before?.tree != nil && before?.tree == slice[bundle]?.tree
    func change(
      _ operation: ForeseenChange.Operation, _ reason: String, _ difference: String = ""
    ) -> ForeseenChange {
      ForeseenChange(operation, bundle, object.identity, reason, difference: difference)
    }
    switch found {
    case .missing:
      if before == nil { return change(.create, "bundle '\(bundle)' is new here") }
      return change(
        .create,
        isOurs && isSameTree
          ? "is missing, bundle '\(bundle)' has it" : "is new in bundle '\(bundle)'")
    case .same:
      if isOurs { return change(.noop, "is as bundle '\(bundle)' wants it") }
      return change(.update, "is taken over by bundle '\(bundle)'")
    case .present where isOurs && isSameTree:
      return change(.noop, "bundle '\(bundle)' has not changed")
    case .present:
      return change(
        .update,
        isOurs ? "bundle '\(bundle)' has changed" : "is taken over by bundle '\(bundle)'")
    case .different(let lines):
      if !isOurs { return change(.update, "is taken over by bundle '\(bundle)'", lines) }
      return change(
        .update,
        isSameTree ? "has drifted from bundle '\(bundle)'" : "has changed in bundle '\(bundle)'",
        lines)
    case .refused(let reason): return change(.update, "will fail: \(reason)")
    }
  }

  /// What happens to an object that is not wanted any more.
  package func change(of removal: ApplyPlan.Removal, spared: String?) -> ForeseenChange {
    let why =
      removal.isBundleWanted
      ? "is gone from bundle '\(removal.bundle)'" : "bundle '\(removal.bundle)' is gone"
    return ForeseenChange(
      spared == nil ? .delete : .noop, removal.bundle, removal.reference.identity,
      spared.map { "\(why), but \($0)" } ?? why)
  }

  /// The order in which changes are shown: what goes last comes last, as in a run.
  package static func inOrder(_ changes: [ForeseenChange]) -> [ForeseenChange] {
    let ranks = ForeseenChange.Operation.allCases
    func rank(_ change: ForeseenChange) -> Int { ranks.firstIndex(of: change.operation) ?? 0 }
    return changes.sorted { left, right in
      if rank(left) != rank(right) { return rank(left) < rank(right) }
      return left.operation == .delete
        ? KindOrder.precedes(right.identity, left.identity)
        : KindOrder.precedes(left.identity, right.identity)
    }
  }
}
