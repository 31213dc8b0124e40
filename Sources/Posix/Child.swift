// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How a child ended, and what it wrote.
package struct ChildResult: Sendable, Hashable {
  /// How a child ended.
  package enum Status: Sendable, Hashable, CustomStringConvertible {
    /// By itself, with this exit code.
    case exit(Int)
    /// By a signal that we did not send.
    case signal(Int)
    /// We ended it after this many seconds.
    case timedOut(seconds: Int)
    /// We ended it because it wrote more than this many bytes.
    case wroteTooMuch(limit: Int)

    package var description: String {
      switch self {
      case .exit(let code): "ended with exit code \(code)"
      case .signal(let number): "was ended by signal \(number)"
      case .timedOut(let seconds): "did not end within \(seconds) s"
      case .wroteTooMuch(let limit): "wrote more than \(limit) bytes"
      }
    }
  }

  /// How it ended.
  package let status: Status
  /// What it wrote to standard output, where that was captured.
  package let output: [UInt8]
  /// What it wrote to standard error, where that was captured.
  package let errorOutput: [UInt8]

  /// Whether it ended by itself with exit code 0.
  package var succeeded: Bool { status == .exit(0) }
}

/// Runs other programs and waits for them.
///
/// A child gets the three standard streams and no other descriptor, no blocked or ignored signals.
package enum Child {
  /// What a child reads.
  package enum Input {
    /// Nothing: `/dev/null`.
    case nothing
    /// What this process reads.
    case inherit
    /// These bytes; a child that does not read them all is no error.
    case bytes([UInt8])
    /// An open descriptor, which stays open here.
    case descriptor(Int32)
  }

  /// Where goes what a child writes.
  package enum Output {
    /// Into the result.
    case capture
    /// To where this process writes.
    case inherit
    /// To `/dev/null`.
    case discard
    /// Line by line, without the newline, to a function while the child runs; a last line
    /// without a newline is told at the end. A carriage return ends no line.
    case lines((ArraySlice<UInt8>) -> Void)
  }

  /// Runs a program to its end.
  ///
  /// - Parameters:
  ///   - arguments: the program and its arguments. A program without `/` is looked up in the `PATH`
  ///     of `environment`, or of this process; relative folders in it are passed over.
  ///   - environment: all variables that the child gets; nil for those of this process.
  ///   - directory: where the child starts; a program with `/` that is not absolute counts from here.
  ///   - ownGroup: gives the child a process group, so that a timeout reaches what it has started;
  ///     a Ctrl-C at the terminal does not reach it then.
  ///   - timeoutSeconds: after this SIGTERM is sent, and SIGKILL two seconds later.
  ///   - outputLimit: bytes of each captured stream, or of one line, after which SIGKILL is sent.
  /// - Throws: `PosixError` when the program could not be started or talked to; how it ended is no error.
  package static func run(
    _ arguments: [String], environment: [String: String]? = nil, directory: String? = nil,
    input: Input = .nothing, output: Output = .capture, errorOutput: Output = .capture,
    ownGroup: Bool = false, timeoutSeconds: Int? = nil, outputLimit: Int = 64 << 20
  ) throws(PosixError) -> ChildResult {
    var job = ChildJob(arguments)
    job.environment = environment
    job.directory = directory
    job.input = input
    job.output = output
    job.errorOutput = errorOutput
    job.ownGroup = ownGroup
    job.timeoutSeconds = timeoutSeconds
    job.outputLimit = outputLimit
    let child = try job.start()
    while true {
      if let end = RunningChild.round([child]).first { return try end.result.get() }
    }
  }

  /// The file that would be run for a program name; nil when there is none.
  ///
  /// - Parameter path: the folders to look in, nil for this process's `PATH`.
  package static func find(_ program: String, path: String? = nil) -> String? {
    if program.utf8.contains(UInt8(ascii: "/")) { return program }
    guard let folders = path ?? Environment.get("PATH") else { return nil }
    for folder in folders.utf8.split(separator: UInt8(ascii: ":")) {
      // A relative folder, the empty one too, would run what lies where the user happens to be.
      guard folder.first == UInt8(ascii: "/") else { continue }
      let candidate = "\(Substring(folder))/\(program)"
      if Files.isExecutable(candidate) { return candidate }
    }
    return nil
  }
}

enum Pipe {
  /// A pipe of which no end is a standard stream, even when this process was started without them.
  static func make() throws(PosixError) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .last("make a pipe") }
    for number in ends { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    return (above(ends[0]), above(ends[1]))
  }

  private static func above(_ number: Int32) -> Int32 {
    guard number <= 2 else { return number }
    let moved = fcntl(number, F_DUPFD_CLOEXEC, 3)
    guard moved >= 0 else { return number }
    close(number)
    return moved
  }
}
