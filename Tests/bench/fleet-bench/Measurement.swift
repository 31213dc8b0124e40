// SPDX-License-Identifier: Apache-2.0

// Glibc's `environ` is a global variable; nothing here changes it.
@preconcurrency import Glibc

/// What a program costs, told by the kernel when it has ended.
enum Measurement {
  /// Runs a command with the streams and the environment of this process, and gives its exit code.
  ///
  /// Adds to the record: program, wall ms, CPU ms (user + system, children included), peak memory in
  /// KiB of the program or its largest child, peak memory in KiB of the program alone.
  static func run(_ command: [String], record: String) -> Int32 {
    guard let program = command.first else { return 64 }
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    arguments.append(nil)
    var process = pid_t()
    let start = now()
    let started = posix_spawnp(&process, program, nil, nil, &arguments, environ)
    guard started == 0 else {
      fputs("fleet-bench: cannot run \(program): \(String(cString: strerror(started)))\n", stderr)
      return 126
    }
    var usage = rusage()
    var status: Int32 = 0
    var alone = 0
    // The kernel's sum takes the largest child in, so the program's own peak is read while it runs:
    // it only grows, and what is missed is the growth of the last half millisecond.
    while true {
      let ended = wait4(process, &status, WNOHANG, &usage)
      if ended == process { break }
      if ended < 0, errno != EINTR { return 126 }
      alone = max(alone, peak(of: process))
      usleep(500)
    }
    let wall = now() - start
    let cpu = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime)
    let name = program.split(separator: "/").last.map(String.init) ?? program
    let line = "\(name) \(tenths(wall)) \(tenths(cpu)) \(usage.ru_maxrss) \(alone)\n"
    if let file = fopen(record, "a") {
      fputs(line, file)
      fclose(file)
    }
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }

  /// A moment in milliseconds.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
  }

  /// The CPU of this process so far, in milliseconds.
  static func cpu() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime)
  }

  /// One digit behind the point.
  static func tenths(_ value: Double) -> String {
    let rounded = Int((value * 10).rounded())
    return "\(rounded / 10).\(rounded % 10)"
  }

  private static func milliseconds(_ time: timeval) -> Double {
    Double(time.tv_sec) * 1000 + Double(time.tv_usec) / 1000
  }

  /// `VmHWM` of a process in KiB; 0 when it has none any more, or has not yet become the program.
  private static func peak(of process: pid_t) -> Int {
    guard let file = fopen("/proc/\(process)/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix("VmHWM:") else { continue }
      return text.split(separator: " ").dropFirst().first
        .flatMap { Int($0.split(separator: "\t").last ?? "") } ?? 0
    }
    return 0
  }
}
