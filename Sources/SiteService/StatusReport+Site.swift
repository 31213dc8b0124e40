// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Reconciling
import SliceFormat
import GitObjects

extension StatusReport {
  /// Longer messages are cut: statuses are many, and the site's log has the whole.
  static let messageLimit = 1024

  /// What a site says after a run; counter and time are set when it is written.
  ///
  /// `trees` are the tree ids of the applied slice by bundle.
  init(
    cluster: String, accepted: SiteState.Accepted?, state: BundleState, bundles: [BundleReport],
    trees: [String: String], removed: String?, errors: [String]
  ) {
    self.init(
      cluster: cluster, counter: 0, slice: accepted?.commit.hex ?? "",
      source: accepted?.source ?? "", release: Int(clamping: accepted?.age.release ?? 0), time: "",
      state: state,
      bundles: bundles.map { bundle in
        Bundle(
          name: bundle.name, state: bundle.state, tree: trees[bundle.name] ?? "",
          message: Self.cut(bundle.message), drift: StatusDrift.entries(bundle.drift))
      }, removed: removed, errors: errors.map { Self.cut($0) })
  }

  /// A message that is not longer than a status may have it.
  static func cut(_ text: String) -> String {
    guard text.utf8.count > messageLimit else { return text }
    return String(decoding: text.utf8.prefix(messageLimit), as: UTF8.self) + "…"
  }
}

extension StatusDrift {
  /// What a status tells of drift: the first objects, and of each the first fields.
  static func entries(_ drift: [ObjectDrift]) -> [StatusDrift] {
    drift.prefix(objectLimit).map { object in
      switch object.change {
      case .missing: return StatusDrift(object: object.identity.key, change: .missing)
      case .remade: return StatusDrift(object: object.identity.key, change: .remade)
      case .fields(let fields):
        return StatusDrift(
          object: object.identity.key, change: .changed,
          operations: fields.prefix(operationLimit).map { field in
            Operation(
              path: field.pointer, source: field.source, value: field.live.map(bounded),
              wanted: bounded(field.wanted),
              manager: field.manager)
          }, more: max(0, fields.count - operationLimit))
      }
    }
  }

  /// The value, or a text in its place that says how large it is.
  private static func bounded(_ value: JSONValue) -> JSONValue {
    let bytes = JSONWriter.compact(value).count
    return bytes <= valueLimit ? value : .string("(\(bytes) bytes)")
  }
}
