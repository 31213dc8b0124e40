// SPDX-License-Identifier: Apache-2.0

package import GitObjects
import Glibc

/// Writes many objects as one pack with its index.
///
/// Compressed bytes go straight to a temporary file; memory holds 100 bytes an object. The objects
/// can be read when `finish` has returned and the reader has called `Repository.refresh`.
package final class PackWriter: ObjectWriter {
  /// What `finish` has written.
  package struct Summary: Sendable, Hashable {
    /// How many objects; with none no file was written.
    package let objects: Int
    /// The size of the pack in bytes.
    package let bytes: Int
    /// The name of the pack, `pack-…` without an ending; nil without objects.
    package let name: String?
  }

  private let folder: String
  private let level: Int
  private let isKnown: ((ObjectID) -> Bool)?
  private var file: PackFile?
  private var entries: [PackIndex.Entry] = []
  private var seen: Set<ObjectID> = []
  private var failure: GitError?

  /// Makes a writer; nothing is written before the first object.
  ///
  /// - Parameters:
  ///   - objectDirectory: `Repository.objectDirectory`, in a hook the quarantine.
  ///   - compression: zlib's level, 0 to 9.
  ///   - isKnown: tells of an object that is not to be written because it is there already.
  package init(
    objectDirectory: String, compression: Int = 1, skipping isKnown: ((ObjectID) -> Bool)? = nil
  ) {
    self.folder = "\(objectDirectory)/pack"
    self.level = compression
    self.isKnown = isKnown
  }

  deinit {
    discard()
  }

  /// How many objects the pack has so far.
  package var count: Int { entries.count }

  package func write(
    _ kind: ObjectKind, _ content: [UInt8]
  ) throws(ObjectAccessError) -> ObjectID {
    let id = ObjectID.hash(kind, content)
    do throws(GitError) {
      try add(id, kind, content)
    } catch { throw .failed(error.description) }
    return id
  }

  /// Adds an object whose id is known, as when it is copied; a wrong id makes a broken pack.
  package func add(_ id: ObjectID, _ kind: ObjectKind, _ content: [UInt8]) throws(GitError) {
    if let failure { throw failure }
    guard seen.insert(id).inserted, isKnown?(id) != true else { return }
    guard entries.count < Int(UInt32.max) else {
      throw GitError(
        .other, operation: "write", subject: folder, message: "a pack can't have more objects")
    }
    do throws(GitError) {
      let file = try openFile()
      let offset = file.size
      let checksum = try file.add(kind, content)
      entries.append(PackIndex.Entry(id: id, offset: UInt64(offset), checksum: checksum))
    } catch {
      // Half an object may be in the file: nothing more can be written to it.
      failure = error
      throw error
    }
  }

  /// Completes pack and index and puts them in place, the index last, readable by all and durable.
  ///
  /// The writer is empty afterwards and still knows what it has written. When another process has
  /// written a pack of the same objects, that one stays.
  @discardableResult
  package func finish() throws(GitError) -> Summary {
    if let failure { throw failure }
    guard let file, !entries.isEmpty else { return Summary(objects: 0, bytes: 0, name: nil) }
    var temporaryIndex: String?
    do throws(GitError) {
      entries.sort { $0.id < $1.id }
      let digest = try file.finish(count: entries.count)
      var names = SHA1()
      var chunk: [UInt8] = []
      for entry in entries {
        entry.id.append(to: &chunk)
        if chunk.count >= 65_536 {
          names.update(chunk)
          chunk.removeAll(keepingCapacity: true)
        }
      }
      names.update(chunk)
      let name = "pack-\(Hexadecimal.text(names.finalize()))"
      let (number, path) = try StoreFile.makeTemporary("\(folder)/tmp_idx")
      temporaryIndex = path
      do throws(GitError) {
        try StoreFile.write(PackIndex.encode(entries, packDigest: digest), to: number, path)
      } catch {
        close(number)
        throw error
      }
      try StoreFile.finish(number, mode: 0o444, path)
      let target = "\(folder)/\(name)"
      let summary = Summary(objects: entries.count, bytes: file.size + 20, name: name)
      if access("\(target).idx", F_OK) == 0 {
        // Same objects, other bytes perhaps: a new pack under the old index would be unreadable.
        unlink(path)
        discard()
        return summary
      }
      try StoreFile.rename(file.path, to: "\(target).pack")
      try StoreFile.rename(path, to: "\(target).idx")
      try StoreFile.synchronizeFolder(folder)
      self.file = nil
      entries = []
      return summary
    } catch {
      if let temporaryIndex { unlink(temporaryIndex) }
      failure = error
      discard()
      throw error
    }
  }

  /// Drops what has not been finished, and its temporary file.
  package func discard() {
    if let file { unlink(file.path) }
    file = nil
    entries = []
  }

  private func openFile() throws(GitError) -> PackFile {
    if let file { return file }
    // A quarantine begins without it.
    if mkdir(folder, 0o777) != 0, errno != EEXIST {
      throw StoreFile.error("make the folder", folder)
    }
    let made = try PackFile(folder: folder, level: level)
    file = made
    return made
  }
}
