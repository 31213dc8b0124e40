// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An exclusive lock on a file, held as long as this value lives and no longer than the process.
///
/// The kernel releases it when the process dies, so it is never stale. The file stays; removing it
/// would let two processes hold locks on two files of the same name.
package struct FileLock: ~Copyable {
  private let descriptor: Descriptor

  private init(_ descriptor: consuming Descriptor) {
    self.descriptor = descriptor
  }

  /// Takes the lock if nobody has it; nil when somebody does. The file is made when missing.
  package static func tryAcquire(_ path: String) throws(PosixError) -> FileLock? {
    let descriptor = try Descriptor.open(path, O_RDWR | O_CREAT, mode: 0o644, operation: "lock")
    guard try lock(descriptor.number, path) else { return nil }
    return FileLock(descriptor)
  }

  /// Takes the lock, waiting at most `seconds`; nil when it is still taken then.
  ///
  /// While waiting, `onWait` is called with the milliseconds waited so far: first with 0, at once,
  /// then at every look, at most ten times a second.
  package static func acquire(
    _ path: String, waitingSeconds seconds: Int,
    onWait: (_ waitedMilliseconds: Int) -> Void = { _ in }
  ) throws(PosixError) -> FileLock? {
    let descriptor = try Descriptor.open(path, O_RDWR | O_CREAT, mode: 0o644, operation: "lock")
    if try lock(descriptor.number, path) { return FileLock(descriptor) }
    let start = MonotonicClock.milliseconds()
    let limit = Int64(clamping: seconds).multipliedReportingOverflow(by: 1000)
    var pause: UInt32 = 5
    onWait(0)
    while true {
      // Not a blocking flock with an alarm: a signal handler would be state of the whole process.
      usleep(pause * 1000)
      pause = min(pause * 2, 100)
      if try lock(descriptor.number, path) { return FileLock(descriptor) }
      let waited = MonotonicClock.milliseconds() - start
      if !limit.overflow, waited >= limit.partialValue { return nil }
      onWait(Int(waited))
    }
  }

  /// Releases the lock now.
  package consuming func release() {}

  private static func lock(_ number: Int32, _ path: String) throws(PosixError) -> Bool {
    if retrying({ flock(number, LOCK_EX | LOCK_NB) }) == 0 { return true }
    if errno == EWOULDBLOCK { return false }
    throw .last("lock", path)
  }
}
