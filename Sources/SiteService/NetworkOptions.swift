// SPDX-License-Identifier: Apache-2.0

/// How a run deals with bad networks.
struct NetworkOptions: Sendable, Hashable {
  /// Seconds from which the pauses after failures double; 0 says that there are none.
  var backOff = 60
  /// Whether a person is waiting: pauses are ignored.
  var asksNow = false
}

/// A file that somebody carried to the site, instead of a network.
struct Stick: Sendable, Hashable {
  /// The Git bundle that `kubectl fleet export` wrote, an absolute path.
  var file: String
  /// The Git bundle that the site's status goes into, an absolute path; nil for none.
  var statusFile: String?
}
