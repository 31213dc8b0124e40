// SPDX-License-Identifier: Apache-2.0

import GitObjects
import Posix

/// A folder for the children of one run: their homes, and the files that they read.
///
/// Its name begins with `fleet-render-`. It has a file that its process holds a lock on, by which the
/// folders of killed processes are told from those in use; they are removed when the next one is made.
final class RenderScratch {
  private static let prefix = "fleet-render"
  /// A younger folder may be one whose maker has not yet come to take the lock.
  private static let youngSeconds: Int64 = 60
  /// Longer paths could not be written below the scratch folder; the system's limit is 4,096 bytes.
  private static let longestPath = 3072
  private static let longestName = 255

  /// The absolute path, without symbolic links.
  let path: String
  private let lock: FileLock?
  private var written: [String: String] = [:]
  private var count = 0

  /// Makes the folder for this user alone, in `parent`, else in `$TMPDIR`, else in `/tmp`.
  init(parent: String?) throws(RenderFailure) {
    do throws(PosixError) {
      if let parent { try Files.makeDirectories(parent, mode: 0o700) }
      let path = try Files.makeTemporaryDirectory(prefix: Self.prefix, in: parent)
      do throws(PosixError) {
        self.path = try Files.realPath(path)
        lock = try FileLock.tryAcquire("\(path)/lock")
        for name in ["bin", "files", "home", "plugins", "tmp"] {
          try Files.makeDirectories("\(path)/\(name)", mode: 0o700)
        }
      } catch {
        try? Files.removeTree(path)
        throw error
      }
    } catch {
      throw .system(error)
    }
    sweep()
  }

  /// Removes the folder and all that is in it; what can't be removed is swept by a later run.
  func remove() {
    try? Files.removeTree(path)
  }

  /// The path of a folder, written when it is asked for the first time.
  func folder(_ folder: RenderFolder) throws(RenderFailure) -> String {
    if let path = written[folder.digest] { return path }
    let files: [(path: String, bytes: [UInt8])]
    do throws(ObjectAccessError) {
      files = try folder.files()
    } catch {
      throw .unreadable(error)
    }
    let folders = try Self.folders(of: files.map(\.path))
    let root = "\(path)/files/\(count)"
    count += 1
    do throws(PosixError) {
      try Files.makeDirectories(root, mode: 0o700)
      for name in folders { try Files.makeDirectory("\(root)/\(name)", mode: 0o700) }
      for file in files { try Files.writeNew("\(root)/\(file.path)", file.bytes, mode: 0o600) }
    } catch {
      throw .system(error)
    }
    written[folder.digest] = root
    return root
  }

  /// Removes the files of a folder that no other job needs.
  func drop(_ folder: RenderFolder) {
    guard let root = written[folder.digest] else { return }
    written[folder.digest] = nil
    try? Files.removeTree(root)
  }

  /// The folders that these files need, those above first; refuses what would not be written below one root.
  static func folders(of paths: [String]) throws(RenderFailure) -> [String] {
    var files: Set<[UInt8]> = []
    var folders: Set<[UInt8]> = []
    for path in paths {
      let bytes = Array(path.utf8)
      guard bytes.count <= longestPath, !bytes.contains(0) else {
        throw .unsafePath(path, .impossible)
      }
      var end = 0
      for name in bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
        guard !name.isEmpty, !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) else {
          throw .unsafePath(path, .leadsOut)
        }
        guard name.count <= longestName else { throw .unsafePath(path, .impossible) }
        end += name.count
        if end < bytes.count { folders.insert(Array(bytes[..<end])) }
        end += 1
      }
      guard files.insert(bytes).inserted else { throw .unsafePath(path, .taken) }
    }
    for path in paths where folders.contains(Array(path.utf8)) { throw .unsafePath(path, .taken) }
    return folders.sorted { $0.lexicographicallyPrecedes($1) }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// Removes the folders of processes that were killed.
  private func sweep() {
    let (parent, own) = Files.split(path)
    let now = Timestamp.now().seconds
    for entry in (try? Files.entries(in: parent)) ?? [] {
      guard entry.kind == .directory, entry.text.hasPrefix("\(Self.prefix)-"), entry.text != own
      else { continue }
      let path = "\(parent)/\(entry.text)"
      guard let attributes = try? Files.attributes(path, followingLinks: false),
        attributes.kind == .directory, attributes.owner == Files.user,
        now - attributes.modified.seconds > Self.youngSeconds
      else { continue }
      // Held while removing, so that two processes do not remove the same.
      removeUnlessInUse(path)
    }
  }

  private func removeUnlessInUse(_ path: String) {
    do throws(PosixError) {
      // Held while removing, so that two processes do not remove the same.
      guard let lock = try FileLock.tryAcquire("\(path)/lock") else { return }
      try Files.removeTree(path)
      lock.release()
    } catch {
      // Somebody else removed it, or it cannot be: nothing here depends on it.
    }
  }
}
