// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Child {
  /// Starts a program that lives on by itself: a session of its own, nothing to read, nobody who reads what
  /// it writes, no other descriptor of ours. It is not waited for.
  ///
  /// Its parent is this process as long as that lives, so only a process that soon ends may do this often.
  /// - Parameters:
  ///   - arguments: as in `run`.
  ///   - environment: all variables that it gets.
  /// - Throws: when the program could not be started.
  package static func startDetached(
    _ arguments: [String], environment: [String: String], directory: String = "/"
  ) throws(PosixError) {
    guard let name = arguments.first, !name.isEmpty,
      !arguments.contains(where: { $0.utf8.contains(0) })
    else { throw PosixError("run", arguments.first, code: EINVAL) }
    guard let program = find(name, path: environment["PATH"] ?? "") else {
      throw PosixError("run", name, code: ENOENT)
    }
    var plan = try SpawnPlan(ownGroup: false, directory: directory, ownSession: true)
    plan.openNull(0, O_RDONLY)
    plan.openNull(1, O_WRONLY)
    plan.openNull(2, O_WRONLY)
    _ = try plan.spawn(program, arguments, environment)
  }
}

extension FileLock {
  /// Whether somebody holds the lock now. A file that is not there is not held.
  ///
  /// It asks for a shared lock and gives it back at once, so that many may ask at the same time; who wants
  /// the lock itself in that moment must try again.
  package static func isHeld(_ path: String) throws(PosixError) -> Bool {
    guard Files.exists(path) else { return false }
    let descriptor = try Descriptor.open(path, O_RDONLY)
    if retrying({ flock(descriptor.number, LOCK_SH | LOCK_NB) }) == 0 { return false }
    guard errno == EWOULDBLOCK else { throw .last("lock", path) }
    return true
  }
}
