// SPDX-License-Identifier: Apache-2.0

import CZlib
import GitObjects
import GitStore
@preconcurrency import Glibc
import Posix

/// What a push of a status leaves in status.git: three objects in files of their own and a ref in another,
/// all of a simulated time.
///
/// By hand, because a year has tens of millions of them: without the temporary file and the two names of
/// it that git and libgit2 make for each object, and without looking whether it is there already.
struct StatusFiles {
  let repository: String
  private var made: Set<String> = []
  private var output = [UInt8](repeating: 0, count: 64 << 10)

  init(repository: String) throws {
    self.repository = repository
    try Files.makeDirectories("\(repository)/refs/status")
  }

  /// - Parameter seconds: since 1970, of the files.
  mutating func push(
    _ report: [UInt8], of cluster: String, by author: Signature, at seconds: Int64
  ) throws {
    let blob = try write(.blob, report, seconds)
    let tree = try write(
      .tree, Array("100644 status.json\0".utf8) + blob.bytes, seconds)
    let commit = Commit(
      tree: tree, parents: [], author: author, message: "status \(cluster)\n")
    let id = try write(.commit, commit.content, seconds)
    try file("\(repository)/refs/status/\(cluster)", Array("\(id.hex)\n".utf8), seconds)
  }

  private mutating func write(
    _ kind: ObjectKind, _ content: [UInt8], _ seconds: Int64
  ) throws -> ObjectID {
    let id = ObjectID.hash(kind, content)
    let hex = id.hex
    let folder = "\(repository)/objects/\(hex.prefix(2))"
    if made.insert(String(hex.prefix(2))).inserted { try Files.makeDirectories(folder) }
    let whole = Array("\(kind.rawValue) \(content.count)\0".utf8) + content
    var count = uLongf(output.count)
    // The level of git's loose objects.
    guard compress2(&output, &count, whole, uLong(whole.count), Z_BEST_SPEED) == Z_OK else {
      throw PosixError("compress", hex, code: ENOBUFS)
    }
    try file("\(folder)/\(hex.dropFirst(2))", output[..<Int(count)], seconds)
    return id
  }

  private func file(_ path: String, _ bytes: some Collection<UInt8>, _ seconds: Int64) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw PosixError("write", path, code: errno) }
    defer { close(descriptor) }
    let count = bytes.withContiguousStorageIfAvailable {
      Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    let time = timespec(tv_sec: Int(seconds), tv_nsec: 0)
    guard count == bytes.count, futimens(descriptor, [time, time]) == 0 else {
      throw PosixError("write", path, code: errno)
    }
  }
}
