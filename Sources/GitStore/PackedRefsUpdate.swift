// SPDX-License-Identifier: Apache-2.0

package import GitObjects
import Glibc

extension PackedRefs {
  /// What is to become of one ref.
  package struct Change: Sendable, Hashable {
    /// The full name.
    package let name: String
    /// The new object; nil deletes the ref.
    package let id: ObjectID?

    /// Makes a change. The object must be a commit, not an annotated tag: no peeled id is written.
    package init(_ name: String, _ id: ObjectID?) {
      self.name = name
      self.id = id
    }
  }

  /// Moves any number of refs in one step; readers see all the old values or all the new ones.
  ///
  /// Only for refs that are never loose, in a repository where one program at a time writes them.
  /// It takes `packed-refs.lock` as Git does. Of two changes of one ref the later counts. No
  /// reflog is written. Deleting a ref that is not there is no change.
  /// - Returns: whether the file was written; it is not when it would stay the same.
  /// - Throws: `locked` when the lock file is there, `invalidName`, `conflict` when a loose ref
  ///   would hide a new value; nothing has changed then.
  @discardableResult
  package static func update(
    gitDirectory: String, _ changes: [Change]
  ) throws(GitError) -> Bool {
    let sorted = try check(changes)
    guard !sorted.isEmpty else { return false }
    let path = "\(gitDirectory)/packed-refs"
    let lock = "\(path).lock"
    let number = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard number >= 0 else {
      guard errno == EEXIST else { throw StoreFile.error("write", lock) }
      throw GitError(
        .locked, code: -EEXIST, operation: "write", subject: path,
        message: "another process is writing it, or has left '\(lock)'")
    }
    var isOpen = true
    do throws(GitError) {
      let current = try StoreFile.read(path)
      let old = try PackedRefs(current?.bytes ?? [], path: path)
      try refuseLoose(sorted, gitDirectory)
      let new = old.merged(with: sorted)
      guard new != old.bytes else {
        close(number)
        isOpen = false
        unlink(lock)
        return false
      }
      try StoreFile.write(new, to: number, lock)
      isOpen = false
      try StoreFile.finish(number, mode: current?.mode ?? 0o644, lock)
      try StoreFile.rename(lock, to: path)
    } catch {
      if isOpen { close(number) }
      unlink(lock)
      throw error
    }
    try StoreFile.synchronizeFolder(gitDirectory)
    return true
  }

  /// The changes by the bytes of their names, one for each name.
  private static func check(_ changes: [Change]) throws(GitError) -> [Change] {
    if let bad = changes.first(where: { !ReferenceName.isValid($0.name) }) {
      throw GitError(
        .invalidName, operation: "set the ref", subject: bad.name,
        message: "this is not a valid name")
    }
    // Sorting is stable, so of equal names the later one comes last.
    let sorted = changes.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    var result: [Change] = []
    result.reserveCapacity(sorted.count)
    for change in sorted {
      if let last = result.last, last.name.utf8.elementsEqual(change.name.utf8) {
        result.removeLast()
      }
      result.append(change)
    }
    return result
  }

  /// A loose ref would hide what is written here, for ever and without a word.
  private static func refuseLoose(
    _ changes: [Change], _ gitDirectory: String
  ) throws(GitError) {
    // A look into each folder once: there are thousands of refs, and as a rule not even a folder.
    var lastFolder: Substring?
    var names: Set<[UInt8]> = []
    for change in changes {
      guard let slash = change.name.utf8.lastIndex(of: UInt8(ascii: "/")) else { continue }
      let folder = change.name[..<slash]
      if folder != lastFolder {
        let place = Array("\(gitDirectory)/\(folder)".utf8)
        names = Set(try StoreFile.entries(place).lazy.filter { !$0.isDirectory }.map(\.path))
        lastFolder = folder
      }
      guard !names.isEmpty, names.contains(Array("\(gitDirectory)/\(change.name)".utf8)) else {
        continue
      }
      throw GitError(
        .conflict, operation: "set the ref", subject: change.name,
        message: "there is a loose ref of this name, which would hide it",
        hint: "run 'git pack-refs --all' in '\(gitDirectory)'")
    }
  }

  private func merged(with changes: [Change]) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(bytes.count + changes.count * 80)
    let kept = traits.filter { $0 == "peeled" || $0 == "fully-peeled" }
    body.append(contentsOf: "# pack-refs with: ".utf8)
    // The blank at the end is Git's own.
    for trait in kept + ["sorted"] { body.append(contentsOf: "\(trait) ".utf8) }
    body.append(0x0a)
    let header = body.count
    var rest = changes[...]
    func add(_ change: Change) {
      guard let id = change.id else { return }
      body.append(contentsOf: id.hex.utf8)
      body.append(0x20)
      body.append(contentsOf: change.name.utf8)
      body.append(0x0a)
    }
    for record in records {
      let name = name(record)
      while let change = rest.first, change.name.utf8.lexicographicallyPrecedes(name) {
        add(change)
        rest = rest.dropFirst()
      }
      guard let change = rest.first, change.name.utf8.elementsEqual(name) else {
        body.append(contentsOf: bytes[record.start..<record.end])
        continue
      }
      rest = rest.dropFirst()
      if let id = change.id, id == self.id(record) {
        // Unchanged: with its `^` line, if it has one.
        body.append(contentsOf: bytes[record.start..<record.end])
      } else {
        add(change)
      }
    }
    for change in rest { add(change) }
    // No refs and no file is the same.
    return body.count == header && bytes.isEmpty ? [] : body
  }
}
