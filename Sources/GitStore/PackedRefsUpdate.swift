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

  /// A change with its name as it is compared and its id as it is written.
  private struct Line {
    let name: [UInt8]
    /// 40 digits; empty for a deletion.
    let hex: [UInt8]
  }

  /// The changes by the bytes of their names, one for each name.
  private static func check(_ changes: [Change]) throws(GitError) -> [Line] {
    var lines: [Line] = []
    lines.reserveCapacity(changes.count)
    var isSorted = true
    for change in changes {
      let line = Line(
        name: Array(change.name.utf8), hex: change.id.map { Array($0.hex.utf8) } ?? [])
      guard ReferenceName.isValid(line.name) else {
        throw GitError(
          .invalidName, operation: "set the ref", subject: change.name,
          message: "this is not a valid name")
      }
      if let last = lines.last, !last.name.lexicographicallyPrecedes(line.name) { isSorted = false }
      lines.append(line)
    }
    if isSorted { return lines }
    // Sorting is stable, so of equal names the later one comes last.
    lines.sort { $0.name.lexicographicallyPrecedes($1.name) }
    var result: [Line] = []
    result.reserveCapacity(lines.count)
    for line in lines {
      if result.last?.name == line.name { result.removeLast() }
      result.append(line)
    }
    return result
  }

  /// A loose ref would hide what is written here, for ever and without a word.
  private static func refuseLoose(_ lines: [Line], _ gitDirectory: String) throws(GitError) {
    // A look into each folder once: there are thousands of refs, and as a rule not even a folder.
    let root = Array("\(gitDirectory)/".utf8)
    var lastFolder: ArraySlice<UInt8> = []
    var loose: Set<[UInt8]> = []
    for line in lines {
      guard let slash = line.name.lastIndex(of: UInt8(ascii: "/")) else { continue }
      let folder = line.name[..<slash]
      if folder != lastFolder {
        loose = Set(try StoreFile.entries(root + folder).filter { !$0.isDirectory }.map(\.path))
        lastFolder = folder
      }
      guard !loose.isEmpty, loose.contains(root + line.name) else { continue }
      throw GitError(
        .conflict, operation: "set the ref", subject: String(decoding: line.name, as: UTF8.self),
        message: "there is a loose ref of this name, which would hide it",
        hint: "run 'git pack-refs --all' in '\(gitDirectory)'")
    }
  }

  private func merged(with lines: [Line]) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(bytes.count + lines.reduce(100) { $0 + $1.name.count + 42 })
    let kept = traits.filter { $0 == "peeled" || $0 == "fully-peeled" }
    body.append(contentsOf: "# pack-refs with: ".utf8)
    // The blank at the end is Git's own.
    for trait in kept + ["sorted"] { body.append(contentsOf: "\(trait) ".utf8) }
    body.append(0x0a)
    let header = body.count
    var next = 0
    func add(_ line: Line) {
      guard !line.hex.isEmpty else { return }
      body.append(contentsOf: line.hex)
      body.append(0x20)
      body.append(contentsOf: line.name)
      body.append(0x0a)
    }
    for record in records {
      let name = name(record)
      while next < lines.count, lines[next].name.lexicographicallyPrecedes(name) {
        add(lines[next])
        next += 1
      }
      if next < lines.count, lines[next].name.elementsEqual(name) {
        let line = lines[next]
        next += 1
        guard line.hex.elementsEqual(bytes[record.start..<(record.start + 40)]) else {
          add(line)
          continue
        }
        // Unchanged: with its `^` line, if it has one.
      }
      body.append(contentsOf: bytes[record.start..<record.end])
    }
    for line in lines[next...] { add(line) }
    // No refs and no file is the same.
    return body.count == header && bytes.isEmpty ? [] : body
  }
}
