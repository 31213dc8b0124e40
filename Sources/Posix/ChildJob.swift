// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A program to run, with all that it gets.
package struct ChildJob {
  /// The program and its arguments. A program without `/` is looked up in the `PATH` of `environment`, or
  /// of this process; relative folders in it are passed over.
  package let arguments: [String]
  /// All variables that the child gets; nil for those of this process.
  package var environment: [String: String]?
  /// Where the child starts; a program with `/` that is not absolute counts from here.
  package var directory: String?
  /// What it reads.
  package var input: Child.Input = .nothing
  /// Where its standard output goes.
  package var output: Child.Output = .capture
  /// Where its standard error goes.
  package var errorOutput: Child.Output = .capture
  /// Gives the child a process group, so that a timeout reaches what it has started; a Ctrl-C at the
  /// terminal does not reach it then.
  package var ownGroup = false
  /// After this SIGTERM is sent, and SIGKILL two seconds later.
  package var timeoutSeconds: Int?
  /// Bytes of each captured stream, or of one line, after which SIGKILL is sent.
  package var outputLimit = 64 << 20

  /// Makes a job that reads nothing, in this process's environment and folder.
  package init(_ arguments: [String]) {
    self.arguments = arguments
  }
}

extension ChildJob {
  /// Starts the program; throws when it could not be started.
  func start() throws(PosixError) -> RunningChild {
    guard let name = arguments.first, !name.isEmpty,
      !arguments.contains(where: { $0.utf8.contains(0) })
    else { throw PosixError("run", arguments.first, code: EINVAL) }
    guard let program = Child.find(name, path: environment.map { $0["PATH"] ?? "" }) else {
      throw PosixError("run", name, code: ENOENT)
    }

    var talk = Conversation(limit: outputLimit)
    var plan = try SpawnPlan(ownGroup: ownGroup, directory: directory)
    switch input {
    case .nothing: plan.openNull(0, O_RDONLY)
    case .inherit: break
    case .descriptor(let number): plan.use(number, as: 0)
    case .bytes(let bytes):
      BrokenPipe.ignore()
      let (reading, writing) = try Pipe.make()
      plan.use(reading, as: 0)
      plan.closeAfterSpawn(reading)
      talk.feed(bytes, to: writing)
    }
    for (number, target) in [(Int32(1), output), (2, errorOutput)] {
      switch target {
      case .inherit: break
      case .discard: plan.openNull(number, O_WRONLY)
      case .capture, .lines:
        let (reading, writing) = try Pipe.make()
        plan.use(writing, as: number)
        plan.closeAfterSpawn(writing)
        talk.read(reading, as: number, into: target)
      }
    }
    let process = try plan.spawn(program, arguments, environment)
    return RunningChild(
      talk: talk,
      ending: Ending(process: process, group: ownGroup, timeoutSeconds: timeoutSeconds), name: name)
  }
}
