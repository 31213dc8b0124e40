// SPDX-License-Identifier: Apache-2.0

package import Glibc
import Posix
import Testing

/// A program that runs while the test goes on, in a process group of its own; ended with this value.
package final class BackgroundProcess {
  /// The program did not start, or did not end in time.
  package struct Failure: Error, CustomStringConvertible {
    /// What happened.
    package let description: String
  }

  /// The process, which leads its group.
  package let id: pid_t
  private let output: String
  private var status: Int32?

  /// Starts a program; what it writes goes to the file `output`.
  package init(
    _ arguments: [String], in folder: String, variables: [String: String], output: String,
    input: String = "/dev/null"
  ) throws {
    self.output = output
    let script = #"cd "$1" && out=$2 && in=$3 && shift 3 && exec "$@" >"$out" 2>&1 <"$in""#
    let words = ["/bin/sh", "-c", script, "sh", folder, output, input] + arguments
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    let argv = words.map { strdup($0) } + [nil]
    let envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var process = pid_t()
    let result = posix_spawn(&process, "/bin/sh", nil, &attributes, argv, envp)
    guard result == 0 else { throw Failure(description: String(cString: strerror(result))) }
    id = process
  }

  deinit {
    if status == nil {
      kill()
      _ = try? wait()
    }
  }

  /// What the program has written so far.
  package var text: String { String(decoding: TestFiles.read(output) ?? [], as: UTF8.self) }

  /// Sends SIGKILL to the whole group.
  package func kill() { Glibc.kill(-id, SIGKILL) }

  /// Whether the program has ended.
  package var hasEnded: Bool {
    if status != nil { return true }
    var word: Int32 = 0
    guard waitpid(id, &word, WNOHANG) == id else { return false }
    status = word
    return true
  }

  /// Waits for the end and tells the exit code, or 128 and the signal.
  @discardableResult
  package func wait(seconds: Int = 120) throws -> Int {
    try Waiting.until("the end of process \(id)", seconds: seconds) { hasEnded }
    let word = status ?? 0
    return word & 0x7f == 0 ? Int(word >> 8 & 0xff) : 128 + Int(word & 0x7f)
  }
}

/// Waiting for something to become true, and no longer.
package enum Waiting {
  /// Looks until a condition holds; throws when it does not in time.
  package static func until(
    _ what: String, seconds: Int = 60, _ condition: () throws -> Bool
  ) throws {
    let end = MonotonicClock.milliseconds() + Int64(seconds) * 1000
    while try !condition() {
      guard MonotonicClock.milliseconds() < end else {
        throw BackgroundProcess.Failure(description: "waited \(seconds) s in vain for \(what)")
      }
      usleep(1000)
    }
  }
}
