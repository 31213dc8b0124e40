// SPDX-License-Identifier: Apache-2.0

package import GitObjects

/// Copies trees and commits with all that they lead to from one repository into a pack of another.
package final class ObjectCopier {
  private let source: Repository
  private let target: PackWriter
  private let isPresent: (ObjectID) -> Bool
  private var visited: Set<ObjectID> = []

  /// Makes a copier.
  ///
  /// - Parameters:
  ///   - source: where the objects are.
  ///   - target: the pack that they go to.
  ///   - isPresent: tells of an object that the target has, with all that it leads to: then nothing
  ///     below it is looked at.
  package init(
    from source: Repository, to target: PackWriter, skipping isPresent: @escaping (ObjectID) -> Bool
  ) {
    self.source = source
    self.target = target
    self.isPresent = isPresent
  }

  /// Copies everything that can be reached from an object and tells how many objects were added.
  ///
  /// Of a commit the tree is copied and its parents are not.
  @discardableResult
  package func copy(_ root: ObjectID) throws(ObjectAccessError) -> Int {
    let before = target.count
    var pending = [root]
    // An own stack: a pushed tree may be nested deeper than the machine's.
    while let id = pending.popLast() {
      guard visited.insert(id).inserted, !isPresent(id) else { continue }
      let (kind, content) = try source.read(id)
      switch kind {
      case .tree:
        guard let entries = TreeContent.decode(content) else { throw .malformed(id) }
        pending.append(contentsOf: entries.filter { $0.mode != .submodule }.map(\.id))
      case .commit:
        guard let commit = Commit(content: content) else { throw .malformed(id) }
        pending.append(commit.tree)
      case .blob, .tag: break
      }
      do throws(GitError) {
        // As it is: an old tree need not have the bytes that we would write for its entries.
        try target.add(id, kind, content)
      } catch { throw .failed(error.description) }
    }
    return target.count - before
  }
}
