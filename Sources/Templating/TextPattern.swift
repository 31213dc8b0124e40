// SPDX-License-Identifier: Apache-2.0

/// A regular expression as Go reads it (RE2's syntax without Unicode classes), matched in linear time:
/// for patterns that come with the input, such as those of schemas.
package struct TextPattern: Sendable {
  /// Why a pattern cannot be used.
  package struct Problem: Error, Sendable, Hashable {
    /// What is wrong with it, lower case, no full stop.
    package let message: String
  }

  private let program: PatternProgram

  /// Reads a pattern.
  package init(_ pattern: String) throws(Problem) {
    do throws(Failure) {
      program = try PatternProgram(Array(pattern.utf8))
    } catch {
      throw Problem(message: error.message)
    }
  }

  /// Whether the pattern matches somewhere in a text; nil when that would take too many steps.
  package func matches(_ text: String) -> Bool? {
    do throws(Failure) {
      return try program.match(Array(text.utf8), from: 0, Budget(.standard)) != nil
    } catch {
      return nil
    }
  }
}
