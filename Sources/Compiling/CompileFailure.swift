// SPDX-License-Identifier: Apache-2.0

package import GitObjects
package import Rendering

/// Why a tree could not be compiled, through no fault of what is written in it.
package enum CompileFailure: Error, Sendable {
  /// An object could not be read or written.
  case objects(ObjectAccessError)
  /// A renderer could not be started, or is not the one that the plans are made with.
  case rendering(RenderFailure)
}

/// Runs something that reads or writes objects.
func objects<Result>(
  _ body: () throws(ObjectAccessError) -> Result
) throws(CompileFailure) -> Result {
  do throws(ObjectAccessError) {
    return try body()
  } catch {
    throw .objects(error)
  }
}
