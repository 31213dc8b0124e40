// SPDX-License-Identifier: Apache-2.0

import Compiling
import GitObjects
import GitStore
import Posix
import Rendering

/// Why hub work could not be done; not the fault of the person who pushes.
package struct HubError: Error, Sendable, CustomStringConvertible {
  /// What failed, as a sentence without a full stop.
  package let description: String
  /// What the hub's administrator can do.
  package let hint: String?
  /// Whether the same may work in a moment: another job holds the lock.
  package let isTemporary: Bool

  /// Makes an error.
  package init(_ description: String, hint: String? = nil, isTemporary: Bool = false) {
    self.description = description
    self.hint = hint
    self.isTemporary = isTemporary
  }

  /// Runs something and turns whatever it throws into one error with a sentence.
  static func wrap<Result>(_ body: () throws -> Result) throws(HubError) -> Result {
    do {
      return try body()
    } catch let error as HubError {
      throw error
    } catch let error as GitError {
      throw HubError(error.description, hint: error.hint)
    } catch let error as PosixError {
      throw HubError(error.description)
    } catch let error as ObjectAccessError {
      throw HubError(error.description)
    } catch let damage as RolloutFiles.Damage {
      throw HubError(
        "the rollout '\(damage.rollout)' cannot be understood",
        hint: "was it written by a newer version? upgrade the hub's programs")
    } catch CompileFailure.objects(let error) {
      throw HubError(error.description)
    } catch CompileFailure.rendering(let error) {
      throw HubError(error.description, hint: error.hint)
    } catch {
      throw HubError("\(error)")
    }
  }
}
