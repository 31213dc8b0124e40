// SPDX-License-Identifier: Apache-2.0

/// What an engine has done since it was made.
package struct RenderStatistics: Sendable, Hashable {
  /// Jobs that were asked for.
  package var jobs = 0
  /// Of these, different ones in each run.
  package var distinct = 0
  /// Of the different ones, those whose outcome was in the cache.
  package var hits = 0
  /// Of the different ones, those that a child was started for.
  package var children = 0
  /// Children that were run to ask for a version; they are not in `children`.
  package var questions = 0
  /// Entries of the cache that were not what had been written, and were made again.
  package var damaged = 0

  /// Makes an account of nothing.
  package init() {}

  /// Whether no program was started at all.
  package var ranNothing: Bool { children == 0 && questions == 0 }
}

/// What a child may take.
package struct RenderLimits: Sendable, Hashable {
  /// After so many seconds a child is ended.
  package var seconds = 60
  /// A child that writes more bytes than this to one stream is ended.
  package var outputBytes = 64 << 20

  /// Makes the limits of a hub: 60 s, 64 MiB.
  package init() {}
}
